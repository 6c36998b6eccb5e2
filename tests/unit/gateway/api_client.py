"""Calls the API like any other program; every answer is held against the API's own description."""

from __future__ import annotations

import functools
import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

from services.gateway.blueprints.api import openapi

PREFIX = "/api/v1"
JSON_TYPES = ("application/json", "application/problem+json", "application/cloudevents-batch+json")
_documents: list[dict[str, Any]] = []


def document_of(app: Flask) -> dict[str, Any]:
    """The OpenAPI document; the same for every app, so made once."""
    if not _documents:
        _documents.append(openapi.build(app))
    return _documents[0]


class ApiClient:
    """A caller with or without a token; paths are below ``/api/v1``."""

    def __init__(self, app: Flask, token: str | None = None, **headers: str) -> None:
        self.app = app
        self.headers = dict(headers)
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self._client = app.test_client(use_cookies=False)

    def with_(self, **headers: str) -> ApiClient:
        """The same caller with more headers, e.g. ``Idempotency_Key="1"``."""
        other = ApiClient(self.app)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        other.headers = self.headers | named
        return other

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Send, and check the answer against the description."""
        if body is not None:
            more["json"] = body
        response = self._client.open(f"{PREFIX}{path}", method=method, headers=self.headers, **more)
        check(self.app, method, path, response)
        return response

    def must(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Send what has to succeed."""
        response = self.call(method, path, body, **more)
        assert response.status_code < 300, f"{method} {path}: {response.text}"
        return response

    def create(self, path: str, body: Any) -> str:
        """Create something; its id."""
        response = self.must("POST", path, body)
        assert response.status_code == 201
        assert response.json["id"] in response.headers["Location"]
        return str(response.json["id"])

    def get(self, path: str) -> TestResponse:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.call("PUT", path, body, **more)

    def delete(self, path: str) -> TestResponse:
        return self.call("DELETE", path)


def check(app: Flask, method: str, path: str, response: TestResponse) -> None:
    """Fail where an answer is not what the API's description promises."""
    if response.status_code >= 400:
        assert response.content_type == "application/problem+json", response.text
        assert response.headers["Cache-Control"] == "no-store"
        _validate("Problem", response.json, document_of(app))
        return
    adapter = app.url_map.bind("localhost")
    rule, _ = adapter.match(f"{PREFIX}{urlsplit(path).path}", method=method, return_rule=True)
    described = document_of(app)["paths"].get(_path_of(rule.rule), {}).get(method.lower())
    if described is None:
        return
    promised = described["responses"].get(str(response.status_code))
    assert promised is not None, f"{response.status_code} of {path} is not described"
    for media_type, content in promised.get("content", {}).items():
        assert response.content_type == media_type
        _validate_schema(content["schema"], response.get_json(force=True), document_of(app))


def _path_of(rule: str) -> str:
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.removeprefix(PREFIX))


def _validate(name: str, instance: Any, document: dict[str, Any]) -> None:
    _validate_schema({"$ref": f"#/components/schemas/{name}"}, instance, document)


def _validate_schema(schema: dict[str, Any], instance: Any, document: dict[str, Any]) -> None:
    validator = Draft202012Validator(
        _absolute(schema),
        registry=_registry(id(document)),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    errors = [f"{e.json_path}: {e.message}" for e in validator.iter_errors(instance)]
    assert not errors, errors[:5]


@functools.cache
def _registry(_key: int) -> Registry:
    resource = Resource.from_contents(_documents[0], default_specification=DRAFT202012)
    return Registry().with_resource("urn:api", resource)


def _absolute(schema: Any) -> Any:
    """References of the document itself, as references into it."""
    if isinstance(schema, dict):
        return {
            k: f"urn:api{v}" if k == "$ref" and v.startswith("#") else _absolute(v)
            for k, v in schema.items()
        }
    return [_absolute(member) for member in schema] if isinstance(schema, list) else schema
