"""Starts processes by forking: one JSON line on its input for each, its id as the answer.

Importing takes seconds and a run has a thousand starts. A forked process has connections and
memory of its own, and SIGKILL takes all of it. When the input ends, the whole group is killed.
With the argument ``plain`` nothing is patched, as in the platform's own projector.
"""

import sys
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
import eventlet  # noqa: E402

if "plain" not in sys.argv:
    eventlet.monkey_patch(psycopg=False)
    from psycogreen.eventlet import patch_psycopg

    patch_psycopg()

import json  # noqa: E402
import os  # noqa: E402
import random  # noqa: E402
import re  # noqa: E402
import signal  # noqa: E402
import traceback  # noqa: E402

import platform_cli.serving  # noqa: E402
from platform_cli import registry  # noqa: E402
from services.gateway.journal import Journal  # noqa: E402
from shared.kernel import broker, database, logs, relay  # noqa: E402
from shared.kernel.database import Database  # noqa: E402
from shared.kernel.nameko_host import build_container  # noqa: E402
from shared.kernel.rpc import RpcClient  # noqa: E402
from shared.kernel.settings import ServiceSettings  # noqa: E402
from shared.kernel.subscription import Subscription  # noqa: E402
from tests.faults.steps import Steps, install  # noqa: E402
from tests.faults.sums import Sums  # noqa: E402
from tests.samples.parts import Mirror  # noqa: E402
from tests.samples.services import LedgerService, MirrorService  # noqa: E402

HEARTBEAT_SECONDS = 6
HEAL_SECONDS = 1.0
COUNTED_EVERY = 3
"""One in so many effects takes SQL along, and so a transaction; the others are one statement."""
LEAD_SECONDS = 5
GIVE_UP = {"keepalives_idle": 2, "keepalives_interval": 1, "tcp_user_timeout": 5000}
GIVE_UP_FROZEN = {"idle_in_transaction_session_timeout": 5000}


def main():
    plain = eventlet.patcher.original("os")  # the forking process itself has no green threads
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    registry.load_all()
    platform_cli.serving.eventlet = eventlet  # it imports it only where it patches
    rest = b""
    while chunk := plain.read(0, 65536):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            child = os.fork()
            if child == 0:
                become(json.loads(line))
            plain.write(1, f"{child}\n".encode())
    os.killpg(0, signal.SIGKILL)


def become(given):
    """Be that process, and never return."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # A hub of its own: one that was forked would be woken by what comes for the others' sockets.
    eventlet.hubs.use_hub()
    log = os.open(given["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    random.seed()
    sys.stdout.reconfigure(line_buffering=True)
    logs.configure("WARNING")
    code = 1
    try:
        install(
            Steps(given.get("die_at"), given.get("passage", 1)),
            given.get("database"),
            hold_every=given.get("hold_every", 0),
            defect=given.get("defect"),
            unheard=given.get("unheard", ()),
        )
        Mirror.failing_amounts = {int(k): v for k, v in given.get("failing", {}).items()}
        Mirror.counted_every = COUNTED_EVERY
        broker.HEARTBEAT_SECONDS = HEARTBEAT_SECONDS
        relay.LEAD_SECONDS = LEAD_SECONDS
        give_up_soon(database._POSTGRES_ARGUMENTS)
        serve(given)
        code = 0
    except BaseException:  # noqa: BLE001 -- told in the log; nothing may return to the parent's loop
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def give_up_soon(arguments):
    """Wait for a silent end of a connection for 5 s instead of 19 s, for a frozen one's of 60 s."""
    for name, value in (GIVE_UP | GIVE_UP_FROZEN).items():
        arguments["options"] = re.sub(rf"({name})=\d+", rf"\1={value}", arguments["options"])
    arguments.update(GIVE_UP)


def serve(given):
    heal_seconds = given.get("heal_seconds", HEAL_SECONDS)
    if given["service"] in registry.PROCESSES:
        os.environ.update(given["environment"])
        if given["service"] == "projector":
            platform_cli.serving.serve_projector()
        else:
            platform_cli.serving.serve_service(given["service"])
        return
    if given["service"] == "journal":
        journal = Journal(Database(given["database"]), [Sums()])
        feed = RpcClient(given["broker"], timeout_seconds=3.0).read_feed
        journal.prepare()
        Subscription(
            "gateway", ["ledger"], journal, feed, given["broker"], heal_seconds=heal_seconds
        ).run()
        return
    service = {"ledger": LedgerService, "mirror": MirrorService}[given["service"]]
    settings = ServiceSettings(given["database"], given["broker"], heal_seconds=heal_seconds)
    container = build_container(service, settings)
    container.start()
    container.wait()


if __name__ == "__main__":
    main()
