"""The small HTTP port of a process without a web server: health, and figures for Prometheus.

One thread waits in `accept`; under eventlet it is a green one, so neither a slow reader nor a slow
database holds up the hub.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import orjson
import structlog
from prometheus_client import CONTENT_TYPE_LATEST

from shared.kernel.metrics import Figures, exposition
from shared.kernel.settings import SettingsError, number

log = structlog.get_logger(__name__)

DEFAULT_HOST = "127.0.0.1"
HIGHEST_PORT = 65535
REQUEST_SECONDS = 10
JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Watched:
    """What a process tells of itself.

    Args:
        state: Whether it is ready, and its figures without text that names hosts.
        figures: The same for Prometheus.
    """

    state: Callable[[], tuple[bool, dict[str, Any]]]
    figures: Callable[[], Figures]

    def __call__(self, environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        try:
            status, content_type, body = self._answer(str(environ.get("PATH_INFO", "")))
        except Exception:
            log.exception("watching_failed")
            status, content_type, body = HTTPStatus.SERVICE_UNAVAILABLE, TEXT, b"unavailable\n"
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, path: str) -> tuple[HTTPStatus, str, bytes]:
        if path == "/health/live":
            return HTTPStatus.OK, JSON, orjson.dumps({"status": "alive"})
        if path == "/health/ready":
            is_ready, state = self.state()
            status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
            word = "ready" if is_ready else "unavailable"
            return status, JSON, orjson.dumps({"status": word, **state})
        if path == "/metrics":
            return HTTPStatus.OK, CONTENT_TYPE_LATEST, exposition(self.figures())
        return HTTPStatus.NOT_FOUND, TEXT, b"not found\n"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(WSGIRequestHandler):
    timeout = REQUEST_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the library's name
        """Scrapes are not logged."""


def watch(watched: Watched, environment: Mapping[str, str]) -> int | None:
    """Serve on ``ORE_METRICS_HOST``:``ORE_METRICS_PORT`` from a thread of its own.

    Returns:
        The port; ``None`` where none is set.

    Raises:
        SettingsError: The port is taken, not allowed, or no port.
    """
    if not environment.get("ORE_METRICS_PORT", "").strip():
        return None
    port = int(number(environment, "ORE_METRICS_PORT", 0, 0))
    if port > HIGHEST_PORT:
        raise SettingsError(f"ORE_METRICS_PORT must be at most {HIGHEST_PORT}, not {port}.")
    host = environment.get("ORE_METRICS_HOST", "").strip() or DEFAULT_HOST
    try:
        server = make_server(host, port, watched, server_class=_Server, handler_class=_Handler)
    except OSError as error:
        raise SettingsError(
            f"ORE_METRICS_PORT: cannot listen on {host}:{port}: {error.strerror or error}."
        ) from None
    threading.Thread(target=_serve, args=(server,), name="watching", daemon=True).start()
    return server.server_port


def _serve(server: WSGIServer) -> None:
    while True:
        server.handle_request()  # waits for as long as it takes; serve_forever looks twice a second
