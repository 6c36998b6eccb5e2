"""Checks a document against its template; pure, for any input, in one walk.

Some flaws stand in the way of keeping a document at all (another shape than the template's), the
others only of submitting it: a draft may be incomplete.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard

from services.hdr.domain.flaws import Flaw, keepable, unkeepable
from services.hdr.domain.reading import as_date, as_text, keys, rows
from services.hdr.domain.rules import RULES
from services.hdr.domain.template import (
    KEY_FIELD,
    TEXT_LENGTHS,
    ElementDefinition,
    FieldDefinition,
    Template,
)
from shared.contracts.base import LocalizedText
from shared.contracts.hdr import Finding

MAXIMUM_BYTES = 1_000_000
"""Largest document, as compact JSON in UTF-8."""
LARGEST_NUMBER = 1e15
"""Beyond it a decimal number loses its units; nothing in a programme of schools comes near."""

_DOCUMENT = LocalizedText(pl="Dokument", en="Document")
_UNKNOWN = LocalizedText(pl="Nieznany element", en="Unknown element")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def check(document: object, template: Template) -> list[Finding]:
    """Everything that stands between a document and its submission.

    Args:
        document: Elements by name, as JSON values. Anything else is found, not raised.
        template: The version that the document is written with.

    Returns:
        Findings in the order of the template's elements; empty when the document is complete.
        Addresses count rows from 0: ``actions[2].ends_on``. The rules:

        - ``REQUIRED``: nothing is there, or only blanks. A missing group is found field by field.
        - ``MINIMUM_ROWS``, ``MAXIMUM_ROWS``: a list has too few or too many (``minimum`` or
          ``maximum``, ``actual``).
        - ``TYPE``: not of the ``expected`` type; a date is ``YYYY-MM-DD``, a number at most 1e15.
        - ``TOO_LONG``: more characters than ``maximum`` (``actual``).
        - ``BELOW_MINIMUM``: a number smaller than ``minimum``.
        - ``UNSTORABLE_TEXT``: characters that no database takes (NUL, half a surrogate pair).
        - ``UNKNOWN_ELEMENT``: not in the template (``name``).
        - ``DUPLICATE_KEY``: a row has the ``key`` of an earlier row.
        - ``UNKNOWN_REFERENCE``: names a ``key`` that no row of ``list`` has.
        - ``TOO_LARGE``: more bytes than ``maximum`` (``actual``).
        - and the codes of the template's own rules, see `RuleDefinition`.

    Source:
        DR-40 to DR-43; the template's data.
    """
    return [flaw.finding for flaw in _flaws(document, template)]


def check_keepable(document: object, template: Template) -> list[Finding]:
    """The findings that stand in the way of keeping a document even as a draft.

    Unknown elements, values of another JSON type than the template's, too many rows, text that
    cannot be stored, a document above `MAXIMUM_BYTES`. What is only missing or wrong is kept.
    """
    return [flaw.finding for flaw in _flaws(document, template) if not flaw.is_keepable]


def _flaws(document: object, template: Template) -> list[Flaw]:
    if not isinstance(document, dict):
        return [unkeepable("document", "TYPE", _DOCUMENT, expected="group")]
    flaws = [
        *_unknown("", document, {element.name for element in template.elements}),
        *(
            flaw
            for element in template.elements
            for flaw in _element_flaws(element, document, template)
        ),
        *(flaw for rule in template.rules for flaw in RULES[rule.kind](rule, template, document)),
    ]
    if all(flaw.is_keepable for flaw in flaws):
        flaws += _size_flaws(document)
    return sorted(flaws, key=lambda flaw: _place(flaw.finding, template))


def _place(finding: Finding, template: Template) -> int:
    """Number of the element that a finding is about; what is in no element comes last."""
    name = re.split(r"[.\[]", finding.element, maxsplit=1)[0]
    names = [element.name for element in template.elements]
    return names.index(name) if name in names else len(names)


def _size_flaws(document: Mapping[str, Any]) -> Iterator[Flaw]:
    size = len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAXIMUM_BYTES:
        yield unkeepable("document", "TOO_LARGE", _DOCUMENT, maximum=MAXIMUM_BYTES, actual=size)


def _unknown(prefix: str, values: Mapping[str, Any], known: set[str]) -> Iterator[Flaw]:
    for name in values:
        if name not in known:
            shown = ascii(str(name)[:60])[1:-1] or '""'
            yield unkeepable(f"{prefix}{shown}", "UNKNOWN_ELEMENT", _UNKNOWN, name=shown)


# --- one element ----------------------------------------------------------------------------------


def _element_flaws(
    element: ElementDefinition, document: Mapping[str, Any], template: Template
) -> Iterator[Flaw]:
    value = document.get(element.name)
    if element.type == "group":
        yield from _group_flaws(element, value, document, template)
    elif element.type == "list":
        yield from _list_flaws(element, value, document, template)
    else:
        yield from _value_flaws(element.name, element.as_field, value)


def _group_flaws(
    element: ElementDefinition, value: object, document: Mapping[str, Any], template: Template
) -> Iterator[Flaw]:
    fields = {} if value is None else value
    if not isinstance(fields, dict):
        yield unkeepable(element.name, "TYPE", element.label, expected="group")
        return
    yield from _unknown_fields(element, element.name, fields)
    if element.is_required or not all(_is_blank(each) for each in fields.values()):
        yield from _fields_flaws(element, element.name, fields, document, template)


def _list_flaws(
    element: ElementDefinition, value: object, document: Mapping[str, Any], template: Template
) -> Iterator[Flaw]:
    name, label = element.name, element.label
    if value is None:
        if element.is_required:
            yield keepable(name, "REQUIRED", label)
        return
    if not isinstance(value, list):
        yield unkeepable(name, "TYPE", label, expected="list")
        return
    if len(value) < element.minimum_rows:
        yield keepable(name, "MINIMUM_ROWS", label, minimum=element.minimum_rows, actual=len(value))
    if len(value) > element.maximum_rows:
        yield unkeepable(
            name, "MAXIMUM_ROWS", label, maximum=element.maximum_rows, actual=len(value)
        )
    for number, row in enumerate(value[: element.maximum_rows]):
        address = f"{name}[{number}]"
        if isinstance(row, dict):
            yield from _unknown_fields(element, address, row)
            yield from _fields_flaws(element, address, row, document, template)
        else:
            yield unkeepable(address, "TYPE", label, expected="group")
    yield from _duplicate_keys(element, document)


def _fields_flaws(
    element: ElementDefinition,
    address: str,
    values: Mapping[str, Any],
    document: Mapping[str, Any],
    template: Template,
) -> Iterator[Flaw]:
    for field in element.fields:
        value = values.get(field.name)
        yield from _value_flaws(f"{address}.{field.name}", field, value)
        if field.refers_to and as_text(value):
            target = template.element(field.refers_to)
            if as_text(value) not in keys(target, document):
                yield keepable(
                    f"{address}.{field.name}",
                    "UNKNOWN_REFERENCE",
                    field.label,
                    key=as_text(value)[:40],
                    list=target.name,
                )


def _unknown_fields(
    element: ElementDefinition, address: str, values: Mapping[str, Any]
) -> Iterator[Flaw]:
    yield from _unknown(f"{address}.", values, {field.name for field in element.fields})


def _duplicate_keys(element: ElementDefinition, document: Mapping[str, Any]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for address, row in rows(element, document):
        key = as_text(row.get(KEY_FIELD))
        if key and key in seen:
            label = element.field(KEY_FIELD).label
            yield keepable(f"{address}.{KEY_FIELD}", "DUPLICATE_KEY", label, key=key[:40])
        seen.add(key)


# --- one value ------------------------------------------------------------------------------------


def _value_flaws(address: str, field: FieldDefinition, value: object) -> Iterator[Flaw]:
    if value is None or (isinstance(value, str) and _is_text(field) and not value.strip()):
        if field.is_required:
            yield keepable(address, "REQUIRED", field.label)
    elif not _HAS_TYPE[field.type](value):
        yield unkeepable(address, "TYPE", field.label, expected=field.type)
    elif isinstance(value, str):
        yield from _text_flaws(address, field, value)
    elif field.minimum is not None and _is_number(value) and value < field.minimum:
        yield keepable(address, "BELOW_MINIMUM", field.label, minimum=f"{field.minimum:g}")


def _text_flaws(address: str, field: FieldDefinition, value: str) -> Iterator[Flaw]:
    maximum = field.max_length or TEXT_LENGTHS.get(field.type)
    if _UNSTORABLE.search(value):
        yield unkeepable(address, "UNSTORABLE_TEXT", field.label)
    elif field.type == "date":
        if as_date(value) is None:
            yield keepable(address, "TYPE", field.label, expected="date")
    elif maximum is not None and len(value.strip()) > maximum:
        actual = len(value.strip())
        yield keepable(address, "TOO_LONG", field.label, maximum=maximum, actual=actual)


def _is_text(field: FieldDefinition) -> bool:
    return field.type in TEXT_LENGTHS or field.type == "date"


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _is_string(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -LARGEST_NUMBER <= value <= LARGEST_NUMBER  # false for NaN, too


def _is_integer(value: object) -> bool:
    return _is_number(value) and float(value).is_integer()


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


_HAS_TYPE: Mapping[str, Callable[[object], bool]] = {
    "text": _is_string,
    "long_text": _is_string,
    "reference": _is_string,
    "date": _is_string,
    "number": _is_number,
    "integer": _is_integer,
    "boolean": _is_boolean,
}
