from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.event import listen

from services.recruitment.domain.errors import (
    RegisterFileInvalidError,
    RegisterStateOlderError,
    SlugTakenError,
)
from services.recruitment.domain.local_government import local_government_id
from shared.contracts.recruitment import CreateEdition, ReconfigureEdition
from shared.kernel.refusal import NotFoundError
from tests.unit.recruitment.builders import a_configuration
from tests.unit.recruitment.programme import Programme
from tests.unit.recruitment.terc import ROWS, terc

UNKNOWN = UUID(int=404)


def counts(answer):
    return answer.model_dump(exclude={"import_id", "state_on"})


# --- editions -----------------------------------------------------------------------------------


def test_an_edition_is_created_and_reconfigured():
    programme = Programme()
    edition_id = programme.an_edition()

    wider = ReconfigureEdition(
        edition_id=edition_id, configuration=a_configuration(voivodeships=("06", "32"))
    )
    programme.do("reconfigure_edition", wider)

    assert programme.events() == ["recruitment.EditionCreated", "recruitment.EditionReconfigured"]


def test_two_editions_cannot_share_an_address():
    programme = Programme()
    programme.an_edition()

    with pytest.raises(SlugTakenError) as refusal:
        programme.an_edition()

    assert (refusal.value.field, refusal.value.parameters) == (
        "configuration.slug",
        {"slug": "pilotaz-systemu"},
    )
    assert programme.events() == ["recruitment.EditionCreated"]


def test_a_refused_edition_leaves_its_address_free():
    programme = Programme()
    contradiction = a_configuration(ends_on=date(2019, 1, 1))
    with pytest.raises(Exception, match="period-order"):
        programme.do("create_edition", CreateEdition(configuration=contradiction))

    assert programme.an_edition()


def test_an_unknown_edition_is_not_found():
    request = ReconfigureEdition(edition_id=UNKNOWN, configuration=a_configuration())

    with pytest.raises(NotFoundError) as refusal:
        Programme().do("reconfigure_edition", request)

    assert refusal.value.parameters == {"what": "Edition", "id": str(UNKNOWN)}


# --- register -----------------------------------------------------------------------------------


def test_the_first_import_registers_every_jst_in_one_act():
    programme = Programme()

    answer = programme.a_register()

    assert (answer.state_on, counts(answer)) == (
        date(2020, 1, 1),
        {"registered": 8, "renamed": 0, "kind_changed": 0, "closed": 0, "unchanged": 0},
    )
    assert programme.events() == [
        *["recruitment.LocalGovernmentRegistered"] * 8,
        "recruitment.RegisterImportCompleted",
    ]


def test_the_same_state_again_changes_nothing_but_is_on_record():
    programme = Programme()
    programme.a_register()

    answer = programme.a_register()

    assert counts(answer) == {
        "registered": 0,
        "renamed": 0,
        "kind_changed": 0,
        "closed": 0,
        "unchanged": 8,
    }
    assert programme.events()[9:] == ["recruitment.RegisterImportCompleted"]


def test_a_newer_state_renames_changes_kinds_closes_and_registers():
    programme = Programme()
    programme.a_register()
    rows = [
        row.replace("02;01;02;2;Bolesławiec;gmina wiejska", "02;01;02;2;Bratian;gmina wiejska")
        .replace("02;01;04;3;Nowogrodziec", "02;01;04;1;Nowogrodziec")
        .replace("02;01;01;1;Bolesławiec", "02;01;05;1;Osiecznica")
        for row in ROWS
        if not row.startswith(("02;01;04;4", "02;01;04;5"))
    ]

    answer = programme.a_register(terc(*rows, state_on="2021-01-01"))

    assert counts(answer) == {
        "registered": 1,
        "renamed": 1,
        "kind_changed": 1,
        "closed": 1,
        "unchanged": 5,
    }
    assert sorted(programme.events()[9:]) == [
        "recruitment.LocalGovernmentClosed",
        "recruitment.LocalGovernmentKindChanged",
        "recruitment.LocalGovernmentRegistered",
        "recruitment.LocalGovernmentRenamed",
        "recruitment.RegisterImportCompleted",
    ]


def test_a_new_name_of_a_county_reaches_the_county_and_its_communes():
    programme = Programme()
    programme.a_register()
    renamed = [row.replace("bolesławiecki;powiat", "karkonoski;powiat") for row in ROWS]

    answer = programme.a_register(terc(*renamed, state_on="2021-01-01"))

    assert (answer.renamed, answer.unchanged) == (4, 4)


def test_a_jst_that_is_gone_and_back_keeps_its_id():
    programme = Programme()
    programme.a_register()
    without = [row for row in ROWS if not row.startswith("02;01;02")]
    programme.a_register(terc(*without, state_on="2021-01-01"))

    answer = programme.a_register(terc(state_on="2022-01-01"))

    assert (answer.registered, answer.unchanged) == (1, 7)
    assert programme.events()[-2:] == [
        "recruitment.LocalGovernmentReopened",
        "recruitment.RegisterImportCompleted",
    ]
    assert programme.told()[-2].jst.id == local_government_id("0201022")


def test_a_file_of_a_part_of_the_country_closes_nothing():
    programme = Programme()
    programme.a_register()

    part = terc(*ROWS[:3], state_on="2021-01-01")
    answer = programme.a_register(part, is_partial=True)

    assert counts(answer) == {
        "registered": 0,
        "renamed": 0,
        "kind_changed": 0,
        "closed": 0,
        "unchanged": 3,
    }


def test_an_older_state_is_refused():
    programme = Programme()
    programme.a_register()
    before = programme.events()

    with pytest.raises(RegisterStateOlderError):
        programme.a_register(terc(state_on="2019-01-01"))

    assert programme.events() == before


def test_of_a_broken_file_nothing_is_imported():
    programme = Programme()

    with pytest.raises(RegisterFileInvalidError):
        programme.a_register(terc(*ROWS, "2;1;1;1;Zero zgubione;gmina miejska"))

    assert programme.events() == []


def test_units_that_did_not_change_are_not_loaded_one_by_one():
    programme = Programme()
    programme.a_register()
    statements = []
    listen(
        programme.app.database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )

    programme.a_register(terc(state_on="2021-01-01"))

    assert sum("FROM events" in statement for statement in statements) == 0
