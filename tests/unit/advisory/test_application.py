from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.advisory.component import COMPONENT
from services.advisory.domain.advisory_cycle import AdvisoryCycle
from services.advisory.domain.advisory_team import AdvisoryTeam
from services.advisory.domain.errors import (
    ActivityInFutureError,
    ConflictOfInterestError,
    ExpertLeftRosterError,
    NotInRosterError,
    RegionNotInEditionError,
    TeamStillAdvisingError,
    UnknownAreaError,
)
from shared.contracts.advisory import (
    ActivityAnswer,
    ActivityForm,
    AssignTeam,
    ChooseArea,
    CloseDiagnosis,
    CompleteStage,
    CycleAnswer,
    CycleQuery,
    CyclesQuery,
    DissolveTeam,
    FormTeam,
    LogActivity,
    RecordDiagnosis,
    ReplaceTeamMember,
    SetDirections,
)
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import ExpertLeftRoster
from shared.kernel.refusal import NotFoundError, StaleVersionError
from shared.kernel.testing import deliver
from tests.unit.advisory.builders import (
    DIAGNOSIS,
    EDITION,
    FIVE_STAGES,
    HDR_ID,
    LUBELSKIE,
    MAZOWIECKIE,
    NOBODY,
    OTHER_EDITION,
    OTHER_PRO,
    PRO,
    ROS,
    TODAY,
    TOOL,
    a_jst,
    edition_created,
    expert_entered,
)

CYCLE = AdvisoryCycle.create_id(EDITION, a_jst())
PRIORITIES = ("Wspólna wizja", "Lepszy budżet")


def form_team(app, **changes):
    values = {
        "edition_id": EDITION,
        "name": "Lublin 1",
        "voivodeship": LUBELSKIE,
        "ros_expert_id": ROS,
        "pro_expert_id": PRO,
    }
    return app.form_team(FormTeam(**(values | changes))).id


def an_open_cycle(app, jst=None):
    app.open_cycles(EDITION, [jst or a_jst()])


def an_advised_cycle(app):
    an_open_cycle(app)
    team_id = form_team(app)
    app.assign_team(AssignTeam(cycle_id=CYCLE, team_id=team_id))
    return team_id


def choose_area(app, code="BUDGET_PLANNING", expected_version=None):
    app.choose_area(ChooseArea(cycle_id=CYCLE, area_code=code, expected_version=expected_version))


def record_diagnosis(app, expected_version=None, findings=None):
    diagnosis = DIAGNOSIS.model_copy(update={"findings": findings} if findings else {})
    return app.record_diagnosis(
        RecordDiagnosis(
            cycle_id=CYCLE,
            diagnosis=diagnosis,
            priorities=PRIORITIES,
            expected_version=expected_version,
        )
    )


def log_activity(app, held_on=TODAY):
    return app.log_activity(
        LogActivity(
            cycle_id=CYCLE,
            form=ActivityForm.REMOTE_ADVICE,
            held_on=held_on,
            hours=1.25,
            participants=3,
            topic="Wskaźniki",
            task_codes=("PRO-05",),
            note="Spotkanie online",
        )
    ).id


def get_cycle(app):
    return app.get_cycle(CycleQuery(cycle_id=CYCLE))


# --- teams --------------------------------------------------------------------------------------


def test_a_formed_team_can_be_loaded(app):
    team = app.load(AdvisoryTeam, form_team(app))

    assert (team.name, team.members) == ("Lublin 1", {ExpertRole.ROS: ROS, ExpertRole.PRO: PRO})


def test_a_team_in_an_unknown_edition_is_refused(app):
    with pytest.raises(NotFoundError) as refused:
        form_team(app, edition_id=OTHER_EDITION)

    assert refused.value.parameters == {"what": "Edition", "id": str(OTHER_EDITION)}


def test_a_team_outside_the_edition_is_refused(app):
    with pytest.raises(RegionNotInEditionError):
        form_team(app, voivodeship=MAZOWIECKIE)


def test_a_team_with_somebody_unknown_is_refused(app):
    with pytest.raises(NotInRosterError):
        form_team(app, pro_expert_id=NOBODY)


def test_an_expert_may_be_in_several_teams(app):
    assert form_team(app) != form_team(app, name="Lublin 2", pro_expert_id=OTHER_PRO)


def test_a_member_is_replaced(app):
    team_id = form_team(app)

    app.replace_team_member(
        ReplaceTeamMember(
            team_id=team_id, role=ExpertRole.PRO, expert_id=OTHER_PRO, reason="Choroba"
        )
    )

    assert app.load(AdvisoryTeam, team_id).members[ExpertRole.PRO] == OTHER_PRO


def test_a_member_of_an_unknown_team_is_not_replaced(app):
    with pytest.raises(NotFoundError):
        app.replace_team_member(
            ReplaceTeamMember(team_id=NOBODY, role=ExpertRole.PRO, expert_id=PRO, reason="Choroba")
        )


def test_an_expert_who_left_is_no_replacement(app):
    team_id = form_team(app)
    left = ExpertLeftRoster(expert_id=OTHER_PRO, reason_code="OWN_WISH")
    deliver(app, COMPONENT.handlers, left)

    with pytest.raises(ExpertLeftRosterError):
        app.replace_team_member(
            ReplaceTeamMember(
                team_id=team_id, role=ExpertRole.PRO, expert_id=OTHER_PRO, reason="Choroba"
            )
        )


def test_an_employee_of_an_advised_jst_is_no_replacement(app):
    deliver(
        app, COMPONENT.handlers, expert_entered(OTHER_PRO, ExpertRole.PRO, employer_jst=a_jst())
    )
    team_id = an_advised_cycle(app)

    with pytest.raises(ConflictOfInterestError):
        app.replace_team_member(
            ReplaceTeamMember(
                team_id=team_id, role=ExpertRole.PRO, expert_id=OTHER_PRO, reason="Choroba"
            )
        )


def test_a_team_that_advises_cannot_be_dissolved(app):
    team_id = an_advised_cycle(app)

    with pytest.raises(TeamStillAdvisingError):
        app.dissolve_team(DissolveTeam(team_id=team_id, reason="Koniec"))


def test_a_replaced_team_can_be_dissolved(app):
    first = an_advised_cycle(app)
    second = form_team(app, name="Lublin 2")
    app.assign_team(AssignTeam(cycle_id=CYCLE, team_id=second, reason="Choroba"))

    app.dissolve_team(DissolveTeam(team_id=first, reason="Koniec"))

    assert app.load(AdvisoryTeam, first).is_dissolved


# --- cycles -------------------------------------------------------------------------------------


def test_cycles_are_opened_once_for_each_jst(app):
    app.open_cycles(EDITION, [a_jst(1), a_jst(2), a_jst(1)])
    app.open_cycles(EDITION, [a_jst(2), a_jst(3)])

    assert app.list_cycles(CyclesQuery()).total == 3
    assert app.log.max_notification_id() == 3


def test_cycles_of_an_unknown_edition_are_not_opened(empty_app):
    with pytest.raises(NotFoundError):
        an_open_cycle(empty_app)


def test_a_cycle_keeps_the_stages_that_the_edition_had(app):
    an_open_cycle(app)
    fewer = edition_created(stages=edition_created().configuration.stages[:2])
    deliver(app, COMPONENT.handlers, fewer)

    assert get_cycle(app).stages == tuple(FIVE_STAGES)


def test_a_team_with_an_employee_of_the_jst_is_not_assigned(app):
    deliver(app, COMPONENT.handlers, expert_entered(PRO, ExpertRole.PRO, employer_jst=a_jst()))
    an_open_cycle(app)

    with pytest.raises(ConflictOfInterestError):
        app.assign_team(AssignTeam(cycle_id=CYCLE, team_id=form_team(app)))


def test_an_unknown_team_is_not_assigned(app):
    an_open_cycle(app)

    with pytest.raises(NotFoundError):
        app.assign_team(AssignTeam(cycle_id=CYCLE, team_id=NOBODY))


def test_a_cycle_is_no_team(app):
    an_open_cycle(app)

    with pytest.raises(NotFoundError):
        app.assign_team(AssignTeam(cycle_id=CYCLE, team_id=CYCLE))


def test_an_area_added_to_the_edition_can_be_chosen(app):
    an_open_cycle(app)
    [area, *_] = edition_created().configuration.areas
    added = area.model_copy(update={"code": "MATERIAL_RESOURCES"})
    with pytest.raises(UnknownAreaError):
        choose_area(app, "MATERIAL_RESOURCES")

    deliver(app, COMPONENT.handlers, edition_created(areas=(area, added)))
    choose_area(app, "MATERIAL_RESOURCES")

    assert get_cycle(app).area_code == "MATERIAL_RESOURCES"


def test_a_diagnosis_is_saved_at_the_version_last_seen(app):
    an_open_cycle(app)
    choose_area(app)

    saved = record_diagnosis(app, expected_version=get_cycle(app).version)

    assert saved.version == get_cycle(app).version == 4


def test_a_diagnosis_over_somebody_elses_is_refused(app):
    an_open_cycle(app)
    choose_area(app)
    seen = get_cycle(app).version
    record_diagnosis(app, findings="Od kogoś innego")

    with pytest.raises(StaleVersionError) as refused:
        record_diagnosis(app, expected_version=seen)

    assert refused.value.parameters == {"expected": 3, "actual": 4}


def test_a_choice_of_area_over_somebody_elses_is_refused(app):
    an_open_cycle(app)
    seen = get_cycle(app).version
    choose_area(app)

    with pytest.raises(StaleVersionError) as refused:
        choose_area(app, "GIFTED_SUPPORT", expected_version=seen)

    assert refused.value.parameters == {"expected": 1, "actual": 3}
    assert get_cycle(app).area_code == "BUDGET_PLANNING"


def test_saving_the_same_diagnosis_gives_the_same_version(app):
    an_open_cycle(app)
    choose_area(app)

    assert record_diagnosis(app) == record_diagnosis(app)


def test_support_is_logged_with_an_id(app):
    an_advised_cycle(app)

    activity_id = log_activity(app)

    assert get_cycle(app).activities == (
        ActivityAnswer(
            activity_id=activity_id,
            form=ActivityForm.REMOTE_ADVICE,
            stage="AREA_CHOICE",
            held_on=TODAY,
            hours=1.25,
            participants=3,
            topic="Wskaźniki",
            task_codes=("PRO-05",),
            note="Spotkanie online",
        ),
    )


def test_today_is_the_day_in_warsaw(app, clock):
    an_advised_cycle(app)
    clock.move_to(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))

    log_activity(app, held_on=date(2026, 3, 11))

    with pytest.raises(ActivityInFutureError):
        log_activity(app, held_on=date(2026, 3, 12))


def test_a_whole_cycle(app):
    team_id = an_advised_cycle(app)
    choose_area(app)
    record_diagnosis(app)
    app.close_diagnosis(CloseDiagnosis(cycle_id=CYCLE))
    app.receive_hdr(CYCLE, HDR_ID)
    app.set_directions(SetDirections(cycle_id=CYCLE, directions="W trzech krokach", tools=(TOOL,)))
    app.complete_stage(CompleteStage(cycle_id=CYCLE, stage="IMPLEMENTATION_SUPPORT"))

    assert get_cycle(app) == CycleAnswer(
        cycle_id=CYCLE,
        edition_id=EDITION,
        jst=a_jst(),
        stages=tuple(FIVE_STAGES),
        current_stage=None,
        area_code="BUDGET_PLANNING",
        team_id=team_id,
        diagnosis=DIAGNOSIS,
        priorities=PRIORITIES,
        is_diagnosis_closed=True,
        directions="W trzech krokach",
        tools=(TOOL,),
        activities=(),
        version=13,
    )


def test_a_team_can_be_dissolved_after_the_cycle(app):
    team_id = an_advised_cycle(app)
    choose_area(app)
    record_diagnosis(app)
    app.close_diagnosis(CloseDiagnosis(cycle_id=CYCLE))
    app.receive_hdr(CYCLE, HDR_ID)
    app.set_directions(SetDirections(cycle_id=CYCLE, directions="W trzech krokach", tools=(TOOL,)))
    app.complete_stage(CompleteStage(cycle_id=CYCLE, stage="IMPLEMENTATION_SUPPORT"))

    app.dissolve_team(DissolveTeam(team_id=team_id, reason="Koniec"))

    assert app.load(AdvisoryTeam, team_id).is_dissolved


def test_an_unknown_cycle_is_not_found(app):
    with pytest.raises(NotFoundError):
        app.get_cycle(CycleQuery(cycle_id=NOBODY))


# --- lists --------------------------------------------------------------------------------------


def test_cycles_are_listed_oldest_first_and_by_page(app, clock):
    for number in (3, 1, 2):
        an_open_cycle(app, a_jst(number))
        clock.move_to(datetime(2026, 3, 10 + number, tzinfo=UTC))

    page = app.list_cycles(CyclesQuery(offset=1, limit=1))

    assert (page.total, [cycle.jst.name for cycle in page.cycles]) == (3, ["Gmina 2"])


def test_cycles_are_listed_by_edition(app):
    deliver(app, COMPONENT.handlers, edition_created(OTHER_EDITION, slug="edycja-2027"))
    an_open_cycle(app)
    app.open_cycles(OTHER_EDITION, [a_jst()])

    page = app.list_cycles(CyclesQuery(edition_id=OTHER_EDITION))

    assert [cycle.edition_id for cycle in page.cycles] == [OTHER_EDITION]
    assert page.total == 1


@pytest.mark.parametrize("code", ["0601012", "0601013", "0601011"])
def test_a_jst_is_found_whatever_kind_its_code_names(app, code):
    app.open_cycles(EDITION, [a_jst(1), a_jst(2)])

    page = app.list_cycles(CyclesQuery(jst_code=code))

    assert [cycle.jst.id for cycle in page.cycles] == [UUID(int=1)]


def test_a_county_is_not_mistaken_for_its_communes(app):
    county = a_jst(9, code="0601", kind="COUNTY")
    app.open_cycles(EDITION, [a_jst(1), county])

    page = app.list_cycles(CyclesQuery(jst_code="0601"))

    assert [cycle.jst.code for cycle in page.cycles] == ["0601"]


def test_no_cycle_is_an_empty_page(app):
    assert app.list_cycles(CyclesQuery(jst_code="0601012")).model_dump() == {
        "total": 0,
        "cycles": (),
    }
