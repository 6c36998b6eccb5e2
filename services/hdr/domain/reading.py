"""Reads values from a document whose shape is not trusted: what is not there is simply not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.hdr.domain.template import KEY_FIELD, ElementDefinition

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def as_date(value: object) -> date | None:
    """The day that a value of a document names, or ``None`` when it names none."""
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value.strip()):
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None


def as_text(value: object) -> str:
    """A text without the blanks around it; empty for anything that is no text."""
    return value.strip() if isinstance(value, str) else ""


def rows(
    element: ElementDefinition, document: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The addresses and values of a list's rows; a group is its own only row."""
    value = document.get(element.name)
    if isinstance(value, dict):
        yield element.name, value
    elif isinstance(value, list):
        for number, row in enumerate(value[: element.maximum_rows]):
            if isinstance(row, dict):
                yield f"{element.name}[{number}]", row


def keys(element: ElementDefinition, document: Mapping[str, Any]) -> set[str]:
    """The keys of a list's rows, without the blanks around them."""
    return {as_text(row.get(KEY_FIELD)) for _, row in rows(element, document)}
