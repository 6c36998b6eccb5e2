"""The API's blueprint, and what its modules share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Annotated, Any, TypeVar

from flask import Blueprint
from pydantic import BeforeValidator, Field
from sqlalchemy import Connection

from services.gateway.auth import principal
from services.gateway.blueprints.api.operation import ListQuery
from services.gateway.errors import OutOfScopeError
from services.gateway.runtime import runtime
from services.gateway.scope import Belonging, belongs, list_scope
from shared.contracts.base import VoivodeshipCode
from shared.kernel.refusal import NotFoundError

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

Filter = TypeVar("Filter")
Found = TypeVar("Found")

ACCESS_KEY_HEADER = "Ore-Access-Key"
Voivodeships = Annotated[
    tuple[VoivodeshipCode, ...] | None,
    Field(description="TERYT codes of voivodeships; may be repeated.", max_length=16),
]
Words = Annotated[str | None, Field(max_length=200, description="Words, or their beginnings.")]
AnyCase = BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)
"""Codes in a query string may be written in small letters."""


class RegionalQuery(ListQuery):
    """A list that can be narrowed by region."""

    voivodeship: Voivodeships = None


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection to the views."""
    with runtime().database.reading() as connection:
        yield connection


def found(thing: Found | None, what: str, value: object) -> Found:
    """What was looked for.

    Raises:
        NotFoundError: It is not there.
    """
    if thing is None:
        raise NotFoundError(what=what, id=str(value))
    return thing


def narrowed(kind: type[Filter], query: ListQuery, **more: Any) -> Filter:
    """A view's filter from a query, narrowed to what the caller may see."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    given = {name: getattr(query, name) for name in type(query).model_fields if name in known}
    region = list_scope(principal().scope, getattr(query, "voivodeship", None))
    narrow = {name: value for name, value in region.items() if name in known}
    return kind(**{**given, **narrow, **more})


def unscoped(kind: type[Filter], query: ListQuery, **more: Any) -> Filter:
    """A view's filter from a query of the public."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    given = {name: getattr(query, name) for name in type(query).model_fields if name in known}
    if "voivodeships" in known:
        given["voivodeships"] = getattr(query, "voivodeship", None)
    return kind(**{**given, **more})


def require_region(voivodeship: str) -> None:
    """Refuse what a coordinator does for another region.

    Raises:
        OutOfScopeError: It is not the caller's.
    """
    if not belongs(principal().scope, Belonging(voivodeship)):
        raise OutOfScopeError(field="voivodeship")
