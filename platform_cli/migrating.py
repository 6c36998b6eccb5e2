"""Brings every database's tables to the newest shape; in an image ``… .migrating NAME``.

An image holds one service's code only, so each migrates its own database.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence

from platform_cli import registry
from platform_cli.configuration import migration_url
from platform_cli.troubles import sentence_of
from shared.kernel import migrations
from shared.kernel.database import Database

ALL = (*registry.SERVICES, "gateway")


def migrate(
    names: Iterable[str] = ALL, environment: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """Migrate the named databases, and clear away what a killed rebuild left in the gateway's.

    Returns:
        The names, in the order done.

    Raises:
        SettingsError: A database's URL is not set.
    """
    return tuple(_migrate(name, environment, with_leftovers=True) for name in names)


def _migrate(name: str, environment: Mapping[str, str], *, with_leftovers: bool) -> str:
    database = Database(migration_url(name, environment))
    try:
        migrations.upgrade(database, registry.migrations_of(name))
        if name == "gateway" and with_leftovers:
            from services.gateway import rebuilding  # only in the gateway's image

            rebuilding.clear_leftovers(database)
    finally:
        database.close()
    return name


def main(arguments: Sequence[str]) -> int:
    """Migrate the databases named, all when none is.

    ``--tables`` stands before the names where the program that starts this one does the rest: it
    is quicker by the import of the gateway, and says nothing.

    Returns:
        0, or 1 with one sentence on what is wrong.
    """
    is_quick = arguments[:1] == ["--tables"]
    names = arguments[1:] if is_quick else arguments
    try:
        done = [_migrate(name, os.environ, with_leftovers=not is_quick) for name in names or ALL]
    except Exception as error:
        if (sentence := sentence_of(error, is_migrating=True)) is None:
            raise
        print(f"error: {sentence}", file=sys.stderr)
        return 1
    if not is_quick:
        print(f"{', '.join(done)}: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
