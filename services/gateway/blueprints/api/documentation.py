"""The API's own description, for machines and for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, current_app, render_template
from markupsafe import Markup, escape

from services.gateway.blueprints.api import openapi
from services.gateway.blueprints.api.base import blueprint

EXTENSION = "ore-openapi"
_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern")


@blueprint.get("/openapi.json")
def openapi_document() -> Response:
    """The OpenAPI 3.1 document."""
    return current_app.response_class(orjson.dumps(_document()), content_type="application/json")


@blueprint.get("/docs")
def docs() -> str:
    """The same for people."""
    document = _document()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            groups.setdefault(described["tags"][0], []).append(
                {"method": method.upper(), "path": f"{openapi.PREFIX}{path}", **described}
            )
    points = [
        line.removeprefix("* ").replace("**", "").replace("`", "")
        for line in openapi.DESCRIPTION.replace("\n  ", " ").splitlines()
        if line.startswith("* ")
    ]
    return render_template(
        "api/docs.html", document=document, groups=groups, points=points, type_of=type_of
    )


def type_of(schema: Mapping[str, Any]) -> Markup:
    """A schema in a few words, with a link to the model that it refers to."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return Markup('<a class="govuk-link" href="#model-{0}">{0}</a>').format(name)
    if "anyOf" in schema:
        return Markup(" or ").join(type_of(choice) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        items: Mapping[str, Any] = schema.get("items") or {}
        return Markup("list of {}").format(type_of(items))
    if isinstance(schema.get("additionalProperties"), Mapping):
        return Markup("mapping to {}").format(type_of(schema["additionalProperties"]))
    words = [str(schema.get("type", "any")), str(schema.get("format", ""))]
    limits = [
        f"{name} {schema[name]}" for name in _LIMITS if isinstance(schema.get(name), str | int)
    ]
    return escape(", ".join([" ".join(word for word in words if word), *limits]))


def _document() -> dict[str, Any]:
    """The document, made at the first call."""
    if EXTENSION not in current_app.extensions:
        current_app.extensions[EXTENSION] = openapi.build(current_app)
    found: dict[str, Any] = current_app.extensions[EXTENSION]
    return found
