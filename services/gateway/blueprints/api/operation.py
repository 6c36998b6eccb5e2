"""What every operation of the API has in common: checked request, documented shape, answer."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import orjson
from flask import Response, current_app, g, request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from werkzeug.datastructures import MultiDict

from services.gateway.clients import Services, views_are_level
from services.gateway.errors import (
    HeaderInvalidError,
    MalformedBodyError,
    UnsupportedMediaTypeError,
)
from services.gateway.problems import invalid
from shared.contracts.base import Answer, Request
from shared.kernel.refusal import InvalidRequestError

JSON = "application/json"
LEVEL_HEADER = "Ore-Views-Level"
REPLAY_HEADER = "Idempotency-Replayed"
VERSION_FIELD = "expected_version"
LONGEST_LIST = 500
_ETAG = re.compile(r'(?:W/)?"(\d{1,18})"')

Row = TypeVar("Row")
Handler = Callable[..., Any]

# Made when first used: that takes milliseconds, and there are many operations to import.
_adapter_of = functools.cache(TypeAdapter)


@dataclass(frozen=True)
class Operation:
    """What the API's description says of an operation."""

    summary: str
    request: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: Any
    status: int
    location: Callable[[Any], str] | None
    body_type: str
    body_schema: Mapping[str, Any] | None
    """For bodies that are not JSON of ``request``."""
    answer_type: str
    headers: Mapping[str, str]
    """Headers that it reads, each with its meaning."""
    description: str


class ListQuery(Request):
    """Which part of a list."""

    offset: int = Field(default=0, ge=0, description="How many entries to leave out.")
    limit: int = Field(default=50, ge=1, le=LONGEST_LIST, description="How many at most.")


class Listed(Answer, Generic[Row]):
    """A part of a list, how long it is, and the address of the next part."""

    items: tuple[Row, ...]
    total: int = Field(ge=0)
    next: str | None = Field(description="Address of the next part; null at the end.")


def operation(
    summary: str,
    *,
    request: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: Any = None,
    status: int = 200,
    location: Callable[[Any], str] | None = None,
    body_type: str = JSON,
    body_schema: Mapping[str, Any] | None = None,
    answer_type: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Callable[[Handler], Handler]:
    """Make a function an operation.

    The function takes ``message`` where there is a request, ``query`` where there is a query, and
    those parts of the path that are no fields of the request. It returns the answer, or a response
    of its own.

    Args:
        summary: What it does, in a few words.
        request: The request's model: JSON body and path together.
        query: The model of the query string.
        answer: The answer's type.
        status: Status of success.
        location: Address of what was created, from the answer.
        body_type: Media type of the body.
        body_schema: JSON schema of a body without ``request``.
        answer_type: Media type of the answer.
        headers: Headers that it reads, each with its meaning.
    """

    def decorate(handler: Handler) -> Handler:
        described = Operation(
            summary, request, query, answer, status, location, body_type, body_schema,
            answer_type, headers or {}, (handler.__doc__ or "").strip(),
        )  # fmt: skip

        @functools.wraps(handler)
        def carry_out(**path: Any) -> Response:
            arguments = dict(path)
            if request is not None:
                arguments = {k: v for k, v in path.items() if k not in request.model_fields}
                arguments["message"] = read_message(request, path)
            if query is not None:
                arguments["query"] = read_query(query)
            result = handler(**arguments)
            if isinstance(result, Response):
                return finish(result)
            if answer is None:
                return finish(_response(described, None, None))
            adapter = _adapter_of(answer)
            answered = adapter.validate_python(result)
            body = adapter.dump_python(answered, mode="json")
            return finish(_response(described, answered, body))

        carry_out.operation = described  # type: ignore[attr-defined]
        return carry_out

    return decorate


def read_message(model: type[BaseModel], path: Mapping[str, Any]) -> Any:
    """The request from body and path.

    Raises:
        InvalidRequestError: A field breaks its rule, is missing or unknown.
        MalformedBodyError: The body is no JSON.
        UnsupportedMediaTypeError: The body is said to be something else.
        HeaderInvalidError: ``If-Match`` cannot be read, or this operation has no versions.
    """
    data = read_json()
    if isinstance(data, dict):
        repeated = [name for name in path if name in model.model_fields and name in data]
        if repeated:
            data = {**data, **{f"{name} (in the path already)": data[name] for name in repeated}}
        data = {**data, **{k: str(v) for k, v in path.items() if k in model.model_fields}}
        _add_version(model, data)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise invalid(error) from None


def read_json() -> Any:
    """The JSON body; an empty mapping where there is no body.

    Raises:
        MalformedBodyError: It is no JSON.
        InvalidRequestError: A text holds NUL, which PostgreSQL cannot store.
        UnsupportedMediaTypeError: It is said to be something else.
    """
    is_json = request.mimetype == JSON or request.mimetype.endswith("+json")
    if not is_json and request.content_length:
        raise UnsupportedMediaTypeError(expected=JSON)
    body = request.get_data()
    if not body:
        return {}
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedBodyError(line=error.lineno, column=error.colno) from None
    if b"\\u0000" in body and (places := list(_places_with_nul(data))):
        raise InvalidRequestError(
            fields=[{"field": place, "rule": "string_unicode"} for place in places]
        )
    return data


def read_query(model: type[BaseModel]) -> Any:
    """The query string as its model.

    Raises:
        InvalidRequestError: A parameter breaks its rule or is unknown.
    """
    arguments: MultiDict[str, str] = request.args
    data: dict[str, Any] = {}
    for name in arguments:
        if name == "lang":
            continue
        values = arguments.getlist(name)
        is_many = name in model.model_fields and "tuple" in str(model.model_fields[name].annotation)
        data[name] = values if is_many else values[-1]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise invalid(error) from None


def listed(rows: Sequence[Row], total: int, query: ListQuery) -> dict[str, Any]:
    """A part of a list with the address of the next part."""
    end = query.offset + len(rows)
    following = None
    if rows and end < total:
        parameters = [(k, v) for k, v in request.args.items(multi=True) if k != "offset"]
        following = f"{request.path}?{urlencode([*parameters, ('offset', end)])}"
    return {"items": tuple(rows), "total": total, "next": following}


def finish(response: Response) -> Response:
    """Say whether the views show the commands of this request, and whether it was a repetition."""
    found: Services | None = g.get("services")
    if found is not None and found.caller.views_are_level is not None:
        response.headers[LEVEL_HEADER] = "true" if views_are_level() else "false"
        if found.caller.is_replay:
            response.headers[REPLAY_HEADER] = "true"
    return response


def json_response(body: Any, status: int = 200, media_type: str = JSON) -> Response:
    """Plain data as JSON."""
    return current_app.response_class(orjson.dumps(body), status, content_type=media_type)


def _places_with_nul(data: Any, place: str = "") -> Iterator[str]:
    if isinstance(data, str):
        if "\0" in data:
            yield place
    elif isinstance(data, dict):
        for name, member in data.items():
            yield from _places_with_nul(name, place)
            yield from _places_with_nul(member, f"{place}.{name}".lstrip("."))
    elif isinstance(data, list):
        for index, member in enumerate(data):
            yield from _places_with_nul(member, f"{place}.{index}")


def _response(described: Operation, result: Any, body: Any) -> Response:
    response = json_response(body, described.status, described.answer_type)
    version = getattr(result, "version", None)
    if isinstance(version, int):
        response.headers["ETag"] = f'"{version}"'
    if described.location is not None:
        response.headers["Location"] = described.location(result)
    return response


def _add_version(model: type[BaseModel], data: dict[str, Any]) -> None:
    """Take the expected version from ``If-Match``, where the body does not name one."""
    header = request.headers.get("If-Match")
    if header is None:
        return
    match = _ETAG.fullmatch(header.strip())
    if match is None or VERSION_FIELD not in model.model_fields:
        raise HeaderInvalidError(header="If-Match")
    data.setdefault(VERSION_FIELD, int(match.group(1)))
