"""Which figures of a measurement are kept, where, and what is said of them."""

import io
import json
import os
import re
import subprocess
import sys

import pytest
from rich.console import Console

from bench import delivery, keeping, store
from tests.architecture.tree import ROOT

NAMES = ("delivery.json", "main_job.json", "store.json")
PROGRAMS = ("delivery", "main_job", "store")


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_run_is_kept_and_a_quick_one_is_not(name, monkeypatch):
    monkeypatch.delenv("QUICK", raising=False)
    assert keeping.place_of(name) == ROOT / "bench" / "results" / name
    assert keeping.place_of(name).exists()

    monkeypatch.setenv("QUICK", "1")
    quick = keeping.place_of(name)
    ignored = subprocess.run(["git", "check-ignore", "--quiet", quick], cwd=ROOT, check=False)
    assert quick.parent != ROOT / "bench" / "results"
    assert ignored.returncode == 0


@pytest.mark.parametrize(("said", "is_quick"), [("", False), ("0", False), ("1", True)])
def test_a_quick_run_is_one_that_was_asked_for(monkeypatch, said, is_quick):
    monkeypatch.setenv("QUICK", said)

    assert keeping.is_quick() is is_quick


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_writes_where_its_size_says(program):
    """By one function: none has a place of its own, by default, that it writes to."""
    text = (ROOT / "bench" / f"{program}.py").read_text(encoding="utf-8")

    assert f'keeping.place_of("{program}.json")' in text
    assert "keeping.write(result, " in text
    assert re.search(r"write_text|results\"", text.replace("made.write_text", "")) is None


@pytest.mark.parametrize("program", ["main_job", "store"])
def test_a_quick_run_says_beforehand_where_it_writes(program):
    """As a person would start it: the option's default is what is used."""
    asked = (
        "import argparse, sys\n"
        "add = argparse.ArgumentParser.add_argument\n"
        "def told(parser, *names, **how):\n"
        "    if '--out' in names: print(how['default']); sys.exit()\n"
        "    return add(parser, *names, **how)\n"
        "argparse.ArgumentParser.add_argument = told\n"
        f"from bench import {program}\n"
        f"{program}.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", asked],
        cwd=ROOT,
        env={**os.environ, "QUICK": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(ROOT / "var" / "bench" / "quick" / f"{program}.json")


def test_it_is_said_where_the_figures_are(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(keeping, "LOOKED_AT", tmp_path / "quick")

    keeping.write({"a": 1}, tmp_path / "quick" / "a.json")
    keeping.write({"a": 2}, tmp_path / "kept" / "a.json")

    assert json.loads((tmp_path / "quick" / "a.json").read_text()) == {"a": 1}
    quick, kept = capsys.readouterr().out.splitlines()
    assert quick == (
        f"written to {tmp_path / 'quick' / 'a.json'}, for a look: the kept figures are as they were"
    )
    assert kept == f"written to {tmp_path / 'kept' / 'a.json'}"


# --- growth ---------------------------------------------------------------------------------------


def test_a_row_of_growth_has_its_median_its_least_and_its_most():
    turns = [[1e-6, 2e-6, 9e-6], [3e-6, 4e-6, 5e-6], [7e-6, 8e-6, 6e-6]]

    assert store.microseconds(turns) == {"median": 5.0, "min": 2.0, "max": 7.0}


def grown(*medians):
    return {
        size: {what: {"median": value, "min": value / 2, "max": value * 2} for what in store.GROWN}
        for size, value in zip(("10000", "1000000", "10000000"), medians, strict=False)
    }


@pytest.mark.parametrize(("last", "is_reached"), [(120.0, True), (121.0, False)])
def test_growth_has_a_verdict(last, is_reached):
    rows = store.growth_ratios(grown(100.0, 500.0, last))

    assert [row["what"] for row in rows] == list(store.GROWN)
    for row in rows:
        assert (row["of"], row["at"], row["target"]) == (10_000, 10_000_000, 1.2)
        assert row["is_reached"] is is_reached
    assert store.growth_ratios(grown(100.0)) == []


def test_the_table_of_growth_shows_range_and_verdict(monkeypatch):
    told = io.StringIO()
    monkeypatch.setattr(store, "console", Console(file=told, width=200))
    figures = grown(100.0, 130.0, 121.0)

    store.show_growth({"growth_us": figures, "growth_ratios": store.growth_ratios(figures)})

    assert "121 " in told.getvalue()
    assert "(60.5–242)" in told.getvalue()
    assert re.search(r"load any 50 events\W+10,000\W+10,000,000\W+1\.21\W+1\.20", told.getvalue())


def test_figures_kept_before_growth_had_a_range_are_still_shown(monkeypatch):
    told = io.StringIO()
    monkeypatch.setattr(store, "console", Console(file=told, width=200))

    store.show_growth({"growth_us": {"10000": dict.fromkeys(store.GROWN, 616.7)}})

    assert "616.7" in told.getvalue()


# --- delivery -------------------------------------------------------------------------------------


def test_both_readings_of_the_journal_s_rate_get_a_verdict():
    medians = dict.fromkeys({name for target in delivery.TARGETS for name in target[:2]}, 1.0)
    medians |= {delivery.JOURNAL: 240.0, delivery.CONSUMED_RATE: 90, delivery.ONE_BY_ONE_RATE: 100}

    found = {(row["what"], row["of"]): row for row in delivery.compare(medians)}

    assert found[delivery.JOURNAL, delivery.CONSUMED_RATE]["is_reached"] is True
    assert found[delivery.JOURNAL, delivery.ONE_BY_ONE_RATE]["is_reached"] is False


def test_the_load_before_is_asked_before(monkeypatch):
    """What the run itself costs must not stand there as what the machine was doing."""
    order = []
    monkeypatch.setattr(delivery, "facts", lambda _servers: order.append("facts") or {})
    monkeypatch.setattr(delivery.real, "find", lambda: None)

    def begins(_servers):
        order.append("run")
        raise KeyboardInterrupt

    monkeypatch.setattr(delivery.real, "a_postgres_database", begins)
    with pytest.raises(KeyboardInterrupt):
        delivery.main()

    assert order == ["facts", "run"]
