from datetime import date

import pytest

from services.recruitment.domain.errors import RegisterStateOlderError
from services.recruitment.domain.register_import import (
    Held,
    KnownUnit,
    RegisterChanges,
    RegisterImport,
    compare,
)
from services.recruitment.domain.teryt import RegisterState
from shared.contracts.base import JstKind
from shared.kernel.testing import fact
from tests.unit.recruitment.builders import REGISTER_DAY, a_jst

NEXT_YEAR = date(2021, 1, 1)
HELD = Held(newest_on=REGISTER_DAY, newest_complete_on=REGISTER_DAY)
DRELOW = a_jst()
OTHER = a_jst("0601042", "Janów Podlaski")


def known(*units, state_on=REGISTER_DAY, is_closed=False):
    return {jst.id: KnownUnit(jst, state_on, is_closed) for jst in units}


def changes(**fields):
    nothing = {
        "new": (),
        "reopened": (),
        "renamed": (),
        "kind_changed": (),
        "gone": (),
        "unchanged": 0,
    }
    return RegisterChanges(**(nothing | fields))


def state(*units, on=NEXT_YEAR):
    return RegisterState(on, units)


def test_everything_is_new_to_an_empty_register():
    found = compare(state(DRELOW, OTHER), {}, Held(), is_partial=False)

    assert found == changes(new=(DRELOW, OTHER))


def test_the_same_state_again_changes_nothing():
    again = state(DRELOW, OTHER, on=REGISTER_DAY)

    assert compare(again, known(DRELOW, OTHER), HELD, is_partial=False) == changes(unchanged=2)


def test_a_renamed_unit_is_found_by_its_code():
    bratian = a_jst(name="Bratian")

    found = compare(state(bratian, OTHER), known(DRELOW, OTHER), HELD, is_partial=False)

    assert found == changes(renamed=(bratian,), unchanged=1)


def test_a_unit_of_another_kind_is_found_by_the_code_without_its_kind():
    town = a_jst(code="0601033", kind=JstKind.URBAN_RURAL)

    found = compare(state(town), known(DRELOW), HELD, is_partial=False)

    assert found == changes(kind_changed=(town,))


def test_a_new_name_and_a_new_kind_count_in_both_but_concern_one_unit():
    town = a_jst(code="0601033", kind=JstKind.URBAN_RURAL, name="Drelów Nowy")

    found = compare(state(town), known(DRELOW), HELD, is_partial=False)

    assert found == changes(renamed=(town,), kind_changed=(town,))
    assert found.of_known == {DRELOW.id: town}


def test_a_unit_missing_from_a_newer_file_of_the_whole_country_is_gone():
    found = compare(state(OTHER), known(DRELOW, OTHER), HELD, is_partial=False)

    assert found == changes(gone=(DRELOW.id,), unchanged=1)


def test_a_unit_missing_from_a_file_of_a_part_is_not_gone():
    found = compare(state(OTHER), known(DRELOW, OTHER), HELD, is_partial=True)

    assert found == changes(unchanged=1)


def test_a_unit_missing_from_a_file_of_the_same_state_is_not_gone():
    again = state(OTHER, on=REGISTER_DAY)

    assert compare(again, known(DRELOW, OTHER), HELD, is_partial=False) == changes(unchanged=1)


def test_a_part_imported_before_does_not_hide_what_is_gone_from_the_whole():
    part_before = Held(newest_on=NEXT_YEAR, newest_complete_on=REGISTER_DAY)

    found = compare(state(OTHER), known(DRELOW, OTHER), part_before, is_partial=False)

    assert found == changes(gone=(DRELOW.id,), unchanged=1)


def test_a_unit_whose_own_state_is_as_new_is_not_gone():
    units = known(OTHER) | known(DRELOW, state_on=NEXT_YEAR)
    part_before = Held(newest_on=NEXT_YEAR, newest_complete_on=REGISTER_DAY)

    found = compare(state(OTHER), units, part_before, is_partial=False)

    assert found == changes(unchanged=1)


def test_a_unit_gone_before_stays_gone():
    units = known(OTHER) | known(DRELOW, is_closed=True)

    assert compare(state(OTHER), units, HELD, is_partial=False) == changes(unchanged=1)


def test_a_closed_unit_that_is_listed_again_is_reopened():
    found = compare(state(DRELOW), known(DRELOW, is_closed=True), HELD, is_partial=False)

    assert found == changes(reopened=(DRELOW,))


def test_a_state_before_the_newest_one_is_refused():
    with pytest.raises(RegisterStateOlderError) as refusal:
        compare(state(DRELOW, on=date(2019, 1, 1)), known(DRELOW), HELD, is_partial=True)

    assert refusal.value.parameters == {
        "state_on": "2019-01-01",
        "imported_state_on": "2020-01-01",
    }


def test_an_import_records_how_many_units_each_change_concerned():
    found = changes(
        new=(DRELOW,), reopened=(OTHER,), renamed=(OTHER,), gone=(OTHER.id,), unchanged=7
    )

    [completed] = RegisterImport.complete(NEXT_YEAR, found, is_partial=True).collect_events()

    assert fact(completed) == (
        "recruitment.RegisterImportCompleted",
        {
            "state_on": NEXT_YEAR,
            "is_partial": True,
            "registered": 2,
            "renamed": 1,
            "kind_changed": 0,
            "closed": 1,
            "unchanged": 7,
        },
    )
