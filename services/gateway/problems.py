"""Refusals and errors in words for people, and as problem documents (RFC 9457) for machines.

The texts stand in `problem_texts`, one module for each service, in Polish and English, by code.
"""

from __future__ import annotations

import string
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import structlog
from babel.dates import format_date
from flask import Flask, Response, current_app, g, render_template, request
from jinja2 import TemplateNotFound
from markupsafe import escape
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from services.gateway import errors, i18n
from services.gateway.auth import is_api
from services.gateway.problem_texts import (
    FALLBACK,
    FIELD_FALLBACK,
    FIELD_RULES,
    TEXTS,
    VALUES,
    VARIANT_PARAMETERS,
    Words,
)
from shared.kernel.database import UNREACHABLE
from shared.kernel.refusal import InvalidRequestError, Refusal
from shared.kernel.rpc import ServiceFailedError, ServiceUnavailableError

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "/problems/"
UNKNOWN_VALUE = "…"
"""Stands for a parameter that did not come; a sentence never fails for it."""
MACHINE_PATHS = ("/api/", "/health/", "/metrics")


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field."""

    field: str
    rule: str
    detail: str


@dataclass(frozen=True)
class Problem:
    """A refusal or error in words."""

    code: str
    status: int
    title: str
    detail: str
    """The rule and the way out."""
    field: str | None
    errors: tuple[FieldProblem, ...]
    parameters: Mapping[str, Any]

    def as_data(self) -> dict[str, Any]:
        """The members of a problem document."""
        return {
            "type": f"{TYPE_PREFIX}{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": request.path,
            "code": self.code,
            "field": self.field,
            "errors": [{"field": e.field, "rule": e.rule, "detail": e.detail} for e in self.errors],
            "parameters": dict(self.parameters),
            "correlation_id": g.get("correlation_id"),
        }


def init_app(app: Flask) -> None:
    """Answer every refusal and error of the app in words."""
    app.register_error_handler(Refusal, lambda refusal: answer(describe(refusal)))
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(ServiceUnavailableError, _on_unavailable)
    for error in UNREACHABLE:
        app.register_error_handler(error, _on_lost_database)
    app.register_error_handler(Exception, _on_error)


def describe(refusal: Refusal, language: str | None = None) -> Problem:
    """A refusal in words.

    Args:
        refusal: What a rule said no to; also one that came over the wire.
        language: ``pl`` or ``en``; that of the request when not given.
    """
    chosen = language or i18n.select_language()
    key = _text_key(refusal.code, refusal.parameters)
    text = TEXTS.get(key, FALLBACK)
    words: Words = text.pl if chosen == "pl" else text.en
    return Problem(
        code=refusal.code,
        status=refusal.status,
        title=fill(words.title, refusal.parameters, chosen, key),
        detail=fill(words.detail, refusal.parameters, chosen, key),
        field=refusal.field,
        errors=tuple(_field_problem(entry, chosen) for entry in refusal.fields),
        parameters=refusal.parameters,
    )


def explain(key: str, language: str | None = None) -> Words:
    """A text as such, with ``…`` where its parameters would stand."""
    chosen = language or i18n.select_language()
    words: Words = getattr(TEXTS[key], chosen)
    return Words(fill(words.title, {}, chosen, key), fill(words.detail, {}, chosen, key))


def invalid(error: ValidationError) -> InvalidRequestError:
    """What pydantic found, as a refusal that names each field; never the values given."""
    return InvalidRequestError(
        fields=[
            {
                "field": ".".join(str(part) for part in entry["loc"]),
                "rule": entry["type"],
                "message": entry["msg"],
                "parameters": {
                    name: value
                    for name, value in entry.get("ctx", {}).items()
                    if isinstance(value, str | int | float | bool)
                },
            }
            for entry in error.errors(include_url=False, include_input=False)
        ]
    )


def answer(problem: Problem) -> Response:
    """The response: a problem document for machines, a page for people."""
    g.outcome = f"refused:{problem.code}"
    if request.path.startswith(MACHINE_PATHS):
        response = current_app.response_class(
            orjson.dumps(problem.as_data()), problem.status, content_type=CONTENT_TYPE
        )
    else:
        response = current_app.make_response((_page(problem), problem.status))
    response.headers["Cache-Control"] = "no-store"
    if problem.status == 401 and is_api():  # noqa: PLR2004
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.status == 429:  # noqa: PLR2004
        response.headers["Retry-After"] = str(int(problem.parameters.get("wait_minutes", 1)) * 60)
    return response


def fill(text: str, parameters: Mapping[str, Any], language: str, key: str = "") -> str:
    """Put parameters into a sentence: days in words, codes by their names, numbers as written.

    Args:
        text: The sentence, with placeholders in braces.
        parameters: By name; one that did not come is shown as ``…``, so this never raises.
        language: ``pl`` or ``en``.
        key: The text's key: some codes are named differently there.
    """
    return _Sentence(language, key).vformat(text, (), dict(parameters))


class _Sentence(string.Formatter):
    """Fills placeholders; knows how values are written in a language."""

    def __init__(self, language: str, key: str) -> None:
        self.language = language
        self.keys = (f"{key}.", f"{key.partition('.')[0]}.", "")

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, str]:
        value = kwargs.get(field_name)
        return (UNKNOWN_VALUE if value is None else self._written(field_name, value)), field_name

    def _written(self, name: str, value: object) -> str:
        text = str(value)
        named = next((VALUES[k + name] for k in self.keys if k + name in VALUES), None)
        if named is not None:
            parts = [part.strip() for part in text.split(",")]
            return ", ".join(
                getattr(named[part], self.language) if part in named else part for part in parts
            )
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return text
        return format_date(day, "d MMMM y", locale=self.language) if len(text) == 10 else text  # noqa: PLR2004


def _text_key(code: str, parameters: Mapping[str, Any]) -> str:
    """Key of the text for this code and these parameters."""
    name = VARIANT_PARAMETERS.get(code)
    variant = f"{code}.{parameters.get(name)}" if name else code
    return variant if variant in TEXTS else code


def _field_problem(entry: Mapping[str, Any], language: str) -> FieldProblem:
    rule = str(entry.get("rule") or "")
    text = FIELD_RULES.get(rule, FIELD_FALLBACK)
    detail = fill(getattr(text, language), entry.get("parameters") or {}, language)
    label = (entry.get("label") or {}).get(language)
    return FieldProblem(
        str(entry.get("field") or ""), rule, f"{label}: {detail}" if label else detail
    )


def _page(problem: Problem) -> str:
    try:
        return render_template("problem.html", problem=problem)
    except TemplateNotFound:
        return f"<!doctype html><title>{escape(problem.title)}</title><p>{escape(problem.detail)}"


def _on_http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004
        response: Response = error.get_response()  # type: ignore[assignment]
        return response
    response = answer(describe(_refusal_of(error)))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _refusal_of(error: HTTPException) -> Refusal:
    if isinstance(error, MethodNotAllowed):
        return errors.MethodNotAllowedError(
            method=request.method, allowed=", ".join(sorted(error.valid_methods or ()))
        )
    limit = current_app.config["MAX_CONTENT_LENGTH"] // 1_000_000
    by_status: dict[int, Refusal] = {
        404: errors.PageNotFoundError(),
        406: errors.NotAcceptableError(),
        413: errors.BodyTooLargeError(limit_mb=limit),
        415: errors.UnsupportedMediaTypeError(expected="application/json"),
        500: errors.InternalError(),
    }
    return by_status.get(error.code or 500, errors.BadRequestError())


def _on_unavailable(error: ServiceUnavailableError) -> Response:
    log.warning("service_unavailable", service=error.service, reason=error.reason)
    response = answer(describe(errors.ServiceUnavailableRefusal(service=error.service)))
    response.headers["Retry-After"] = "2"
    return response


def _on_lost_database(error: Exception) -> Response:
    """The gateway's own database: its server is restarted, or changes places with its replica."""
    return _on_unavailable(ServiceUnavailableError("gateway", type(error).__name__))


def _on_error(error: Exception) -> Response:
    # Where it broke and the kind of error, but not its message: that may quote what was typed.
    log.error(
        "service_failed" if isinstance(error, ServiceFailedError) else "request_failed",
        error=type(error).__name__,
        where=[f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)],
        correlation_id=g.get("correlation_id"),
    )
    response = answer(describe(errors.InternalError()))
    g.outcome = "failed"
    return response
