"""The people, places and things of these tests, built in words."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.advisory.domain.activity import Support
from services.advisory.domain.advisory_cycle import AdvisoryCycle
from services.advisory.domain.advisory_team import AdvisoryTeam
from services.advisory.domain.facts import CandidateTeam, EditionRules, RosterExpert
from shared.contracts import recruitment as contracts
from shared.contracts.advisory import ActivityForm, Diagnosis, ManagementTool
from shared.contracts.base import ExpertRole, JstKind, JstRef, LocalizedText

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
LUBELSKIE = "06"
SLASKIE = "24"
MAZOWIECKIE = "14"

EDITION = UUID("00000000-0000-4000-8000-0000000000e1")
OTHER_EDITION = UUID("00000000-0000-4000-8000-0000000000e2")
ROS = UUID("00000000-0000-4000-8000-000000000a01")
PRO = UUID("00000000-0000-4000-8000-000000000b01")
OTHER_ROS = UUID("00000000-0000-4000-8000-000000000a02")
OTHER_PRO = UUID("00000000-0000-4000-8000-000000000b02")
NOBODY = UUID("00000000-0000-4000-8000-000000000f00")
HDR_ID = UUID("00000000-0000-4000-8000-0000000000d1")
TEAM = UUID("00000000-0000-4000-8000-0000000000c1")
OTHER_TEAM = UUID("00000000-0000-4000-8000-0000000000c2")

FOUR_STAGES = ["AREA_CHOICE", "DIAGNOSIS", "HDR", "DIRECTIONS"]
FIVE_STAGES = [*FOUR_STAGES, "IMPLEMENTATION_SUPPORT"]

DIAGNOSIS = Diagnosis(
    sources="Wyniki egzaminów, ankiety dyrektorów",
    findings="Brak wspólnej wizji rozwoju oświaty",
    strengths="Zaangażowani dyrektorzy",
    difficulties="Mała liczba uczniów w klasach",
)
TOOL = ManagementTool(name="Rada oświatowa", reason="Stały dialog z mieszkańcami")


def a_jst(number=1, **changes):
    values = {
        "id": UUID(int=number),
        "code": f"06010{number}2",
        "name": f"Gmina {number}",
        "kind": JstKind.RURAL,
        "voivodeship": LUBELSKIE,
        "county": "bialski",
    }
    return JstRef(**(values | changes))


def an_expert(expert_id=ROS, role=ExpertRole.ROS, **changes):
    values = {
        "expert_id": expert_id,
        "role": role,
        "voivodeship": LUBELSKIE,
        "employer_jst_id": None,
        "is_active": True,
    }
    return RosterExpert(**(values | changes))


def a_roster(*experts):
    return {expert.expert_id: expert for expert in experts}


def a_full_roster():
    return a_roster(
        an_expert(ROS, ExpertRole.ROS),
        an_expert(PRO, ExpertRole.PRO),
        an_expert(OTHER_ROS, ExpertRole.ROS),
        an_expert(OTHER_PRO, ExpertRole.PRO),
    )


def edition_rules(**changes):
    values = {
        "edition_id": EDITION,
        "starts_on": date(2026, 1, 1),
        "voivodeships": frozenset({LUBELSKIE, SLASKIE}),
        "areas": frozenset({"BUDGET_PLANNING", "CAREER_GUIDANCE", "GIFTED_SUPPORT"}),
        "stages": tuple(FIVE_STAGES),
    }
    return EditionRules(**(values | changes))


def a_team(**changes):
    values = {
        "name": "Lublin 1",
        "voivodeship": LUBELSKIE,
        "ros_expert_id": ROS,
        "pro_expert_id": PRO,
        "roster": a_full_roster(),
    }
    return AdvisoryTeam.form(edition_rules(), **(values | changes))


def a_candidate_team(team_id=TEAM, **changes):
    values = {
        "team_id": team_id,
        "edition_id": EDITION,
        "voivodeship": LUBELSKIE,
        "is_dissolved": False,
        "members": (an_expert(ROS), an_expert(PRO, ExpertRole.PRO)),
    }
    return CandidateTeam(**(values | changes))


def support(**changes):
    values = {
        "form": ActivityForm.WORKSHOP,
        "held_on": TODAY,
        "hours": 4.5,
        "participants": 12,
        "topic": "Diagnoza potrzeb",
        "task_codes": ("PRO-03",),
        "note": "Warsztat w urzędzie",
    }
    return Support(**(values | changes))


# --- a cycle and what happens to it -------------------------------------------------------------


def a_cycle(stages=FIVE_STAGES):
    return AdvisoryCycle(edition_id=EDITION, jst=a_jst(), stages=stages)


def assign_team(cycle):
    cycle.assign_team(a_candidate_team())


def choose_area(cycle):
    cycle.choose_area("BUDGET_PLANNING", edition_areas=edition_rules().areas)


def record_diagnosis(cycle):
    cycle.record_diagnosis(DIAGNOSIS, ["Wspólna wizja", "Lepszy budżet"])


def close_diagnosis(cycle):
    cycle.close_diagnosis()


def receive_hdr(cycle):
    cycle.receive_hdr(HDR_ID)


def set_directions(cycle):
    cycle.set_directions("Wdrożenie w trzech krokach", [TOOL])


def complete_support(cycle):
    cycle.complete_stage("IMPLEMENTATION_SUPPORT")


def log_activity(cycle):
    cycle.log_activity(support(), today=TODAY, edition_starts_on=date(2026, 1, 1))


UP_TO_DIAGNOSIS = (assign_team, choose_area, record_diagnosis)
UP_TO_HDR = (*UP_TO_DIAGNOSIS, close_diagnosis)
UP_TO_DIRECTIONS = (*UP_TO_HDR, receive_hdr)
UP_TO_SUPPORT = (*UP_TO_DIRECTIONS, set_directions)
UP_TO_THE_END = (*UP_TO_SUPPORT, complete_support)


# --- what recruitment tells ---------------------------------------------------------------------


def text(word):
    return LocalizedText(pl=word, en=word)


def a_configuration(**changes):
    values = {
        "slug": "pilotaz-2026",
        "name": text("Pilotaż 2026"),
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "voivodeships": (LUBELSKIE, SLASKIE),
        "areas": tuple(
            contracts.SupportArea(code=code, number=number, name=text(code))
            for number, code in enumerate(
                ("BUDGET_PLANNING", "CAREER_GUIDANCE", "GIFTED_SUPPORT"), start=1
            )
        ),
        "stages": tuple(
            contracts.StageDefinition(code=code, name=text(code)) for code in FIVE_STAGES
        ),
        "jst_team_size": contracts.TeamSize(minimum=2, maximum=4),
        "publication_grouping": contracts.PublicationGrouping.KIND,
        "role_labels": {role: text(role) for role in ExpertRole},
        "hdr_template_version": 1,
        "summary_forms": ("GOOD_PRACTICE",),
    }
    return contracts.EditionConfiguration(**(values | changes))


def edition_created(edition_id=EDITION, **changes):
    return contracts.EditionCreated(edition_id=edition_id, configuration=a_configuration(**changes))


def expert_entered(expert_id=ROS, role=ExpertRole.ROS, **changes):
    values = {
        "expert_id": expert_id,
        "application_id": UUID(int=7),
        "training_id": UUID(int=8),
        "edition_id": EDITION,
        "role": role,
        "voivodeship": LUBELSKIE,
        "training_hours": 20,
    }
    return contracts.ExpertEnteredRoster(**(values | changes))


def a_result(jst, decision=contracts.Decision.QUALIFIED, number=1):
    return contracts.PublishedResult(
        application_id=UUID(int=900 + number),
        receipt_number=f"JST-0000-000{number}",
        decision=decision,
        voivodeship=LUBELSKIE,
        jst=jst,
    )


def results_published(*results, kind=contracts.CallKind.JST):
    return contracts.ResultsPublished(
        call_id=UUID(int=50),
        edition_id=EDITION,
        kind=kind,
        slug="nabor-jst",
        results=results,
    )


def reserve_promoted(jst):
    return contracts.ReservePromoted(
        call_id=UUID(int=50),
        edition_id=EDITION,
        kind=contracts.CallKind.JST,
        result=a_result(jst),
        reason="Zwolniło się miejsce",
    )


EXPERTS_ENTERED = (
    expert_entered(ROS, ExpertRole.ROS),
    expert_entered(PRO, ExpertRole.PRO),
    expert_entered(OTHER_ROS, ExpertRole.ROS),
    expert_entered(OTHER_PRO, ExpertRole.PRO),
)
