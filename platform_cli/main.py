"""The `ore` command."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from platform_cli import registry


class _Commands(typer.core.TyperGroup):
    """Tells in a sentence what is nobody's flaw, whichever command meets it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            if isinstance(error, RuntimeError):  # how the command line itself ends and aborts
                raise
            from platform_cli.troubles import sentence_of

            is_migrating = ctx.invoked_subcommand in {"migrate", "up"}
            if (sentence := sentence_of(error, is_migrating=is_migrating)) is None:
                raise
            raise fail(sentence) from None


app = typer.Typer(
    cls=_Commands,
    help="Runs the advisory programme's platform and takes care of it.",
    epilog="Start with: ore up --embedded, then open http://127.0.0.1:8000.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
)
teryt = typer.Typer(help="The official register of local governments (TERC).", no_args_is_help=True)
parked = typer.Typer(
    help="Messages that could not be handled and wait for a decision.", no_args_is_help=True
)
app.add_typer(teryt, name="teryt")
app.add_typer(parked, name="parked")
console = Console()
errors = Console(stderr=True)

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells count."""
DataFolder = Annotated[Path, typer.Option(help="Folder of the embedded platform's files.")]


def fail(sentence: str) -> typer.Exit:
    """Print what is wrong and how to mend it; raise what this returns."""
    errors.print(f"[red]error:[/red] {escape(sentence)}")
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

    run_distributed(host, port, with_demo=demo, console=errors)


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

    for name in migrating.migrate(names or migrating.ALL):
        console.print(f"{name}: up to date")


@app.command()
def demo() -> None:
    """Load the demonstration data into a running distributed platform.

    May be broken off and started again: it goes on where it stopped.
    """
    from platform_cli.answering import NO_ANSWER
    from platform_cli.configuration import broker_url, database_url
    from platform_cli.demo.loading import load_demo, print_logins
    from platform_cli.installation import is_distributed
    from platform_cli.troubles import sentence_of
    from shared.kernel.database import Database
    from shared.kernel.rpc import RpcClient

    if not is_distributed():
        raise fail(
            "An embedded platform loads its demonstration while it starts: run `ore up` without "
            "--no-demo. For a distributed one set the ORE_… variables."
        )
    try:
        load_demo(Database(database_url("gateway")), RpcClient(broker_url()), errors)
    except NO_ANSWER as error:
        told = sentence_of(error)
        raise fail(f"{told} The demonstration goes on where it stopped.") from None
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
                f"{where.get('problem', entry.get('rule'))}"
            )
        raise fail(f"{refusal}. Nothing was imported.") from None
    console.print(
        f"State of {answer.state_on}: {answer.registered} new, {answer.renamed} renamed, "
        f"{answer.kind_changed} changed kind, {answer.closed} gone, {answer.unchanged} unchanged."
    )


@app.command()
def account(
    email: Annotated[str, typer.Argument(help="The login.")],
    *,
    name: Annotated[str, typer.Option(help="The person's full name.")],
    role: Annotated[
        list[str],
        typer.Option(help="programme_staff, coordinator, editor, expert, jst or operator."),
    ],
    voivodeship: Annotated[
        list[str] | None, typer.Option(help="TERYT code, for a coordinator; may be repeated.")
    ] = None,
    data: DataFolder = Path("data"),
) -> None:
    """Open an account, e.g. the first one; the password is asked for, not given here.

    All others are opened on the page /panel/konta.
    """
    from platform_cli.configuration import database_url
    from platform_cli.installation import environment_of
    from services.gateway.accounts import create_account
    from shared.kernel.database import Database

    database = Database(database_url("gateway", environment_of(data)))
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        create_account(database, email, password, name, role, voivodeships=voivodeship or ())
    except ValueError as error:
        raise fail(str(error)) from None
    console.print(f"{email}: {', '.join(role)}")


Place = Annotated[str, typer.Argument(help="A service, or gateway.")]
ParkedId = Annotated[int, typer.Argument(help="Number of the message, see `ore parked list`.")]


@parked.command("list")
def parked_list(*, data: DataFolder = Path("data")) -> None:
    """List them, oldest first: where, about what, and why."""
    from platform_cli import parked as messages

    found = messages.list_all(data)
    for place, message in found:
        waits = " (waits behind an earlier one)" if message.is_behind else ""
        console.print(
            f"{place} {message.id}: {message.subscription}, {message.type or 'no event'}, "
            f"subject {message.subject or '-'}, since {message.parked_at:%Y-%m-%d %H:%M} UTC{waits}"
        )
        for line in message.error.splitlines()[:1]:  # none where it waits behind another
            console.print(f"    {line[:200]}", markup=False)
    console.print(f"{len(found)} parked")


@parked.command("show")
def parked_show(place: Place, number: ParkedId, *, data: DataFolder = Path("data")) -> None:
    """Show one whole: the message as it came, and its error."""
    from platform_cli import parked as messages

    message = messages.find(place, number, data)
    console.print(message.body, markup=False)
    console.print(f"{message.attempts} attempts: {message.error}", markup=False)


@parked.command("replay")
def parked_replay(
    place: Place,
    number: Annotated[
        int | None, typer.Argument(help="Number of the message, see `ore parked list`.")
    ] = None,
    *,
    subject: Annotated[
        bool, typer.Option("--subject", help="All that wait about the same subject, in order.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="All that this part of the platform parked.")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Kept in the record of the act.")] = None,
    data: DataFolder = Path("data"),
) -> None:
    """Handle messages again, each subject in its order; what fails again stays parked.

    Mend the cause first. `ore parked replay advisory 7` takes one, `… 7 --subject` all that wait
    about the same subject, `ore parked replay advisory --all` everything. Each is recorded:
    `ore parked acts`.
    """
    if (number is None) != everything:
        raise fail("Give the number of a message, or --all for all of this part: one of both.")
    _settle(place, number, data, is_whole_subject=subject, reason=reason)


@parked.command("discard")
def parked_discard(
    place: Place,
    number: ParkedId,
    *,
    reason: Annotated[str, typer.Option(help="Why; recorded. No personal data.")],
    subject: Annotated[
        bool, typer.Option("--subject", help="All that wait about the same subject.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataFolder = Path("data"),
) -> None:
    """Take messages off the list for good; their effect will be missing."""
    if not yes:
        typer.confirm("Its effect will be missing for good. Discard it?", abort=True)
    _settle(place, number, data, is_whole_subject=subject, is_discarding=True, reason=reason)


@parked.command("acts")
def parked_acts(
    *,
    limit: Annotated[int, typer.Option(help="The latest so many.", min=1)] = 50,
    data: DataFolder = Path("data"),
) -> None:
    """Say what operators did, newest first: when, where, who, what, why, and how it ended."""
    from platform_cli import parked as messages

    acts = messages.list_acts_everywhere(data, limit)
    for place, act in acts:
        why = f" ({act.reason})" if act.reason else ""
        console.print(
            f"{act.recorded_at:%Y-%m-%d %H:%M:%S} UTC {place}: {act.act} {act.target} "
            f"by {act.actor}{why}: {act.outcome}",
            markup=False,
        )
    console.print(f"{len(acts)} acts")


def _settle(
    place: str,
    number: int | None,
    data: Path,
    *,
    is_whole_subject: bool,
    is_discarding: bool = False,
    reason: str | None,
) -> None:
    from platform_cli import parked as messages

    settled = messages.settle(
        place,
        number,
        data,
        is_whole_subject=is_whole_subject,
        is_discarding=is_discarding,
        reason=reason,
    )
    said = {
        "done": "discarded" if is_discarding else "handled",
        "failed": "failed, stays parked",
        "waits": "waits behind one that failed",
        "no-event": "no event: it cannot be replayed, only discarded",
    }
    for message, outcome in settled:
        why = f": {outcome.error.splitlines()[0][:200]}" if outcome.error else ""
        about = message.type or "no event"
        console.print(f"{place} {outcome.id} ({about}): {said[outcome.outcome]}{why}", markup=False)
    undone = sum(outcome.outcome != "done" for _, outcome in settled)
    console.print(f"{len(settled) - undone} of {len(settled)} {said['done']}")
    if undone:
        raise typer.Exit(1)


@app.command()
def feed(
    source: Annotated[str, typer.Argument(help=f"One of: {', '.join(registry.SERVICES)}.")],
    *,
    after: Annotated[int, typer.Option(help="Number of the last event seen.", min=0)] = 0,
    limit: Annotated[int | None, typer.Option(help="At most so many; else all.", min=1)] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Wait for further events until Ctrl-C.")
    ] = False,
    data: DataFolder = Path("data"),
) -> None:
    """Print a service's contract events after a position, one CloudEvent a line."""
    from platform_cli.feeding import print_feed

    def write(line: str) -> None:
        sys.stdout.write(line)
        if follow:
            sys.stdout.flush()

    if follow:  # also where whoever started it in the background had Ctrl-C ignored
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
    try:
        print_feed(source, after, data, write, limit=limit, follow=follow)
        sys.stdout.flush()
    except KeyboardInterrupt:
        raise typer.Exit(0 if follow else INTERRUPTED) from None
    except BrokenPipeError:  # who reads has seen enough, e.g. `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@app.command()
def rebuild(
    view: Annotated[
        str | None, typer.Argument(help="Name of a view, or SERVICE:VIEW; all views when none.")
    ] = None,
    *,
    data: DataFolder = Path("data"),
) -> None:
    """Make a view again from the first event on, beside the running one.

    `ore rebuild cycles` makes a view of the gateway: the platform may run, pages show the old rows
    until the new ones are level, Ctrl-C leaves everything as it was. `ore rebuild
    recruitment:roster` makes a service's read model: that service's commands wait meanwhile.
    """
    from platform_cli.rebuilding import VIEW_NAMES, rebuild_views
    from services.gateway.rebuilding import RebuildRunningError
    from shared.kernel.refusal import NotFoundError

    try:
        rebuild_views(view, folder=data, console=console)
    except NotFoundError:
        raise fail(
            f"There is no view {view!r}. Views of the gateway: {', '.join(VIEW_NAMES)}. "
            "A service's read model is named SERVICE:VIEW."
        ) from None
    except RebuildRunningError:
        raise fail("This view is being rebuilt already: wait for it, or end that one.") from None


@app.command()
def doctor(*, data: DataFolder = Path("data")) -> None:
    """Say what is configured, what can be reached, and how far behind each part is."""
    from platform_cli.examining import examine

    raise typer.Exit(0 if examine(console, folder=data) else 1)


@app.command()
def reconcile(
    source: Annotated[str, typer.Argument(help=f"One of: {', '.join(registry.SERVICES)}.")],
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="Begin a new epoch; all listeners follow it.")
    ] = False,
    same: Annotated[
        bool, typer.Option("--same", help="The store was moved whole, nothing is lost.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="With --accept: lost events stay in the journal.")
    ] = False,
    withdraw: Annotated[
        bool,
        typer.Option("--withdraw", help="With --accept: take them out, and rebuild all views."),
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Why; recorded. No personal data.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the lost events, one CloudEvent a line.")
    ] = False,
    data: DataFolder = Path("data"),
) -> None:
    """After a restore: show what a store no longer has, then go on as you decide.

    Alone it only looks. **--json** saves what is lost: the journal may be the only copy. Do those
    commands again by hand afterwards: a contract event does not hold all that its service
    recorded. **--accept** moves the event numbers past everything ever handed out, begins a new
    epoch, and lets each listener go on from the last event that both know. What listening
    services did because of lost events stays done. Each step is recorded (`ore parked acts`).
    """
    from platform_cli import reconciling

    is_looking = not (accept or same)
    if not is_looking and (accept == same or (keep and withdraw) or not (reason or "").strip()):
        raise fail("Say --accept (with --keep or --withdraw) or --same, and give a --reason.")
    if is_looking:
        found = reconciling.find(source, data)
    elif same:
        found = reconciling.keep(source, data, reason=str(reason))
    else:
        lost: Any = "withdraw" if withdraw else "keep" if keep else None
        found = reconciling.accept(source, data, reason=str(reason), lost=lost)
    if is_looking:
        _tell_finding(found, as_json=as_json)
        raise typer.Exit(1 if found.needs_decision and not as_json else 0)
    console.print(f"{source}: settled. Its processes and listeners go on within some seconds.")


def _tell_finding(found: Any, *, as_json: bool) -> None:
    if as_json:
        for envelope in found.lost:
            sys.stdout.write(envelope.to_json().decode() + "\n")
        return
    state = "records nothing until this is settled" if found.is_refused else "records"
    console.print(
        f"{found.source}: {state}; last event {found.last}, highest number {found.highest}, "
        f"epoch {found.epoch}"
    )
    for name, position in found.listeners.items():
        other = " (another epoch)" if name in found.behind_epoch else ""
        ahead = " (ahead of the store)" if name in found.ahead else ""
        console.print(f"  {name}: has seen it up to {position.sequence}{other}{ahead}")
    if found.lost:
        console.print(
            f"{len(found.lost)} events after {found.common} are in the gateway's journal and not "
            "in the store any more:"
        )
        for envelope in found.lost[:50]:
            console.print(
                f"  {envelope.sequence} {envelope.time:%Y-%m-%d %H:%M:%S} {envelope.event_name} "
                f"{envelope.subject}",
                markup=False,
            )
        console.print(f"Save them: ore reconcile {found.source} --json > lost.jsonl")
        console.print(
            f"Then: ore reconcile {found.source} --accept --keep (or --withdraw) --reason …"
        )
    elif found.needs_decision:
        console.print(
            f"Nothing is lost. Moved whole: ore reconcile {found.source} --same --reason …"
        )
        console.print(f"Restored: ore reconcile {found.source} --accept --reason …")
    else:
        console.print("Nothing to settle.")


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder, or a backup to check.")],
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only see that this backup is whole and undamaged.")
    ] = False,
    data: DataFolder = Path("data"),
) -> None:
    """Save every database in one snapshot each, positions included, and read the copies back.

    The platform may run. Listeners are saved before their sources, so that nobody in the backup is
    ahead of anybody. It holds personal data and the secret key: keep it like the databases.
    """
    from platform_cli import backup as backups

    saved = backups.check(folder) if check else backups.back_up(folder, data)
    for one in saved:
        console.print(
            f"{one.name}: {one.file}, {sum(one.rows.values())} rows, highest event {one.highest}",
            markup=False,
        )
    console.print("The backup is whole." if check else f"Saved in {folder} and read back.")


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="A backup made by `ore backup`.")],
    *,
    only: Annotated[
        str | None,
        typer.Option(help="This database alone, in the place of what is there; its service rests."),
    ] = None,
    data: DataFolder = Path("data"),
) -> None:
    """Put a backup into an empty system; every store begins a new epoch.

    The databases must be there and empty (distributed), or the data folder new (embedded). What
    was recorded after the backup is not in it. A listener that was not restored with it stops and
    says so: settle that by `ore reconcile SERVICE`, as after `--only SERVICE`.
    """
    from platform_cli import backup as backups

    if only:
        one = backups.put_back(folder, data, only)
        console.print(f"{only}: put back, up to event {one.highest}. Now: ore reconcile {only}")
        return
    saved = backups.restore(folder, data)
    for one in saved:
        console.print(f"{one.name}: restored, up to event {one.highest}")
        for ahead in backups.ahead_of(one.name, saved):
            console.print(f"  {ahead} had followed it further: what it did because of that stays.")
    console.print("Every store begins a new epoch. Now: ore migrate, start, ore doctor.")


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
