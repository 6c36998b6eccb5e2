"""Makes views again from the log: the gateway's from its journal, a service's from its store."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from platform_cli import registry
from platform_cli.configuration import database_url
from platform_cli.installation import environment_of, is_distributed, is_running
from services.gateway.journal import Journal
from services.gateway.projections.registry import VIEWS
from shared.kernel.database import Database
from shared.kernel.refusal import NotFoundError


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
        RuntimeError: The embedded platform is running, or is not there.
    """
    environment = environment_of(folder)
    if not is_distributed() and is_running(folder):
        raise RuntimeError("The platform is running: stop it first (embedded has one process).")
    done = 0
    for view in VIEWS:
        if name in {None, view.name}:
            _rebuild_view(view.name, environment, console)
            done += 1
    for service in registry.SERVICES:
        application = registry.load(service).component.build(
            Database(database_url(service, environment))
        )
        for read_model in application.read_models:
            if name in {None, f"{service}:{read_model.name}"}:
                count = application.rebuild(read_model.name)
                console.print(f"{service}:{read_model.name}: rebuilt from {count} events")
                done += 1
        application.close()
    if not done:
        raise NotFoundError(what="view", id=str(name))
    return done


def _rebuild_view(name: str, environment: dict[str, str], console: Console) -> None:
    database = Database(database_url("gateway", environment))
    journal = Journal(database, [view() for view in VIEWS])
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"{name} …", total=None)
        count = journal.rebuild(
            name, lambda done, total: progress.update(task, completed=done, total=total)
        )
    console.print(f"{name}: rebuilt from {count} events")
    database.close()
