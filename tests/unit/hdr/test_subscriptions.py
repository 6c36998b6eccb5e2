from datetime import date
from uuid import UUID

from services.hdr import reference
from services.hdr.component import COMPONENT
from services.hdr.domain.hdr import hdr_id_of
from shared.contracts import recruitment
from shared.contracts.advisory import TeamAssigned
from shared.contracts.hdr import HdrRequest
from shared.kernel.testing import deliver
from tests.unit.hdr.builders import (
    CYCLE_ID,
    EDITION_ID,
    HDR_ID,
    JST,
    JST_AS_TOWN,
    TEAM_ID,
    a_diagnosis_closed,
    an_edition_configuration,
    write_hdr,
)

OTHER_TEAM_ID = UUID("7ea30000-0000-4000-8000-000000000002")
STATE_ON = date(2026, 1, 1)


def hear(app, *events):
    deliver(app, COMPONENT.handlers, *events)


def as_the_register_has_it(app):
    with app.database.reading() as connection:
        return reference.local_government(connection, JST.id)


def rules_of_the_edition(app):
    with app.database.reading() as connection:
        return reference.edition_rules(connection, EDITION_ID)


def test_a_closed_diagnosis_opens_the_hdr_of_the_cycle(empty_app):
    hear(empty_app, a_diagnosis_closed())

    hdr = empty_app.get_hdr(HdrRequest(hdr_id=hdr_id_of(CYCLE_ID)))
    assert (JST, "BUDGET_PLANNING", 1) == (hdr.jst, hdr.area_code, hdr.version)


def test_the_same_message_again_changes_nothing(app):
    write_hdr(app)

    hear(app, a_diagnosis_closed())

    assert 2 == app.get_hdr(HdrRequest(hdr_id=HDR_ID)).version


def test_the_last_assigned_team_is_the_one_that_advises(app):
    hear(
        app,
        TeamAssigned(cycle_id=CYCLE_ID, team_id=TEAM_ID),
        TeamAssigned(
            cycle_id=CYCLE_ID, team_id=OTHER_TEAM_ID, previous_team_id=TEAM_ID, reason="Choroba"
        ),
    )

    assert OTHER_TEAM_ID == app.get_hdr(HdrRequest(hdr_id=HDR_ID)).team_id


def test_a_team_assigned_before_the_hdr_is_opened_is_known_then(empty_app):
    hear(empty_app, TeamAssigned(cycle_id=CYCLE_ID, team_id=TEAM_ID), a_diagnosis_closed())

    assert TEAM_ID == empty_app.get_hdr(HdrRequest(hdr_id=HDR_ID)).team_id


def test_an_editions_rules_follow_its_configuration(empty_app):
    assert rules_of_the_edition(empty_app) is None

    hear(
        empty_app,
        recruitment.EditionCreated(edition_id=EDITION_ID, configuration=an_edition_configuration()),
    )
    first = rules_of_the_edition(empty_app)
    hear(
        empty_app,
        recruitment.EditionReconfigured(
            edition_id=EDITION_ID,
            configuration=an_edition_configuration(
                hdr_template_version=2, summary_forms=("MINI_REPORTAGE",)
            ),
        ),
    )

    assert reference.EditionRules(1, ("GOOD_PRACTICE", "REFLECTION_STUDY")) == first
    assert reference.EditionRules(2, ("MINI_REPORTAGE",)) == rules_of_the_edition(empty_app)


def test_a_jst_is_known_as_the_register_has_it_now(empty_app):
    renamed = JST.model_copy(update={"name": "Różana"})
    seen = [as_the_register_has_it(empty_app)]
    for event in (
        recruitment.LocalGovernmentRegistered(jst=JST, state_on=STATE_ON),
        recruitment.LocalGovernmentRenamed(jst=renamed, previous_name=JST.name, state_on=STATE_ON),
        recruitment.LocalGovernmentKindChanged(
            jst=JST_AS_TOWN,
            previous_kind=JST.kind,
            previous_code=JST.code,
            state_on=STATE_ON,
        ),
        recruitment.LocalGovernmentClosed(jst=JST_AS_TOWN, state_on=STATE_ON),
    ):
        hear(empty_app, event)
        seen.append(as_the_register_has_it(empty_app))

    assert [None, JST, renamed, JST_AS_TOWN, JST_AS_TOWN] == seen


def test_what_is_listened_to_comes_from_the_sources_that_are_named():
    assert set(COMPONENT.sources) == {e.OWNER for e in COMPONENT.handlers.event_types}
