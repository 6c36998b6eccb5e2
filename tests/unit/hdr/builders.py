"""What the tests of hdr start from, named like English."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.hdr import templates
from services.hdr.application import HdrApplication
from services.hdr.domain.hdr import Hdr, prefilled
from services.hdr.domain.summary import Summary, summary_id_of
from shared.contracts.advisory import Diagnosis, DiagnosisClosed
from shared.contracts.base import JstKind, JstRef, LocalizedText
from shared.contracts.hdr import (
    ChooseSummaryForm,
    HdrRequest,
    SaveHdrDraft,
    SaveSummaryDraft,
    SummaryForm,
    SummaryRequest,
)
from shared.contracts.recruitment import (
    EditionConfiguration,
    PublicationGrouping,
    StageDefinition,
    SupportArea,
    TeamSize,
)

HDR_TEMPLATE = templates.template("HDR", 1)
GOOD_PRACTICE_TEMPLATE = templates.template("GOOD_PRACTICE", 1)

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
CYCLE_ID = UUID("c1c1e000-0000-4000-8000-000000000001")
EDITION_ID = UUID("ed170000-0000-4000-8000-000000000001")
TEAM_ID = UUID("7ea30000-0000-4000-8000-000000000001")
HDR_ID = UUID("4292ef3e-bdc2-5431-a969-dd5054c6a15a")
"""Id of the HDR of `CYCLE_ID`: it must never change."""
SUMMARY_ID = summary_id_of(HDR_ID)

JST = JstRef(
    id=UUID("15700000-0000-4000-8000-000000000001"),
    code="0606102",
    name="Siennica Różana",
    kind=JstKind.RURAL,
    voivodeship="06",
    county="krasnostawski",
)
JST_AS_TOWN = JST.model_copy(update={"code": "0606103", "kind": JstKind.URBAN_RURAL})

DIAGNOSIS = Diagnosis(
    sources="Ankiety i rozmowy.",
    findings="Szkoły planują osobno.",
    strengths="Zgrany zespół dyrektorów.",
    difficulties="Brak wspólnych danych.",
)
CONTACT = {
    "name": "Anna Przykładowa",
    "office": "Sekretarz gminy",
    "email": "sekretarz@example.pl",
}
PRIORITIES = ("Wspólne planowanie", "Dane dla decyzji")


def a_diagnosis_closed(**changes: Any) -> DiagnosisClosed:
    values: dict[str, Any] = {
        "cycle_id": CYCLE_ID,
        "edition_id": EDITION_ID,
        "jst": JST,
        "area_code": "BUDGET_PLANNING",
        "team_id": TEAM_ID,
        "diagnosis": DIAGNOSIS,
        "priorities": PRIORITIES,
        **changes,
    }
    return DiagnosisClosed(**values)


def a_complete_document() -> dict[str, Any]:
    return deepcopy(_COMPLETE)


def a_complete_document_with(**elements: Any) -> dict[str, Any]:
    return {**a_complete_document(), **elements}


def an_open_hdr() -> Hdr:
    return Hdr(
        cycle_id=CYCLE_ID,
        edition_id=EDITION_ID,
        jst=JST,
        area_code="BUDGET_PLANNING",
        template_version=1,
        document=prefilled(HDR_TEMPLATE, DIAGNOSIS, PRIORITIES),
    )


def a_good_practice() -> dict[str, Any]:
    return {**a_public_good_practice(), "contact": deepcopy(CONTACT)}


def a_public_good_practice() -> dict[str, Any]:
    return {
        "title": "Łączymy siły: wspólny budżet szkół",
        "local_system": "Trzy szkoły i przedszkole.",
        "problem": "Każda szkoła planowała osobno.",
        "solution": "Wspólny kalendarz i arkusz planu.",
        "who_when_what": "Skarbnik i dyrektorzy, od stycznia do czerwca.",
        "effects": "Mniej zmian w planie w ciągu roku.",
        "cost": "Praca zespołu i 2 400 zł na szkolenie.",
        "why_promote": "Da się powtórzyć bez nakładów.",
        "replication_guidance": "Zacząć od jednej wspólnej tabeli.",
        "materials": [{"name": "Arkusz planu", "location": "https://bip.example.pl/arkusz"}],
    }


def a_mini_reportage() -> dict[str, Any]:
    return {
        "title": "Dzień narady",
        "lead": "Rano w urzędzie stoją już krzesła w kręgu.",
        "body": "Dyrektorzy przychodzą przed ósmą.",
        "interviewee": "dyrektorka szkoły",
        "interviewee_consent": True,
        "interview": [{"question": "Co się zmieniło?", "answer": "Rozmawiamy wcześniej."}],
    }


def a_reflection_study() -> dict[str, Any]:
    return {
        "title": "Czego nauczył nas rok",
        "facts": "Cztery spotkania.",
        "reactions": "Ulga.",
        "interpretation": "Brakowało danych.",
        "decisions": "Spotkania zostają.",
    }


def a_chosen_summary() -> Summary:
    return Summary(
        hdr_id=HDR_ID,
        edition_id=EDITION_ID,
        jst=JST,
        area_code="BUDGET_PLANNING",
        form=SummaryForm.GOOD_PRACTICE.value,
        template_version=1,
    )


def write_hdr(app: HdrApplication, hdr_id: UUID = HDR_ID, **elements: Any) -> None:
    """Save a complete text."""
    document = a_complete_document_with(**elements)
    app.save_hdr_draft(SaveHdrDraft(hdr_id=hdr_id, document=document))


def publish_hdr(app: HdrApplication, hdr_id: UUID = HDR_ID, **elements: Any) -> None:
    """All the way from an open HDR to its publication."""
    write_hdr(app, hdr_id, **elements)
    request = HdrRequest(hdr_id=hdr_id)
    app.submit_hdr(request)
    app.start_editing(request)
    app.finish_substantive_editing(request)
    app.finish_proofreading(request)
    app.publish_hdr(request)


def write_summary(app: HdrApplication) -> None:
    """Choose the good practice for the published HDR and save a complete text."""
    app.choose_summary_form(ChooseSummaryForm(hdr_id=HDR_ID, form=SummaryForm.GOOD_PRACTICE))
    app.save_summary_draft(SaveSummaryDraft(summary_id=SUMMARY_ID, document=a_good_practice()))


def publish_summary(app: HdrApplication) -> None:
    """All the way from a published HDR to its published summary."""
    write_summary(app)
    request = SummaryRequest(summary_id=SUMMARY_ID)
    app.submit_summary(request)
    app.approve_summary(request)
    app.publish_summary(request)


def an_edition_configuration(**changes: Any) -> EditionConfiguration:
    values: dict[str, Any] = {
        "slug": "edycja-2026",
        "name": LocalizedText(pl="Edycja 2026", en="Edition 2026"),
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "voivodeships": ("06",),
        "areas": (
            SupportArea(
                code="BUDGET_PLANNING",
                number=4,
                name=LocalizedText(pl="Planowanie budżetowe", en="Budget planning"),
            ),
        ),
        "stages": (StageDefinition(code="HDR", name=LocalizedText(pl="HDR", en="HDR")),),
        "jst_team_size": TeamSize(minimum=2, maximum=3),
        "publication_grouping": PublicationGrouping.KIND,
        "role_labels": {},
        "hdr_template_version": 1,
        "summary_forms": ("GOOD_PRACTICE", "REFLECTION_STUDY"),
        **changes,
    }
    return EditionConfiguration(**values)


_COMPLETE: dict[str, Any] = {
    "title": "Wspólne planowanie oświaty w gminie Siennica Różana",
    "implementation_period": {"starts_on": "2026-03-01", "ends_on": "2027-06-30"},
    "diagnosis_summary": DIAGNOSIS.model_dump(),
    "priorities": [
        {"key": "P1", "name": PRIORITIES[0]},
        {"key": "P2", "name": PRIORITIES[1]},
    ],
    "main_goal": "Gmina i szkoły planują razem.",
    "objectives": [
        {"key": "C1", "priority": "P1", "name": "Wspólny kalendarz planowania"},
        {"key": "C2", "priority": "P2", "name": "Jedno źródło danych"},
    ],
    "actions": [
        {
            "key": "D1",
            "objective": "C1",
            "description": "Narada dyrektorów",
            "starts_on": "2026-03-01",
            "ends_on": "2026-05-31",
            "responsible": "inspektor ds. oświaty",
            "resources": "sala, moderator",
            "cost_pln": 0,
            "funding_source": "budżet gminy",
            "expected_result": "kalendarz na rok szkolny",
        },
        {
            "key": "D2",
            "objective": "C2",
            "description": "Arkusz danych o szkołach",
            "starts_on": "2026-09-01",
            "ends_on": "2027-06-30",
            "responsible": "sekretarz gminy",
            "partners": "dyrektorzy szkół",
            "resources": "arkusz kalkulacyjny",
            "cost_pln": 2400.5,
            "funding_source": "budżet gminy",
            "expected_result": "dane trzech szkół w jednym miejscu",
        },
    ],
    "indicators": [
        {
            "key": "W1",
            "objective": "C1",
            "name": "Szkoły z uzgodnionym kalendarzem",
            "unit": "liczba szkół",
            "baseline": 0,
            "target": 3,
            "data_source": "protokoły narad",
            "measured_on": "2026-06-30",
        },
        {
            "key": "W2",
            "objective": "C2",
            "name": "Korekty planu w roku",
            "unit": "liczba korekt",
            "baseline": 9,
            "target": 4,
            "data_source": "rejestr zmian",
            "measured_on": "2027-06-30",
        },
    ],
    "management_tools": [{"name": "Kalendarz planowania", "reason": "Porządkuje rozmowę."}],
    "implementation_directions": "Najpierw kalendarz, potem dane.",
    "monitoring_plan": {"how": "Przegląd", "when": "co pół roku", "who": "sekretarz gminy"},
}
