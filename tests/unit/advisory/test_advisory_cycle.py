from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given as for_any
from hypothesis import strategies

from services.advisory.domain.advisory_cycle import AdvisoryCycle
from services.advisory.domain.errors import (
    ActivityBeforeEditionError,
    ActivityInFutureError,
    AdvisoryError,
    AreaMissingError,
    AreaSettledError,
    ConflictOfInterestError,
    CycleCompletedError,
    DiagnosisClosedError,
    DiagnosisMissingError,
    DirectionsSettledError,
    ReplacementReasonMissingError,
    StageAlreadyCompletedError,
    StageHasOwnCommandError,
    StageNotReachedError,
    TeamDissolvedError,
    TeamMissingError,
    TeamOfOtherEditionError,
    TeamOutsideRegionError,
    UnknownAreaError,
    UnknownStageError,
)
from shared.contracts.base import ExpertRole
from shared.kernel.testing import fact, given
from tests.by_chance import examples
from tests.unit.advisory.builders import (
    DIAGNOSIS,
    EDITION,
    FIVE_STAGES,
    HDR_ID,
    OTHER_EDITION,
    OTHER_TEAM,
    PRO,
    SLASKIE,
    TEAM,
    TODAY,
    TOOL,
    UP_TO_DIAGNOSIS,
    UP_TO_DIRECTIONS,
    UP_TO_HDR,
    UP_TO_SUPPORT,
    UP_TO_THE_END,
    a_candidate_team,
    a_cycle,
    a_jst,
    an_expert,
    assign_team,
    choose_area,
    close_diagnosis,
    complete_support,
    edition_rules,
    log_activity,
    receive_hdr,
    record_diagnosis,
    set_directions,
    support,
)

PRIORITIES = ["Wspólna wizja", "Lepszy budżet"]


def assign(reason=None, **changes):
    return lambda cycle: cycle.assign_team(a_candidate_team(**changes), reason)


def choose(area_code, candidates=(), reason=""):
    return lambda cycle: cycle.choose_area(
        area_code,
        edition_areas=edition_rules().areas,
        other_candidate_areas=candidates,
        reason=reason,
    )


def complete(stage):
    return lambda cycle: cycle.complete_stage(stage)


def log(**changes):
    return lambda cycle: cycle.log_activity(
        support(**changes), today=TODAY, edition_starts_on=date(2026, 1, 1)
    )


def stage_completed(stage, next_stage):
    return ("advisory.StageCompleted", {"stage": stage, "next_stage": next_stage})


COMPLETED = ("advisory.CycleCompleted", {})


def refused_with_nothing_recorded(history, command, error):
    """The refusal of a command, after making sure that nothing was recorded."""
    cycle = given(a_cycle, *history)
    with pytest.raises(error) as refused:
        cycle.when(command)
    cycle.then_nothing()
    return refused.value


# --- opening ------------------------------------------------------------------------------------


def test_a_cycle_is_opened_for_a_jst_with_the_editions_stages():
    [opened] = a_cycle().collect_events()

    assert fact(opened) == (
        "advisory.CycleOpened",
        {"edition_id": EDITION, "jst": a_jst(), "stages": FIVE_STAGES},
    )


def test_a_jst_has_one_cycle_in_an_edition_whatever_it_is_called_by_then():
    renamed = a_jst(name="Bratian", code="0601013")

    assert a_cycle().id == AdvisoryCycle.create_id(EDITION, renamed)
    assert a_cycle().id == uuid5(EDITION, str(UUID(int=1)))


def test_a_jst_has_another_cycle_in_another_edition():
    assert a_cycle().id != AdvisoryCycle.create_id(OTHER_EDITION, a_jst())


# --- assigning a team ---------------------------------------------------------------------------


def test_the_first_team_needs_no_reason():
    given(a_cycle).when(assign_team).then(
        ("advisory.TeamAssigned", {"team_id": TEAM, "previous_team_id": None, "reason": None})
    )


def test_another_team_takes_the_place_of_the_first_with_a_reason():
    given(a_cycle, assign_team).when(assign("Choroba", team_id=OTHER_TEAM)).then(
        (
            "advisory.TeamAssigned",
            {"team_id": OTHER_TEAM, "previous_team_id": TEAM, "reason": "Choroba"},
        )
    )


def test_another_team_without_a_reason_is_refused():
    refusal = refused_with_nothing_recorded(
        [assign_team], assign(team_id=OTHER_TEAM), ReplacementReasonMissingError
    )

    assert ("reason", {"previous_team_id": str(TEAM)}) == (refusal.field, refusal.parameters)


def test_the_team_that_is_assigned_already_records_nothing():
    given(a_cycle, assign_team).when(assign_team).then_nothing()


def test_a_dissolved_team_is_refused():
    refusal = refused_with_nothing_recorded([], assign(is_dissolved=True), TeamDissolvedError)

    assert ("team_id", {"team_id": str(TEAM)}) == (refusal.field, refusal.parameters)


def test_a_team_of_another_edition_is_refused():
    refused_with_nothing_recorded([], assign(edition_id=OTHER_EDITION), TeamOfOtherEditionError)


def test_a_team_of_another_voivodeship_is_refused():
    refusal = refused_with_nothing_recorded([], assign(voivodeship=SLASKIE), TeamOutsideRegionError)

    assert refusal.parameters == {
        "team_id": str(TEAM),
        "voivodeship": SLASKIE,
        "jst_voivodeship": "06",
    }


def test_a_team_with_a_member_who_works_for_the_jst_is_refused():
    employee = an_expert(PRO, ExpertRole.PRO, employer_jst_id=a_jst().id)

    refusal = refused_with_nothing_recorded(
        [], assign(members=(an_expert(), employee)), ConflictOfInterestError
    )

    assert refusal.field == "team_id"
    assert refusal.parameters == {
        "expert_id": str(PRO),
        "jst_code": "0601012",
        "jst_name": "Gmina 1",
    }


def test_a_completed_cycle_gets_no_other_team():
    refused_with_nothing_recorded(
        UP_TO_THE_END, assign("Zmiana", team_id=OTHER_TEAM), CycleCompletedError
    )


# --- choosing the area --------------------------------------------------------------------------


def test_the_first_choice_of_an_area_completes_the_stage():
    given(a_cycle).when(choose("BUDGET_PLANNING", ["CAREER_GUIDANCE"], "Największe braki")).then(
        (
            "advisory.AreaChosen",
            {
                "area_code": "BUDGET_PLANNING",
                "previous_area_code": None,
                "other_candidate_areas": ["CAREER_GUIDANCE"],
                "reason": "Największe braki",
            },
        ),
        stage_completed("AREA_CHOICE", "DIAGNOSIS"),
    )


def test_the_area_may_change_until_the_diagnosis_is_closed_and_the_previous_one_is_kept():
    given(a_cycle, choose_area, record_diagnosis).when(choose("GIFTED_SUPPORT")).then(
        (
            "advisory.AreaChosen",
            {
                "area_code": "GIFTED_SUPPORT",
                "previous_area_code": "BUDGET_PLANNING",
                "other_candidate_areas": [],
                "reason": "",
            },
        )
    )


def test_other_candidates_for_the_same_area_are_a_change():
    given(a_cycle, choose_area).when(choose("BUDGET_PLANNING", ["GIFTED_SUPPORT"])).then(
        (
            "advisory.AreaChosen",
            {
                "area_code": "BUDGET_PLANNING",
                "previous_area_code": "BUDGET_PLANNING",
                "other_candidate_areas": ["GIFTED_SUPPORT"],
                "reason": "",
            },
        )
    )


def test_the_same_choice_again_records_nothing():
    given(a_cycle, choose_area).when(choose_area).then_nothing()


def test_an_area_that_the_edition_does_not_have_is_refused():
    refusal = refused_with_nothing_recorded([], choose("MATERIAL_RESOURCES"), UnknownAreaError)

    assert refusal.field == "area_code"
    assert refusal.parameters == {"area_code": "MATERIAL_RESOURCES"}


def test_an_unknown_candidate_area_is_refused_at_its_place():
    refusal = refused_with_nothing_recorded(
        [], choose("BUDGET_PLANNING", ["GIFTED_SUPPORT", "NO_SUCH_AREA"]), UnknownAreaError
    )

    assert refusal.field == "other_candidate_areas.1"


def test_the_area_is_settled_once_the_diagnosis_is_closed():
    refusal = refused_with_nothing_recorded(UP_TO_HDR, choose("GIFTED_SUPPORT"), AreaSettledError)

    assert refusal.parameters == {"area_code": "BUDGET_PLANNING"}


def test_the_area_waits_for_a_stage_before_it():
    history = []
    cycle = given(lambda: a_cycle(["OPENING", "AREA_CHOICE", "DIAGNOSIS"]), *history)

    with pytest.raises(StageNotReachedError) as refused:
        cycle.when(choose_area)

    assert refused.value.parameters == {"current": "OPENING", "needed": "AREA_CHOICE"}
    cycle.then_nothing()


def test_an_edition_that_diagnoses_first_chooses_the_area_meanwhile():
    given(lambda: a_cycle(["DIAGNOSIS", "AREA_CHOICE"]), *UP_TO_DIAGNOSIS).when(
        close_diagnosis
    ).then(
        (
            "advisory.DiagnosisClosed",
            {
                "edition_id": EDITION,
                "jst": a_jst(),
                "area_code": "BUDGET_PLANNING",
                "team_id": TEAM,
                "diagnosis": DIAGNOSIS,
                "priorities": PRIORITIES,
            },
        ),
        stage_completed("DIAGNOSIS", "AREA_CHOICE"),
        stage_completed("AREA_CHOICE", None),
        COMPLETED,
    )


# --- diagnosis ----------------------------------------------------------------------------------


def test_a_diagnosis_is_saved_with_its_priorities():
    given(a_cycle, choose_area).when(record_diagnosis).then(
        (
            "advisory.DiagnosisRecorded",
            {"diagnosis": DIAGNOSIS, "priorities": PRIORITIES},
        )
    )


def test_a_diagnosis_may_be_saved_again_until_it_is_closed():
    better = DIAGNOSIS.model_copy(update={"findings": "Wizja jest, brak planu"})

    given(a_cycle, choose_area, record_diagnosis).when(
        lambda cycle: cycle.record_diagnosis(better, PRIORITIES)
    ).then(("advisory.DiagnosisRecorded", {"diagnosis": better, "priorities": PRIORITIES}))


def test_the_same_diagnosis_again_records_nothing():
    given(a_cycle, choose_area, record_diagnosis).when(record_diagnosis).then_nothing()


def test_a_diagnosis_waits_for_the_area():
    refusal = refused_with_nothing_recorded([], record_diagnosis, StageNotReachedError)

    assert refusal.parameters == {"current": "AREA_CHOICE", "needed": "DIAGNOSIS"}


def test_a_closed_diagnosis_is_not_changed():
    refused_with_nothing_recorded(UP_TO_HDR, record_diagnosis, DiagnosisClosedError)


def test_closing_the_diagnosis_settles_area_team_and_priorities_and_completes_the_stage():
    given(a_cycle, *UP_TO_DIAGNOSIS).when(close_diagnosis).then(
        (
            "advisory.DiagnosisClosed",
            {
                "edition_id": EDITION,
                "jst": a_jst(),
                "area_code": "BUDGET_PLANNING",
                "team_id": TEAM,
                "diagnosis": DIAGNOSIS,
                "priorities": PRIORITIES,
            },
        ),
        stage_completed("DIAGNOSIS", "HDR"),
    )


def test_closing_the_diagnosis_waits_for_the_area():
    refused_with_nothing_recorded([assign_team], close_diagnosis, StageNotReachedError)


def test_a_diagnosis_that_was_not_recorded_cannot_be_closed():
    refused_with_nothing_recorded(
        [assign_team, choose_area], close_diagnosis, DiagnosisMissingError
    )


def test_a_diagnosis_cannot_be_closed_without_a_team():
    refusal = refused_with_nothing_recorded(
        [choose_area, record_diagnosis], close_diagnosis, TeamMissingError
    )

    assert refusal.parameters == {"cycle_id": str(a_cycle().id)}


def test_a_diagnosis_cannot_be_closed_without_an_area():
    cycle = given(lambda: a_cycle(["DIAGNOSIS", "HDR"]), assign_team, record_diagnosis)

    with pytest.raises(AreaMissingError):
        cycle.when(close_diagnosis)

    cycle.then_nothing()


def test_a_diagnosis_is_closed_once():
    refused_with_nothing_recorded(UP_TO_HDR, close_diagnosis, DiagnosisClosedError)


# --- HDR ----------------------------------------------------------------------------------------


def test_the_hdr_handed_in_completes_its_stage():
    given(a_cycle, *UP_TO_HDR).when(receive_hdr).then(
        ("advisory.HdrHandedIn", {"hdr_id": HDR_ID}),
        stage_completed("HDR", "DIRECTIONS"),
    )


def test_a_later_hand_in_of_the_hdr_records_nothing():
    given(a_cycle, *UP_TO_DIRECTIONS).when(receive_hdr).then_nothing()


def test_an_hdr_handed_in_before_its_stage_completes_it_as_soon_as_it_is_reached():
    stages = ["AREA_CHOICE", "DIAGNOSIS", "DEBATE", "HDR", "DIRECTIONS"]

    given(lambda: a_cycle(stages), *UP_TO_HDR, receive_hdr).when(complete("DEBATE")).then(
        stage_completed("DEBATE", "HDR"),
        stage_completed("HDR", "DIRECTIONS"),
    )


def test_an_hdr_handed_in_before_its_stage_is_only_noted():
    given(a_cycle).when(receive_hdr).then(("advisory.HdrHandedIn", {"hdr_id": HDR_ID}))


# --- directions ---------------------------------------------------------------------------------


def test_setting_the_directions_completes_their_stage():
    given(a_cycle, *UP_TO_DIRECTIONS).when(set_directions).then(
        (
            "advisory.DirectionsSet",
            {"directions": "Wdrożenie w trzech krokach", "tools": [TOOL]},
        ),
        stage_completed("DIRECTIONS", "IMPLEMENTATION_SUPPORT"),
    )


def test_directions_as_the_last_stage_complete_the_cycle():
    given(lambda: a_cycle(FIVE_STAGES[:4]), *UP_TO_DIRECTIONS).when(set_directions).then(
        (
            "advisory.DirectionsSet",
            {"directions": "Wdrożenie w trzech krokach", "tools": [TOOL]},
        ),
        stage_completed("DIRECTIONS", None),
        COMPLETED,
    )


def test_directions_wait_for_the_hdr():
    refusal = refused_with_nothing_recorded(UP_TO_HDR, set_directions, StageNotReachedError)

    assert refusal.parameters == {"current": "HDR", "needed": "DIRECTIONS"}


def test_directions_are_set_once():
    refused_with_nothing_recorded(UP_TO_SUPPORT, set_directions, DirectionsSettledError)


# --- stages without work of their own -----------------------------------------------------------


def test_the_last_stage_completes_the_cycle():
    given(a_cycle, *UP_TO_SUPPORT).when(complete_support).then(
        stage_completed("IMPLEMENTATION_SUPPORT", None), COMPLETED
    )


def test_a_later_stage_cannot_be_completed():
    refusal = refused_with_nothing_recorded(
        UP_TO_HDR, complete("IMPLEMENTATION_SUPPORT"), StageNotReachedError
    )

    assert refusal.parameters == {"current": "HDR", "needed": "IMPLEMENTATION_SUPPORT"}


def test_a_completed_stage_is_not_completed_again():
    refusal = refused_with_nothing_recorded(
        UP_TO_THE_END, complete_support, StageAlreadyCompletedError
    )

    assert refusal.parameters == {"stage": "IMPLEMENTATION_SUPPORT", "current": None}


def test_a_stage_that_the_cycle_does_not_have_cannot_be_completed():
    refused_with_nothing_recorded([], complete("CLOSING"), UnknownStageError)


@pytest.mark.parametrize("stage", ["AREA_CHOICE", "DIAGNOSIS", "HDR", "DIRECTIONS"])
def test_a_stage_with_work_of_its_own_is_not_completed_by_saying_so(stage):
    refusal = refused_with_nothing_recorded([], complete(stage), StageHasOwnCommandError)

    assert ("stage", {"stage": stage}) == (refusal.field, refusal.parameters)


# --- activities ---------------------------------------------------------------------------------


def test_support_is_logged_for_the_assigned_team_at_the_current_stage():
    cycle = a_cycle()

    given(a_cycle, assign_team, choose_area).when(log_activity).then(
        (
            "advisory.ActivityLogged",
            {
                "activity_id": uuid5(cycle.id, "activity 1"),
                "team_id": TEAM,
                "stage": "DIAGNOSIS",
                "form": "WORKSHOP",
                "held_on": TODAY,
                "hours": 4.5,
                "participants": 12,
                "topic": "Diagnoza potrzeb",
                "task_codes": ["PRO-03"],
                "note": "Warsztat w urzędzie",
            },
        )
    )


def test_each_activity_has_an_id_of_its_own():
    cycle = a_cycle()
    assign_team(cycle)

    assert log()(cycle) != log()(cycle)


def test_support_after_the_last_stage_belongs_to_the_last_stage():
    cycle = a_cycle()
    for command in (*UP_TO_THE_END, log_activity):
        command(cycle)

    assert [activity.stage for activity in cycle.activities] == ["IMPLEMENTATION_SUPPORT"]


def test_support_cannot_be_logged_where_no_team_is_assigned():
    refused_with_nothing_recorded([], log(), TeamMissingError)


def test_support_of_tomorrow_is_refused():
    refusal = refused_with_nothing_recorded(
        [assign_team], log(held_on=TODAY + timedelta(days=1)), ActivityInFutureError
    )

    assert refusal.field == "held_on"
    assert refusal.parameters == {"held_on": "2026-03-11", "today": "2026-03-10"}


def test_support_before_the_editions_first_day_is_refused():
    refusal = refused_with_nothing_recorded(
        [assign_team], log(held_on=date(2025, 12, 31)), ActivityBeforeEditionError
    )

    assert refusal.field == "held_on"
    assert refusal.parameters == {"held_on": "2025-12-31", "starts_on": "2026-01-01"}


def test_support_on_the_editions_first_day_is_logged():
    cycle = a_cycle()
    assign_team(cycle)

    log(held_on=date(2026, 1, 1))(cycle)

    assert [activity.support.held_on for activity in cycle.activities] == [date(2026, 1, 1)]


# --- whatever order the work comes in -----------------------------------------------------------

WORK = [
    assign_team,
    choose_area,
    choose("GIFTED_SUPPORT"),
    record_diagnosis,
    close_diagnosis,
    receive_hdr,
    set_directions,
    complete_support,
    complete("DEBATE"),
    log_activity,
]


@examples(200)
@for_any(
    strategies.lists(strategies.sampled_from(WORK), max_size=30),
    strategies.permutations([*FIVE_STAGES, "DEBATE"]),
)
def test_stages_are_completed_in_their_order_and_each_once(commands, stages):
    cycle = a_cycle(stages)
    for command in commands:
        try:
            command(cycle)
        except AdvisoryError:
            continue

    names = [fact(event) for event in cycle.collect_events()]
    completed = [payload["stage"] for name, payload in names if name == "advisory.StageCompleted"]
    assert completed == stages[: len(completed)]
    assert names.count(COMPLETED) == (1 if completed == stages else 0)


@examples(50)
@for_any(strategies.permutations([*FIVE_STAGES, "DEBATE"]))
def test_every_order_of_stages_can_be_worked_through(stages):
    cycle = a_cycle(stages)
    for _ in stages:
        for command in WORK:
            try:
                command(cycle)
            except AdvisoryError:
                continue

    assert cycle.stages.current is None
