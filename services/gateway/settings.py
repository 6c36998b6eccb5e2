"""What the gateway must be told, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.kernel.settings import SettingsError, flag, number, required

SHORTEST_SECRET = 32


@dataclass(frozen=True)
class GatewaySettings:
    """Settings of the gateway's web process."""

    database_url: str
    broker_url: str
    secret_key: str = field(repr=False)
    """Signs cookies and CSRF tokens; the same in every process of the gateway."""
    is_demo: bool = False
    """Shows the logins of the made-up people."""
    session_hours: float = 8.0
    """A session ends so long after its login, whatever happens in it."""
    session_idle_minutes: float = 60.0
    token_hours: float = 12.0
    insecure_cookies: bool = False
    """Cookies over plain HTTP: for the platform on one's own machine only."""
    view_wait_seconds: float = 2.0
    """How long a command waits for the views to show it."""
    rpc_timeout_seconds: float = 10.0
    trusted_proxies: int = 0
    """How many proxies of our own stand before the gateway and name the caller's address."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> GatewaySettings:
        """Read the ``ORE_…`` variables.

        Raises:
            SettingsError: One is missing or wrong; the text names it.
        """
        secret_key = required(
            environment, "ORE_SECRET_KEY", f"at least {SHORTEST_SECRET} random characters"
        )
        if len(secret_key) < SHORTEST_SECRET:
            raise SettingsError(
                f"ORE_SECRET_KEY must have at least {SHORTEST_SECRET} characters, "
                f"not {len(secret_key)}."
            )
        return cls(
            database_url=required(
                environment, "ORE_GATEWAY_DATABASE_URL", "the URL of the gateway's own database"
            ),
            broker_url=required(
                environment, "ORE_BROKER_URL", "the broker's URL, e.g. amqp://user@host/ore"
            ),
            secret_key=secret_key,
            is_demo=flag(environment, "ORE_DEMO"),
            session_hours=number(environment, "ORE_SESSION_HOURS", 8, 0.1),
            session_idle_minutes=number(environment, "ORE_SESSION_IDLE_MINUTES", 60, 1),
            token_hours=number(environment, "ORE_TOKEN_HOURS", 12, 0.1),
            insecure_cookies=flag(environment, "ORE_INSECURE_COOKIES"),
            view_wait_seconds=number(environment, "ORE_VIEW_WAIT_SECONDS", 2, 0),
            rpc_timeout_seconds=number(environment, "ORE_RPC_TIMEOUT_SECONDS", 10, 0.1),
            trusted_proxies=int(number(environment, "ORE_TRUSTED_PROXIES", 0, 0)),
        )
