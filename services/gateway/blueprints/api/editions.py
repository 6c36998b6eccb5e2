"""Editions and the register of JST."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from flask import request, url_for
from pydantic import Field, ValidationError

from services.gateway.blueprints.api.base import (
    AnyCase,
    RegionalQuery,
    Words,
    blueprint,
    found,
    reading,
    unscoped,
)
from services.gateway.blueprints.api.operation import (
    Listed,
    ListQuery,
    listed,
    operation,
    read_message,
)
from services.gateway.clients import services
from services.gateway.errors import NotUtf8Error, UnsupportedMediaTypeError
from services.gateway.problems import invalid
from services.gateway.projections import editions, local_governments
from services.gateway.projections.editions import EditionRow
from services.gateway.projections.local_governments import ImportRow, JstFilter, JstRow
from shared.contracts.base import CreatedAnswer, DoneAnswer, JstKind, Request
from shared.contracts.recruitment import (
    CreateEdition,
    ImportRegister,
    ReconfigureEdition,
    RegisterImportAnswer,
)

CSV_TYPES = ("text/csv", "text/plain", "application/octet-stream")


class ImportQuery(Request):
    """How a register file is to be taken."""

    partial: Annotated[
        bool, Field(description="A part of the country: missing units are not taken for gone.")
    ] = False


class JstQuery(RegionalQuery):
    """Which JST of the register."""

    text: Words = None
    kind: Annotated[JstKind | None, AnyCase] = None
    includes_closed: bool = False


@blueprint.post("/editions")
@operation(
    "Set up an edition",
    request=CreateEdition,
    answer=CreatedAnswer,
    status=201,
    location=lambda answer: url_for("api.get_edition", edition_id=answer.id),
)
def create_edition(message: CreateEdition) -> CreatedAnswer:
    return services().recruitment.create_edition(message)


@blueprint.put("/editions/<uuid:edition_id>")
@operation("Replace an edition's configuration", request=ReconfigureEdition, answer=DoneAnswer)
def reconfigure_edition(message: ReconfigureEdition) -> DoneAnswer:
    return services().recruitment.reconfigure_edition(message)


@blueprint.get("/editions")
@operation("Editions, the newest first", query=ListQuery, answer=Listed[EditionRow])
def list_editions(query: ListQuery) -> object:
    with reading() as connection:
        rows = editions.list_editions(connection)
    return listed(rows[query.offset : query.offset + query.limit], len(rows), query)


@blueprint.get("/editions/<uuid:edition_id>")
@operation("One edition with its configuration", answer=EditionRow)
def get_edition(edition_id: UUID) -> EditionRow:
    with reading() as connection:
        return found(editions.find_edition(connection, edition_id), "edition", edition_id)


@blueprint.post("/register/imports")
@operation(
    "Take over one state of the official TERC register",
    query=ImportQuery,
    answer=RegisterImportAnswer,
    body_type="text/csv",
    body_schema={"type": "string", "description": "The file as downloaded, UTF-8."},
)
def import_register(query: ImportQuery) -> RegisterImportAnswer:
    """The body is the file itself, a form with a file named ``file``, or JSON with ``content``."""
    if request.mimetype == "application/json":
        return services().recruitment.import_register(read_message(ImportRegister, {}))
    try:
        message = ImportRegister(content=_file().decode(), is_partial=query.partial)
    except UnicodeDecodeError:
        raise NotUtf8Error(field="content") from None
    except ValidationError as error:
        raise invalid(error) from None
    return services().recruitment.import_register(message)


@blueprint.get("/register/imports")
@operation("Imports of the register, the newest first", answer=tuple[ImportRow, ...])
def list_imports() -> object:
    with reading() as connection:
        return tuple(local_governments.list_imports(connection))


@blueprint.get("/register/jst")
@operation("Search the register of JST", query=JstQuery, answer=Listed[JstRow])
def search_jst(query: JstQuery) -> object:
    with reading() as connection:
        page = local_governments.search_jst(connection, unscoped(JstFilter, query))
    return listed(page.rows, page.total, query)


def _file() -> bytes:
    """The file in the body, or in the form's field ``file``.

    Raises:
        UnsupportedMediaTypeError: The body is neither.
    """
    if request.mimetype == "multipart/form-data" and "file" in request.files:
        content: bytes = request.files["file"].read()
        return content
    if request.mimetype not in CSV_TYPES:
        raise UnsupportedMediaTypeError(expected="text/csv")
    return request.get_data()
