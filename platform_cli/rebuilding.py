"""Makes views again from the log: the gateway's from its journal, a service's from its store."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from platform_cli import registry
from platform_cli.configuration import database_url, migration_url
from platform_cli.installation import environment_of, is_distributed, is_running
from platform_cli.parked import actor
from platform_cli.troubles import CommandError
from services.gateway import rebuilding
from services.gateway.projections.registry import VIEWS
from shared.kernel.database import Database
from shared.kernel.operator_acts import OperatorAct, record_act
from shared.kernel.refusal import NotFoundError

VIEW_NAMES = tuple(view.name for view in VIEWS)


def rebuild_views(name: str | None, *, folder: Path, console: Console) -> int:
    """Rebuild one view, or all.

    Args:
        name: A view of the gateway, ``service:view``, or ``None`` for all.
        folder: Of the embedded platform, used when no distributed one is configured.
        console: Told what is done.

    Returns:
        How many views were rebuilt.

    Raises:
        NotFoundError: No view has this name.
        RebuildRunningError: Somebody is rebuilding it.
        CommandError: The embedded platform is running and a service's read model is asked for, or
            it is not there.
    """
    environment = environment_of(folder)
    if name not in VIEW_NAMES and not is_distributed() and is_running(folder):
        raise CommandError(
            "The platform is running, and a service's read model is made again while its service "
            "rests: stop the platform first. A view of the gateway can be rebuilt meanwhile: "
            f"ore rebuild NAME, one of {', '.join(VIEW_NAMES)}."
        )
    done = 0
    for view in VIEW_NAMES:
        if name in {None, view}:
            _rebuild_view(view, environment, console)
            done += 1
    for service in registry.SERVICES:
        done += _rebuild_read_models(service, name, environment, console)
    if not done:
        raise NotFoundError(what="view", id=str(name))
    return done


def _rebuild_read_models(
    service: str, name: str | None, environment: Mapping[str, str], console: Console
) -> int:
    application = registry.load(service).component.build(
        Database(database_url(service, environment))
    )
    done = 0
    try:
        for read_model in application.read_models:
            if name in {None, f"{service}:{read_model.name}"}:
                console.print(f"{service}:{read_model.name}: its commands wait meanwhile …")
                act = OperatorAct(actor(), "view.rebuild", read_model.name, "done")
                count = application.rebuild(read_model.name, partial(record_act, act=act))
                console.print(f"{service}:{read_model.name}: rebuilt from {count} events")
                done += 1
    finally:
        application.close()
    return done


def _rebuild_view(name: str, environment: Mapping[str, str], console: Console) -> None:
    # The shadow is made by the role that owns the tables; the runtime role may not.
    database = Database(migration_url("gateway", environment))
    try:
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(f"{name} …", total=None)
            rebuilt = rebuilding.rebuild(
                database,
                name,
                actor=actor(),
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
    except KeyboardInterrupt:
        console.print(f"{name}: cancelled, the view is as it was")
        raise
    finally:
        database.close()
    also = f", {rebuilt.settled} parked messages settled by it" if rebuilt.settled else ""
    console.print(f"{name}: rebuilt from {rebuilt.entries} events{also}")
