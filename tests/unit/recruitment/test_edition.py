from datetime import date

import pytest

from services.recruitment.domain.errors import (
    DuplicateCodeError,
    PeriodOrderError,
    RoleLabelMissingError,
    SlugFixedError,
    TeamSizeOrderError,
)
from shared.contracts.base import ExpertRole
from shared.kernel.testing import fact, given
from tests.unit.recruitment.builders import a_configuration, an_edition, in_both

FIRST_AREA = a_configuration().areas[0]
SECOND_AREA = a_configuration().areas[1]
FIRST_STAGE = a_configuration().stages[0]


def test_creating_records_the_whole_configuration():
    [created] = an_edition().collect_events()

    assert fact(created) == (
        "recruitment.EditionCreated",
        {"configuration": a_configuration()},
    )


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"voivodeships": ("06", "24", "06")}, "configuration.voivodeships", "06"),
        (
            {"areas": (FIRST_AREA, FIRST_AREA.model_copy(update={"number": 5}))},
            "configuration.areas",
            "BUDGET_PLANNING",
        ),
        (
            {"areas": (FIRST_AREA, SECOND_AREA.model_copy(update={"number": 4}))},
            "configuration.areas",
            "4",
        ),
        ({"stages": (FIRST_STAGE, FIRST_STAGE)}, "configuration.stages", "AREA_CHOICE"),
        (
            {"summary_forms": ("GOOD_PRACTICE", "GOOD_PRACTICE")},
            "configuration.summary_forms",
            "GOOD_PRACTICE",
        ),
    ],
)
def test_what_stands_twice_in_a_list_is_refused(changes, field, code):
    with pytest.raises(DuplicateCodeError) as refusal:
        an_edition(**changes)

    assert (refusal.value.field, refusal.value.parameters) == (field, {"code": code})


def test_an_edition_of_one_day_is_possible():
    edition = an_edition(starts_on=date(2020, 2, 29), ends_on=date(2020, 2, 29))

    assert edition.configuration.starts_on == edition.configuration.ends_on


def test_an_edition_that_ends_before_it_starts_is_refused():
    with pytest.raises(PeriodOrderError) as refusal:
        an_edition(ends_on=date(2020, 1, 6))

    assert refusal.value.parameters == {"starts_on": "2020-01-07", "ends_on": "2020-01-06"}


def test_a_smallest_team_bigger_than_the_biggest_is_refused():
    with pytest.raises(TeamSizeOrderError) as refusal:
        an_edition(jst_team_size={"minimum": 5, "maximum": 4})

    assert refusal.value.parameters == {"minimum": 5, "maximum": 4}


def test_an_edition_without_a_label_for_a_role_is_refused():
    with pytest.raises(RoleLabelMissingError) as refusal:
        an_edition(role_labels={ExpertRole.ROS: in_both("Doradca", "Adviser")})

    assert refusal.value.parameters == {"role": "PRO"}


def test_reconfiguring_records_the_whole_configuration():
    wider = a_configuration(voivodeships=("06", "24", "30", "32"))

    given(an_edition).when(lambda e: e.reconfigure(wider)).then(
        ("recruitment.EditionReconfigured", {"configuration": wider}),
    )


def test_reconfiguring_to_the_same_records_nothing():
    given(an_edition).when(lambda e: e.reconfigure(a_configuration())).then_nothing()


def test_reconfiguring_cannot_change_the_slug():
    edition = given(an_edition)

    with pytest.raises(SlugFixedError) as refusal:
        edition.when(lambda e: e.reconfigure(a_configuration(slug="inna")))

    assert refusal.value.parameters == {"slug": "pilotaz-systemu"}
    edition.then_nothing()


def test_reconfiguring_into_a_contradiction_is_refused():
    edition = given(an_edition)

    with pytest.raises(PeriodOrderError):
        edition.when(lambda e: e.reconfigure(a_configuration(ends_on=date(2019, 1, 1))))

    edition.then_nothing()
