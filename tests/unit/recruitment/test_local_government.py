from datetime import date

from hypothesis import given as for_all
from hypothesis import strategies as st

from services.recruitment.domain.local_government import identity_code, local_government_id
from shared.contracts.base import JstKind
from shared.kernel.testing import fact, given
from tests.unit.recruitment.builders import REGISTER_DAY, a_jst, a_registered_jst

LATER = date(2021, 1, 1)
AS_TOWN = {"code": "0601033", "kind": JstKind.URBAN_RURAL}


def close(jst):
    jst.close(LATER)


def test_registering_records_the_unit_and_the_day_of_the_state():
    [registered] = a_registered_jst().collect_events()

    assert fact(registered) == (
        "recruitment.LocalGovernmentRegistered",
        {"jst": a_jst(), "state_on": REGISTER_DAY},
    )


def test_the_id_is_the_one_that_the_reference_carries():
    assert a_registered_jst().id == a_jst().id


def test_the_id_stays_when_the_kind_and_so_the_code_changes():
    assert local_government_id("2404032") == local_government_id("2404033")


@for_all(st.sampled_from(["06", "0601"]), st.from_regex(r"[0-9]{7}", fullmatch=True))
def test_units_of_different_levels_never_share_an_id(short, commune):
    assert local_government_id(short) != local_government_id(commune)


def test_codes_of_counties_and_voivodeships_have_no_kind():
    assert [identity_code(code) for code in ("06", "0601", "0601032")] == ["06", "0601", "060103"]


def test_the_same_again_records_nothing():
    given(a_registered_jst).when(lambda j: j.take_over(a_jst(), LATER)).then_nothing()


def test_another_name_is_a_rename():
    renamed = a_jst(name="Bratian")

    given(a_registered_jst).when(lambda j: j.take_over(renamed, LATER)).then(
        (
            "recruitment.LocalGovernmentRenamed",
            {
                "jst": renamed,
                "previous_name": "Drelów",
                "previous_county": "bialski",
                "state_on": LATER,
            },
        ),
    )


def test_another_name_of_the_county_is_a_rename_of_its_communes():
    renamed = a_jst(county="karkonoski")

    given(a_registered_jst).when(lambda j: j.take_over(renamed, LATER)).then(
        (
            "recruitment.LocalGovernmentRenamed",
            {
                "jst": renamed,
                "previous_name": "Drelów",
                "previous_county": "bialski",
                "state_on": LATER,
            },
        ),
    )


def test_a_commune_that_becomes_a_town_changes_kind_and_code():
    town = a_jst(**AS_TOWN)

    given(a_registered_jst).when(lambda j: j.take_over(town, LATER)).then(
        (
            "recruitment.LocalGovernmentKindChanged",
            {
                "jst": town,
                "previous_kind": "RURAL",
                "previous_code": "0601032",
                "state_on": LATER,
            },
        ),
    )


def test_a_new_name_and_a_new_kind_at_once_are_two_facts():
    both = a_jst(name="Drelów Nowy", **AS_TOWN)

    given(a_registered_jst).when(lambda j: j.take_over(both, LATER)).then(
        (
            "recruitment.LocalGovernmentRenamed",
            {
                "jst": a_jst(name="Drelów Nowy"),
                "previous_name": "Drelów",
                "previous_county": "bialski",
                "state_on": LATER,
            },
        ),
        (
            "recruitment.LocalGovernmentKindChanged",
            {"jst": both, "previous_kind": "RURAL", "previous_code": "0601032", "state_on": LATER},
        ),
    )


def test_closing_records_the_unit_as_it_was_last():
    given(a_registered_jst).when(close).then(
        ("recruitment.LocalGovernmentClosed", {"jst": a_jst(), "state_on": LATER}),
    )


def test_closing_twice_records_nothing_more():
    given(a_registered_jst, close).when(close).then_nothing()


def test_a_closed_unit_that_is_back_is_reopened_as_it_is_now():
    back = a_jst(name="Ostrowice")

    given(a_registered_jst, close).when(lambda j: j.take_over(back, LATER)).then(
        ("recruitment.LocalGovernmentReopened", {"jst": back, "state_on": LATER}),
    )
