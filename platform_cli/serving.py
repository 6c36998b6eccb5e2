"""Entry of a single service's process: ``python -m platform_cli.serving NAME``.

eventlet patches the standard library before anything else is imported, and only in the processes
of the nameko services; projector and gateway run unpatched.
"""

from __future__ import annotations

import sys

NAME = sys.argv[1] if len(sys.argv) > 1 else ""
if NAME not in {"projector", "gateway", ""}:
    import warnings

    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch(psycopg=False)
    from psycogreen.eventlet import patch_psycopg

    patch_psycopg()

import gc  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import tempfile  # noqa: E402
import threading  # noqa: E402

import structlog  # noqa: E402

from platform_cli import registry  # noqa: E402
from platform_cli.configuration import broker_url, database_url  # noqa: E402
from platform_cli.watching import Watched, watch  # noqa: E402
from shared.kernel import logs, metrics  # noqa: E402
from shared.kernel.database import Database  # noqa: E402
from shared.kernel.settings import ServiceSettings, SettingsError, number  # noqa: E402

log = structlog.get_logger(__name__)
STOP_SECONDS = 25.0
"""A little less than what compose and Kubernetes grant before they kill."""


def serve_service(name: str) -> None:
    """Run one nameko service until SIGTERM or SIGINT; then finish what is in hand and stop."""
    from shared.kernel.nameko_host import build_container, runtime_of

    settings = ServiceSettings.from_environment(name)
    container = build_container(registry.load(name).service_class(), settings)

    patience = number(os.environ, "ORE_STOP_SECONDS", STOP_SECONDS, 1)

    def stop(*_: object) -> None:
        eventlet.spawn_n(container.stop)
        eventlet.spawn_after(patience, give_up, name)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    container.start()
    runtime = runtime_of(container)
    watch(Watched(runtime.state, runtime.figures), os.environ)
    gc.freeze()  # imported for good: the garbage collector need not look through it again
    log.info("service_started", service=name)
    container.wait()
    log.info("service_stopped", service=name)


def give_up(name: str) -> None:
    """End this process though something in it does not: a server that vanished is waited for.

    What is in hand then is as after a crash: not acknowledged, so it is done by another process.
    """
    log.warning("service_stop_overdue", service=name)
    os._exit(1)


def serve_projector() -> None:
    """Run the gateway's projector until SIGTERM or SIGINT."""
    from services.gateway.projector import Projector

    heal_seconds = number(os.environ, "ORE_HEAL_SECONDS", 5.0, 0.1)
    database = Database(database_url("gateway"))
    projector = Projector(database, broker_url(), heal_seconds=heal_seconds)
    thread = threading.Thread(target=projector.run, name="projector", daemon=True)
    stopping = threading.Event()
    for number_ in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number_, lambda *_: stopping.set())
    watch(Watched(projector.state, projector.figures), os.environ)
    gc.freeze()  # as above
    thread.start()
    log.info("service_started", service="projector")
    while thread.is_alive() and not stopping.wait(1.0):
        pass
    projector.stop()
    thread.join(timeout=20)
    database.close()
    log.info("service_stopped", service="projector")


def serve_gateway() -> None:
    """Become gunicorn with the gateway's web application."""
    bind = os.environ.get("ORE_GATEWAY_BIND", "127.0.0.1:8000")
    workers = int(number(os.environ, "ORE_GATEWAY_WORKERS", 2, 1))
    threads = int(number(os.environ, "ORE_GATEWAY_THREADS", 8, 1))
    if not os.environ.get(metrics.SHARED_FOLDER):  # its processes add their counts up there
        os.environ[metrics.SHARED_FOLDER] = tempfile.mkdtemp(prefix="ore-metrics-")
    os.execv(  # noqa: S606 -- our own interpreter and arguments
        sys.executable,
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--worker-class=gthread",
            f"--bind={bind}",
            f"--workers={workers}",
            f"--threads={threads}",
            "--graceful-timeout=20",
            "--keep-alive=5",
            "--error-logfile=-",
            "--log-level=warning",
            "services.gateway.wsgi:application()",
        ],
    )


def main() -> int:
    """Run the process that the first argument names."""
    logs.configure()
    if NAME not in registry.PROCESSES:
        print(f"Name one of: {', '.join(registry.PROCESSES)}.", file=sys.stderr)
        return 2
    try:
        if NAME == "projector":
            serve_projector()
        elif NAME == "gateway":
            serve_gateway()
        else:
            serve_service(NAME)
    except SettingsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
