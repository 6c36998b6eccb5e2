from uuid import UUID

import pytest

from services.advisory import reference
from services.advisory.component import COMPONENT
from services.advisory.domain.advisory_cycle import AdvisoryCycle
from services.advisory.domain.facts import RosterExpert
from shared.contracts.advisory import CycleOpened, CyclesQuery
from shared.contracts.base import ExpertRole
from shared.contracts.hdr import HDRSubmitted
from shared.contracts.recruitment import (
    CallKind,
    Decision,
    EditionReconfigured,
    ExpertLeftRoster,
)
from shared.kernel.refusal import NotFoundError
from shared.kernel.testing import deliver, published
from tests.unit.advisory.builders import (
    EDITION,
    FIVE_STAGES,
    HDR_ID,
    LUBELSKIE,
    NOBODY,
    OTHER_EDITION,
    ROS,
    SLASKIE,
    UP_TO_HDR,
    a_configuration,
    a_cycle,
    a_jst,
    a_result,
    edition_created,
    edition_rules,
    expert_entered,
    reserve_promoted,
    results_published,
)


def tell(app, *events):
    deliver(app, COMPONENT.handlers, *events)


def roster(app):
    with app.database.reading() as connection:
        return reference.roster_of(connection, [ROS])


def known_rules(app, edition_id=EDITION):
    return reference.edition_rules(app.database, edition_id)


# --- editions -----------------------------------------------------------------------------------


def test_a_created_edition_is_known(empty_app):
    tell(empty_app, edition_created())

    assert known_rules(empty_app) == edition_rules()


def test_a_reconfigured_edition_has_its_new_rules(app):
    fewer = a_configuration(voivodeships=(SLASKIE,))

    tell(app, EditionReconfigured(edition_id=EDITION, configuration=fewer))

    assert known_rules(app) == edition_rules(voivodeships=frozenset({SLASKIE}))


def test_an_edition_told_twice_is_known_once(empty_app):
    tell(empty_app, edition_created(), edition_created())

    assert known_rules(empty_app) == edition_rules()


def test_an_edition_that_nobody_told_is_not_known(app):
    assert known_rules(app, OTHER_EDITION) is None


# --- roster -------------------------------------------------------------------------------------


def test_an_expert_who_entered_the_roster_is_known(empty_app):
    tell(empty_app, expert_entered(employer_jst=a_jst(4)))

    assert roster(empty_app) == {
        ROS: RosterExpert(
            expert_id=ROS,
            role=ExpertRole.ROS,
            voivodeship=LUBELSKIE,
            employer_jst_id=UUID(int=4),
            is_active=True,
        )
    }


def test_an_expert_who_left_the_roster_is_no_longer_active(app):
    tell(app, ExpertLeftRoster(expert_id=ROS, reason_code="OWN_WISH"))

    assert roster(app)[ROS].is_active is False


def test_an_expert_who_entered_again_is_active_again(app):
    tell(app, ExpertLeftRoster(expert_id=ROS, reason_code="OWN_WISH"), expert_entered())

    assert roster(app)[ROS].is_active is True


def test_that_somebody_unknown_left_changes_nothing(app):
    tell(app, ExpertLeftRoster(expert_id=NOBODY, reason_code="OWN_WISH"))

    assert NOBODY not in roster(app)


# --- qualified JST ------------------------------------------------------------------------------


def test_each_qualified_jst_gets_its_cycle(app):
    tell(
        app,
        results_published(
            a_result(a_jst(1)),
            a_result(a_jst(2), Decision.RESERVE),
            a_result(a_jst(3), Decision.REJECTED),
            a_result(a_jst(4)),
        ),
    )

    assert published(app, COMPONENT.publications) == [
        CycleOpened(
            cycle_id=AdvisoryCycle.create_id(EDITION, jst),
            edition_id=EDITION,
            jst=jst,
            stages=tuple(FIVE_STAGES),
        )
        for jst in (a_jst(1), a_jst(4))
    ]


def test_results_told_twice_open_no_second_cycle(app):
    tell(app, results_published(a_result(a_jst())), results_published(a_result(a_jst())))

    assert app.list_cycles(CyclesQuery()).total == 1


@pytest.mark.parametrize("kind", [CallKind.ROS, CallKind.PRO])
def test_experts_who_qualified_open_no_cycle_for_their_employer(app, kind):
    tell(app, results_published(a_result(a_jst()), kind=kind))

    assert app.list_cycles(CyclesQuery()).total == 0


def test_a_jst_that_moved_up_gets_its_cycle(app):
    tell(app, reserve_promoted(a_jst(2)))

    [cycle] = app.list_cycles(CyclesQuery()).cycles
    assert cycle.jst == a_jst(2)


def test_a_jst_that_moved_up_and_is_advised_already_keeps_its_cycle(app):
    tell(app, results_published(a_result(a_jst())), reserve_promoted(a_jst()))

    assert app.log.max_notification_id() == 1


def test_an_expert_who_moved_up_opens_no_cycle(app):
    tell(app, reserve_promoted(a_jst()).model_copy(update={"kind": CallKind.PRO}))

    assert app.list_cycles(CyclesQuery()).total == 0


def test_results_of_an_edition_that_nobody_told_are_refused_and_so_kept_for_later(empty_app):
    with pytest.raises(NotFoundError):
        tell(empty_app, results_published(a_result(a_jst())))


# --- HDR ----------------------------------------------------------------------------------------


def submitted(submission=1):
    return HDRSubmitted(
        hdr_id=HDR_ID,
        cycle_id=AdvisoryCycle.create_id(EDITION, a_jst()),
        submission=submission,
    )


def test_an_hdr_handed_in_completes_the_stage(app):
    cycle = a_cycle()
    for command in UP_TO_HDR:
        command(cycle)
    app.save(cycle)

    tell(app, submitted())

    assert app.load(AdvisoryCycle, cycle.id).stages.current == "DIRECTIONS"


def test_an_hdr_handed_in_again_changes_nothing(app):
    cycle = a_cycle()
    for command in UP_TO_HDR:
        command(cycle)
    app.save(cycle)
    tell(app, submitted())
    before = app.log.max_notification_id()

    tell(app, submitted(), submitted(submission=2))

    assert app.log.max_notification_id() == before


def test_an_hdr_of_an_unknown_cycle_is_refused_and_so_kept_for_later(app):
    with pytest.raises(NotFoundError):
        tell(app, submitted())
