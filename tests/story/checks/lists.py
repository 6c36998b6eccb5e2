"""Register, calls, applications and results."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.story import register as source
from tests.story.checks.same import same
from tests.story.steps import Steps


def register(story: Steps) -> None:
    """The newest state of the register, what is gone from it, and both imports."""
    ledger = story.ledger
    rows = story.anyone.list_all("/register/jst")
    shown = {
        r["jst"]["code"]: (
            r["jst"]["name"],
            r["jst"]["kind"],
            r["jst"]["voivodeship"],
            r["jst"]["has_county_rights"],
        )
        for r in rows
    }
    expected = {
        u.code: (u.name, u.kind, u.voivodeship, u.has_county_rights) for u in ledger.units.values()
    }
    same(shown, expected, "register")
    rows = story.anyone.list_all("/register/jst", includes_closed=True)
    gone = [r["jst"]["code"] for r in rows if r["is_closed"]]
    same(gone, ledger.abolished, "abolished")
    for region in ledger.regions:
        rows = story.anyone.list_all("/register/jst", voivodeship=region)
        number = sum(u.voivodeship == region for u in ledger.units.values())
        same(len(rows), number, f"register of {region}")
    for kind, number in Counter(u.kind for u in ledger.units.values()).items():
        rows = story.anyone.list_all("/register/jst", kind=kind)
        same(len(rows), number, f"register of kind {kind}")
    states = [row["state_on"] for row in story.staff.get("/register/imports")]
    same(states, [source.LATER_STATE, source.FIRST_STATE], "imports")
    edition = story.anyone.get(f"/editions/{ledger.edition_id}")
    same(edition["configuration"]["publication_grouping"], ledger.grouping, "grouping")


def calls(story: Steps) -> None:
    """Calls by state; a draft is not shown at all."""
    published = {f"nabor-{s}": c for s, c in story.ledger.calls.items() if c["state"]}
    for state in ("ANNOUNCED", "OPEN", "ASSESSING", "DECIDED", "CANCELLED"):
        rows = story.anyone.list_all("/calls", state=state.lower())
        shown = {row["slug"]: row["closes_on"] for row in rows}
        expected = {
            slug: str(call["closes_on"])
            for slug, call in published.items()
            if call["state"] == state
        }
        same(shown, expected, f"calls {state}")
    rows = story.anyone.list_all("/calls")
    same({row["slug"] for row in rows}, set(published), "calls")


def applications(story: Steps) -> None:
    """Where each application stands, and how many do."""
    ledger = story.ledger
    everyone = [(c.application, c.role, c.region) for c in ledger.candidates] + [
        (a, "JST", jst.unit.voivodeship) for jst in ledger.jst for a in jst.applications
    ]
    rows = story.staff.list_all("/applications")
    shown = {
        r["application_id"]: (r["status"], r["receipt_number"], r["voivodeship"], r["reserve_rank"])
        for r in rows
    }
    expected = {a.id: (a.status, a.receipt, region, _rank(a)) for a, _, region in everyone}
    same(shown, expected, "applications")
    for (status, kind), number in Counter((a.status, kind) for a, kind, _ in everyone).items():
        page = story.staff.get("/applications", status=status.lower(), kind=kind.lower(), limit=1)
        same(page["total"], number, f"applications {kind} {status}")
    for region, coordinator in story.coordinators.items():
        total = coordinator.get("/applications", limit=1)["total"]
        same(total, sum(r == region for _, _, r in everyone), f"applications of {region}")


def _rank(application: Any) -> int | None:
    return application.reserve_rank if application.published else None


def results(story: Steps) -> None:
    """The published lists, row by row in their order."""
    ledger = story.ledger
    for slug, call in ledger.calls.items():
        if call["state"] != "DECIDED":
            continue
        standing = (
            [j.applications[-1] for j in ledger.jst]
            if slug == "jst"
            else [
                c.application
                for c in ledger.candidates
                if c.role.lower() == slug and c.fate != "LATE"
            ]
        )
        listed = [a for a in standing if a.status != "WITHDRAWN"]
        rows = story.anyone.get(f"/calls/{call['id']}/results")["rows"]
        shown = [(r["receipt_number"], r["decision"], r["published_decision"]) for r in rows]
        order = ["QUALIFIED", "RESERVE", "REJECTED"]
        listed.sort(key=lambda a: (order.index(a.status), _place_as_published(a)))
        expected = [(a.receipt, a.status, a.published) for a in listed]
        same(shown, expected, f"results {slug}")


def _place_as_published(application: Any) -> tuple[int, int, str]:
    order = ["QUALIFIED", "RESERVE", "REJECTED"]
    rank = application.reserve_rank or 0
    return order.index(application.published), rank, application.receipt
