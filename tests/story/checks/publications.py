"""Schedules on their way, the catalogue in all its groupings, summaries."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from tests.story.checks.same import in_polish_order, same
from tests.story.steps import Steps

_HEADING = re.compile(r'id="group-\d+">[^<(]+\((\d+)\)</h3>')
_MERGED = {
    "RURAL": "RURAL",
    "URBAN": "URBAN_TOO",
    "URBAN_RURAL": "URBAN_TOO",
    "COUNTY": "COUNTY",
    "VOIVODESHIP": "VOIVODESHIP",
}


def hdrs(story: Steps) -> None:
    """State of each schedule, and how many are in each."""
    with_hdr = [j for j in story.ledger.jst if j.hdr_id]
    rows = story.staff.list_all("/hdrs")
    shown = {
        r["hdr_id"]: (r["state"], r["submission_count"], r["area_code"], r["published_version"])
        for r in rows
    }
    expected = {
        j.hdr_id: (j.hdr_state, j.submissions, j.area, 1 if j.document else None) for j in with_hdr
    }
    same(shown, expected, "schedules")
    for state, number in Counter(j.hdr_state for j in with_hdr).items():
        total = story.editor.get("/hdrs", state=state, limit=1)["total"]
        same(total, number, f"schedules {state}")


def catalogue(story: Steps) -> None:
    """What is public, by everything by which it can be narrowed, and under its headings."""
    public = [j for j in story.ledger.jst if j.is_public]
    rows = story.anyone.list_all("/catalogue")
    shown = {
        r["hdr_id"]: (r["jst"]["code"], r["jst"]["name"], r["jst"]["kind"], r["title"])
        for r in rows
    }
    expected = {
        j.hdr_id: (
            j.unit_at_publication.code,
            j.unit_at_publication.name,
            j.unit_at_publication.kind,
            j.document["title"],
        )
        for j in public
    }
    same(shown, expected, "catalogue")
    in_polish_order((r["jst"]["name"] for r in rows), "catalogue")
    _narrowed(story, "kind", Counter(j.unit_at_publication.kind for j in public))
    _narrowed(story, "kind", Counter(j.now.kind for j in public), by_todays_kind=True)
    _narrowed(story, "area_code", Counter(j.area for j in public))
    _narrowed(story, "voivodeship", Counter(j.unit.voivodeship for j in public))
    for jst in public:
        entry = story.anyone.get(f"/catalogue/{jst.hdr_id}")
        same(entry["document"], _as_json(jst.document), f"document of {jst.unit.code}")
    page = story.anyone.get_raw(f"/hdr?edycja={story.ledger.slug}&lang=en")
    groups = Counter(_MERGED[j.unit_at_publication.kind] for j in public)
    order = ("RURAL", "URBAN_TOO", "COUNTY", "VOIVODESHIP")
    expected_groups = [groups[key] for key in order if groups[key]]
    same([int(n) for n in _HEADING.findall(page)], expected_groups, "catalogue's groups")


def _narrowed(story: Steps, name: str, numbers: Counter[Any], **more: Any) -> None:
    for value, number in numbers.items():
        total = story.anyone.get("/catalogue", limit=1, **{name: value}, **more)["total"]
        same(total, number, f"catalogue with {name} {value} {more}")


def summaries(story: Steps) -> None:
    """State and form of each summary; the public ones without contact data."""
    written = [j for j in story.ledger.jst if j.summary_id]
    rows = story.staff.list_all("/summaries")
    shown = {r["summary_id"]: (r["form"], r["state"]) for r in rows}
    expected = {j.summary_id: (j.summary_form, j.summary_state) for j in written}
    same(shown, expected, "summaries")
    public = [j for j in written if j.summary_state == "PUBLISHED"]
    same(
        {r["summary_id"] for r in story.anyone.list_all("/practices")},
        {j.summary_id for j in public},
        "practices",
    )
    for form, number in Counter(j.summary_form for j in public).items():
        total = story.anyone.get("/practices", form=form.lower(), limit=1)["total"]
        same(total, number, f"practices {form}")
    for jst in public:
        text = str(story.anyone.get(f"/practices/{jst.summary_id}"))
        assert "Kontaktowa" not in text, "contact data are public"
        if jst.summary_form == "GOOD_PRACTICE":
            inner = story.people[jst.id].get(f"/summaries/{jst.summary_id}")
            same(inner["document"]["contact"]["name"], "Anna Kontaktowa", "contact for its authors")


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
