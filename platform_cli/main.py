"""The `ore` command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from platform_cli import registry

app = typer.Typer(
    help="Runs the advisory programme's platform and takes care of it.",
    epilog="Start with: ore up --embedded, then open http://127.0.0.1:8000.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
)
teryt = typer.Typer(help="The official register of local governments (TERC).", no_args_is_help=True)
app.add_typer(teryt, name="teryt")
console = Console()
errors = Console(stderr=True)

DataFolder = Annotated[Path, typer.Option(help="Folder of the embedded platform's files.")]


def fail(sentence: str) -> typer.Exit:
    """Print what is wrong and how to mend it; raise what this returns."""
    errors.print(f"[red]error:[/red] {sentence}")
    return typer.Exit(1)


@app.command()
def up(
    *,
    embedded: Annotated[
        bool,
        typer.Option(
            "--embedded/--distributed",
            help="One process with files in a folder, or a process for each service on PostgreSQL "
            "and RabbitMQ.",
        ),
    ] = True,
    data: DataFolder = Path("data"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the web pages.", min=1, max=65535)] = 8000,
    demo: Annotated[
        bool, typer.Option(help="Load the demonstration edition at the first start.")
    ] = True,
) -> None:
    """Start the whole platform; Ctrl-C ends it.

    **Embedded** needs nothing but this program. **Distributed** reads the `ORE_…` variables (see
    docs/operations.md); where they are not set, it starts PostgreSQL and RabbitMQ for development.
    """
    if embedded:
        arguments = ["--data", str(data), "--host", host, "--port", str(port)]
        module = "platform_cli.embedded"
        os.execv(  # noqa: S606 -- a fresh interpreter: eventlet must patch before all imports
            sys.executable,
            [sys.executable, "-m", module, *arguments, *([] if demo else ["--no-demo"])],
        )
    from platform_cli.distributed import run_distributed

    try:
        run_distributed(host, port, with_demo=demo, console=errors)
    except Exception as error:
        from shared.kernel.settings import SettingsError

        if isinstance(error, SettingsError | RuntimeError):
            raise fail(str(error)) from None
        raise


@app.command()
def service(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(registry.PROCESSES)}.")],
) -> None:
    """Run one service in this process until SIGTERM, configured by `ORE_…` variables."""
    if name not in registry.PROCESSES:
        raise fail(f"There is no service {name!r}. Name one of: {', '.join(registry.PROCESSES)}.")
    os.execv(  # noqa: S606 -- a fresh interpreter: eventlet must patch before all imports
        sys.executable, [sys.executable, "-m", "platform_cli.serving", name]
    )


@app.command()
def migrate(
    names: Annotated[
        list[str] | None, typer.Argument(help="Only these databases; all when none is named.")
    ] = None,
) -> None:
    """Bring the databases' tables to the newest shape (with the role that owns them)."""
    from platform_cli import migrating
    from shared.kernel.settings import SettingsError

    try:
        for name in migrating.migrate(names or migrating.ALL):
            console.print(f"{name}: up to date")
    except SettingsError as error:
        raise fail(str(error)) from None


@app.command()
def demo() -> None:
    """Load the demonstration data into a running distributed platform.

    May be broken off and started again: it goes on where it stopped.
    """
    from platform_cli.configuration import broker_url, database_url
    from platform_cli.demo.loading import load_demo, print_logins
    from shared.kernel.database import Database
    from shared.kernel.rpc import RpcClient
    from shared.kernel.settings import SettingsError

    try:
        load_demo(Database(database_url("gateway")), RpcClient(broker_url()), errors)
    except SettingsError as error:
        raise fail(str(error)) from None
    print_logins(console)


@teryt.command("import")
def teryt_import(
    file: Annotated[
        Path, typer.Argument(help="The official TERC file (CSV).", exists=True, dir_okay=False)
    ],
    *,
    partial: Annotated[
        bool, typer.Option(help="The file holds part of the country: nothing is taken for gone.")
    ] = False,
    data: DataFolder = Path("data"),
) -> None:
    """Take over one state of the register: all of it, or nothing and the reasons by row."""
    from platform_cli.register_import import import_register
    from shared.kernel.refusal import Refusal

    try:
        answer = import_register(file, is_partial=partial, folder=data)
    except Refusal as refusal:
        for entry in refusal.fields[:20]:
            where = entry.get("parameters", {})
            errors.print(
                f"row {where.get('row', '?')}, column {where.get('column', '?')}: "
                f"{entry.get('message', entry.get('rule'))}"
            )
        raise fail(f"{refusal}. Nothing was imported.") from None
    except (OSError, UnicodeDecodeError, RuntimeError) as error:
        raise fail(str(error)) from None
    console.print(
        f"State of {answer.state_on}: {answer.registered} new, {answer.renamed} renamed, "
        f"{answer.kind_changed} changed kind, {answer.closed} gone, {answer.unchanged} unchanged."
    )


@app.command()
def rebuild(
    view: Annotated[
        str | None, typer.Argument(help="Name of a view, or SERVICE:VIEW; all views when none.")
    ] = None,
    *,
    data: DataFolder = Path("data"),
) -> None:
    """Make a view again from the first event on; its readers see the old one until the end."""
    from platform_cli.rebuilding import rebuild_views
    from shared.kernel.refusal import NotFoundError

    try:
        rebuild_views(view, folder=data, console=console)
    except NotFoundError:
        raise fail(f"There is no view {view!r}. Run `ore doctor` to see them all.") from None
    except RuntimeError as error:
        raise fail(str(error)) from None


@app.command()
def doctor(*, data: DataFolder = Path("data")) -> None:
    """Say what is configured, what can be reached, and how far behind each part is."""
    from platform_cli.examining import examine

    raise typer.Exit(0 if examine(console, folder=data) else 1)


@app.command()
def schemas(
    *, check: Annotated[bool, typer.Option(help="Only say whether the files are current.")] = False
) -> None:
    """Write the JSON Schemas of all contract events from their models."""
    from platform_cli.contract_documents import write_schemas

    stale = write_schemas(check=check)
    if check and stale:
        raise fail(f"Not current: {', '.join(stale)}. Run `ore schemas`.")
    console.print(f"{len(stale)} written" if stale else "all current")


@app.command("events-doc")
def events_doc(
    *, check: Annotated[bool, typer.Option(help="Only say whether the file is current.")] = False
) -> None:
    """Write docs/events.md: every contract event, its owner, fields and listeners."""
    from platform_cli.contract_documents import write_events_doc

    stale = write_events_doc(check=check)
    if check and stale:
        raise fail("docs/events.md is not current. Run `ore events-doc`.")


if __name__ == "__main__":
    app()
