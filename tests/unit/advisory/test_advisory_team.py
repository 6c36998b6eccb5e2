from uuid import UUID

import pytest

from services.advisory.domain.advisory_team import AdvisoryTeam
from services.advisory.domain.errors import (
    ConflictOfInterestError,
    ExpertLeftRosterError,
    ExpertOutsideRegionError,
    NotInRosterError,
    RegionNotInEditionError,
    TeamCompositionError,
    TeamDissolvedError,
    TeamStillAdvisingError,
)
from shared.contracts.base import ExpertRole
from shared.kernel.testing import fact, given
from tests.unit.advisory.builders import (
    EDITION,
    LUBELSKIE,
    MAZOWIECKIE,
    NOBODY,
    OTHER_PRO,
    PRO,
    ROS,
    SLASKIE,
    a_full_roster,
    a_jst,
    a_roster,
    a_team,
    an_expert,
)


def replace_pro(expert_id=OTHER_PRO, roster=None, advised=()):
    def command(team):
        team.replace_member(
            ExpertRole.PRO,
            expert_id,
            "Zmiana pracy",
            roster=a_full_roster() if roster is None else roster,
            advised=advised,
        )

    return command


def dissolve(team):
    team.dissolve("Koniec edycji", open_cycles=0)


# --- forming ------------------------------------------------------------------------------------


def test_a_team_is_formed_of_one_ros_and_one_pro_expert():
    [formed] = a_team().collect_events()

    assert fact(formed) == (
        "advisory.TeamFormed",
        {
            "edition_id": EDITION,
            "name": "Lublin 1",
            "voivodeship": LUBELSKIE,
            "ros_expert_id": ROS,
            "pro_expert_id": PRO,
        },
    )


def test_two_teams_of_the_same_experts_are_two_teams():
    assert a_team().id != a_team().id


def test_a_team_outside_the_editions_voivodeships_is_refused():
    with pytest.raises(RegionNotInEditionError) as refused:
        a_team(voivodeship=MAZOWIECKIE)

    assert refused.value.as_data() == {
        "code": "region-not-in-edition",
        "status": 422,
        "field": "voivodeship",
        "fields": [],
        "parameters": {"voivodeship": MAZOWIECKIE},
    }


@pytest.mark.parametrize(
    ("slot", "known"),
    [("ros_expert_id", an_expert(PRO, ExpertRole.PRO)), ("pro_expert_id", an_expert(ROS))],
)
def test_a_member_who_is_not_on_the_roster_is_refused_at_the_slot(slot, known):
    with pytest.raises(NotInRosterError) as refused:
        a_team(**{slot: NOBODY}, roster=a_roster(known))

    assert (slot, {"expert_id": str(NOBODY)}) == (refused.value.field, refused.value.parameters)


def test_an_expert_who_left_the_roster_is_refused():
    roster = a_full_roster() | {ROS: an_expert(is_active=False)}

    with pytest.raises(ExpertLeftRosterError) as refused:
        a_team(roster=roster)

    assert refused.value.field == "ros_expert_id"


@pytest.mark.parametrize(
    ("slot", "expert_id", "role", "expert_role"),
    [("ros_expert_id", PRO, "ROS", "PRO"), ("pro_expert_id", ROS, "PRO", "ROS")],
)
def test_a_slot_takes_only_an_expert_of_its_role(slot, expert_id, role, expert_role):
    with pytest.raises(TeamCompositionError) as refused:
        a_team(**{slot: expert_id})

    assert refused.value.field == slot
    assert refused.value.parameters == {
        "role": role,
        "expert_id": str(expert_id),
        "expert_role": expert_role,
    }


def test_one_expert_cannot_hold_both_slots():
    with pytest.raises(TeamCompositionError):
        a_team(ros_expert_id=ROS, pro_expert_id=ROS)


def test_an_expert_of_another_voivodeship_is_refused():
    roster = a_full_roster() | {PRO: an_expert(PRO, ExpertRole.PRO, voivodeship=SLASKIE)}

    with pytest.raises(ExpertOutsideRegionError) as refused:
        a_team(roster=roster)

    assert refused.value.field == "pro_expert_id"
    assert refused.value.parameters == {
        "expert_id": str(PRO),
        "voivodeship": LUBELSKIE,
        "expert_voivodeship": SLASKIE,
    }


# --- replacing a member -------------------------------------------------------------------------


def test_replacing_a_member_records_who_came_who_went_and_why():
    given(a_team).when(replace_pro()).then(
        (
            "advisory.TeamMemberReplaced",
            {
                "role": "PRO",
                "expert_id": OTHER_PRO,
                "previous_expert_id": PRO,
                "reason": "Zmiana pracy",
            },
        )
    )


def test_a_replaced_slot_is_held_by_the_new_member():
    team = a_team()

    replace_pro()(team)

    assert team.members == {ExpertRole.ROS: ROS, ExpertRole.PRO: OTHER_PRO}


def test_replacing_a_member_by_the_same_expert_records_nothing():
    given(a_team).when(replace_pro(PRO)).then_nothing()


def test_a_replacement_of_the_other_role_is_refused():
    team = given(a_team)

    with pytest.raises(TeamCompositionError) as refused:
        team.when(replace_pro(ROS))

    assert refused.value.field == "expert_id"
    team.then_nothing()


def test_a_replacement_who_is_not_on_the_roster_is_refused():
    team = given(a_team)

    with pytest.raises(NotInRosterError):
        team.when(replace_pro(NOBODY, roster={}))

    team.then_nothing()


def test_a_replacement_who_left_the_roster_is_refused():
    roster = a_roster(an_expert(OTHER_PRO, ExpertRole.PRO, is_active=False))
    team = given(a_team)

    with pytest.raises(ExpertLeftRosterError):
        team.when(replace_pro(roster=roster))

    team.then_nothing()


def test_a_replacement_of_another_voivodeship_is_refused():
    roster = a_roster(an_expert(OTHER_PRO, ExpertRole.PRO, voivodeship=SLASKIE))
    team = given(a_team)

    with pytest.raises(ExpertOutsideRegionError):
        team.when(replace_pro(roster=roster))

    team.then_nothing()


def test_a_replacement_who_works_for_an_advised_jst_is_refused():
    roster = a_roster(an_expert(OTHER_PRO, ExpertRole.PRO, employer_jst_id=UUID(int=2)))
    team = given(a_team)

    with pytest.raises(ConflictOfInterestError) as refused:
        team.when(replace_pro(roster=roster, advised=[a_jst(1), a_jst(2)]))

    assert refused.value.field == "expert_id"
    assert refused.value.parameters == {
        "expert_id": str(OTHER_PRO),
        "jst_code": "0601022",
        "jst_name": "Gmina 2",
    }
    team.then_nothing()


def test_a_replacement_may_work_for_a_jst_that_the_team_does_not_advise():
    roster = a_roster(an_expert(OTHER_PRO, ExpertRole.PRO, employer_jst_id=UUID(int=3)))
    team = a_team()

    replace_pro(roster=roster, advised=[a_jst(1)])(team)

    assert team.members[ExpertRole.PRO] == OTHER_PRO


def test_a_dissolved_team_gets_no_new_member():
    team = given(a_team, dissolve)

    with pytest.raises(TeamDissolvedError):
        team.when(replace_pro())

    team.then_nothing()


# --- dissolving ---------------------------------------------------------------------------------


def test_dissolving_records_the_reason():
    given(a_team).when(dissolve).then(("advisory.TeamDissolved", {"reason": "Koniec edycji"}))


def test_a_team_that_advises_open_cycles_cannot_be_dissolved():
    team = a_team()
    team.collect_events()

    with pytest.raises(TeamStillAdvisingError) as refused:
        team.dissolve("Koniec", open_cycles=2)

    assert refused.value.parameters == {"team_id": str(team.id), "cycles": 2}
    assert team.collect_events() == []


def test_a_team_is_dissolved_once():
    team = given(a_team, dissolve)

    with pytest.raises(TeamDissolvedError):
        team.when(dissolve)

    team.then_nothing()


def test_a_team_as_candidate_shows_its_members_as_the_roster_knows_them():
    team = a_team()
    roster = a_full_roster() | {PRO: an_expert(PRO, ExpertRole.PRO, employer_jst_id=UUID(int=5))}

    candidate = team.as_candidate(roster)

    assert candidate.members == (roster[ROS], roster[PRO])
    assert (candidate.team_id, candidate.edition_id) == (team.id, EDITION)
    assert (candidate.voivodeship, candidate.is_dissolved) == (LUBELSKIE, False)


def test_the_stored_name_of_a_team_does_not_depend_on_its_class():
    assert AdvisoryTeam.TOPIC == "advisory.AdvisoryTeam"
