"""Where the platform's databases, broker and secrets are, embedded and distributed."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from platform_cli.registry import SERVICES
from shared.kernel.settings import given, required

DATA_FOLDER = Path("data")
SECRET_BYTES = 32


def embedded_environment(folder: Path) -> dict[str, str]:
    """The variables of a platform in one process with its files in ``folder``.

    The secret that signs cookies is made at the first start and kept in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        f"ORE_{name.upper()}_DATABASE_URL": f"sqlite:///{(folder / f'{name}.db').resolve()}"
        for name in (*SERVICES, "gateway")
    }
    return environment | {
        "ORE_BROKER_URL": "memory://localhost",
        "ORE_SECRET_KEY": _kept_secret(folder / "secret-key"),
        "ORE_RELAY_POLL_SECONDS": "30",
        "ORE_HEAL_SECONDS": "60",
        "ORE_INSECURE_COOKIES": "yes",
    }


def servers_named(environment: Mapping[str, str]) -> list[str]:
    """Variables that name a database server or a broker, which a platform in one process is not on.

    Raises:
        SettingsError: A file that a variable names cannot be read.
    """
    names = {name.removesuffix("_FILE") for name in environment}
    places = {
        name: "memory:" if name == "ORE_BROKER_URL" else "sqlite:"
        for name in names
        if name == "ORE_BROKER_URL" or re.fullmatch(r"ORE_\w+_(DATABASE|MIGRATION)_URL", name)
    }
    return sorted(
        name
        for name, place in places.items()
        if (url := given(environment, name)) and not url.startswith(place)
    )


def _kept_secret(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text().strip()


def database_url(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """URL of a service's or the gateway's database.

    Raises:
        SettingsError: It is not set.
    """
    variable = f"ORE_{name.upper()}_DATABASE_URL"
    return required(environment, variable, f"the URL of {name}'s own database")


def broker_url(environment: Mapping[str, str] = os.environ) -> str:
    """The broker's URL.

    Raises:
        SettingsError: It is not set.
    """
    return required(environment, "ORE_BROKER_URL", "the broker's URL, e.g. amqp://user@host/ore")


def migration_url(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """URL for migrations: ``ORE_<NAME>_MIGRATION_URL`` where another role owns the tables."""
    variable = f"ORE_{name.upper()}_MIGRATION_URL"
    return given(environment, variable) or database_url(name, environment)
