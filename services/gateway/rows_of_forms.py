"""Lists of rows in a form, added and taken away without scripts.

A row's fields are named ``<list>.<number>.<field>``, as the contracts name them in a refusal. A
button named ``rows`` says what to do with the rows: ``add:<list>`` or ``remove:<list>:<number>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from services.gateway.forms import Form

BUTTON = "rows"
MOST_ROWS = 200


def numbers_of(form: Form, name: str) -> list[int]:
    """Numbers of a list's rows in the form, in their order."""
    pattern = re.compile(rf"{re.escape(name)}\.(\d{{1,4}})\.")
    found = {int(match[1]) for key in form.values if (match := pattern.match(str(key)))}
    return sorted(found)[:MOST_ROWS]


def put_rows(
    values: dict[str, Any], name: str, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Add the fields of rows to the first values of a form."""
    for number, row in enumerate(rows):
        for field, value in row.items():
            values[f"{name}.{number}.{field}"] = "" if value is None else str(value)
    return values


def renumber(form: Form, name: str) -> None:
    """Number a list's rows from 0 without gaps, so that they are those of the request."""
    wanted = {old: new for new, old in enumerate(numbers_of(form, name))}
    pattern = re.compile(rf"{re.escape(name)}\.(\d{{1,4}})\.(.+)", re.DOTALL)
    moved: MultiDict[str, Any] = MultiDict()
    for key, value in form.values.items(multi=True):
        match = pattern.fullmatch(str(key))
        if match is None:
            moved.add(key, value)
        elif int(match[1]) in wanted:
            moved.add(f"{name}.{wanted[int(match[1])]}.{match[2]}", value)
    form.values = moved


def change_rows(form: Form, fields: Mapping[str, Sequence[str]]) -> bool:
    """Do what a button for rows asked.

    Args:
        form: What was sent; its rows are numbered from 0 afterwards.
        fields: The fields of a row, by list.

    Returns:
        Whether such a button was pressed; then the form is shown again and nothing is sent.
    """
    for name in fields:
        renumber(form, name)
    verb, _colon, rest = form.text(BUTTON).partition(":")
    form.values.poplist(BUTTON)
    name, _colon, number = rest.partition(":")
    if name not in fields:
        return False
    rows = numbers_of(form, name)
    if verb == "add" and len(rows) < MOST_ROWS:
        for field in fields[name]:
            form.values[f"{name}.{len(rows)}.{field}"] = ""
    elif verb == "remove" and number.isdecimal():
        for field in [key for key in form.values if str(key).startswith(f"{name}.{number}.")]:
            form.values.poplist(field)
        renumber(form, name)
    return verb in {"add", "remove"}
