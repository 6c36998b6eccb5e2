"""A store that goes back to an earlier moment is noticed, refused, reconciled, and goes on."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from services.gateway.journal import withdrawn_entries
from shared.kernel.epochs import StoreRestoredError, read_epoch
from shared.kernel.operator_acts import list_acts
from shared.kernel.positions import EpochChangedError

pytestmark = pytest.mark.integration


def save(platform):
    """A copy of recruitment's store, as backups make it."""
    url, copy = platform.urls["recruitment"], platform.folder / "copy"
    if url.startswith("sqlite"):
        with platform.app.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(url.removeprefix("sqlite:///"), copy)
    else:
        subprocess.run(["pg_dump", "-Fc", "-f", str(copy), url], check=True)
    return copy


def put_back(platform, copy):
    """The copy in the store's place, by hand, as nobody should."""
    platform.close()
    url = platform.urls["recruitment"]
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        for end in ("-wal", "-shm"):
            Path(path + end).unlink(missing_ok=True)
        shutil.copy(copy, path)
    else:
        subprocess.run(["pg_restore", "--clean", "--if-exists", "-d", url, str(copy)], check=True)
    platform.open()


def lose_two(platform):
    copy = save(platform)
    for slug in ("edycja-3", "edycja-4"):
        platform.open_edition(slug)
    platform.listener.catch_up()
    put_back(platform, copy)


def test_a_store_that_went_back_is_refused_until_somebody_decides(platform):
    lose_two(platform)

    with pytest.raises((EpochChangedError, StoreRestoredError)):
        platform.listener.catch_up()
    platform.app.doubt_epoch()
    with pytest.raises(StoreRestoredError):
        platform.open_edition("edycja-5")
    with pytest.raises(StoreRestoredError):
        platform.app.read_contract_events(0, 10)
    code, said = platform.ore("doctor")
    assert code == 1
    assert "ore reconcile recruitment" in said


def test_what_was_lost_is_shown_and_saved(platform):
    lose_two(platform)

    code, said = platform.ore("reconcile", "recruitment")
    _, lines = platform.ore("reconcile", "recruitment", "--json")

    assert code == 1
    assert "2 events after 2" in said
    assert re.findall(r'"slug":"(edycja-\d)"', lines) == ["edycja-3", "edycja-4"]


def test_it_is_not_settled_without_a_decision_and_a_reason(platform):
    lose_two(platform)

    for arguments, sentence in (
        (["--accept"], "--reason"),
        (["--accept", "--reason", "disk broke"], "--keep or --withdraw"),
        (["--same", "--reason", "moved"], "is not the same"),
        (["--accept", "--same", "--reason", "x"], "--same"),
    ):
        code, said = platform.ore("reconcile", "recruitment", *arguments)
        assert code == 1
        assert sentence in said
    assert platform.position().sequence == 4


@pytest.mark.parametrize(
    ("decision", "kept"), [("--keep", ["edycja-3", "edycja-4"]), ("--withdraw", [])]
)
def test_after_the_decision_all_goes_on_and_no_number_is_given_twice(platform, decision, kept):
    lose_two(platform)
    before = platform.position().epoch

    code, said = platform.ore(
        "reconcile", "recruitment", "--accept", decision, "--reason", "disk broke"
    )
    platform.app.doubt_epoch()
    new = platform.open_edition("edycja-5")
    platform.listener._positions.clear()
    platform.listener.catch_up()

    assert code == 0, said
    assert new > 4
    assert platform.position().epoch == read_epoch(platform.app.database) != before
    assert platform.shown() == sorted(["edycja-1", "edycja-2", *kept, "edycja-5"])
    assert [slug for _, slug in platform.heard()] == ["edycja-1", "edycja-2", *kept, "edycja-5"]
    acts = {a.act: a for a in list_acts(platform.gateway)}
    assert acts["epoch.accept"].reason == "disk broke"
    assert [a.act for a in list_acts(platform.app.database)] == ["epoch.begin"]
    assert platform.ore("reconcile", "recruitment")[0] == 0
    with platform.gateway.reading() as connection:
        withdrawn = connection.execute(withdrawn_entries.select()).all()
    assert len(withdrawn) == (0 if kept else 2)


def test_what_was_recorded_under_reused_numbers_is_told_to_the_listeners(platform, monkeypatch):
    """The worst case: it went back unnoticed, and numbers were given twice before anybody saw."""
    lose_two(platform)
    epoch = platform.position().epoch
    platform.app._epoch = epoch  # as a process that looked before
    for slug in ("edycja-x", "edycja-y", "edycja-z"):
        platform.open_edition(slug)
    platform.app.doubt_epoch()

    platform.ore("reconcile", "recruitment", "--accept", "--withdraw", "--reason", "disk broke")
    platform.app.doubt_epoch()
    platform.listener._positions.clear()
    platform.listener.catch_up()

    expected = ["edycja-1", "edycja-2", "edycja-x", "edycja-y", "edycja-z"]
    assert [slug for _, slug in platform.heard()] == expected
    assert platform.shown() == expected


def test_a_second_restore_is_settled_like_the_first(platform):
    lose_two(platform)
    platform.ore("reconcile", "recruitment", "--accept", "--keep", "--reason", "disk broke")
    platform.close()
    platform.open()
    lose_two_more = save(platform)
    platform.open_edition("edycja-6")
    platform.listener.catch_up()
    put_back(platform, lose_two_more)
    with pytest.raises((EpochChangedError, StoreRestoredError)):
        platform.listener.catch_up()

    code, said = platform.ore(
        "reconcile", "recruitment", "--accept", "--withdraw", "--reason", "again"
    )
    platform.app.doubt_epoch()
    platform.listener._positions.clear()
    platform.open_edition("edycja-7")
    platform.listener.catch_up()

    assert code == 0, said
    assert "edycja-6" not in platform.shown()
    assert {"edycja-3", "edycja-7"} <= set(platform.shown())


# Of SQLite nothing tells a moved file from the same one, and nothing has to.
@pytest.mark.parametrize("platform", ["postgres"], indirect=True)
def test_a_database_that_was_moved_whole_goes_on_in_its_epoch(platform):
    epoch = read_epoch(platform.app.database)
    put_back(platform, save(platform))
    with pytest.raises(StoreRestoredError):
        read_epoch(platform.app.database)

    code, said = platform.ore("reconcile", "recruitment", "--same", "--reason", "moved")

    assert code == 0, said
    assert read_epoch(platform.app.database) == epoch
    platform.open_edition("edycja-3")
    platform.listener.catch_up()
    assert [slug for _, slug in platform.heard()] == ["edycja-1", "edycja-2", "edycja-3"]


def test_nothing_is_to_settle_where_nothing_happened(platform):
    code, said = platform.ore("reconcile", "recruitment")

    assert code == 0
    assert "Nothing to settle" in said
