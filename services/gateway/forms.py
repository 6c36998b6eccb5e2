"""Forms of pages: what was typed, what is wrong with each field, and the summary of it.

The rules of a value stand in its contract (pydantic) and in its service; here they only find the
field they speak of. What was typed is kept as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from services.gateway import problems
from services.gateway.i18n import gettext as _
from shared.kernel.refusal import Refusal

Model = TypeVar("Model", bound=BaseModel)
DAY_PARTS = ("day", "month", "year")


class Form:
    """Values as typed, and errors by field; ``""`` is the field of what concerns the whole form.

    The macros of ``macros/forms.html`` take it as their first argument.
    """

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values: MultiDict[str, Any] = (
            values.copy() if isinstance(values, MultiDict) else MultiDict(values or {})
        )
        self.errors: dict[str, str] = {}

    @classmethod
    def posted(cls) -> Form:
        """What the browser sent in the body."""
        return cls(request.form)

    @classmethod
    def asked(cls) -> Form:
        """What stands in the address."""
        return cls(request.args)

    # --- values ---------------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """A field's text without the blanks around it; empty when it is missing."""
        value = self.values.get(name)
        return "" if value is None else str(value).strip()

    def texts(self, name: str) -> list[str]:
        """All values of a field that may be given several times."""
        return [str(value) for value in self.values.getlist(name)]

    def number(self, name: str) -> int | str | None:
        """A whole number; the text as typed when it is none, so that its rule can say so."""
        text = self.text(name)
        return int(text) if re.fullmatch(r"-?\d{1,18}", text) else (text or None)

    def day(self, name: str) -> date | None:
        """A day from its three fields ``name-day``, ``name-month``, ``name-year``.

        An impossible day is an error of the field, and ``None``; so is an empty one, without error.
        """
        parts = [self.text(f"{name}-{part}") for part in DAY_PARTS]
        if not any(parts):
            return None
        try:
            day, month, year = (int(part) for part in parts)
            return date(year, month, day)
        except ValueError:
            self.add_error(name, _("Enter a real date, for example 29 2 2020"))
            return None

    def put_day(self, name: str, value: date | None) -> None:
        """Fill the three fields of a day."""
        if value is not None:
            for part in DAY_PARTS:
                self.values[f"{name}-{part}"] = str(getattr(value, part))

    # --- errors ---------------------------------------------------------------------------------

    @property
    def is_valid(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.errors

    def add_error(self, name: str, message: str) -> None:
        """Say what is wrong with a field; the first word on a field stands."""
        self.errors.setdefault(name, message)

    def require(self, name: str, message: str) -> str:
        """A field's text; an error when it is empty."""
        text = self.text(name)
        if not text:
            self.add_error(name, message)
        return text

    def parse(
        self,
        model: type[Model],
        data: Mapping[str, Any],
        *,
        messages: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> Model | None:
        """Make a contract's request; what its rules refuse becomes errors of the fields.

        Args:
            model: The request.
            data: Its values, names as in the contract.
            messages: Own sentences by the form's field.
            fields: The form's field for an address in the contract, e.g. ``applicant.email`` →
                ``email``; where it is missing the address itself.

        Returns:
            The request, or ``None`` when something is wrong with this form.
        """
        try:
            made = model.model_validate(data)
        except ValidationError as error:
            self.refuse(problems.invalid(error), messages=messages, fields=fields)
            return None
        return made if self.is_valid else None

    def refuse(
        self,
        refusal: Refusal,
        *,
        messages: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Take over a rule's no: at its field, or for the whole form.

        Args:
            refusal: What a service said, or `problems.invalid`.
            messages: Own sentences by the form's field.
            fields: As in `parse`.
        """
        problem = problems.describe(refusal)
        for entry in problem.errors:
            name = _field_of(entry.field, fields or {})
            self.add_error(name, (messages or {}).get(name) or entry.detail)
        if not problem.errors:
            self.add_error(_field_of(problem.field or "", fields or {}), problem.detail)

    def error(self, name: str) -> str | None:
        """What is wrong with a field."""
        return self.errors.get(name)

    @property
    def summary(self) -> list[dict[str, str]]:
        """The errors as the error summary lists them, each leading to its field."""
        return [
            {"text": message, "href": f"#{self._anchor(name)}"} if name else {"text": message}
            for name, message in self.errors.items()
        ]

    def _anchor(self, name: str) -> str:
        return field_id(f"{name}-day" if f"{name}-day" in self.values else name)


def field_id(name: str) -> str:
    """The element id of a field: ``actions[2].ends_on`` → ``actions-2-ends_on``."""
    return re.sub(r"[^\w-]+", "-", name).strip("-")


def options(
    items: Iterable[tuple[str, object]], chosen: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Values with their texts as GOV.UK's radios, checkboxes and selects take them."""
    marked = set(chosen)
    return [
        {
            "value": value,
            "text": str(text),
            "checked": value in marked,
            "selected": value in marked,
        }
        for value, text in items
    ]


def _field_of(address: str, fields: Mapping[str, str]) -> str:
    """The form's field that an address in a contract stands for: its own or the nearest around."""
    around = address
    while around and around not in fields:
        around = around.rpartition(".")[0]
    return fields.get(around, address)
