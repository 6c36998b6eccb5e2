"""Web applications over platforms of their own, at the price of one.

Registering addresses and reading templates takes longer than most tests. Both are the same for
every platform, so they are done once for each choice of settings and blueprints; what differs is
the `Runtime` behind them, and each application has its own.
"""

from __future__ import annotations

import copy
import functools
import threading
from types import CodeType

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from services.gateway.app import create_app
from services.gateway.runtime import EXTENSION, Rpc, Runtime
from services.gateway.settings import GatewaySettings
from shared.kernel.clock import Clock
from shared.kernel.database import Database


def an_app(
    settings: GatewaySettings,
    *,
    database: Database,
    rpc: Rpc,
    only: tuple[str, ...] | None = None,
    clock: Clock | None = None,
) -> Flask:
    """As `create_app`, sharing with its likes what no request changes."""
    assert not settings.trusted_proxies, "its middleware would lead to the shared application"
    app = copy.copy(_prototype(settings, only))
    app.view_functions = dict(app.view_functions)  # what a test puts there stays its own
    app.extensions = app.extensions | {
        EXTENSION: Runtime(settings, database, rpc, None, clock or Clock())
    }
    return app


@functools.cache
def _prototype(settings: GatewaySettings, only: tuple[str, ...] | None) -> Flask:
    app = create_app(
        settings,
        database=Database("sqlite://"),
        rpc=_Nobody(),
        only=only,
        views_moved=threading.Condition(),
    )
    app.jinja_env.auto_reload = False
    app.jinja_env.bytecode_cache = _COMPILED
    return app


class _Compiled(BytecodeCache):
    """Templates that another application has compiled already."""

    def __init__(self) -> None:
        self._code: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.code


_COMPILED = _Compiled()


class _Nobody:
    """The prototype's services: nothing ever reaches it."""

    def call(self, *_: object, **__: object) -> dict[str, object]:
        raise AssertionError("a request reached the shared application")
