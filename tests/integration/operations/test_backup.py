"""Backups are consistent, read back and checked; a restore goes into an empty system only."""

import pytest

from platform_cli import backup as backups
from shared.kernel.epochs import read_epoch
from tests.integration.operations.conftest import NAMES, Platform, five_databases, set_variables

pytestmark = pytest.mark.integration


@pytest.fixture
def empty(platform, request, tmp_path, monkeypatch):
    """Points the variables to a new, empty system, and gives its addresses."""
    if platform.app.database.is_sqlite:
        folder = tmp_path / "new"
        urls = {name: f"sqlite:///{folder / name}.db" for name in NAMES}
        yield lambda: (set_variables(monkeypatch, urls), urls)[1]
        return
    with five_databases(request.getfixturevalue("servers")) as urls:
        yield lambda: (set_variables(monkeypatch, urls), urls)[1]


@pytest.fixture
def target(tmp_path):
    return tmp_path / "backup"


def test_a_restored_system_is_what_was_saved_and_goes_on_in_new_epochs(platform, empty, target):
    heard, shown = platform.heard(), platform.shown()
    epoch = read_epoch(platform.app.database)
    code, said = platform.ore("backup", str(target))
    assert code == 0, said
    platform.open_edition("edycja-lost")
    platform.listener.catch_up()
    platform.close()

    urls = empty()
    code, said = platform.ore("restore", str(target))
    assert code == 0, said
    restored = Platform(urls, platform.folder)

    assert (restored.heard(), restored.shown()) == (heard, shown)
    assert read_epoch(restored.app.database) != epoch
    restored.open_edition("edycja-new")
    restored.listener.catch_up()
    assert restored.shown() == [*shown, "edycja-new"]
    assert restored.ore("reconcile", "recruitment")[0] == 0
    restored.close()


def test_what_was_recorded_while_it_was_saved_is_read_again_by_the_listeners(
    platform, empty, target, monkeypatch
):
    """The gateway is saved first: whatever comes before recruitment's turn is new to it."""
    save = backups._save_sqlite if platform.app.database.is_sqlite else backups._save_postgres

    def save_and_record(database, name, folder):
        if name == "recruitment":
            platform.open_edition("edycja-meanwhile")
            platform.listener.catch_up()
        return save(database, name, folder)

    monkeypatch.setattr(backups, save.__name__, save_and_record)
    backups.back_up(target, platform.folder)
    platform.close()
    urls = empty()
    backups.restore(target, platform.folder)
    restored = Platform(urls, platform.folder)

    before = restored.shown()
    restored.listener.catch_up()

    assert before == ["edycja-1", "edycja-2"]
    assert restored.shown() == ["edycja-1", "edycja-2", "edycja-meanwhile"]
    assert restored.ore("reconcile", "recruitment")[0] == 0
    restored.close()


def test_listeners_come_before_their_sources():
    order = backups.order()

    assert set(order) == set(NAMES)
    assert order[0] == "gateway"
    assert order.index("monitoring") < order.index("hdr")
    assert order[-1] == "recruitment"


def test_a_system_that_is_not_empty_is_left_alone(platform, target):
    platform.ore("backup", str(target))

    code, said = platform.ore("restore", str(target))

    assert code == 1
    assert "not empty" in said
    assert platform.shown() == ["edycja-1", "edycja-2"]


def test_one_store_alone_is_put_back_and_waits_for_a_decision(platform, target):
    platform.ore("backup", str(target))
    platform.open_edition("edycja-after")
    platform.listener.catch_up()
    platform.close()

    assert "no database" in platform.ore("restore", str(target), "--only", "nobody")[1]
    code, said = platform.ore("restore", str(target), "--only", "recruitment")
    platform.open()

    assert code == 0, said
    code, said = platform.ore("reconcile", "recruitment")
    assert (code, "1 events after 2" in said) == (1, True), said
    assert platform.shown() == ["edycja-1", "edycja-2", "edycja-after"]


def test_a_damaged_backup_is_refused_before_anything_is_written(platform, empty, target):
    platform.ore("backup", str(target))
    assert platform.ore("backup", str(target), "--check")[0] == 0
    [file] = target.glob("recruitment.*")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)

    urls = empty()
    assert "damaged" in platform.ore("backup", str(target), "--check")[1]
    code, said = platform.ore("restore", str(target))

    assert code == 1
    assert "damaged" in said
    code, said = platform.ore("doctor")
    assert urls
    assert code == 1
    assert "recruitment: store" in said or "no platform" in said


def test_a_backup_that_was_broken_off_is_none(platform, target):
    platform.ore("backup", str(target))
    (target / "manifest.json").unlink()

    assert "no whole backup" in platform.ore("restore", str(target))[1]


def test_a_folder_with_something_in_it_is_not_written_to(platform, target):
    target.mkdir()
    (target / "mine").write_text("kept")

    code, said = platform.ore("backup", str(target))

    assert code == 1
    assert "not empty" in said
    assert [path.name for path in target.iterdir()] == ["mine"]


@pytest.mark.parametrize("platform", ["postgres"], indirect=True)
def test_a_copy_that_lost_rows_is_noticed(platform, target, monkeypatch):
    original = backups._rows_in_dump

    def one_less(url, path):
        rows = original(url, path)
        assert rows["alembic_version"] == 1
        return rows | {"alembic_version": 0}

    monkeypatch.setattr(backups, "_rows_in_dump", one_less)
    code, said = platform.ore("backup", str(target))

    assert code == 1
    assert "rows differ in alembic_version" in said
    assert not (target / "manifest.json").exists()
