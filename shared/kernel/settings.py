"""Settings from the environment, read once into frozen objects; a wrong one stops the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingsError(Exception):
    """A variable of the environment is missing or wrong; the text is one sentence naming it."""


def given(environment: Mapping[str, str], name: str) -> str:
    """A variable, or what the file holds that ``<name>_FILE`` names; empty when neither is set.

    Raises:
        SettingsError: The file cannot be read.
    """
    value = environment.get(name, "").strip()
    path = environment.get(f"{name}_FILE", "").strip()
    if value or not path:
        return value
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE: cannot read {path}: {error.strerror}.") from None


def required(environment: Mapping[str, str], name: str, purpose: str) -> str:
    """A variable that must be set.

    Raises:
        SettingsError: It is not.
    """
    value = given(environment, name)
    if not value:
        raise SettingsError(f"Set {name}: {purpose}.")
    return value


def number(environment: Mapping[str, str], name: str, default: float, minimum: float) -> float:
    """A number with a default.

    Raises:
        SettingsError: It is no number, or below the minimum.
    """
    text = environment.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        raise SettingsError(f"{name} must be a number, not {text!r}.") from None
    if value < minimum:
        raise SettingsError(f"{name} must be at least {minimum:g}, not {text}.")
    return value


def flag(environment: Mapping[str, str], name: str) -> bool:
    """A yes or no; no by default.

    Raises:
        SettingsError: It is neither.
    """
    text = environment.get(name, "").strip().lower()
    if text in {"", "0", "no", "false", "off"}:
        return False
    if text in {"1", "yes", "true", "on"}:
        return True
    raise SettingsError(f"{name} must be yes or no, not {text!r}.")


@dataclass(frozen=True)
class ServiceSettings:
    """What a service must be told: where its database and the broker are."""

    database_url: str
    broker_url: str
    pool_size: int = 5
    max_workers: int = 10
    relay_poll_seconds: float = 0.25
    heal_seconds: float = 5.0
    allow_backdating: bool = False

    @classmethod
    def from_environment(
        cls, service: str, environment: Mapping[str, str] = os.environ
    ) -> ServiceSettings:
        """Read ``ORE_<SERVICE>_DATABASE_URL``, ``ORE_BROKER_URL`` and the optional ones.

        Raises:
            SettingsError: One is missing or wrong.
        """
        prefix = f"ORE_{service.upper()}"
        return cls(
            database_url=required(
                environment, f"{prefix}_DATABASE_URL", f"the URL of {service}'s own database"
            ),
            broker_url=required(
                environment, "ORE_BROKER_URL", "the broker's URL, e.g. amqp://user@host/ore"
            ),
            pool_size=int(number(environment, f"{prefix}_POOL_SIZE", 5, 1)),
            max_workers=int(number(environment, f"{prefix}_MAX_WORKERS", 10, 1)),
            relay_poll_seconds=number(environment, "ORE_RELAY_POLL_SECONDS", 0.25, 0.01),
            heal_seconds=number(environment, "ORE_HEAL_SECONDS", 5.0, 0.1),
            allow_backdating=flag(environment, "ORE_ALLOW_BACKDATING"),
        )
