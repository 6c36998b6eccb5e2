"""A flaw of a document: what is found, and whether a draft can be kept with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from shared.contracts.base import LocalizedText
from shared.contracts.hdr import Finding


class Flaw(NamedTuple):
    """A finding, and whether the document can be kept as a draft nevertheless."""

    finding: Finding
    is_keepable: bool


def keepable(address: str, rule: str, label: LocalizedText, **parameters: object) -> Flaw:
    """A flaw that only stands in the way of submission."""
    return Flaw(_finding(address, rule, label, parameters), is_keepable=True)


def unkeepable(address: str, rule: str, label: LocalizedText, **parameters: object) -> Flaw:
    """A flaw with which the document cannot be kept at all."""
    return Flaw(_finding(address, rule, label, parameters), is_keepable=False)


def _finding(
    address: str, rule: str, label: LocalizedText, parameters: Mapping[str, object]
) -> Finding:
    return Finding(
        element=address,
        rule=rule,
        label=label,
        parameters={name: _writable(str(value)) for name, value in parameters.items()},
    )


def _writable(text: str) -> str:
    """The text without half surrogate pairs, which no encoding takes."""
    return text.encode("utf-8", "replace").decode()
