"""What `ore doctor` tells: configured, reachable, and how far behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from platform_cli import reconciling, registry
from platform_cli.answering import first_line, trouble_of
from platform_cli.configuration import broker_url, database_url
from platform_cli.installation import environment_of, is_distributed, is_running
from platform_cli.troubles import CommandError
from services.gateway.journal import SOURCES, SUBSCRIPTION, last_position, view_positions
from shared.kernel import broker
from shared.kernel.database import Database
from shared.kernel.parking import list_parked
from shared.kernel.positions import read_position
from shared.kernel.rpc import RpcClient
from shared.kernel.settings import SettingsError

ANSWER_SECONDS = 5.0
"""How long a service may take to say that it is there."""


def examine(console: Console, *, folder: Path) -> bool:
    """Print the state of the installation.

    Returns:
        Whether all is well: everything reachable, every service answering, nothing parked.
    """
    try:
        environment = environment_of(folder)
    except CommandError as error:
        console.print(f"[red]{error}[/red]")
        return False
    if is_distributed():
        console.print("Installation: distributed")
        _show_addresses(console, environment)
    else:
        state = "running" if is_running(folder) else "not running"
        console.print(f"Installation: embedded in {folder}, {state}")
    table = Table("part", "state", "position", "behind", "parked")
    is_well = _examine_broker(table, environment)
    if is_distributed() and is_well:
        is_well &= _examine_processes(table, environment)
    ends: dict[str, int] = {}
    for name in registry.SERVICES:
        is_well &= _examine_service(table, name, environment, ends)
    for name in registry.SERVICES:
        _examine_subscriptions(table, name, environment, ends)
    is_well &= _examine_gateway(table, environment, ends)
    console.print(table)
    is_well &= _examine_epochs(console, folder)
    return is_well


def _examine_epochs(console: Console, folder: Path) -> bool:
    """Say which store was restored to an earlier moment, and how to go on."""
    is_well = True
    for name in registry.SERVICES:
        try:
            found = reconciling.find(name, folder)
        except (SettingsError, SQLAlchemyError, PersistenceError):
            continue  # said above
        if found.needs_decision:
            is_well = False
            console.print(
                f"[red]{name}: its store was restored to an earlier moment, or moved.[/red] "
                f"{len(found.lost)} events are lost there. Nothing is recorded or followed until "
                f"you decide: run `ore reconcile {name}`."
            )
    return is_well


def _examine_broker(table: Table, environment: Mapping[str, str]) -> bool:
    try:
        url = broker_url(environment)
        if broker.is_inprocess(url):
            table.add_row("broker", "inside the process", "", "", "")
            return True
        with broker.connect(url):
            table.add_row("broker", "[green]reachable[/green]", "", "", "")
    except (SettingsError, OSError, *broker.CONNECTION_ERRORS) as error:  # type: ignore[misc]
        table.add_row("broker", f"[red]{error}[/red]", "", "", "")
        return False
    return True


def _show_addresses(console: Console, environment: Mapping[str, str]) -> None:
    """Where broker and databases are, without passwords."""
    for name in ("broker", *registry.SERVICES, "gateway"):
        try:
            url = broker_url(environment) if name == "broker" else database_url(name, environment)
            told = make_url(url).render_as_string(hide_password=True)
        except SettingsError as error:
            told = str(error)
        except ArgumentError:
            told = "cannot be read as an address"
        console.print(f"{name}: {told}", highlight=False, markup=False, soft_wrap=True)


def _examine_processes(table: Table, environment: Mapping[str, str]) -> bool:
    """Whether each service has a process that answers."""
    rpc = RpcClient(broker_url(environment), timeout_seconds=ANSWER_SECONDS)
    is_well = True
    try:
        for name in registry.SERVICES:
            trouble = trouble_of(rpc, name)
            is_well &= trouble is None
            told = "[green]answers[/green]" if trouble is None else f"[red]{_short(trouble)}[/red]"
            table.add_row(f"{name}: process", told, "", "", "")
    finally:
        rpc.close()
    return is_well


def _examine_subscriptions(
    table: Table, name: str, environment: Mapping[str, str], ends: Mapping[str, int]
) -> None:
    """How far a service has read the events of the others."""
    try:
        database = Database(database_url(name, environment))
        with database.reading() as connection:
            for source in registry.load(name).component.sources:
                sequence = read_position(connection, name, source).sequence
                table.add_row(
                    f"{name}: from {source}", "", str(sequence), _of(ends.get(source)), ""
                )
        database.close()
    except (SettingsError, SQLAlchemyError, PersistenceError):
        pass  # said of its store


def _examine_service(
    table: Table, name: str, environment: Mapping[str, str], ends: dict[str, int]
) -> bool:
    try:
        database = Database(database_url(name, environment))
        component = registry.load(name).component
        application = component.build(database)
        ends[name] = application.log.max_notification_id() or 0
        with database.reading() as connection:
            from shared.kernel.schema import relay

            position = connection.execute(select(relay.c.position)).scalar_one_or_none() or 0
        parked = len(list_parked(database))
        table.add_row(
            f"{name}: store", "[green]reachable[/green]", str(ends[name]), "", _count(parked)
        )
        table.add_row(f"{name}: relay", "", str(position), _count(ends[name] - position), "")
        application.close()
    except (SettingsError, SQLAlchemyError, PersistenceError) as error:
        table.add_row(f"{name}: store", f"[red]{_short(error)}[/red]", "", "", "")
        return False
    return parked == 0


def _examine_gateway(table: Table, environment: Mapping[str, str], ends: Mapping[str, int]) -> bool:
    try:
        database = Database(database_url("gateway", environment))
        with database.reading() as connection:
            end = last_position(connection)
            table.add_row("gateway: journal", "[green]reachable[/green]", str(end), "", "")
            for source in SOURCES:
                sequence = read_position(connection, SUBSCRIPTION, source).sequence
                table.add_row(
                    f"gateway: from {source}", "", str(sequence), _of(ends.get(source)), ""
                )
            for name, position in connection.execute(select(view_positions)):
                table.add_row(f"view {name}", "", str(position), _count(end - position), "")
        parked = len(list_parked(database))
        if parked:
            table.add_row("gateway: parked", "", "", "", _count(parked))
        database.close()
    except (SettingsError, SQLAlchemyError, PersistenceError) as error:
        table.add_row("gateway", f"[red]{_short(error)}[/red]", "", "", "")
        return False
    return parked == 0


def _count(number: int) -> str:
    return f"[yellow]{number}[/yellow]" if number else "0"


def _of(end: int | None) -> str:
    return "" if end is None else f"of {end}"


def _short(error: Exception | str) -> str:
    return first_line(error)[:200]
