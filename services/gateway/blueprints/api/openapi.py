"""The API's description as OpenAPI 3.1, made of its operations, their models and permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flask import Flask
from pydantic import BaseModel, TypeAdapter
from werkzeug.routing import Rule

from services.gateway.blueprints.api.operation import (
    LEVEL_HEADER,
    REPLAY_HEADER,
    VERSION_FIELD,
    Operation,
)
from services.gateway.clients import EFFECTIVE_AT_HEADER, KEY_HEADER
from services.gateway.permissions import PERMISSIONS, Permission

PREFIX = "/api/v1"
PROBLEM_TYPE = "application/problem+json"
REFERENCE = "#/components/schemas/{model}"
UNSAFE = {"POST", "PUT", "DELETE"}
_PATH_SCHEMAS: Mapping[str, dict[str, Any]] = {
    "UUIDConverter": {"type": "string", "format": "uuid"},
    "IntegerConverter": {"type": "integer", "minimum": 0},
    "UnicodeConverter": {"type": "string"},
}
_PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_GENERIC = re.compile(r"Listed_(\w+?)_(?!\w)")
_STATUS_TEXTS = {200: "Done", 201: "Created", 204: "Done, nothing to say"}

DESCRIPTION = """\
The public interface of the platform.

* **Who**: `POST /tokens` gives a bearer token; what is open to anyone needs none.
* **Commands** are safe to repeat with the same `Idempotency-Key`: one effect, the first answer.
* **Two people at one thing**: answers with a version carry it as `ETag`; send it back as
  `If-Match` (or `expected_version`), and a change made meanwhile is refused with 409.
* **Views** follow the commands: `Ore-Views-Level: false` on a command's answer says that the lists
  do not show it yet.
* **Errors** are problem documents (RFC 9457) in Polish or English by `Accept-Language`: `code` is
  stable, `errors` names each field.
"""


@dataclass(frozen=True)
class Described:
    """An operation at its address."""

    rule: Rule
    method: str
    operation: Operation
    permission: Permission

    @property
    def name(self) -> str:
        """Its id: the endpoint without the blueprint."""
        return str(self.rule.endpoint).removeprefix("api.")

    @property
    def path(self) -> str:
        """Its path below the server's, with parameters in braces."""
        return _PARAMETER.sub(r"{\1}", self.rule.rule.removeprefix(PREFIX))

    @property
    def tag(self) -> str:
        """The resource that it is about."""
        return self.path.strip("/").split("/", 1)[0]


def operations(app: Flask) -> list[Described]:
    """Every operation of the API by path and method."""
    found = []
    for rule in app.url_map.iter_rules():
        described = getattr(app.view_functions[rule.endpoint], "operation", None)
        if described is None:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            permission = PERMISSIONS[rule.endpoint]
            found.append(Described(rule, method, described, permission))
    return sorted(found, key=lambda entry: (entry.path, entry.method))


def build(app: Flask) -> dict[str, Any]:
    """The OpenAPI document."""
    all_operations = operations(app)
    schemas = _Schemas(all_operations)
    paths: dict[str, dict[str, Any]] = {}
    for entry in all_operations:
        paths.setdefault(entry.path, {})[entry.method.lower()] = _operation(entry, schemas)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "ORE: advice for local governments",
            "version": "1.0.0",
            "description": DESCRIPTION,
        },
        "servers": [{"url": PREFIX}],
        "tags": [{"name": tag} for tag in sorted({entry.tag for entry in all_operations})],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-ore-session",
                    "description": "The pages' own login; unsafe methods need X-CSRFToken too.",
                },
            },
            "responses": {"Problem": _problem_response()},
        },
    }
    _drop_unused(document)
    return document


class _Schemas:
    """JSON schemas of all models, each once."""

    def __init__(self, described: list[Described]) -> None:
        inputs: list[tuple[Any, Literal["validation", "serialization"], TypeAdapter[Any]]] = []
        for entry in described:
            op = entry.operation
            for model in (op.request, op.query):
                if model is not None:
                    inputs.append((model, "validation", TypeAdapter(model)))  # noqa: PERF401
            if op.answer is not None:
                inputs.append((repr(op.answer), "serialization", TypeAdapter(op.answer)))
        by_key, definitions = TypeAdapter.json_schemas(
            {(key, mode): (key, mode, adapter) for key, mode, adapter in inputs}.values(),
            ref_template=REFERENCE,
        )
        self._by_key: Mapping[Any, dict[str, Any]] = _renamed(dict(by_key))
        self.components: dict[str, Any] = {
            **_renamed(definitions.get("$defs", {})),
            "Problem": PROBLEM_SCHEMA,
        }
        for entry in described:
            self._leave_out_path(entry)
        queries = {entry.operation.query for entry in described}
        self._queries: dict[type[BaseModel], dict[str, Any]] = {
            query: self.components.pop(_name(self._by_key[query, "validation"]))
            for query in queries
            if query is not None
        }

    def answer(self, op: Operation) -> dict[str, Any]:
        """Schema of an operation's answer."""
        return dict(self._by_key[repr(op.answer), "serialization"])

    def body(self, op: Operation) -> dict[str, Any] | None:
        """Schema of an operation's body without what the path names; ``None`` for no body."""
        if op.request is None:
            return dict(op.body_schema) if op.body_schema else None
        reference = dict(self._by_key[op.request, "validation"])
        return reference if self.components[_name(reference)].get("properties") else None

    def is_required(self, op: Operation) -> bool:
        """Whether the body must be there."""
        if op.request is None:
            return True
        return bool(self.components[_name(self._by_key[op.request, "validation"])].get("required"))

    def query(self, op: Operation) -> Iterator[dict[str, Any]]:
        """An operation's query parameters."""
        if op.query is None:
            return
        schema = self._queries[op.query]
        for name, described in schema.get("properties", {}).items():
            member = dict(described)
            description = member.pop("description", None)
            member.pop("title", None)
            parameter = {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "schema": member,
            }
            if description:
                parameter["description"] = description
            yield parameter

    def _leave_out_path(self, entry: Described) -> None:
        model = entry.operation.request
        if model is None:
            return
        schema = self.components[_name(self._by_key[model, "validation"])]
        for name in entry.rule.arguments:
            schema.get("properties", {}).pop(name, None)
            if name in schema.get("required", ()):
                schema["required"] = [r for r in schema["required"] if r != name]
        if not schema.get("required"):
            schema.pop("required", None)


def _operation(entry: Described, schemas: _Schemas) -> dict[str, Any]:
    op = entry.operation
    described: dict[str, Any] = {
        "operationId": entry.name,
        "summary": op.summary,
        "description": _description(entry),
        "tags": [entry.tag],
        "parameters": [
            *_path_parameters(entry.rule), *schemas.query(op), *_header_parameters(entry)
        ],
        "responses": _responses(entry, schemas),
        "security": [] if entry.permission.is_public else [{"bearer": []}, {"session": []}],
    }  # fmt: skip
    body = schemas.body(op)
    if body is not None and entry.method in UNSAFE:
        described["requestBody"] = {
            "required": schemas.is_required(op),
            "content": {op.body_type: {"schema": body}},
        }
    return described


def _description(entry: Described) -> str:
    permission = entry.permission
    if permission.is_public:
        who = "Open to anyone."
    else:
        roles = ", ".join(sorted(role.value for role in permission.roles))
        who = f"Roles: {roles}."
        if permission.scope is not None:
            who += " What lies outside of the caller's scope is answered like what is not there."
    return "\n\n".join(part for part in (entry.operation.description, who) if part)


def _path_parameters(rule: Rule) -> Iterator[dict[str, Any]]:
    for name in _PARAMETER.findall(rule.rule):
        converter = type(rule._converters[name]).__name__  # noqa: SLF001 -- has no public name
        yield {"name": name, "in": "path", "required": True, "schema": _PATH_SCHEMAS[converter]}


def _header_parameters(entry: Described) -> Iterator[dict[str, Any]]:
    op = entry.operation
    headers = dict(op.headers)
    if _is_command(entry):
        headers[KEY_HEADER] = "The same key has one effect and one answer."
        headers[EFFECTIVE_AT_HEADER] = (
            "Moment as of which it takes effect, with its time zone: to take over the past. Only "
            "programme staff, and only where the installation allows it."
        )
    if op.request is not None and VERSION_FIELD in op.request.model_fields:
        headers["If-Match"] = "The version that was seen, as `ETag` gave it."
    for name, meaning in headers.items():
        yield {
            "name": name,
            "in": "header",
            "required": False,
            "description": meaning,
            "schema": {"type": "string"},
        }


def _responses(entry: Described, schemas: _Schemas) -> dict[str, Any]:
    op = entry.operation
    success: dict[str, Any] = {"description": _STATUS_TEXTS[op.status]}
    if op.answer is not None:
        success["content"] = {op.answer_type: {"schema": schemas.answer(op)}}
    headers: dict[str, Any] = {}
    if _is_command(entry):
        headers[LEVEL_HEADER] = _header("Whether the views show this command: `true` or `false`.")
        headers[REPLAY_HEADER] = _header("`true` where this key had been carried out before.")
    if op.location is not None:
        headers["Location"] = _header("Address of what was created.")
    if headers:
        success["headers"] = headers
    problems = {"422", "default"} if op.request is not None or op.query is not None else {"default"}
    if not entry.permission.is_public:
        problems |= {"401", "403"}
    if entry.rule.arguments:
        problems.add("404")
    if _is_command(entry):
        problems |= {"400", "409", "415", "503"}
    reference = {"$ref": "#/components/responses/Problem"}
    return {str(op.status): success, **dict.fromkeys(sorted(problems), reference)}


def _is_command(entry: Described) -> bool:
    return entry.method in UNSAFE and entry.tag != "tokens"


def _header(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "schema": {"type": "string"}}


def _problem_response() -> dict[str, Any]:
    return {
        "description": "A problem document: the rule that said no, and the way out.",
        "content": {PROBLEM_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
    }


def _renamed(schemas: Any) -> Any:
    """The same schemas with plain names for generic models: ``Listed_CallRow_`` is CallRowList."""
    if isinstance(schemas, dict):
        return {
            (_GENERIC.sub(r"\1List", k) if isinstance(k, str) else k): _renamed(v)
            for k, v in schemas.items()
        }
    if isinstance(schemas, list):
        return [_renamed(member) for member in schemas]
    if isinstance(schemas, str) and schemas.startswith("#/"):
        return _GENERIC.sub(r"\1List", schemas)
    return schemas


def _drop_unused(document: dict[str, Any]) -> None:
    """Leave out schemas that nothing refers to, e.g. of requests that the path names whole."""
    components = document["components"]["schemas"]
    while True:
        used = set(_references(document))
        unused = components.keys() - used
        if not unused:
            return
        for name in unused:
            del components[name]


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield _name(part)
        for member in part.values():
            yield from _references(member)
    elif isinstance(part, list):
        for member in part:
            yield from _references(member)


def _name(reference: Mapping[str, Any]) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


PROBLEM_SCHEMA: Mapping[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. `code` and the rules are stable; the sentences are for people.",
    "type": "object",
    "required": [
        "type", "title", "status", "detail", "instance", "code", "field", "errors", "parameters",
        "correlation_id",
    ],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/call-not-open"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "examples": ["call-not-open"]},
        "field": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "rule", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "rule": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "parameters": {"type": "object"},
        "correlation_id": {"type": ["string", "null"]},
    },
}  # fmt: skip
