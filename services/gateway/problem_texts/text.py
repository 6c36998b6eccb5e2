"""The form of a text: what happened and which rule, and the way out, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A short title, and the rule with the way out; placeholders in braces."""

    title: str
    detail: str


@dataclass(frozen=True)
class Text:
    """One problem in both languages."""

    pl: Words
    en: Words


@dataclass(frozen=True)
class Phrase:
    """A sentence or name in both languages."""

    pl: str
    en: str
