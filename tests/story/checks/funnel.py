"""The programme's funnel: each number, and the rows behind it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.story.checks.same import same
from tests.story.ledger import Candidate, Jst
from tests.story.steps import Steps

MILESTONES = (
    "APPLIED", "QUALIFIED", "CYCLE_OPENED", "AREA_CHOSEN", "DIAGNOSIS_CLOSED",
    "HDR_SUBMITTED", "HDR_PUBLISHED", "MONITORED", "SUMMARISED",
)  # fmt: skip
EXPERT_MILESTONES = ("APPLIED", "QUALIFIED", "TRAINED", "IN_TEAM")


def reached(jst: Jst) -> set[str]:
    """What a JST holds."""
    is_standing = any(a.status != "WITHDRAWN" for a in jst.applications)
    return jst.milestones | ({"APPLIED"} if is_standing else set())


def _cell(jst: Jst) -> tuple[str, str, str | None]:
    """Where a JST counts: kind as of its application."""
    return jst.unit.voivodeship, jst.unit.kind, jst.area


def _expected(everyone: list[Jst]) -> dict[Any, Any]:
    numbers: dict[Any, Any] = {}
    for jst in everyone:
        cell = numbers.setdefault(_cell(jst), Counter(dict.fromkeys(MILESTONES, 0)))
        cell["participations"] += 1
        cell.update(reached(jst))
    return {key: dict(cell) for key, cell in numbers.items()}


def _shown(cells: list[dict[str, Any]]) -> dict[Any, Any]:
    shown = {
        (c["voivodeship"], c["kind"], c["area_code"]): {
            **c["counts"],
            "participations": c["participations"],
        }
        for c in cells
    }
    assert len(shown) == len(cells), "a cell of the funnel comes twice"
    return shown


def jst(story: Steps) -> None:
    """Each number by voivodeship, kind and area; of all editions and of the one there is."""
    ledger = story.ledger
    for edition_id in (None, ledger.edition_id):
        cells = story.staff.get("/funnel", edition_id=edition_id)["cells"]
        same(_shown(cells), _expected(ledger.jst), "funnel")


def rows_behind(story: Steps) -> None:
    """Who is behind each number, and who is not."""
    everyone = story.ledger.jst
    for milestone in MILESTONES:
        rows = story.staff.list_all("/funnel/rows", milestone=milestone.lower())
        shown = {row["jst"]["code"]: set(row["milestones"]) for row in rows}
        holding = {j.unit.code: reached(j) for j in everyone if milestone in reached(j)}
        same(shown, holding, f"rows behind {milestone}")
        rows = story.staff.list_all("/funnel/rows", milestone=milestone.lower(), has_reached=False)
        lacking = {j.unit.code for j in everyone if milestone not in reached(j)}
        same({row["jst"]["code"] for row in rows}, lacking, f"rows without {milestone}")
    for (region, kind, area), numbers in _expected(everyone).items():
        place = {"voivodeship": region, "kind": kind.lower(), "area_code": area}
        if area is None:
            place["has_area"] = False
        for milestone in MILESTONES:
            page = story.staff.get("/funnel/rows", milestone=milestone, limit=1, **place)
            same(page["total"], numbers[milestone], f"rows behind {milestone} of {place}")


def experts(story: Steps) -> None:
    """Candidates for expert by voivodeship and role, and the rows behind them."""
    everyone = story.ledger.candidates
    cells = story.staff.get("/funnel")["expert_cells"]
    shown = {
        (c["voivodeship"], c["role"]): {**c["counts"], "candidates": c["candidates"]} for c in cells
    }
    same(shown, _expert_numbers(everyone), "funnel of experts")
    for milestone in EXPERT_MILESTONES:
        rows = story.staff.list_all("/funnel/experts", milestone=milestone.lower())
        holding = {c.application.receipt for c in everyone if milestone in c.milestones}
        same({r["receipt_number"] for r in rows}, holding, f"experts behind {milestone}")
        rows = story.staff.list_all(
            "/funnel/experts", milestone=milestone.lower(), has_reached=False
        )
        lacking = {c.application.receipt for c in everyone if milestone not in c.milestones}
        same({r["receipt_number"] for r in rows}, lacking, f"experts without {milestone}")


def _expert_numbers(everyone: list[Candidate]) -> dict[Any, Any]:
    numbers: dict[Any, Any] = {}
    for candidate in everyone:
        key = (candidate.region, candidate.role)
        cell = numbers.setdefault(key, Counter(dict.fromkeys(EXPERT_MILESTONES, 0)))
        cell["candidates"] += 1
        cell.update(candidate.milestones)
    return {key: dict(cell) for key, cell in numbers.items()}


def in_one_region(story: Steps) -> None:
    """A coordinator sees the numbers of the own region, whatever is asked for."""
    for region, coordinator in story.coordinators.items():
        found = coordinator.get("/funnel")
        own = [j for j in story.ledger.jst if j.unit.voivodeship == region]
        same(_shown(found["cells"]), _expected(own), f"funnel of {region}")
        people = [c for c in story.ledger.candidates if c.region == region]
        shown = {
            (c["voivodeship"], c["role"]): {**c["counts"], "candidates": c["candidates"]}
            for c in found["expert_cells"]
        }
        same(shown, _expert_numbers(people), f"experts of {region}")
        other = next(r for r in story.ledger.regions if r != region)
        same(coordinator.get("/funnel", voivodeship=other)["cells"], [], f"{other} for {region}")
