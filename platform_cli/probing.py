"""A container's health check: ``python -m platform_cli.probing NAME``; the exit code tells.

Service: answers through the broker, with its database. Projector: its queue is listened to and the
database answers. Gateway: its own page says that it is ready.
"""

from __future__ import annotations

import sys
import urllib.request

from platform_cli.configuration import broker_url, database_url

TIMEOUT_SECONDS = 5


def probe(name: str) -> None:
    """Ask; whatever is wrong is raised."""
    if name == "gateway":
        address = "http://127.0.0.1:8000/health/ready"
        urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS).close()
    elif name == "projector":
        _probe_projector()
    else:
        from shared.kernel.rpc import RpcClient

        client = RpcClient(broker_url(), timeout_seconds=TIMEOUT_SECONDS)
        client.call(name, "report_status", {})
        client.close()


def _probe_projector() -> None:
    from shared.kernel import broker
    from shared.kernel.database import Database

    with Database(database_url("gateway"), pool_size=1).reading() as connection:
        connection.exec_driver_sql("SELECT 1")
    with broker.connect(broker_url()) as connection:
        queue = connection.default_channel.queue_declare("ore.gateway", passive=True)
    if not queue.consumer_count:
        raise RuntimeError("nobody listens to ore.gateway")


if __name__ == "__main__":
    probe(sys.argv[1])
