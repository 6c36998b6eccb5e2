"""Things of recruitment as the tests speak of them. Dates are those of the 2020 edition."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.recruitment.domain.announcement import Admission, Announcement
from services.recruitment.domain.application_form import Application
from services.recruitment.domain.call import Call
from services.recruitment.domain.edition import Edition
from services.recruitment.domain.expert import Expert
from services.recruitment.domain.local_government import LocalGovernment, local_government_id
from services.recruitment.domain.training import Plan, Training
from shared.contracts.base import ExpertRole, JstKind, JstRef, LocalizedText
from shared.contracts.recruitment import (
    CallKind,
    Decision,
    EditionConfiguration,
    PublicationGrouping,
    StageDefinition,
    SupportArea,
    TeamSize,
    TrainingMode,
    TrainingSession,
)

WARSAW = ZoneInfo("Europe/Warsaw")
EDITION = UUID(int=1)
CALL = UUID(int=2)
TRAINING = UUID(int=3)
LEAP_DAY = date(2020, 2, 29)
OPENING_DAY = date(2020, 2, 7)
RESULTS_DAY = date(2020, 3, 5)
REGISTER_DAY = date(2020, 1, 1)
DURING_THE_CALL = datetime(2020, 2, 20, 10, 0, tzinfo=UTC)
AFTER_THE_CALL = datetime(2020, 3, 2, 10, 0, tzinfo=UTC)
NOTICE = "2020-01"


def in_both(pl, en):
    return LocalizedText(pl=pl, en=en)


def a_configuration(**changes):
    values = {
        "slug": "pilotaz-systemu",
        "name": in_both("Pilotaż systemu", "Pilot of the system"),
        "starts_on": date(2020, 1, 7),
        "ends_on": date(2021, 2, 28),
        "voivodeships": ("06", "24", "30"),
        "areas": (
            SupportArea(
                code="BUDGET_PLANNING",
                number=4,
                name=in_both("Planowanie budżetowe", "Budget planning"),
            ),
            SupportArea(
                code="GIFTED_SUPPORT",
                number=11,
                name=in_both("Wsparcie uzdolnionych", "Support of the gifted"),
            ),
        ),
        "stages": (
            StageDefinition(code="AREA_CHOICE", name=in_both("Wybór obszaru", "Choice of area")),
            StageDefinition(code="DIAGNOSIS", name=in_both("Diagnoza", "Diagnosis")),
        ),
        "jst_team_size": TeamSize(minimum=2, maximum=4),
        "publication_grouping": PublicationGrouping.REGION,
        "role_labels": {
            ExpertRole.ROS: in_both("Ekspert ROS", "ROS expert"),
            ExpertRole.PRO: in_both("Ekspert PRO", "PRO expert"),
        },
        "hdr_template_version": 1,
        "summary_forms": ("GOOD_PRACTICE", "REFLECTION_STUDY"),
    }
    return EditionConfiguration.model_validate(values | changes)


def an_edition(**changes):
    return Edition.create(a_configuration(**changes))


def a_jst(code="0601032", name="Drelów", **changes):
    values = {
        "id": local_government_id(code),
        "code": code,
        "name": name,
        "kind": JstKind.RURAL,
        "voivodeship": code[:2],
        "county": "bialski",
    }
    return JstRef.model_validate(values | changes)


def a_registered_jst():
    return LocalGovernment(jst=a_jst(), state_on=REGISTER_DAY)


def an_announcement(**changes):
    values = {
        "kind": CallKind.PRO,
        "slug": "pro-2020",
        "title": "Nabór ekspertów PRO",
        "text": "Zapraszamy do udziału w szkoleniu.",
        "opens_on": OPENING_DAY,
        "closes_on": LEAP_DAY,
        "results_by": RESULTS_DAY,
        "contact_email": "nabor@example.org",
        "places": 2,
        "training_dates": (date(2020, 3, 26), date(2020, 3, 27), date(2020, 3, 28)),
        "covered_costs": ("nocleg", "wyżywienie"),
        "privacy_notice_version": NOTICE,
    }
    return Announcement.model_validate(values | changes)


def a_draft(**changes):
    return Call.draft(EDITION, an_announcement(**changes))


def publish(call):
    call.publish(["06", "24", "30"])


def a_published_call(**changes):
    call = a_draft(**changes)
    publish(call)
    return call


def an_admission(**changes):
    values = {"edition_id": EDITION, "kind": CallKind.PRO, "voivodeship": "06", "is_late": False}
    return Admission(**(values | changes))


def an_application(number=7, *, jst=None, received_at=DURING_THE_CALL, **changes):
    return Application.submit(
        UUID(int=number << 88),
        CALL,
        an_admission(**changes),
        jst=jst,
        privacy_notice_version=NOTICE,
        received_at=received_at,
    )


def pass_check(application):
    application.check(has_passed=True)


def fail_check(application):
    application.check(has_passed=False)


def qualify(application):
    application.decide(Decision.QUALIFIED)


def put_on_reserve(application):
    application.decide(Decision.RESERVE, 3)


def reject(application):
    application.decide(Decision.REJECTED)


def publish_decision(application):
    application.publish_decision(RESULTS_DAY)


def withdraw(application):
    application.withdraw(is_by_candidate=True)


def a_qualified_application(number=7, **changes):
    application = an_application(number, **changes)
    pass_check(application)
    qualify(application)
    publish_decision(application)
    return application


def three_sessions():
    return (
        TrainingSession(
            key="1", held_on=date(2020, 3, 26), hours=8, topics=("Model doradztwa dla JST",)
        ),
        TrainingSession(
            key="2", held_on=date(2020, 3, 27), hours=8, topics=("Podstawy prawa oświatowego",)
        ),
        TrainingSession(key="3", held_on=date(2020, 3, 28), hours=4, topics=("HDR w praktyce",)),
    )


def a_plan(**changes):
    values = {
        "edition_id": EDITION,
        "role": ExpertRole.PRO,
        "title": "Szkolenie PRO",
        "mode": TrainingMode.ON_SITE,
        "venue": "Sulejówek",
        "capacity": 2,
        "sessions": three_sessions(),
        "minimum_attendance_pct": 80,
    }
    return Plan(**(values | changes))


def a_training(**changes):
    return Training.plan(a_plan(**changes))


def an_expert():
    return Expert(
        application_id=UUID(int=7),
        training_id=TRAINING,
        edition_id=EDITION,
        role="PRO",
        voivodeship="06",
        employer_jst=None,
        training_hours=20,
    )
