"""Known traps of the libraries that no other test shows; docs/traps.md lists them all."""

import ast
import tomllib

import pytest
from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.relay import CONFIRM_TIMEOUT_SECONDS
from tests.architecture.tree import ROOT, name_of, python_files, tree_of
from tests.memory import an_application
from tests.samples.parts import AddAmount, Ledger, ledger_publications

ENTRY_SCRIPTS = ("platform_cli/serving.py", "platform_cli/embedded.py")
HARMLESS_BEFORE_PATCHING = {"gc", "__future__", "os", "sys", "warnings"}


@pytest.fixture
def file_database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with database.transaction() as connection:
        schema.create_v1(connection)
    yield database
    database.close()


def test_no_table_has_its_autovacuum_off():
    """TR-06: tables of older releases of the library had autovacuum off."""
    statements = [
        str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for table in schema.kernel_metadata.tables.values()
    ]

    assert [statement for statement in statements if "autovacuum" in statement] == []


def test_after_a_commit_the_relay_is_woken_and_nothing_else_happens():
    """TR-10: an error after the commit would look like a command that was not carried out."""
    app = an_application(Ledger, publications=ledger_publications)
    woken = []
    app.on_commit.append(lambda: woken.append(app.log.max_notification_id()))

    app.execute(lambda: app.add_amount(AddAmount(name="a", amount=1)))

    assert woken == [2]
    assert app.snapshots is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AGGREGATE_CACHE_MAXSIZE", "100"),
        ("COMPRESSOR_TOPIC", "zlib"),
        ("CIPHER_TOPIC", "eventsourcing.cipher:AESCipher"),
        ("IS_SNAPSHOTTING_ENABLED", "y"),
    ],
)
def test_the_environment_switches_nothing_on(monkeypatch, variable, value):
    """TR-13: a cache would show other processes' past; a cipher would hide ours for good."""
    monkeypatch.setenv(variable, value)

    app = an_application(Ledger, publications=ledger_publications)

    assert app.repository.cache is None
    assert (app.mapper.cipher, app.mapper.compressor) == (None, None)
    assert app.snapshots is None


def test_a_number_once_given_is_never_given_again(file_database):
    """TR-16: SQLite's own row numbers are given again after the newest row is gone."""
    numbers = []
    for version in (1, 2):
        with file_database.transaction() as connection:
            connection.exec_driver_sql(
                "INSERT INTO events (originator_id, originator_version, topic, state) "
                "VALUES (?, ?, 'sample', '{}')",
                ("0" * 32, version),
            )
            numbers.append(connection.execute(select(schema.events.c.id)).scalar_one())
            connection.execute(schema.events.delete())

    assert numbers == [1, 2]


def test_a_reader_and_a_writer_of_one_file_do_not_wait_for_each_other(file_database):
    """TR-17: a deferred BEGIN ends in "database is locked"; ours begin as writers, in WAL."""
    values = {"id": 1, "epoch": "e"}
    with file_database.reading() as reading:
        assert reading.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        before = reading.execute(select(schema.store.c.epoch)).all()
        with file_database.transaction() as writing:
            writing.execute(insert(schema.store).values(values))
        after = reading.execute(select(schema.store.c.epoch)).all()

    assert before == after == []


@pytest.mark.parametrize("script", ENTRY_SCRIPTS)
def test_an_entry_script_patches_before_it_imports(script):
    """TR-28: what is imported before eventlet patches keeps waiting for the whole process."""
    tree = ast.parse((ROOT / script).read_text(encoding="utf-8"))
    imported = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "eventlet.monkey_patch":
            patched_at = node.lineno
        if isinstance(node, ast.Import):
            imported += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported.append((node.lineno, node.module))

    earlier = {name for line, name in imported if line < patched_at}

    assert earlier - HARMLESS_BEFORE_PATCHING == {"eventlet"}


def test_a_confirm_is_not_waited_for_without_a_limit():
    """TR-32: kombu's wait for a confirm has no limit of its own."""
    assert 0 < CONFIRM_TIMEOUT_SECONDS <= 30


def test_nameko_does_not_load_itself_into_the_tests():
    """TR-40: its pytest plugin patches everything, the store's and the gateway's tests too."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]

    assert "-p no:pytest_nameko" in options["addopts"]
    assert options["filterwarnings"][0] == "error"


def test_nothing_is_connected_before_gunicorn_forks():
    """TR-33: workers that share a connection read each other's answers."""
    serving = (ROOT / "platform_cli" / "serving.py").read_text(encoding="utf-8")
    users_of_pools = [
        name_of(path)
        for path in python_files("services/", "shared/", "platform_cli/")
        if "kombu.pools" in path.read_text(encoding="utf-8")
    ]

    assert '"gunicorn"' in serving
    assert "preload" not in serving
    assert not (ROOT / "gunicorn.conf.py").exists()
    assert users_of_pools == []


def test_no_message_is_rejected_or_requeued():
    """TR-41: a refusal by `basic.nack` may come back for ever; by `basic.reject` it is lost."""
    ways = {"reject", "requeue", "reject_log_error", "basic_reject", "basic_nack", "basic_recover"}
    guilty = {
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("services/", "shared/", "platform_cli/")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ways
    }

    assert guilty == set()
