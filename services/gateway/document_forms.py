"""Writing a document (HDR, summary) by its template: the list of its elements, and each as a form.

A field is named by its address in the document, with dots: ``actions.2.ends_on``. Each saving
replaces one element and says which version it was made on, so two people do not overwrite each
other without knowing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for

from services.gateway import problems
from services.gateway.clients import services
from services.gateway.documents import KEY_FIELD, Section, sections
from services.gateway.forms import field_id
from services.gateway.i18n import gettext as _
from services.gateway.i18n import language, localized
from services.gateway.pages import success
from services.gateway.panel import ActForm, Answered, found, is_posted, posted_or_empty
from services.gateway.rows_of_forms import BUTTON, MOST_ROWS, numbers_of, renumber
from shared.contracts.hdr import (
    Finding,
    HdrAnswer,
    SummaryAnswer,
    TemplateAnswer,
    TemplateElement,
    TemplateField,
    TemplateQuery,
)
from shared.kernel.refusal import InvalidRequestError

YES = "tak"
SHORT_TITLE = 80


@dataclass(frozen=True)
class Writing:
    """A document in work, with its template and its places."""

    answer: HdrAnswer | SummaryAnswer
    template: TemplateAnswer
    title: str
    caption: str
    area: str
    """Name of the blueprint; it has ``show_tasks`` and ``write_element``."""
    key: Mapping[str, Any]
    """The id in the addresses."""
    back: str

    def element(self, name: str) -> TemplateElement:
        """An element of the template.

        Raises:
            NotFoundError: It has no such element.
        """
        wanted = (element for element in self.template.elements if element.name == name)
        return found(next(wanted, None), "element", name)

    def address(self, element: str | None = None, anchor: str | None = None) -> str:
        """The page of an element; of the list of elements without one."""
        if element is None:
            return url_for(f"{self.area}.show_tasks", **self.key)
        return url_for(f"{self.area}.write_element", element=element, _anchor=anchor, **self.key)


@dataclass(frozen=True)
class Missing:
    """One thing that a document lacks, and where it is mended."""

    text: str
    href: str
    field: str


@dataclass(frozen=True)
class ElementTask:
    """One element in the list of what there is to write."""

    title: str
    href: str
    missing: int
    is_empty: bool
    is_required: bool


def template_of(kind: str, version: int) -> TemplateAnswer:
    """A version of a template."""
    return services().hdr.get_template(TemplateQuery(kind=kind, template_version=version))


# --- pages ----------------------------------------------------------------------------------------


def tasks_page(writing: Writing, **more: Any) -> str:
    """The elements with how complete they are, and everything that is missing."""
    missing = missing_of(writing)
    tasks = [
        ElementTask(
            title=localized(element.label),
            href=writing.address(element.name),
            missing=sum(1 for f in writing.answer.findings if element_of(f) == element.name),
            is_empty=not writing.answer.document.get(element.name),
            is_required=element.is_required,
        )
        for element in writing.template.elements
    ]
    return render_template(
        "documents/tasks.html", writing=writing, tasks=tasks, missing=missing, **more
    )


def element_page(
    writing: Writing,
    name: str,
    save: Callable[[ActForm, dict[str, Any], int | None], Any],
    reload: Callable[[], HdrAnswer | SummaryAnswer],
) -> Answered:
    """One element as a form; any button saves what was typed.

    Args:
        writing: The document.
        name: The element.
        save: Sends the whole document with the version that it was made on; tells whether it went
            well, by the form's errors otherwise.
        reload: Reads the document anew, after somebody else saved.
    """
    element = writing.element(name)
    form = posted_or_empty(_values(writing, element))
    newer: HdrAnswer | SummaryAnswer | None = None
    if is_posted():
        verb, target = _button(form, element)
        value = _read(form, element)
        if form.is_valid:
            value, anchor = _with_changed_rows(value, element, verb, target)
            document = {**writing.answer.document, name: value}
            if value in (None, "", {}, []):
                document.pop(name)
            expected = form.number("expected_version")
            if save(form, document, expected if isinstance(expected, int) else None):
                return redirect(_next(writing, element, verb, anchor), 303)
            form.errors = {_name_of(key): text for key, text in form.errors.items()}
        newer = form.take_newer(reload)
    page = render_template(
        "documents/element.html",
        writing=writing,
        element=element,
        form=form,
        rows=numbers_of(form, name),
        row_titles={number: _row_title(form, element, number) for number in numbers_of(form, name)},
        options=_options(writing),
        missing=[]
        if is_posted()
        else [
            one
            for one in missing_of(writing)
            if one.field == name or one.field.startswith((f"{name}.", f"{name}["))
        ],
        newer=_section_of(newer, writing, name) if newer else None,
        is_stale=newer is not None,
    )
    return page if form.is_valid else (page, form.status)


# --- what is missing ------------------------------------------------------------------------------


def missing_of(writing: Writing) -> list[Missing]:
    """What stands between the document and its submission, each with the way to its field."""
    return missing_list(writing, writing.answer.findings)


def missing_list(writing: Writing, findings: Sequence[Finding]) -> list[Missing]:
    """Findings in words."""
    titles = {element.name: localized(element.label) for element in writing.template.elements}
    return [
        Missing(
            text=_placed(finding, text, titles),
            href=writing.address(element_of(finding), field_id(finding.element))
            if element_of(finding) in titles
            else writing.address(),
            field=finding.element,
        )
        for finding, text in zip(findings, in_words(findings), strict=True)
    ]


def in_words(findings: Sequence[Finding]) -> list[str]:
    """A sentence for each finding."""
    refusal = InvalidRequestError(
        fields=[
            {
                "field": finding.element,
                "rule": finding.rule,
                "label": finding.label.model_dump(),
                "parameters": finding.parameters,
            }
            for finding in findings
        ]
    )
    return [error.detail for error in problems.describe(refusal).errors]


def _placed(finding: Finding, text: str, titles: Mapping[str, str]) -> str:
    """A sentence with the element and row that it is about, where it does not say so itself."""
    name, row = element_of(finding), _row_of(finding)
    if name not in titles or finding.element == name:
        return text
    if row is None:
        return _("%(element)s – %(words)s", element=titles[name], words=text)
    return _(
        "%(element)s, row %(number)s – %(words)s",
        element=titles[name],
        number=row + 1,
        words=text,
    )


def element_of(finding: Finding) -> str:
    """Name of the element that a finding is about."""
    return re.split(r"[.\[]", finding.element, maxsplit=1)[0]


def _row_of(finding: Finding) -> int | None:
    match = re.match(r"\w+\[(\d+)\]", finding.element)
    return int(match[1]) if match else None


# --- from the document to the form ----------------------------------------------------------------


def _values(writing: Writing, element: TemplateElement) -> dict[str, Any]:
    """The fields of an element with what stands in the document."""
    value = writing.answer.document.get(element.name)
    values: dict[str, Any] = {"expected_version": str(writing.answer.version)}
    if element.type == "group":
        parts = value if isinstance(value, Mapping) else {}
        for field in element.fields:
            values[f"{element.name}.{field.name}"] = _typed(parts.get(field.name))
    elif element.type == "list":
        rows = value if isinstance(value, list) else []
        rows = rows or [{KEY_FIELD: _new_key(element, [])}]
        for number, row in enumerate(rows):
            for field in element.fields:
                name = f"{element.name}.{number}.{field.name}"
                values[name] = _typed(row.get(field.name))
    else:
        values[element.name] = _typed(value)
    return values


def _typed(value: Any) -> str:
    """A value as a person would type it."""
    if value is None or value is False:
        return ""
    if value is True:
        return YES
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, float) and language() == "pl":
        return str(value).replace(".", ",")
    return str(value)


def _options(writing: Writing) -> dict[str, list[tuple[str, str]]]:
    """The rows that a reference can name, by list."""
    options: dict[str, list[tuple[str, str]]] = {}
    for element in writing.template.elements:
        rows = writing.answer.document.get(element.name)
        if element.type == "list" and isinstance(rows, list):
            options[element.name] = [
                (str(row.get(KEY_FIELD)), f"{row.get(KEY_FIELD)}. {_first_text(element, row)}")
                for row in rows
                if isinstance(row, Mapping) and row.get(KEY_FIELD)
            ]
    return options


def _first_text(element: TemplateElement, row: Mapping[str, Any]) -> str:
    for field in element.fields:
        is_text = field.type in {"text", "long_text"} and field.name != KEY_FIELD
        if is_text and row.get(field.name):
            return str(row[field.name])[:SHORT_TITLE]
    return ""


def _row_title(form: ActForm, element: TemplateElement, number: int) -> str:
    values = {f.name: form.text(f"{element.name}.{number}.{f.name}") for f in element.fields}
    parts = (values.get(KEY_FIELD, ""), _first_text(element, values))
    return ". ".join(part for part in parts if part) or str(number + 1)


# --- from the form to the document ----------------------------------------------------------------


def _button(form: ActForm, element: TemplateElement) -> tuple[str, str]:
    """What was pressed: ``add``, ``remove`` with the row's number, ``save`` or ``go-on``."""
    verb, _colon, rest = form.text(BUTTON).partition(":")
    form.values.poplist(BUTTON)
    if element.type != "list" or verb not in {"add", "remove"}:
        return form.text("krok") or "save", ""
    before = numbers_of(form, element.name)
    renumber(form, element.name)
    number = rest.partition(":")[2]
    place = before.index(int(number)) if number.isdecimal() and int(number) in before else ""
    return verb, str(place)


def _read(form: ActForm, element: TemplateElement) -> Any:
    """The element's value; what cannot be read as its type is an error of its field."""
    if element.type == "group":
        return _read_fields(form, element, element.name)
    if element.type == "list":
        renumber(form, element.name)
        return [
            _read_fields(form, element, f"{element.name}.{number}")
            for number in numbers_of(form, element.name)
        ]
    return _read_value(form, element.name, element)


def _read_fields(form: ActForm, element: TemplateElement, prefix: str) -> dict[str, Any]:
    values = {
        field.name: _read_value(form, f"{prefix}.{field.name}", field) for field in element.fields
    }
    return {name: value for name, value in values.items() if value not in (None, "")}


def _read_value(form: ActForm, name: str, field: TemplateField | TemplateElement) -> Any:
    text = form.text(name).replace("\r\n", "\n")
    if field.type == "boolean":
        return text == YES
    if field.type not in {"number", "integer"} or not text:
        return text
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        label = localized(field.label)
        form.add_error(name, _("%(label)s: enter a number, for example 12 or 12.5", label=label))
        return None
    return int(number) if number.is_integer() and "." not in plain else number


def _with_changed_rows(
    value: Any, element: TemplateElement, verb: str, target: str
) -> tuple[Any, str | None]:
    """The rows after a button for rows, and the field to go to."""
    if verb == "add" and len(value) < MOST_ROWS:
        first = next((f.name for f in element.fields if f.name != KEY_FIELD), KEY_FIELD)
        rows = [*value, {KEY_FIELD: _new_key(element, value)}]
        return rows, field_id(f"{element.name}.{len(value)}.{first}")
    if verb == "remove" and target:
        rows = [row for number, row in enumerate(value) if number != int(target)]
        return rows, field_id(element.name)
    return value, None


def _new_key(element: TemplateElement, rows: Sequence[Mapping[str, Any]]) -> str:
    """A key that no row has: the list's letter and the next number."""
    prefix = element.key_prefix or ""
    used = [
        int(match[1])
        for row in rows
        if (match := re.fullmatch(rf"{re.escape(prefix)}(\d+)", str(row.get(KEY_FIELD, ""))))
    ]
    return f"{prefix}{max(used, default=0) + 1}"


def _next(writing: Writing, element: TemplateElement, verb: str, anchor: str | None) -> str:
    """Where a saved form leads."""
    if verb in {"add", "remove"}:
        return writing.address(element.name, anchor)
    success(_("“%(element)s” was saved.", element=localized(element.label)))
    if verb == "go-on":
        names = [one.name for one in writing.template.elements]
        following = names[names.index(element.name) + 1 :]
        return writing.address(following[0]) if following else writing.address()
    return writing.address(element.name)


def _name_of(address: str) -> str:
    """The form's field for an address: ``actions[2].ends_on`` → ``actions.2.ends_on``."""
    return re.sub(r"\[(\d+)\]", r".\1", address.removeprefix("document."))


def _section_of(answer: HdrAnswer | SummaryAnswer, writing: Writing, name: str) -> list[Section]:
    """What stands in an element now."""
    shown = {name: answer.document.get(name)}
    return sections(shown, writing.template, leave_out=())
