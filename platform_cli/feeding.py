"""Prints a service's contract events, from any position on, and follows them if wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from sqlalchemy.exc import SQLAlchemyError

from platform_cli import registry
from platform_cli.configuration import database_url
from platform_cli.installation import environment_of
from platform_cli.troubles import CommandError
from shared.kernel.application import ServiceApplication
from shared.kernel.database import Database
from shared.kernel.envelope import Envelope
from shared.kernel.epochs import StoreRestoredError

PAGE = 500
LOOK_AGAIN_SECONDS = 0.25


def print_feed(
    source: str,
    after: int,
    folder: Path,
    write: Callable[[str], object],
    *,
    limit: int | None = None,
    follow: bool = False,
) -> int:
    """Write contract events in their order, one CloudEvent a line.

    Args:
        source: The service that recorded them.
        after: Number of the last event that is not wanted any more; 0 for all.
        folder: Of the embedded platform, used when no distributed one is configured.
        write: Takes a line.
        limit: At most so many; all when not given.
        follow: Wait for further events, without end.

    Returns:
        How many were written.

    Raises:
        CommandError: No such service or position, the store cannot be read, or there is no
            platform.
    """
    if source not in registry.SERVICES:
        known = ", ".join(registry.SERVICES)
        raise CommandError(f"There is no service {source!r}. Name one of: {known}.")
    database = Database(database_url(source, environment_of(folder)))
    application = registry.load(source).component.build(database)
    written = 0
    try:
        last = application.log.max_notification_id() or 0
        if after > last:
            raise CommandError(
                f"{source} has recorded no event {after}: its last one is {last}. If a listener "
                f"has seen {after}, the store was restored: look with `ore reconcile {source}`."
            )
        for envelope in _events(application, after, follow=follow):
            write(envelope.to_json().decode() + "\n")
            written += 1
            if written == limit:
                break
    except StoreRestoredError:
        raise CommandError(
            f"The store of {source} was restored, and nobody has settled that yet: "
            f"`ore reconcile {source}`."
        ) from None
    except (SQLAlchemyError, PersistenceError) as error:
        place = database.url.render_as_string(hide_password=True)
        raise CommandError(
            f"The store of {source} cannot be read ({type(error).__name__}): {place}. "
            "`ore doctor` says what can be reached."
        ) from None
    finally:
        application.close()
    return written


def _events(application: ServiceApplication, after: int, *, follow: bool) -> Iterator[Envelope]:
    previous = after
    while True:
        page, after = application.read_contract_events(after, PAGE, previous=previous)
        yield from page
        previous = page[-1].sequence if page else previous
        if len(page) == PAGE:
            continue
        if not follow:
            return
        time.sleep(LOOK_AGAIN_SECONDS)
