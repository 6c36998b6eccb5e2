from uuid import uuid5

import pytest

from services.advisory.component import COMPONENT
from services.advisory.domain.advisory_cycle import AdvisoryCycle
from shared.contracts import advisory as contracts
from shared.contracts.base import ExpertRole
from shared.kernel.testing import published
from tests.unit.advisory.builders import (
    DIAGNOSIS,
    EDITION,
    FIVE_STAGES,
    LUBELSKIE,
    OTHER_PRO,
    PRO,
    ROS,
    TEAM,
    TODAY,
    TOOL,
    UP_TO_THE_END,
    a_cycle,
    a_full_roster,
    a_jst,
    a_team,
    log_activity,
)

CYCLE = AdvisoryCycle.create_id(EDITION, a_jst())


def test_what_others_learn_of_a_team(app):
    team = a_team()
    team.replace_member(ExpertRole.PRO, OTHER_PRO, "Choroba", roster=a_full_roster(), advised=[])
    team.dissolve("Koniec edycji", open_cycles=0)
    app.save(team)

    assert published(app, COMPONENT.publications) == [
        contracts.TeamFormed(
            team_id=team.id,
            edition_id=EDITION,
            name="Lublin 1",
            voivodeship=LUBELSKIE,
            ros_expert_id=ROS,
            pro_expert_id=PRO,
        ),
        contracts.TeamMemberReplaced(
            team_id=team.id,
            role=ExpertRole.PRO,
            expert_id=OTHER_PRO,
            previous_expert_id=PRO,
            reason="Choroba",
        ),
        contracts.TeamDissolved(team_id=team.id, reason="Koniec edycji"),
    ]


def test_what_others_learn_of_a_cycle(app):
    cycle = a_cycle()
    for command in (*UP_TO_THE_END, log_activity):
        command(cycle)
    app.save(cycle)

    def completed(stage, next_stage):
        return contracts.StageCompleted(cycle_id=CYCLE, stage=stage, next_stage=next_stage)

    assert published(app, COMPONENT.publications) == [
        contracts.CycleOpened(
            cycle_id=CYCLE, edition_id=EDITION, jst=a_jst(), stages=tuple(FIVE_STAGES)
        ),
        contracts.TeamAssigned(cycle_id=CYCLE, team_id=TEAM),
        contracts.AreaChosen(cycle_id=CYCLE, area_code="BUDGET_PLANNING"),
        completed("AREA_CHOICE", "DIAGNOSIS"),
        contracts.DiagnosisClosed(
            cycle_id=CYCLE,
            edition_id=EDITION,
            jst=a_jst(),
            area_code="BUDGET_PLANNING",
            team_id=TEAM,
            diagnosis=DIAGNOSIS,
            priorities=("Wspólna wizja", "Lepszy budżet"),
        ),
        completed("DIAGNOSIS", "HDR"),
        completed("HDR", "DIRECTIONS"),
        contracts.DirectionsSet(
            cycle_id=CYCLE, directions="Wdrożenie w trzech krokach", tools=(TOOL,)
        ),
        completed("DIRECTIONS", "IMPLEMENTATION_SUPPORT"),
        completed("IMPLEMENTATION_SUPPORT", None),
        contracts.CycleCompleted(cycle_id=CYCLE),
        contracts.ActivityLogged(
            cycle_id=CYCLE,
            activity_id=uuid5(CYCLE, "activity 1"),
            team_id=TEAM,
            form=contracts.ActivityForm.WORKSHOP,
            stage="IMPLEMENTATION_SUPPORT",
            held_on=TODAY,
            hours=4.5,
            participants=12,
            topic="Diagnoza potrzeb",
        ),
    ]


def test_every_contract_event_has_one_source(app):
    returned = [
        translation.__annotations__["return"].removeprefix("contracts.")
        for translation in COMPONENT.publications._translations.values()
    ]

    assert sorted(returned) == sorted(event.__name__ for event in contracts.EVENTS)


@pytest.mark.parametrize("inner", [AdvisoryCycle.DiagnosisRecorded, AdvisoryCycle.HdrHandedIn])
def test_steps_on_the_way_stay_inside(inner):
    assert inner not in COMPONENT.publications.event_types
