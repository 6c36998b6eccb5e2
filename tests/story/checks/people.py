"""Trainings, roster, teams and cycles."""

from __future__ import annotations

from typing import Any

from tests.story import texts
from tests.story.checks.same import in_polish_order, same
from tests.story.steps import Steps


def trainings(story: Steps) -> None:
    """Numbers of each training, and who was there when."""
    rows = {row["role"]: row for row in story.staff.list_all("/trainings")}
    for role, training in story.ledger.trainings.items():
        row = rows[role]
        shown = {
            name: row[name]
            for name in ("enrolled", "completed", "not_completed", "hours", "sessions_recorded")
        }
        expected = {
            "enrolled": training["enrolled"],
            "completed": training["completed"],
            "not_completed": training["enrolled"] - training["completed"],
            "hours": training["hours"],
            "sessions_recorded": len(training["sessions"]),
        }
        same(shown, expected, f"training {role}")
        present = {s["key"]: set(s["present"]) for s in row["sessions"]}
        attended = {
            key: {p.application.id for p in people} for key, people in training["sessions"].items()
        }
        same(present, attended, f"attendance {role}")
        detail = story.staff.get(f"/trainings/{training['id']}")
        hours = {p["full_name"]: p["hours_attended"] for p in detail["participants"]}
        people = [c for c in story.ledger.candidates if c.role == role and c.attended]
        same(hours, {p.name: p.hours for p in people}, f"hours {role}")
    same(len(rows), len(story.ledger.trainings), "trainings")


def roster(story: Steps) -> None:
    """Experts with their names, of the country and of each region."""
    ledger = story.ledger

    def expected(role: str | None = None, region: str | None = None) -> dict[str, Any]:
        return {
            e.expert_id: (e.name, e.role, e.region, e.hours, e.is_active)
            for e in ledger.experts(role, region)
        }

    def shown(who: Any, **query: Any) -> dict[str, Any]:
        return {
            r["expert_id"]: (
                r["full_name"],
                r["role"],
                r["voivodeship"],
                r["training_hours"],
                r["is_active"],
            )
            for r in who.list_all("/experts", **query)
        }

    for role in ("ROS", "PRO"):
        same(shown(story.staff, role=role.lower()), expected(role), f"roster {role}")
    for region, coordinator in story.coordinators.items():
        same(shown(coordinator), expected(None, region), f"roster of {region}")


def teams(story: Steps) -> None:
    """Who is in which team, and how many open cycles each has."""
    ledger = story.ledger
    for is_dissolved in (False, True):
        rows = story.staff.list_all("/teams", is_dissolved=is_dissolved)
        shown = {
            r["team_id"]: (r["name"], r["ros_expert_id"], r["pro_expert_id"], r["open_cycles"])
            for r in rows
        }
        expected = {
            t.id: (
                t.name,
                t.members["ROS"].expert_id,
                t.members["PRO"].expert_id,
                sum(j.team is t and not j.is_completed for j in ledger.qualified),
            )
            for t in ledger.teams
            if t.is_dissolved is is_dissolved
        }
        same(shown, expected, f"teams, dissolved {is_dissolved}")
        in_polish_order((r["name"].replace("/", " ") for r in rows), "teams")


def cycles(story: Steps) -> None:
    """Stage, area, team and support of each cycle; narrowed for coordinators, experts and JST."""
    ledger = story.ledger
    rows = story.staff.list_all("/cycles")
    shown = {
        r["jst"]["code"]: {
            "cycle": r["cycle_id"],
            "stage": r["current_stage"],
            "area": r["area_code"],
            "team": r["team_id"],
            "hdr": r["hdr_id"],
            "activities": r["activity_count"],
            "hours": r["activity_hours"],
            "last": r["last_activity_on"],
            "stages": r["stages"],
        }
        for r in rows
    }
    expected = {
        j.unit.code: {
            "cycle": j.cycle_id,
            "stage": j.stage,
            "area": j.area,
            "team": j.team.id if j.team else None,
            "hdr": j.hdr_id,
            "activities": len(j.activities),
            "hours": sum(a["hours"] for a in j.activities),
            "last": str(max(a["held_on"] for a in j.activities)) if j.activities else None,
            "stages": [code for code, _, _ in texts.STAGES],
        }
        for j in ledger.qualified
    }
    same(shown, expected, "cycles")
    in_polish_order((r["jst"]["name"] for r in rows), "cycles")
    for state, is_completed in (("open", False), ("completed", True)):
        total = story.staff.get("/cycles", state=state, limit=1)["total"]
        number = sum(j.is_completed is is_completed for j in ledger.qualified)
        same(total, number, f"cycles {state}")
    _narrowed(story)


def _narrowed(story: Steps) -> None:
    qualified = story.ledger.qualified
    for region, coordinator in story.coordinators.items():
        own = {j.cycle_id for j in qualified if j.unit.voivodeship == region}
        same({r["cycle_id"] for r in coordinator.list_all("/cycles")}, own, f"cycles of {region}")
    for expert in story.ledger.experts():
        client = story.people.get(expert.expert_id)
        if client is None:
            continue
        own = {
            j.cycle_id
            for j in qualified
            if j.team and expert.expert_id in {m.expert_id for m in j.team.members.values()}
        }
        same({r["cycle_id"] for r in client.list_all("/cycles")}, own, f"cycles of {expert.name}")
    for client in {id(story.people[j.id]): story.people[j.id] for j in qualified}.values():
        own = {j.cycle_id for j in qualified if story.people[j.id] is client}
        same({r["cycle_id"] for r in client.list_all("/cycles")}, own, "cycles of a JST account")
