"""Monitoring reports, what is late, cards and timelines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from math import fsum
from typing import Any

from shared.kernel.clock import WARSAW
from tests.story import texts
from tests.story.advising import LONG_AGO, SUBMITTED_AGO
from tests.story.api import Api
from tests.story.checks.same import in_polish_order, same
from tests.story.ledger import Jst, Round, attainment
from tests.story.steps import Steps

INNER = ("ApplicationChecked", "ApplicationDecided")
TEXTS = ("helping_factors", "hindering_factors", "changes_made", "support_needed")


# --- monitoring -----------------------------------------------------------------------------------


def monitoring(story: Steps) -> None:
    """Each figure of each round's report: overall and by kind, area and voivodeship."""
    for round_ in story.ledger.rounds.values():
        for known in ("NOW", "AT_CLOSING"):
            shown = story.anyone.get(f"/rounds/{round_.id}/report", known=known)
            _compare(shown, round_, round_.asked, known)
        for region in story.ledger.regions:
            shown = story.anyone.get(f"/rounds/{round_.id}/report", voivodeship=region)
            asked = [j for j in round_.asked if j.unit.voivodeship == region]
            _compare(shown, round_, asked, "NOW")


def _compare(shown: dict[str, Any], round_: Round, asked: list[Jst], known: str) -> None:
    what = f"report of {round_.slug}, {known}"
    same(shown["overall"], _figures(round_, asked, known), what)
    for name, key in (
        ("by_kind", lambda j: j.unit_at_publication.kind),
        ("by_area", lambda j: j.area),
        ("by_voivodeship", lambda j: j.unit.voivodeship),
    ):
        expected = {
            value: _figures(round_, group, known) for value, group in _grouped(asked, key).items()
        }
        same(shown[name], expected, f"{what} {name}")
    written = {
        j.hdr_id: [report[name] if name != "support_needed" else "" for name in TEXTS]
        for j in asked
        if (report := _report(round_, j, known)) and any(report[name] for name in TEXTS)
    }
    factors = {f["hdr_id"]: [f[name] for name in TEXTS] for f in shown["factors"]}
    same(factors, written, f"{what}, factors")
    in_polish_order((f["jst"]["name"] for f in shown["factors"]), what)
    after = sum(
        len(j.records[round_.id].revisions) > j.records[round_.id].at_closing
        for j in asked
        if round_.is_closed and round_.id in j.records
    )
    same(shown["changed_after_closing"], after, f"{what}, changed after closing")


def _grouped(asked: Iterable[Jst], key: Callable[[Jst], Any]) -> dict[Any, list[Jst]]:
    groups: dict[Any, list[Jst]] = {}
    for jst in asked:
        groups.setdefault(key(jst), []).append(jst)
    return groups


def _report(round_: Round, jst: Jst, known: str) -> dict[str, Any] | None:
    record = jst.records.get(round_.id)
    if record is None:
        return None
    number = record.at_closing if known == "AT_CLOSING" and round_.is_closed else None
    return record.revisions[:number][-1]


def _figures(round_: Round, asked: list[Jst], known: str) -> dict[str, Any]:
    reports = [(j, report) for j in asked if (report := _report(round_, j, known))]
    states = Counter(a["state"] for _, report in reports for a in report["actions"])
    ratios = [ratio for j, report in reports for ratio in _ratios(j, report)]
    valued = [ratio for ratio in ratios if ratio is not None]
    late = sum(j.records[round_.id].is_late for j, _ in reports)
    reaching = sum(ratio >= 1 for ratio in valued)
    return {
        "asked": len(asked),
        "recorded": len(reports),
        "response_rate_ratio": _share(len(reports), len(asked)),
        "on_time": len(reports) - late,
        "on_time_ratio": _share(len(reports) - late, len(asked)),
        "late": late,
        "actions": states.total(),
        "actions_by_state": {state: states[state] for state in sorted(texts.ACTION_STATES)},
        "indicators_with_value": len(valued),
        "indicators_without_value": len(ratios) - len(valued),
        "indicators_reaching_target": reaching,
        "reaching_target_ratio": _share(reaching, len(valued)),
        "mean_attainment_ratio": fsum(valued) / len(valued) if valued else None,
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _ratios(jst: Jst, report: dict[str, Any]) -> list[float | None]:
    stated = {i["key"]: i for i in jst.document["indicators"]}
    return [
        attainment(stated[i["key"]]["baseline"], stated[i["key"]]["target"], i["value"])
        for i in report["indicators"]
    ]


def records(story: Steps) -> None:
    """Who was asked, who reported, who was late; as staff and as each coordinator see it."""
    for round_ in story.ledger.rounds.values():
        path = f"/rounds/{round_.id}/records"
        rows = story.staff.list_all(path)
        shown = {r["hdr_id"]: (r["revision"], r["is_late"]) for r in rows}
        expected = {
            j.hdr_id: (len(r.revisions), r.is_late)
            if (r := j.records.get(round_.id))
            else (0, False)
            for j in round_.asked
        }
        same(shown, expected, f"records of {round_.slug}")
        for is_recorded in (True, False):
            total = story.staff.get(path, is_recorded=is_recorded, limit=1)["total"]
            number = sum((round_.id in j.records) is is_recorded for j in round_.asked)
            same(total, number, f"records of {round_.slug}, recorded {is_recorded}")
        row = story.anyone.get(f"/rounds/{round_.id}")
        same((row["asked"], row["recorded"], row["due_on"]), (
            len(round_.asked),
            sum(round_.id in j.records for j in round_.asked),
            str(round_.due_on),
        ), round_.slug)  # fmt: skip


# --- attention ------------------------------------------------------------------------------------


def attention(story: Steps) -> None:
    """What is late or stands still: for staff, for each coordinator, for each JST account."""
    expected = _matters(story)
    rows, shown = _attention(story, story.staff)
    same(shown, expected, "attention")
    waits = [row["since"] for row in rows]
    same(waits, sorted(waits), "order of attention")
    for kind, number in Counter(kind for kind, _ in expected).items():
        total = story.staff.get("/attention", kind=kind, limit=1)["total"]
        same(total, number, f"attention {kind}")
    for region, coordinator in story.coordinators.items():
        own = {k: v for k, v in expected.items() if v[1] in {region, None}}
        same(_attention(story, coordinator)[1], own, f"attention of {region}")
    for jst in story.ledger.qualified:
        client = story.people[jst.id]
        mine = [j for j in story.ledger.qualified if story.people[j.id] is client]
        codes = {code for j in mine for code in (j.unit.code, j.now.code)}
        own = {k: v for k, v in expected.items() if v[2] in codes}
        same(_attention(story, client)[1], own, "attention of a JST account")


def _attention(story: Steps, who: Api) -> tuple[list[dict[str, Any]], dict[Any, Any]]:
    """The rows that somebody is shown, and what they tell.

    A story may go on past midnight: what began in it counts as of its first day, and the days of
    each row are counted to the day on which they were asked for.
    """
    days = {datetime.now(WARSAW).date()}
    rows = who.list_all("/attention")
    days.add(datetime.now(WARSAW).date())
    shown = {}
    for row in rows:
        since = date.fromisoformat(row["since"])
        same(row["days"] in {(day - since).days for day in days}, True, f"days of {row}")
        code = row["jst"]["code"] if row["jst"] else None
        told = (str(min(since, story.today)), row["voivodeship"], code)
        shown[row["kind"], row["target_id"]] = told
    return rows, shown


def _matters(story: Steps) -> dict[Any, Any]:
    ledger = story.ledger
    matters: dict[Any, Any] = {}

    def late(kind: str, target: str | None, offset: int, region: Any, code: Any = None) -> None:
        matters[kind, target] = (str(story.day(offset)), region, code)

    for jst in ledger.qualified:
        for kind, target, offset in _waits(jst):
            late(kind, target, offset, jst.unit.voivodeship, jst.unit.code)
    for round_ in ledger.rounds.values():
        offset = (round_.due_on - ledger.today).days
        for jst in round_.asked:
            if not round_.is_closed and round_.id not in jst.records:
                unit = jst.unit_at_publication
                late("MONITORING_OVERDUE", jst.hdr_id, offset, unit.voivodeship, unit.code)
    for candidate in ledger.candidates:
        if candidate.fate == "LATE":
            late("ASSESSMENT_MISSING", candidate.application.id, -10, candidate.region)
    late("RESULTS_OVERDUE", ledger.calls["pro-dawny"]["id"], -5, None)
    return matters


def _waits(jst: Jst) -> list[tuple[str, str | None, int]]:
    """What waits in a cycle, for what, since which day."""
    return {
        "TEAMLESS": [("TEAM_MISSING", jst.cycle_id, 0)],
        "DIAGNOSIS": [
            ("STAGE_OVERDUE", jst.cycle_id, LONG_AGO),
            ("ACTIVITY_MISSING", jst.cycle_id, LONG_AGO),
        ],
        "EDITING": [("EDITING_WAITING", jst.hdr_id, SUBMITTED_AGO)],
    }.get(jst.fate, [])


# --- cards ----------------------------------------------------------------------------------------


def cards_and_timelines(story: Steps) -> None:
    """Everything about each JST that took part, under its code of now and under an earlier one."""
    for jst in story.ledger.jst:
        card = story.staff.get(f"/jst/{jst.now.code}")
        what = f"card of {jst.unit.code}"
        same((card["jst"]["jst"]["name"], card["jst"]["jst"]["id"]), (jst.now.name, jst.id), what)
        shown = {
            "applications": {a["receipt_number"] for a in card["applications"]},
            "cycles": {c["cycle_id"] for c in card["cycles"]},
            "hdrs": {h["hdr_id"] for h in card["hdrs"]},
            "records": {(r["round_id"], r["revision"]) for r in card["records"]},
            "summaries": {s["summary_id"] for s in card["summaries"]},
        }
        asked = [r for r in story.ledger.rounds.values() if jst in r.asked]
        expected = {
            "applications": {a.receipt for a in jst.applications},
            "cycles": {jst.cycle_id} - {None},
            "hdrs": {jst.hdr_id} - {None},
            "records": {
                (r.id, len(jst.records[r.id].revisions) if r.id in jst.records else 0)
                for r in asked
            },
            "summaries": {jst.summary_id} - {None},
        }
        same(shown, expected, what)
        rows = story.staff.list_all(f"/jst/{jst.unit.code}/timeline")
        told = {t: n for t, n in jst.timeline.items() if t not in INNER}
        same(dict(Counter(row["type"] for row in rows)), told, f"timeline of {jst.unit.code}")
        times = [datetime.fromisoformat(row["time"]) for row in rows]
        same(times, sorted(times, reverse=True), f"order of the timeline of {jst.unit.code}")
