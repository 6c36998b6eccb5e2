"""The peer of an HTTP command: Flask, nameko's RPC, eventsourcing 9.5 on its own PostgreSQL module.

Runs in an environment of its own (psycopg 3 has no place in ours):

python bench/http_subject.py DATABASE_URL AMQP_URL       the service, until SIGTERM
gunicorn … http_subject:app                              the pages; AMQP_URL in the environment
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

warnings.simplefilter("ignore")
if __name__ == "__main__":
    import eventlet

    eventlet.monkey_patch()

from nameko.standalone.rpc import ClusterRpcProxy  # noqa: E402

NAME = "peer"
WORKERS = 10


def make_app() -> Any:
    """One command: it is handed to the service, with a client for each thread."""
    from flask import Flask, request  # noqa: PLC0415 -- the service has none

    app = Flask(NAME)
    clients = threading.local()

    def service() -> Any:
        if not hasattr(clients, "cluster"):
            proxy = ClusterRpcProxy({"AMQP_URI": os.environ["AMQP_URL"]}, timeout=30)
            clients.cluster = proxy.start()
        return getattr(clients.cluster, NAME)

    @app.post("/trainings")
    def plan_training() -> tuple[dict[str, str], int]:
        return {"id": service().plan_training(request.get_json())}, 201

    return app


def serve(url: str, amqp_url: str) -> None:
    """The service: each call records one aggregate of one event."""
    from eventsourcing.application import Application  # noqa: PLC0415 -- the pages have none
    from eventsourcing.domain import Aggregate  # noqa: PLC0415
    from nameko.containers import ServiceContainer  # noqa: PLC0415
    from nameko.rpc import rpc  # noqa: PLC0415

    class Training(Aggregate):
        def __init__(self, plan: dict[str, Any]) -> None:
            self.plan = plan

    class Trainings(Application[UUID]):
        def plan(self, plan: dict[str, Any]) -> str:
            training = Training(plan=plan)
            self.save(training)
            return str(training.id)

    where = urlsplit(url)
    trainings = Trainings(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": where.path.lstrip("/"),
            "POSTGRES_HOST": where.hostname or "",
            "POSTGRES_PORT": str(where.port or 5432),
            "POSTGRES_USER": unquote(where.username or ""),
            "POSTGRES_PASSWORD": unquote(where.password or ""),
            "POSTGRES_POOL_SIZE": str(WORKERS),
        }
    )

    class Service:
        name = NAME

        @rpc
        def plan_training(self, plan: dict[str, Any]) -> str:
            return trainings.plan(plan)

    container = ServiceContainer(Service, {"AMQP_URI": amqp_url, "max_workers": WORKERS})
    container.start()
    container.wait()


if __name__ == "__main__":
    serve(*sys.argv[1:])
elif os.environ.get("AMQP_URL"):
    app = make_app()
