"""The database's disk is full: nothing is answered, nothing is lost, and all goes on afterwards."""

import errno
import os
import subprocess
from dataclasses import replace

import psycopg2
import pytest

from deploy.local.postgres import PrivatePostgres
from deploy.local.processes import Account, server_folder
from tests.faults.harness import PATIENCE_SECONDS, Platform
from tests.story.steps import eventually

pytestmark = pytest.mark.faults
SIZE = "200m"


@pytest.fixture
def postgres_on_a_small_disk(folder):
    """A server whose files lie in a file system of a few megabytes."""
    # Where its account can enter: a server that lay elsewhere would fill the machine's own disk.
    disk = server_folder(folder / "small-disk", Account.unprivileged("postgres"))
    if disk.is_mount():  # of a run that was killed
        remove(disk)
    as_root("mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "none", str(disk))
    try:
        server = PrivatePostgres(disk / "postgres")
        server.start()
        yield server
    finally:
        remove(disk)


def remove(disk):
    PrivatePostgres(disk / "postgres").wipe()
    as_root("umount", str(disk))


def as_root(*command):
    administrator = [] if os.geteuid() == 0 else ["sudo", "-n"]
    subprocess.run([*administrator, *command], check=True)


@pytest.fixture
def platform(servers, postgres_on_a_small_disk, forker, tmp_path):
    on_it = replace(servers, postgres_url=postgres_on_a_small_disk.url)
    platform = Platform(on_it, forker, tmp_path / "platform.log")
    yield platform
    platform.close()


def test_a_full_disk_loses_nothing(platform, postgres_on_a_small_disk, judge):
    server = postgres_on_a_small_disk
    platform.start()
    platform.load.start()
    platform.load.wait_for(10)
    ballast = server.folder.parent / "ballast"

    fill(ballast)
    eventually(lambda: refuses(server.url), "the database to refuse")
    platform.load.wait_for_tries(5)
    ballast.unlink()
    goal = platform.load.answered + 10
    eventually(lambda: has_answered(platform, server, goal), "10 answers", PATIENCE_SECONDS)

    judge("disk full for the database", 1)


def has_answered(platform, server, goal):
    if not server.is_running():  # it gives up when it can write no log of its own any more
        server.start()
    return platform.load.answered >= goal


def fill(file):
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(1 << 16))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


def refuses(url):
    try:
        connection = psycopg2.connect(url)
    except psycopg2.Error:
        return True
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_switch_wal()")
            cursor.execute("CREATE TABLE more AS SELECT generate_series(1, 100000)")
            cursor.execute("DROP TABLE more")
    except psycopg2.Error:
        return True
    finally:
        connection.close()
    return False
