"""Builds the gateway: pages, REST API, health; every module of `blueprints` takes part."""

from __future__ import annotations

import importlib
import pkgutil
import re
import threading
import time
from collections.abc import Iterable
from types import ModuleType
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram
from werkzeug.middleware.proxy_fix import ProxyFix

from services.gateway import auth, blueprints, clients, pages, problems
from services.gateway.errors import BadRequestError
from services.gateway.runtime import EXTENSION, Rpc, Runtime
from services.gateway.settings import GatewaySettings
from services.gateway.views_watch import ViewsWatch
from shared.kernel import metrics
from shared.kernel.clock import Clock
from shared.kernel.database import Database
from shared.kernel.rpc import RpcClient

log = structlog.get_logger(__name__)

HTTP_REQUESTS = Counter(
    "ore_http_requests",
    "Requests answered",
    ["method", "endpoint", "status"],
    registry=metrics.counted,
)
HTTP_SECONDS = Histogram(
    "ore_http_request_seconds",
    "How long a request took",
    ["method", "endpoint"],
    registry=metrics.counted,
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

LARGEST_REQUEST = 8_000_000
MOST_FORM_FIELDS = 10_000
CORRELATION_HEADER = "X-Correlation-Id"
_CORRELATION_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def create_app(
    settings: GatewaySettings,
    *,
    database: Database | None = None,
    rpc: Rpc | None = None,
    views_moved: threading.Condition | None = None,
    clock: Clock | None = None,
    only: Iterable[str] | None = None,
) -> Flask:
    """The gateway as a WSGI application.

    Args:
        settings: What it must be told.
        database: The gateway's own, its tables in place; opened by its URL when not given.
        rpc: How services are asked; over the broker when not given.
        views_moved: Signalled by a projector in this process (embedded).
        clock: Tells the time.
        only: Names of the blueprint modules to take; all when not given.

    Raises:
        LookupError: An endpoint has no row in the permission table.
    """
    app = Flask("services.gateway")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="ore-form",
        SESSION_COOKIE_SECURE=not settings.insecure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=MOST_FORM_FIELDS,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    database = database or Database(settings.database_url)
    is_alone = views_moved is None and not database.is_sqlite
    app.extensions[EXTENSION] = Runtime(
        settings=settings,
        database=database,
        rpc=rpc or RpcClient(settings.broker_url, timeout_seconds=settings.rpc_timeout_seconds),
        views_moved=views_moved,
        clock=clock or Clock(),
        views_watch=ViewsWatch(database) if is_alone else None,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    app.before_request(_begin)
    app.after_request(_end)
    pages.init_app(app)
    problems.init_app(app)
    auth.init_app(app)
    clients.init_app(app)
    for module in blueprint_modules(only):
        app.register_blueprint(module.blueprint)
        if hasattr(module, "init_app"):
            module.init_app(app)
    auth.check_table(app)
    return app


def blueprint_modules(only: Iterable[str] | None = None) -> list[ModuleType]:
    """The blueprint modules: each has ``blueprint``, and ``init_app(app)`` if it needs one."""
    names = (
        sorted(module.name for module in pkgutil.iter_modules(blueprints.__path__))
        if only is None
        else only
    )
    found = [importlib.import_module(f"{blueprints.__name__}.{name}") for name in names]
    return [module for module in found if hasattr(module, "blueprint")]


def _begin() -> None:
    g.started = time.monotonic()
    wish = request.headers.get(CORRELATION_HEADER, "")
    g.correlation_id = wish if _CORRELATION_ID.fullmatch(wish) else str(uuid4())
    if _has_nul():
        raise BadRequestError


def _has_nul() -> bool:
    """Whether address or form hold NUL: nobody types it, and PostgreSQL cannot store it."""
    texts = [request.path, *request.args, *request.args.values()]
    if not auth.is_api():
        texts += [*request.form, *request.form.values()]
    return any("\0" in text for text in texts)


def _end(response: Response) -> Response:
    auth.keep_session(response)
    headers = response.headers
    headers[CORRELATION_HEADER] = g.get("correlation_id", "")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if auth.principal().is_signed_in:
        headers.setdefault("Cache-Control", "no-store")
    _count(response)
    if request.endpoint != "static":
        log.info(
            "request",
            service="gateway",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            outcome=g.get("outcome", "done"),
            correlation_id=g.get("correlation_id"),
            duration_ms=round((time.monotonic() - g.get("started", time.monotonic())) * 1000, 1),
        )
    return response


def _count(response: Response) -> None:
    """Count the request under names that we gave: a caller cannot make up new ones."""
    method = request.method if request.method in METHODS else "other"
    endpoint = request.endpoint or "none"
    HTTP_REQUESTS.labels(method, endpoint, str(response.status_code)).inc()
    HTTP_SECONDS.labels(method, endpoint).observe(
        time.monotonic() - g.get("started", time.monotonic())
    )
