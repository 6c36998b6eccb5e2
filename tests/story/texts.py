"""Documents of the story: schedules, reports, summaries; their figures differ from JST to JST."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

ACTION_STATES = ("DONE", "IN_PROGRESS", "POSTPONED", "DROPPED", "NOT_STARTED")
FORMS = ("GOOD_PRACTICE", "REFLECTION_STUDY", "MINI_REPORTAGE")
ACTIVITY_FORMS = ("INFO_CONSULTATION", "WORKSHOP", "ON_SITE_ADVICE", "REMOTE_ADVICE")
PRIORITIES = ("Dane o szkołach w jednym miejscu", "Dyrektorzy współdecydują")
AREAS = (
    ("NEEDS_AND_VISION", "Analizowanie potrzeb", "Needs and vision"),
    ("BUDGET_PLANNING", "Planowanie budżetowe", "Budget planning"),
    ("CAREER_GUIDANCE", "Doradztwo zawodowe", "Career guidance"),
    ("GIFTED_SUPPORT", "Wsparcie uczniów uzdolnionych", "Support of the gifted"),
)
STAGES = (
    ("AREA_CHOICE", "Wybór obszaru", "Choice of the area"),
    ("DIAGNOSIS", "Diagnoza", "Diagnosis"),
    ("HDR", "Harmonogram", "Schedule"),
    ("DIRECTIONS", "Kierunki wdrożenia", "Directions"),
    ("IMPLEMENTATION_SUPPORT", "Wsparcie we wdrożeniu", "Support in implementation"),
)
TOPICS = (
    ("Model doradztwa dla JST", "Rola i zadania ekspertów", "Podstawy prawa oświatowego"),
    ("Partycypacja społeczna i debaty", "Metody pracy w modelu doradztwa"),
    ("Planowanie pracy w teamie cz. 1", "Planowanie pracy w teamie cz. 2"),
)
SESSION_HOURS = (7, 7, 6)
LACKS = {
    ("main_goal", "REQUIRED"),
    ("objectives[1]", "OBJECTIVE_HAS_INDICATOR"),
    ("actions[0].responsible", "REQUIRED"),
    ("actions[1].ends_on", "INSIDE_PERIOD"),
    ("monitoring_plan.who", "REQUIRED"),
}
"""What `unfinished_hdr` lacks: address and rule."""


def localized(pl: str, en: str) -> dict[str, str]:
    """One text in both languages."""
    return {"pl": pl, "en": en}


def edition(slug: str, voivodeships: list[str], today: date, grouping: str) -> dict[str, Any]:
    """An edition's configuration."""
    return {
        "slug": slug,
        "name": localized("Doradztwo dla JST", "Advice for local governments"),
        "starts_on": today - timedelta(days=120),
        "ends_on": today + timedelta(days=600),
        "voivodeships": voivodeships,
        "areas": [
            {"code": code, "number": number, "name": localized(pl, en)}
            for number, (code, pl, en) in enumerate(AREAS, start=1)
        ],
        "stages": [{"code": code, "name": localized(pl, en)} for code, pl, en in STAGES],
        "jst_team_size": {"minimum": 2, "maximum": 5},
        "publication_grouping": grouping,
        "role_labels": {
            "ROS": localized("ekspert ROS", "ROS expert"),
            "PRO": localized("ekspert PRO", "PRO expert"),
        },
        "hdr_template_version": 1,
        "summary_forms": list(FORMS),
    }


def diagnosis(number: int) -> dict[str, str]:
    """What a JST found out."""
    return {
        "sources": f"Ankiety w {number + 3} szkołach, dane SIO.",
        "findings": "Dane są rozproszone.\n\nDecyzje zapadają bez dyrektorów.",
        "strengths": "Zgrany zespół; „dobra wola” rady.",
        "difficulties": "Brak narzędzi & czasu <na analizę>.",
    }


def hdr(number: int, name: str, today: date) -> dict[str, Any]:
    """A complete schedule; figures depend on the number."""
    first = today + timedelta(days=30)
    last = first + timedelta(days=365 + number)
    return {
        "title": f"Lepsze decyzje oświatowe: {name} ({number})",
        "implementation_period": {"starts_on": first, "ends_on": last},
        "diagnosis_summary": diagnosis(number),
        "priorities": [
            {"key": f"P{place}", "name": priority}
            for place, priority in enumerate(PRIORITIES, start=1)
        ],
        "main_goal": "Decyzje o szkołach opierają się na danych.",
        "objectives": [
            {"key": "C1", "priority": "P1", "name": "Jedna baza danych"},
            {"key": "C2", "priority": "P2", "name": "Stały zespół dyrektorów"},
        ],
        "actions": [
            _action("D1", "C1", first, first + timedelta(days=90), 1000.5 * number),
            _action("D2", "C2", first + timedelta(days=10), last, 0),
            _action("D3", "C1", first + timedelta(days=91), last, 2500),
        ],
        "indicators": [
            _indicator("W1", "C1", round(0.1 * number, 1), round(0.1 * number + 0.2, 1), last),
            _indicator("W2", "C2", 40 + number, 10, last),
            _indicator("W3", "C1", 5, 5, last),
        ],
        "management_tools": [{"key": "N1", "name": "Tablica wskaźników", "reason": "Prosta."}],
        "implementation_directions": "Najpierw dane, potem zespół.",
        "monitoring_plan": {"how": "Raport", "when": "Co pół roku", "who": "Referat oświaty"},
        "risks": [{"key": "R1", "risk": "Rotacja", "answer": "Zastępstwa"}],
    }


def _action(key: str, objective: str, first: date, last: date, cost: float) -> dict[str, Any]:
    return {
        "key": key,
        "objective": objective,
        "description": f"Działanie {key}",
        "starts_on": first,
        "ends_on": last,
        "responsible": "Sekretarz",
        "resources": "Dwie osoby",
        "cost_pln": cost,
        "funding_source": "Budżet własny",
        "expected_result": "Gotowe i używane",
    }


def _indicator(
    key: str, objective: str, baseline: float, target: float, last: date
) -> dict[str, Any]:
    return {
        "key": key,
        "objective": objective,
        "name": f"Wskaźnik {key}",
        "unit": "%",
        "baseline": baseline,
        "target": target,
        "data_source": "SIO",
        "measured_on": last,
    }


def unfinished_hdr(complete: dict[str, Any]) -> dict[str, Any]:
    """The same schedule with exactly the flaws that `LACKS` names."""
    draft = copy.deepcopy(complete)
    del draft["main_goal"]
    draft["actions"][0]["responsible"] = "  "
    period_end = draft["implementation_period"]["ends_on"]
    draft["actions"][1]["ends_on"] = period_end + timedelta(days=1)
    draft["indicators"] = [i for i in draft["indicators"] if i["objective"] != "C2"]
    del draft["monitoring_plan"]["who"]
    return draft


def report(number: int, hdr_document: dict[str, Any], today: date, revision: int) -> dict[str, Any]:
    """What a JST reports; another revision has other figures."""
    actions = []
    for place, action in enumerate(hdr_document["actions"]):
        state = ACTION_STATES[(number + place + revision) % len(ACTION_STATES)]
        entry: dict[str, Any] = {"key": action["key"], "state": state}
        if state in {"DROPPED", "POSTPONED"}:
            entry["reason"] = "Zmiana budżetu"
        if state == "POSTPONED":
            entry["new_date"] = today + timedelta(days=200)
        actions.append(entry)
    steps = (0.0, 0.1, 0.2, 0.3)
    values = []
    for place, indicator in enumerate(hdr_document["indicators"]):
        if (number + place) % 4 == 3:
            value = None
        elif indicator["key"] == "W1":
            value = round(indicator["baseline"] + steps[(number + revision) % 4], 6)
        elif indicator["key"] == "W2":
            value = 40 + number - 7 * revision
        else:
            value = 5 if number % 2 else 4
        values.append({"key": indicator["key"], "value": value})
    return {
        "actions": actions,
        "indicators": values,
        "helping_factors": "Wsparcie wójta" if number % 2 == 0 else "",
        "hindering_factors": f"Poprawka {revision}" if revision > 1 else "",
        "changes_made": "",
        "support_needed": "Szkolenie" if number % 3 == 0 else "",
    }


def summary(form: str, number: int, name: str) -> dict[str, Any]:
    """A complete summary in a form."""
    text = f"Opis ({number})."
    title = {"title": f"Jak {name} poprawia oświatę ({number})"}
    if form == "GOOD_PRACTICE":
        sections = (
            "local_system", "problem", "solution", "who_when_what",
            "effects", "cost", "why_promote", "replication_guidance",
        )  # fmt: skip
        contact = {"name": "Anna Kontaktowa", "office": "Urząd", "email": f"k{number}@example.pl"}
        return title | dict.fromkeys(sections, text) | {"contact": contact}
    if form == "REFLECTION_STUDY":
        return title | dict.fromkeys(("facts", "reactions", "interpretation", "decisions"), text)
    return title | {
        "lead": text,
        "body": text,
        "interviewee": "Sekretarz gminy",
        "interviewee_consent": True,
        "interview": [{"key": "Q1", "question": "Co się udało?", "answer": text}],
    }
