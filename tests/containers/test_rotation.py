"""New passwords in the place of the old ones, by the commands of the manual."""

import psycopg2
import pytest
from amqp.exceptions import AccessRefused
from kombu import Connection

from tests.containers.compose import address, from_here, secret
from tests.containers.procedures import follow
from tests.story.processes import answers

pytestmark = [pytest.mark.containers, pytest.mark.timeout(600)]


def test_after_a_rotation_only_the_new_passwords_open(platform):
    database, broker = secret("hdr-database-url"), secret("hdr-broker-url")
    others = {name: secret(f"{name}-database-url") for name in ("recruitment", "gateway")}

    follow("Rotate secrets", seconds=300)

    assert answers(address(), "/health/ready")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(from_here(database))
    with pytest.raises(AccessRefused):
        Connection(from_here(broker)).connect()
    psycopg2.connect(from_here(secret("hdr-database-url"))).close()
    for name, url in others.items():
        assert secret(f"{name}-database-url") == url
        psycopg2.connect(from_here(url)).close()
    with Connection(from_here(secret("hdr-broker-url"))) as connection:
        connection.connect()
