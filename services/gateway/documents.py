"""Documents of HDRs and summaries as their template words them, ready to be shown.

A template version never changes, so each is asked for once and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import structlog
from markupsafe import Markup, escape

from services.gateway import i18n
from services.gateway.clients import services
from services.gateway.i18n import gettext as _
from services.gateway.pages import paragraphs
from shared.contracts.base import LocalizedText
from shared.contracts.hdr import TemplateAnswer, TemplateElement, TemplateField, TemplateQuery
from shared.kernel.refusal import Refusal
from shared.kernel.rpc import ServiceFailedError, ServiceUnavailableError

log = structlog.get_logger(__name__)

WIDE_ROWS = 4
"""Rows with more fields than this are shown one under the other, not as a table."""
KEY_FIELD = "key"
LONGEST_TITLE = 160
"""A longer text is cut in the heading of its row, and stands in full below it."""

_templates: dict[tuple[str, int], TemplateAnswer] = {}


@dataclass(frozen=True)
class Section:
    """One element of a document: its heading and either text, facts or rows."""

    name: str
    title: str
    text: Markup | None = None
    facts: tuple[tuple[str, object], ...] = ()
    columns: tuple[Mapping[str, Any], ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def is_table(self) -> bool:
        """Whether its rows are short enough to stand side by side."""
        return bool(self.rows) and len(self.columns) <= WIDE_ROWS + 1


@dataclass(frozen=True)
class Row:
    """One row of a list: its key, and its cells in the order of the columns."""

    key: str
    title: str
    cells: tuple[Markup, ...]
    facts: tuple[tuple[str, Markup], ...]
    """The row shown by itself, under key and title as its heading: what these do not say."""


def find_template(kind: str, version: int) -> TemplateAnswer | None:
    """A version of a template; ``None`` while its service cannot be asked."""
    wanted = (kind, version)
    if wanted not in _templates:
        try:
            _templates[wanted] = services().hdr.get_template(
                TemplateQuery(kind=kind, template_version=version)
            )
        except (Refusal, ServiceUnavailableError, ServiceFailedError) as error:
            log.warning("template_missing", kind=kind, version=version, reason=str(error))
            return None
    return _templates[wanted]


def sections(
    document: Mapping[str, Any],
    template: TemplateAnswer | None,
    *,
    leave_out: Sequence[str] = ("title",),
) -> list[Section]:
    """What a document holds, in the template's order; empty elements are left out.

    Args:
        document: Elements by name, as published.
        template: How they are called; without it the names in the document have to do.
        leave_out: Elements shown elsewhere on the page.
    """
    elements = template.elements if template else tuple(_guessed_elements(document))
    titles = _titles_of_rows(document, elements)
    return [
        _section(element, document[element.name], titles)
        for element in elements
        if element.is_public
        and element.type != "boolean"  # consents: they are for the editors
        and element.name not in leave_out
        and not _is_empty(document.get(element.name))
    ]


def _section(
    element: TemplateElement, value: Any, titles: Mapping[tuple[str, str], str]
) -> Section:
    title = i18n.localized(element.label)
    if element.type == "group" and isinstance(value, Mapping):
        facts = tuple(
            (i18n.localized(field.label), _shown(field, value[field.name], titles))
            for field in element.fields
            if not _is_empty(value.get(field.name))
        )
        return Section(element.name, title, facts=facts)
    if element.type == "list" and _are_rows(value):
        fields = [f for f in element.fields if any(not _is_empty(r.get(f.name)) for r in value)]
        return Section(
            element.name,
            title,
            columns=tuple(
                {"text": i18n.localized(f.label), "numeric": f.type in {"number", "integer"}}
                for f in fields
            ),
            rows=tuple(
                _row(element, row, number, fields, titles)
                for number, row in enumerate(value, start=1)
            ),
        )
    return Section(element.name, title, text=_shown(element, value, titles))


def _row(
    element: TemplateElement,
    row: Mapping[str, Any],
    number: int,
    fields: Sequence[TemplateField],
    titles: Mapping[tuple[str, str], str],
) -> Row:
    title = _title_of_row(element, row)
    in_heading = (
        (KEY_FIELD,) if len(title) > LONGEST_TITLE else (KEY_FIELD, _title_field(element, row))
    )
    return Row(
        key=str(row.get(KEY_FIELD) or number),
        title=title if len(title) <= LONGEST_TITLE else title[:LONGEST_TITLE].rstrip() + "…",
        cells=tuple(_shown(field, row.get(field.name), titles) for field in fields),
        facts=tuple(
            (i18n.localized(field.label), _shown(field, row[field.name], titles))
            for field in fields
            if field.name not in in_heading and not _is_empty(row.get(field.name))
        ),
    )


def _shown(
    field: TemplateField | TemplateElement,
    value: Any,
    titles: Mapping[tuple[str, str], str],
) -> Markup:
    """A value as its type is read: days in words, numbers by locale, references by name."""
    if _is_empty(value):
        return Markup("–")
    if field.type == "long_text":
        return i18n.polish(paragraphs(value))
    refers_to = getattr(field, "refers_to", None)
    title = titles.get((refers_to, str(value))) if refers_to else None
    if title:
        return i18n.polish(f"{value}. {title}")
    if isinstance(value, str) and field.type != "date":
        return i18n.polish(value)
    return escape(_written(field.type, value))


def _written(kind: str, value: Any) -> str:
    if kind == "date" and _is_day(value):
        return i18n.format_day(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return i18n.format_number(value)
    return str(value)


def _titles_of_rows(
    document: Mapping[str, Any], elements: Sequence[TemplateElement]
) -> dict[tuple[str, str], str]:
    """What a reference to a row means: its text by list and key."""
    return {
        (element.name, str(row[KEY_FIELD])): _title_of_row(element, row)
        for element in elements
        if element.type == "list" and _are_rows(document.get(element.name))
        for row in document[element.name]
        if row.get(KEY_FIELD)
    }


def _title_of_row(element: TemplateElement, row: Mapping[str, Any]) -> str:
    """What tells a row from the others, in words; empty when it has no text."""
    return str(row.get(_title_field(element, row), ""))


def _title_field(element: TemplateElement, row: Mapping[str, Any]) -> str:
    """The first field with a text that is neither the row's key nor a reference."""
    for field in element.fields:
        is_text = field.type in {"text", "long_text"} and field.name != KEY_FIELD
        if is_text and not _is_empty(row.get(field.name)):
            return field.name
    return ""


def _guessed_elements(document: Mapping[str, Any]) -> Iterator[TemplateElement]:
    """Elements made of the document alone, for while the template cannot be asked for."""
    for name, value in document.items():
        rows = value if isinstance(value, list) else [value]
        names = dict.fromkeys(key for row in rows if isinstance(row, Mapping) for key in row)
        fields = tuple(
            TemplateField(name=key, label=_label(key), type="text", is_required=False)
            for key in names
        )
        kinds: dict[type, str] = {dict: "group", list: "list"}
        yield TemplateElement(
            name=name,
            label=_label(name),
            type=kinds.get(type(value), "long_text"),
            is_required=False,
            fields=fields,
        )


@lru_cache(maxsize=500)
def _label(name: str) -> LocalizedText:
    words = name.replace("_", " ").capitalize()[:200] or "–"
    return LocalizedText(pl=words, en=words)


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True
