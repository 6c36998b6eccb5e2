"""Refusals: what a rule said no to, for people and machines alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

Parameter = str | int | float | bool | None


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not a malfunction
    """A rule said no; nothing was recorded.

    Subclasses are the named rules. ``status`` is the HTTP meaning: 404 unknown, 409 not now,
    422 the value breaks a rule, 403 not allowed. ``parameters`` are what the sentence for people
    needs: dates in ISO form, ids as text, limits; never personal data.
    """

    status: ClassVar[int] = 409

    def __init__(
        self,
        *,
        field: str | None = None,
        fields: Sequence[Mapping[str, Any]] = (),
        **parameters: Parameter,
    ) -> None:
        super().__init__(self.code)
        self.field = field
        self.fields = [dict(entry) for entry in fields]
        self.parameters = parameters

    @property
    def code(self) -> str:
        """Stable name of the rule, e.g. ``call-closed`` for ``CallClosedError``."""
        name = type(self).__name__.removesuffix("Error").removesuffix("Refusal")
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()

    def as_data(self) -> dict[str, Any]:
        """Plain data for the wire."""
        return {
            "code": self.code,
            "status": self.status,
            "field": self.field,
            "fields": self.fields,
            "parameters": self.parameters,
        }

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.code} ({details})" if details else self.code


class NotFoundError(Refusal):
    """There is nothing with this id (parameters ``what`` and ``id``)."""

    status = 404


class StaleVersionError(Refusal):
    """Somebody else changed it meanwhile (``expected`` and ``actual`` versions): reload, redo."""


class BusyError(Refusal):
    """Others kept changing the same thing while the command ran: try again."""


class InvalidRequestError(Refusal):
    """The request breaks the form of its fields; ``fields`` names each with its rule."""

    status = 422


class IdempotencyKeyReusedError(Refusal):
    """The same key came with another request: use a new key for a new request."""

    status = 422
