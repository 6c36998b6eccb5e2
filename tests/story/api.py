"""A client of the REST API as any other system would write one: plain HTTP, nothing of ours."""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import urllib3

FIRST_ERROR = 400
TRY_AGAIN = frozenset({502, 503, 504})
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 0.5
LONGEST_LIST = 500
_ID = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}")


class RefusedError(Exception):
    """The API said no; ``problem`` is its problem document."""

    def __init__(self, method: str, path: str, status: int, problem: Any) -> None:
        super().__init__(f"{method} {path}: {status} {json.dumps(problem, ensure_ascii=False)}")
        self.status = status
        self.problem = problem if isinstance(problem, dict) else {}

    @property
    def code(self) -> str:
        """The rule's stable name."""
        return self.problem.get("code", "")

    @property
    def errors(self) -> set[tuple[str, str]]:
        """Each field that is named, with its rule."""
        return {(error["field"], error["rule"]) for error in self.problem.get("errors", ())}


class UnreachableError(Exception):
    """No answer for longer than the client's patience."""


@dataclass(frozen=True)
class Answer:
    """A successful answer."""

    status: int
    body: Any
    headers: Any

    @property
    def is_level(self) -> bool:
        """Whether the views show the command; so they do when there was none."""
        return self.headers.get("Ore-Views-Level") != "false"

    @property
    def is_replay(self) -> bool:
        """Whether the command had been carried out before, under the same key."""
        return self.headers.get("Idempotency-Replayed") == "true"


@dataclass(frozen=True)
class Call:
    """One call as its caller saw it."""

    label: str
    is_command: bool
    started: float
    seconds: float
    attempts: int
    status: int
    is_level: bool

    @property
    def is_accepted_command(self) -> bool:
        """Whether something was asked to be done, and was done."""
        return self.is_command and self.status < FIRST_ERROR


@dataclass
class Calls:
    """Every call that was answered; shared by the clients of one story."""

    done: list[Call] = field(default_factory=list)
    sent: int = 0
    """Commands begun, answered or not."""
    repeated: int = 0
    """Attempts beyond the first."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, *, is_command: bool) -> None:
        """A call is about to be sent."""
        if is_command:
            with self._lock:
                self.sent += 1

    def end(self, call: Call) -> None:
        """A call was answered."""
        with self._lock:
            self.done.append(call)
            self.repeated += call.attempts - 1


class Api:
    """Calls the API in the name of one account, or of nobody.

    A command has an idempotency key, so what is not answered is sent again under the same key.

    Args:
        address: ``http://host:port``.
        patience_seconds: How long to try again while nobody answers.
        calls: Where calls are noted.
        pool: Connections; shared by the clients of one story.
    """

    def __init__(
        self,
        address: str,
        *,
        patience_seconds: float = 90.0,
        calls: Calls | None = None,
        pool: urllib3.PoolManager | None = None,
    ) -> None:
        self.address = address
        self.patience_seconds = patience_seconds
        self.calls = calls or Calls()
        self.pool = pool or urllib3.PoolManager(
            maxsize=16, retries=False, timeout=urllib3.Timeout(connect=5.0, read=60.0)
        )
        self.token: str | None = None

    def sign_in(self, email: str, password: str) -> Api:
        """A client with a token of this account."""
        client = Api(
            self.address,
            patience_seconds=self.patience_seconds,
            calls=self.calls,
            pool=self.pool,
        )
        credentials = {"email": email, "password": password}
        client.token = client.post("/tokens", credentials).body["token"]
        return client

    # --- reading ----------------------------------------------------------------------------------

    def get(self, path: str, *, headers: dict[str, str] | None = None, **query: Any) -> Any:
        """What is at an address of the API."""
        given = {name: value for name, value in query.items() if value is not None}
        asked = f"?{urlencode(_as_text(given), doseq=True)}" if given else ""
        return self._call("GET", f"/api/v1{path}{asked}", headers=headers).body

    def get_raw(self, path: str) -> Any:
        """What is at an address outside the API."""
        return self._call("GET", path).body

    def list_all(self, path: str, **query: Any) -> list[Any]:
        """All items of a list, page by page; the list's own total must agree."""
        page = self.get(path, limit=LONGEST_LIST, **query)
        items = list(page["items"])
        while page["next"]:
            page = self._call("GET", page["next"]).body
            items += page["items"]
        assert len(items) == page["total"], (path, query, len(items), page["total"])
        return items

    # --- commands ---------------------------------------------------------------------------------

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        """Send a command; see `send`."""
        return self.send("POST", path, body, **options)

    def put(self, path: str, body: Any, **options: Any) -> Answer:
        """Send a command; see `send`."""
        return self.send("PUT", path, body, **options)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        effective_at: str | None = None,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Answer:
        """Send a command until it is answered, under one key.

        Args:
            method: ``POST``, ``PUT`` or ``DELETE``.
            path: Below ``/api/v1``.
            body: JSON values, or bytes as they are.
            key: Idempotency key; a new one when not given.
            effective_at: Moment as of which it is carried out (staff only).
            headers: More headers.
            content_type: Of the body.

        Raises:
            RefusedError: The API said no.
            UnreachableError: Nobody answered.
        """
        more = {"Idempotency-Key": key or str(uuid4()), **(headers or {})}
        if effective_at is not None:
            more["X-Effective-At"] = effective_at
        payload = b""
        if body is not None:
            payload = body if isinstance(body, bytes) else json.dumps(_plain(body)).encode()
            more["Content-Type"] = content_type
        return self._call(method, f"/api/v1{path}", payload, more)

    def _call(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        sent = {"Accept-Language": "en", **(headers or {})}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        is_command = method != "GET"
        self.calls.begin(is_command=is_command)
        deadline = time.monotonic() + self.patience_seconds
        pause = FIRST_PAUSE_SECONDS
        started = time.monotonic()
        attempts = 0
        while True:
            attempts += 1
            trouble: object
            try:
                response = self.pool.request(
                    method, f"{self.address}{path}", body=body or None, headers=sent
                )
            except urllib3.exceptions.HTTPError as error:
                trouble = error
            else:
                if response.status not in TRY_AGAIN:
                    break
                trouble = response.data[:500]
            if time.monotonic() > deadline:
                raise UnreachableError(f"{method} {path}: {trouble!r} after {attempts} attempts")
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        answer = Answer(response.status, _read(response), response.headers)
        label = f"{method} {_ID.sub('/{id}', path.partition('?')[0].removeprefix('/api/v1'))}"
        self.calls.end(
            Call(
                label,
                is_command,
                started,
                time.monotonic() - started,
                attempts,
                answer.status,
                answer.is_level,
            )
        )
        if response.status >= FIRST_ERROR:
            raise RefusedError(method, path, response.status, answer.body)
        return answer


def _read(response: Any) -> Any:
    if "json" in response.headers.get("Content-Type", ""):
        return json.loads(response.data)
    return response.data.decode(errors="replace")


def _as_text(query: dict[str, Any]) -> dict[str, Any]:
    return {k: str(v).lower() if isinstance(v, bool) else v for k, v in query.items()}


def _plain(value: Any) -> Any:
    """JSON values: days and ids as text."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
