"""The rounds, HDRs and reports of these tests, built in words."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.monitoring.domain.monitoring_record import MonitoringRecord
from services.monitoring.domain.monitoring_round import MonitoringRound
from services.monitoring.domain.report import Report
from shared.contracts.base import JstKind, JstRef
from shared.contracts.hdr import HDRPublished
from shared.contracts.monitoring import (
    ActionReport,
    ActionState,
    IndicatorReport,
    IndicatorResult,
    MonitoredAction,
    MonitoredHdr,
    MonitoredIndicator,
)

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
OPENS_ON = date(2026, 6, 1)
DUE_ON = date(2026, 6, 30)

EDITION = UUID("00000000-0000-4000-8000-0000000000e1")
OTHER_EDITION = UUID("00000000-0000-4000-8000-0000000000e2")
NOBODY = UUID("00000000-0000-4000-8000-000000000f00")


def hdr_id(number=1):
    return UUID(int=100 + number)


def a_jst(number=1):
    return JstRef(
        id=UUID(int=number),
        code=f"06010{number}2",
        name=f"Gmina {number}",
        kind=JstKind.RURAL,
        voivodeship="06",
        county="bialski",
    )


def a_hdr(number=1, **changes):
    values = {
        "hdr_id": hdr_id(number),
        "jst": a_jst(number),
        "area_code": "BUDGET_PLANNING",
        "title": f"HDR {number}",
        "actions": (
            MonitoredAction(key="A1", description="Szkolenie dyrektorów"),
            MonitoredAction(key="A2", description="Debata oświatowa"),
        ),
        "indicators": (
            MonitoredIndicator(key="I1", name="Udział szkół", unit="%", baseline=10.0, target=50.0),
            MonitoredIndicator(key="I2", name="Debaty", unit="liczba", baseline=0.0, target=4.0),
        ),
    }
    return MonitoredHdr(**(values | changes))


def a_round(**changes):
    values = {
        "edition_id": EDITION,
        "slug": "wiosna-2026",
        "name": "Wiosna 2026",
        "opens_on": OPENS_ON,
        "due_on": DUE_ON,
        "published": [a_hdr(1), a_hdr(2)],
    }
    return MonitoringRound.open(**(values | changes))


def done(key):
    return ActionReport(key=key, state=ActionState.DONE)


def measured(key, value):
    return IndicatorReport(key=key, value=value)


def a_report(**changes):
    values = {
        "actions": (done("A1"), ActionReport(key="A2", state=ActionState.IN_PROGRESS)),
        "indicators": (measured("I1", 30.0), measured("I2", None)),
        "helping_factors": "Zaangażowana rada",
        "hindering_factors": "Budżet",
        "changes_made": "",
        "support_needed": "Doradztwo zdalne",
    }
    return Report(**(values | changes))


def result_1(value=30.0, ratio=0.5):
    return IndicatorResult(
        key="I1",
        name="Udział szkół",
        unit="%",
        baseline=10.0,
        target=50.0,
        value=value,
        attainment_ratio=ratio,
    )


def result_2(value=None, ratio=None):
    return IndicatorResult(
        key="I2",
        name="Debaty",
        unit="liczba",
        baseline=0.0,
        target=4.0,
        value=value,
        attainment_ratio=ratio,
    )


def a_record(**changes):
    values = {
        "round_id": a_round().id,
        "hdr": a_hdr(),
        "report": a_report(),
        "is_late": False,
    }
    return MonitoringRecord.first(**(values | changes))


# --- what hdr tells -----------------------------------------------------------------------------

ACTION_ROWS = (("A1", "Szkolenie dyrektorów"), ("A2", "Debata oświatowa"))
INDICATOR_ROWS = (("I1", "Udział szkół", "%", 10, 50), ("I2", "Debaty", "liczba", 0, 4))


def a_document(**changes):
    values = {
        "title": "Plan",
        "actions": [
            {
                "key": key,
                "objective": "O1",
                "description": description,
                "starts_on": "2026-02-01",
                "ends_on": "2026-11-30",
                "responsible": "Wydział Oświaty",
                "resources": "Sala",
                "cost_pln": 1500,
                "funding_source": "Budżet",
                "expected_result": "Plan",
            }
            for key, description in ACTION_ROWS
        ],
        "indicators": [
            {
                "key": key,
                "objective": "O1",
                "name": name,
                "unit": unit,
                "baseline": baseline,
                "target": target,
                "data_source": "Sprawozdanie",
                "measured_on": "2026-12-01",
            }
            for key, name, unit, baseline, target in INDICATOR_ROWS
        ],
    }
    return values | changes


def hdr_published(number=1, edition_id=EDITION, **changes):
    values = {
        "hdr_id": hdr_id(number),
        "cycle_id": UUID(int=500 + number),
        "edition_id": edition_id,
        "jst": a_jst(number),
        "area_code": "BUDGET_PLANNING",
        "template_version": 1,
        "published_version": 1,
        "slug": f"hdr-{number}",
        "title": f"HDR {number}",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "document": a_document(),
    }
    return HDRPublished(**(values | changes))
