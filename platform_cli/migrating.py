"""Brings every database's tables to the newest shape; in an image ``… .migrating NAME``.

An image holds one service's code only, so each migrates its own database.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence

from platform_cli import registry
from platform_cli.configuration import migration_url
from shared.kernel import migrations
from shared.kernel.database import Database
from shared.kernel.settings import SettingsError

ALL = (*registry.SERVICES, "gateway")


def migrate(
    names: Iterable[str] = ALL, environment: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """Migrate the named databases.

    Returns:
        The names, in the order done.

    Raises:
        SettingsError: A database's URL is not set.
    """
    done = []
    for name in names:
        package = (
            registry.GATEWAY_MIGRATIONS
            if name == "gateway"
            else registry.load(name).component.migrations
        )
        database = Database(migration_url(name, environment))
        try:
            migrations.upgrade(database, package)
            if name == "gateway":
                from services.gateway import rebuilding  # only in the gateway's image

                rebuilding.clear_leftovers(database)  # of a rebuild that was killed
        finally:
            database.close()
        done.append(name)
    return tuple(done)


def main(arguments: Sequence[str]) -> int:
    """Migrate the databases named, all when none is; ``--quiet`` says nothing when all went well.

    Returns:
        0, or 1 with one sentence on what is wrong.
    """
    names = [argument for argument in arguments if argument != "--quiet"]
    try:
        done = migrate(names or ALL)
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if "--quiet" not in arguments:
        print(f"{', '.join(done)}: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
