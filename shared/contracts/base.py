"""The forms that every contract shares: event, request, answer and the value types in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps no text with a NUL in it

ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL)
]
"""One line of text: 1 to 200 characters after stripping."""
LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000, pattern=NO_NUL)
]
"""Paragraphs of text: 1 to 20,000 characters after stripping."""
OptionalText = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=20_000, pattern=NO_NUL)
]
"""Paragraphs of text that may be empty."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
"""Readable part of an address: lower-case ASCII letters, digits, single hyphens."""
VoivodeshipCode = Annotated[str, StringConstraints(pattern=r"^(0[2468]|[12][02468]|3[02])$")]
"""TERYT code of a voivodeship, two digits, e.g. ``"06"`` for lubelskie."""
JstCode = Annotated[str, StringConstraints(pattern=r"^(\d{2}|\d{4}|\d{7})$")]
"""TERYT code of a JST: 7 digits (commune with its kind), 4 (county) or 2 (voivodeship)."""
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=60)]
"""Stable machine code of a reference value, e.g. ``"BUDGET_PLANNING"``."""
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"
    ),
]
"""An e-mail address, checked for its form only."""


class ContractModel(BaseModel):
    """Immutable data. Unknown fields are ignored: an older reader accepts a newer writer.

    A model's validator is built when it is first used: a process imports all, and uses few.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class ContractEvent(ContractModel):
    """A fact that one service tells all others.

    ``OWNER`` is the service that records it, ``VERSION`` the major version of its shape. Within a
    version a shape only grows by optional fields.
    """

    OWNER: ClassVar[str]
    VERSION: ClassVar[int] = 1

    @classmethod
    def event_type(cls) -> str:
        """CloudEvents ``type``, e.g. ``pl.ore.recruitment.ApplicationSubmitted.v1``."""
        return f"pl.ore.{cls.OWNER}.{cls.__name__}.v{cls.VERSION}"


class Request(BaseModel):
    """What a caller asks of a service. Unknown fields are refused: no typing error is ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Answer(ContractModel):
    """What a service gives back.

    ``DERIVED`` names fields that are secrets, each with the field it belongs to: they are made anew
    from the caller's idempotency key when the same command is answered again, and never stored.
    """

    DERIVED: ClassVar[Mapping[str, str]] = {}


class CreatedAnswer(Answer):
    """Id of what a command created."""

    id: UUID


class DoneAnswer(Answer):
    """A command was carried out and has nothing more to say."""


class VersionAnswer(Answer):
    """Version of the aggregate after the command; give it back as ``expected_version``."""

    version: int = Field(ge=1)


class LocalizedText(ContractModel):
    """One text in the two languages of the platform."""

    pl: ShortText
    en: ShortText


class ExpertRole(StrEnum):
    """ROS: from local government. PRO: from teacher training and training circles."""

    ROS = "ROS"
    PRO = "PRO"


class JstKind(StrEnum):
    """Kind of a local government unit; a city with county rights is URBAN with a flag."""

    URBAN = "URBAN"
    RURAL = "RURAL"
    URBAN_RURAL = "URBAN_RURAL"
    COUNTY = "COUNTY"
    VOIVODESHIP = "VOIVODESHIP"


class JstRef(ContractModel):
    """A local government unit as it was at the moment of the event.

    ``id`` never changes; code, kind and name may (a commune becomes a town, is renamed).
    """

    id: UUID
    code: JstCode
    name: ShortText
    kind: JstKind
    voivodeship: VoivodeshipCode
    county: str | None = Field(default=None, max_length=200)
    """Name of a commune's county; ``None`` for a city that is one, a county, a voivodeship."""
    has_county_rights: bool = False
    """A city that is a county as well: one unit, of kind URBAN."""


class Period(ContractModel):
    """Both days included."""

    starts_on: date
    ends_on: date
