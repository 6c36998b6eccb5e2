"""Stop, kill and start our own servers: for tests that hurt them on purpose.

Only what ``deploy.local.infra up`` started can be controlled; a server that the environment names
or that ran before us belongs to somebody, and asking for it raises ``InfraError``. For a server
that nobody else uses (a full disk, a second broker) create ``PrivatePostgres(folder)`` or
``PrivateRabbitMQ(folder)`` in a folder of your own and ``wipe`` it in the end.
"""

from __future__ import annotations

from deploy.local.containers import ContainerPostgres, ContainerRabbitMQ
from deploy.local.infra import VAR, PostgresServer, RabbitMQServer, read
from deploy.local.postgres import PrivatePostgres, StopMode
from deploy.local.processes import InfraError
from deploy.local.rabbitmq import PrivateRabbitMQ


def our_postgres() -> PostgresServer:
    """Return our own server, running or stopped.

    Raises:
        InfraError: The recorded server is not ours.
    """
    for server in (PrivatePostgres(VAR / "postgres"), ContainerPostgres(VAR / "postgres")):
        if server.exists() and read().get("postgres", {}).get("url") == server.url:
            return server
    raise InfraError(
        "The PostgreSQL in use was not started by `deploy.local.infra up`; leave it alone."
    )


def our_rabbitmq() -> RabbitMQServer:
    """Return our own broker, running or stopped.

    Raises:
        InfraError: The recorded broker is not ours.
    """
    for server in (PrivateRabbitMQ(VAR / "rabbitmq"), ContainerRabbitMQ(VAR / "rabbitmq")):
        if server.exists() and read().get("rabbitmq", {}).get("amqp_url") == server.amqp_url:
            return server
    raise InfraError(
        "The RabbitMQ in use was not started by `deploy.local.infra up`; leave it alone."
    )


def stop_postgres(mode: StopMode = "fast") -> None:
    """Stop PostgreSQL: ``smart``, ``fast``, ``immediate`` (its own words) or ``kill``."""
    our_postgres().stop(mode)


def start_postgres() -> None:
    """Start PostgreSQL at its old address and wait until it answers."""
    our_postgres().start()


def restart_postgres(mode: StopMode = "fast") -> None:
    """Stop PostgreSQL in the given way, start it and wait until it answers."""
    our_postgres().restart(mode)


def stop_rabbitmq() -> None:
    """Shut RabbitMQ down in order."""
    our_rabbitmq().stop()


def kill_rabbitmq() -> None:
    """End RabbitMQ with SIGKILL."""
    our_rabbitmq().kill()


def start_rabbitmq() -> None:
    """Start RabbitMQ at its old address and wait until it answers."""
    our_rabbitmq().start()


def restart_rabbitmq() -> None:
    """Stop RabbitMQ in order, start it and wait until it answers."""
    our_rabbitmq().restart()


def wipe_rabbitmq() -> None:
    """Kill RabbitMQ, delete all it stored, and start it empty at its old address."""
    server = our_rabbitmq()
    server.wipe()
    server.start()
