"""After a restore: what the listeners hold that the store no longer has, and how to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from platform_cli import registry
from platform_cli.configuration import migration_url
from platform_cli.installation import environment_of, is_distributed, is_running
from platform_cli.parked import actor
from platform_cli.troubles import CommandError
from services.gateway import rebuilding, withdrawing
from services.gateway.journal import SUBSCRIPTION
from shared.kernel import epochs
from shared.kernel.database import Database
from shared.kernel.envelope import Envelope
from shared.kernel.operator_acts import OperatorAct, record_act
from shared.kernel.positions import Position, accept_epoch, read_position

SCAN = 1000


@dataclass(frozen=True)
class Finding:
    """What is known of a source's store and its listeners."""

    source: str
    epoch: str | None
    is_refused: bool
    """Whether the service records nothing until this is settled."""
    highest: int
    """The highest number ever handed out there, as far as the store knows; >= 0."""
    last: int
    """Number of its last event, >= 0."""
    listeners: dict[str, Position] = field(default_factory=dict)
    common: int = 0
    """Number of the last event that the gateway's journal and the store hold alike, >= 0."""
    lost: tuple[Envelope, ...] = ()
    """Events in the journal that the store no longer has."""

    @property
    def behind_epoch(self) -> list[str]:
        """Listeners that follow another epoch than the store's."""
        return [n for n, p in self.listeners.items() if p.epoch not in {None, self.epoch}]

    @property
    def ahead(self) -> list[str]:
        """Listeners that have seen more than the store holds."""
        return [n for n, p in self.listeners.items() if p.sequence > self.highest]

    @property
    def needs_decision(self) -> bool:
        """Whether somebody has to decide before all goes on."""
        return bool(self.is_refused or self.behind_epoch or self.ahead)


def listeners_of(source: str) -> list[str]:
    """Who follows a service: other services, and the gateway last."""
    services = [
        parts.name for parts in registry.load_all() if source in (parts.component.sources or ())
    ]
    return [*services, SUBSCRIPTION]


def find(source: str, folder: Path) -> Finding:
    """Look at a source and its listeners; changes nothing.

    Raises:
        CommandError: There is no platform here.
    """
    with _opened(source, environment_of(folder)) as databases:
        return _find(source, databases)


def accept(
    source: str, folder: Path, *, reason: str, lost: Literal["keep", "withdraw"] | None
) -> Finding:
    """Begin a new epoch and let every listener follow it; recorded in each database.

    Args:
        source: The restored service.
        folder: Of the embedded platform.
        reason: Why, for the record.
        lost: What becomes of the journal's entries that the store no longer has.

    Returns:
        What was found before.

    Raises:
        CommandError: The platform runs, or there are lost entries and no decision.
    """
    with _opened(source, _resting(folder)) as databases:
        found = _find(source, databases)
        if found.last and found.lost and not found.common:
            raise CommandError(
                f"The gateway's journal and {source} have no event in common: where the listeners "
                "should go on cannot be told. Restore the gateway's database of the same time too."
            )
        if found.lost and lost is None:
            raise CommandError(
                f"The journal holds {len(found.lost)} events that {source} no longer has: say "
                "--keep or --withdraw."
            )
        seen = [found.highest, *(p.sequence for p in found.listeners.values())]
        with databases[source].transaction() as connection:
            # A new number above all that was seen; again where this was broken off half way.
            epoch = epochs.begin_epoch(connection, max(seen))
            record_act(connection, _act("epoch.begin", f"{source} {epoch}", reason))
        for name in found.listeners:  # the gateway last: by its journal one finds the rest again
            with databases[name].transaction() as connection:
                if name == SUBSCRIPTION and lost == "withdraw":
                    _withdraw(connection, found, reason)
                stood, goes_on = accept_epoch(connection, name, source, epoch, found.common)
                target = f"{source} {epoch}: {name} from {stood} to {goes_on}"
                record_act(connection, _act("epoch.accept", target, reason))
        if found.lost and lost == "withdraw":
            rebuilding.rebuild_all(databases[SUBSCRIPTION], actor=actor())
    return found


def keep(source: str, folder: Path, *, reason: str) -> Finding:
    """Go on in the same epoch: the store was moved, and nothing is lost.

    Raises:
        CommandError: Something is lost, or the platform runs.
    """
    with _opened(source, _resting(folder)) as databases:
        found = _find(source, databases)
        if found.lost or found.ahead or found.behind_epoch:
            raise CommandError(
                f"{source} is not the same: its listeners hold what it does not. Look at `ore "
                f"reconcile {source}`, then use --accept."
            )
        with databases[source].transaction() as connection:
            epochs.keep_epoch(connection)
            record_act(connection, _act("epoch.keep", f"{source} {found.epoch}", reason))
    return found


def _find(source: str, databases: Mapping[str, Database]) -> Finding:
    with databases[source].reading() as connection:
        epoch = epochs.stored_epoch(connection)
        highest = epochs.highest_number(connection)
    try:
        epochs.read_epoch(databases[source])
        is_refused = False
    except epochs.StoreRestoredError:
        is_refused = True
    application: Any = registry.load(source).component.build(databases[source])
    application._epoch = epoch or "none"  # noqa: SLF001 -- reads the log, refused or not
    last = application.log.max_notification_id() or 0
    positions = {}
    for name in listeners_of(source):
        with databases[name].reading() as connection:
            positions[name] = read_position(connection, name, source)
    followed = positions[SUBSCRIPTION].epoch

    def read_store(after: int, up_to: int) -> list[Envelope]:
        found: list[Envelope] = []
        while after < up_to:
            page, after = application.read_contract_events(after, SCAN)
            found += [envelope for envelope in page if envelope.sequence <= up_to]
            if len(page) < SCAN:
                break
        return found

    common = last
    lost: tuple[Envelope, ...] = ()
    if followed is not None:
        with databases[SUBSCRIPTION].reading() as connection:
            common = withdrawing.last_common(connection, source, read_store)
            lost = tuple(
                envelope
                for _, envelope in withdrawing.lost_entries(connection, source, followed, common)
            )
    # Where the journal has lost nothing, whoever saw more than it is no further than the store.
    shared = common if lost else last
    return Finding(source, epoch, is_refused, highest, last, positions, shared, lost)


def _withdraw(connection: Any, found: Finding, reason: str) -> None:
    followed = found.listeners[SUBSCRIPTION].epoch
    if followed is not None:
        count = withdrawing.withdraw(connection, found.source, followed, found.common, reason)
        target = f"{found.source}: {count} entries after {found.common}"
        record_act(connection, _act("journal.withdraw", target, reason))


def _act(act: str, target: str, reason: str) -> OperatorAct:
    return OperatorAct(actor(), act, target, "done", reason)


def _resting(folder: Path) -> Mapping[str, str]:
    environment = environment_of(folder)
    if not is_distributed() and is_running(folder):
        raise CommandError("The platform is running and holds its files: stop it first.")
    return environment


@contextmanager
def _opened(source: str, environment: Mapping[str, str]) -> Iterator[dict[str, Database]]:
    """The databases of a source and its listeners, with the roles that own the tables."""
    if source not in registry.SERVICES:
        raise CommandError(
            f"There is no service {source!r}. Name one of: {', '.join(registry.SERVICES)}."
        )
    with ExitStack() as stack:
        databases = {}
        for name in (source, *listeners_of(source)):
            databases[name] = Database(migration_url(name, environment))
            stack.callback(databases[name].close)
        yield databases
