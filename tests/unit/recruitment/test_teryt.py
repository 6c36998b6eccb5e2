import re
from datetime import date

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.recruitment.domain.errors import RegisterFileInvalidError
from services.recruitment.domain.local_government import local_government_id
from services.recruitment.domain.teryt import parse_terc
from shared.contracts.base import JstKind, JstRef
from tests.unit.recruitment.terc import HEADER, ROWS, terc


def problems(content):
    with pytest.raises(RegisterFileInvalidError) as refusal:
        parse_terc(content)
    return [tuple(entry["parameters"].values()) for entry in refusal.value.fields]


def problem_of(row):
    """What is wrong with a file that has this row as its last, row 16."""
    return problems(terc(*ROWS, row))


def jst(code, name, kind, county=None, *, has_county_rights=False):
    return JstRef(
        id=local_government_id(code),
        code=code,
        name=name,
        kind=kind,
        voivodeship=code[:2],
        county=county,
        has_county_rights=has_county_rights,
    )


def test_every_jst_of_the_file_is_read_and_nothing_else():
    assert parse_terc(terc()).units == (
        jst("02", "dolnośląskie", JstKind.VOIVODESHIP),
        jst("0201", "bolesławiecki", JstKind.COUNTY),
        jst("0201011", "Bolesławiec", JstKind.URBAN, "bolesławiecki"),
        jst("0201022", "Bolesławiec", JstKind.RURAL, "bolesławiecki"),
        jst("0201043", "Nowogrodziec", JstKind.URBAN_RURAL, "bolesławiecki"),
        jst("0264011", "Wrocław", JstKind.URBAN, has_county_rights=True),
        jst("14", "mazowieckie", JstKind.VOIVODESHIP),
        jst("1465011", "Warszawa", JstKind.URBAN, has_county_rights=True),
    )


def test_the_day_of_the_state_is_read():
    assert parse_terc(terc(state_on="2026-01-01")).state_on == date(2026, 1, 1)


@pytest.mark.parametrize(
    "variant",
    [
        terc().removeprefix("\ufeff"),
        terc().replace("\r\n", "\n"),
        terc().replace("\r\n", "\r"),
        terc().rstrip(),
        terc() + "\r\n \r\n",
        terc().replace(";", " ; "),
    ],
    ids=["no BOM", "LF", "CR", "no last line", "empty last lines", "blanks round the columns"],
)
def test_other_ways_to_store_the_same_text_are_read_alike(variant):
    assert parse_terc(variant) == parse_terc(terc())


def test_another_header_is_the_only_thing_said_of_a_foreign_file():
    assert problems("id,name\r\n1,x\r\n2,y") == [(1, "WOJ", "id,name", "HEADER")]


def test_an_empty_text_has_no_header():
    assert problems("\ufeff\r\n") == [(1, "WOJ", "", "HEADER")]


def test_a_file_with_a_header_alone_names_no_unit():
    assert problems(HEADER) == [(1, "WOJ", "", "NO_UNITS")]


@pytest.mark.parametrize(
    ("row", "column", "value", "problem"),
    [
        ("2;;;;DOLNOŚLĄSKIE;województwo", "WOJ", "2", "VOIVODESHIP_CODE"),
        ("03;;;;NIEZNANE;województwo", "WOJ", "03", "VOIVODESHIP_CODE"),
        ("02;00;;;zerowy;powiat", "POW", "00", "COUNTY_CODE"),
        ("02;01;1;2;Gromadka;gmina wiejska", "GMI", "1", "COMMUNE_CODE"),
        ("02;01;03;;Gromadka;gmina wiejska", "RODZ", "", "COMMUNE_KIND"),
        ("02;01;03;7;Gromadka;gmina wiejska", "RODZ", "7", "COMMUNE_KIND"),
        ("02;05;;2;jaworski;powiat", "RODZ", "2", "COMMUNE_KIND"),
        ("02;01;03;2;;gmina wiejska", "NAZWA", "", "NAME"),
        ("02;01;02;2;Bolesławiec;gmina wiejska", "GMI", "0201022", "REPEATED"),
        ("02;01;02;3;Bolesławiec;gmina wiejska", "GMI", "0201023", "REPEATED"),
        ("02;09;01;2;Gromadka;gmina wiejska", "POW", "09", "COUNTY_MISSING"),
        ("04;;;;KUJAWSKO-POMORSKIE;województwo;2020-01-01", "WOJ", None, "COLUMN_COUNT"),
    ],
)
def test_a_broken_row_is_named_with_its_column_and_value(row, column, value, problem):
    if value is None:
        value = f"{row};2020-01-01"

    assert problem_of(row) == [(16, column, value, problem)]


def test_a_commune_without_a_county_is_named():
    assert problem_of("02;;03;2;Gromadka;gmina wiejska") == [(16, "POW", "", "COUNTY_CODE")]


def test_a_county_without_its_voivodeship_is_named():
    assert problem_of("30;05;;;grodziski;powiat") == [(16, "WOJ", "30", "VOIVODESHIP_MISSING")]


@pytest.mark.parametrize("day", ["2020-02-30", "1.01.2020", "20200101", ""])
def test_a_day_that_is_none_is_named_and_differs_from_the_others(day):
    content = terc().rstrip() + f"\r\n04;;;;KUJAWSKO-POMORSKIE;województwo;{day}"

    assert problems(content) == [
        (16, "STAN_NA", day, "STATE_DATE"),
        (16, "STAN_NA", day, "STATE_DIFFERS"),
    ]


def test_two_states_in_one_file_are_named():
    content = terc().rstrip() + "\r\n04;;;;KUJAWSKO-POMORSKIE;województwo;2021-01-01"

    assert problems(content) == [(16, "STAN_NA", "2021-01-01", "STATE_DIFFERS")]


def test_a_file_that_went_through_a_spreadsheet_says_so_in_every_row_up_to_twenty():
    content = terc(*(f"2;1;{n};2;Gmina {n};gmina wiejska" for n in range(1, 10)))

    found = problems(content)

    assert len(found) == 20
    assert found[:3] == [
        (2, "GMI", "1", "COMMUNE_CODE"),
        (2, "POW", "1", "COUNTY_CODE"),
        (2, "POW", "1", "COUNTY_MISSING"),
    ]


def test_the_refusal_is_one_of_the_field_and_tells_how_many_there_are():
    with pytest.raises(RegisterFileInvalidError) as refusal:
        parse_terc(terc(*(f"2;1;{n};2;Gmina;gmina wiejska" for n in range(1, 10))))

    assert (refusal.value.code, refusal.value.status, refusal.value.field) == (
        "register-file-invalid",
        422,
        "content",
    )
    assert refusal.value.parameters["problems"] > 20
    assert refusal.value.fields[0] == {
        "field": "content",
        "rule": "TERC_ROW",
        "message": "row 2, GMI: COMMUNE_CODE",
        "parameters": {"row": 2, "column": "GMI", "value": "1", "problem": "COMMUNE_CODE"},
    }


def test_a_very_long_value_is_shown_in_part():
    [(_, _, value, _)] = problem_of(f"02;01;03;2;{'x' * 300};gmina wiejska")

    assert value == "x" * 80


@for_all(st.text())
def test_any_text_is_read_or_refused_and_never_breaks_the_reader(text):
    with pytest.raises(RegisterFileInvalidError):
        parse_terc(f"{HEADER}\n{re.sub(';', ',', text)}")


@for_all(
    st.lists(
        st.lists(
            st.sampled_from(["02", "01", "64", "", "1", "2", "4", "x", "Ł", "2020-01-01"]),
            min_size=6,
            max_size=8,
        ),
        max_size=8,
    )
)
def test_whatever_stands_in_the_columns_every_unit_read_is_a_sound_one(rows):
    content = "\n".join([HEADER, *(";".join(row) for row in rows)])
    try:
        units = parse_terc(content).units
    except RegisterFileInvalidError:
        return

    assert len({unit.id for unit in units}) == len(units) > 0
