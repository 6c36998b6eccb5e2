import pytest
from sqlalchemy import select

from services.recruitment.application import Recruitment
from services.recruitment.personal_data import applicants
from services.recruitment.projections import metadata
from services.recruitment.projections.register import held, known_units, unit_with_code
from tests.memory import an_application
from tests.unit.recruitment.programme import BOLESLAWIEC, Programme, whole_programme
from tests.unit.recruitment.terc import ROWS, terc

NAMES = [projection.name for projection in Recruitment.projections]


def rows(app, projection):
    """All rows of a read model, however they are ordered."""
    with app.database.reading() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in projection.tables
        }


def one(app, name):
    return next(projection for projection in app.read_models if projection.name == name)


@pytest.mark.parametrize("name", NAMES)
def test_a_read_model_rebuilt_from_the_log_is_the_same(name):
    app = whole_programme().app
    kept_up = rows(app, one(app, name))

    app.rebuild(name)

    assert rows(app, one(app, name)) == kept_up
    assert all(kept_up.values())


@pytest.mark.parametrize("name", NAMES)
def test_each_event_taken_twice_gives_the_same(name):
    app = whole_programme().app
    other = an_application(Recruitment, metadata=metadata)
    read_model = one(other, name)
    for recorded in app.log.select_behind_fence(0, 1000):
        event = app.mapper.to_domain_event(recorded.stored)
        with other.database.transaction() as connection:
            read_model.apply(connection, [event, event])

    assert rows(other, read_model) == rows(app, one(app, name))


def test_rebuilding_leaves_the_personal_data_alone():
    app = whole_programme().app
    with app.database.reading() as connection:
        before = connection.execute(select(applicants)).all()

    for name in NAMES:
        app.rebuild(name)

    with app.database.reading() as connection:
        assert connection.execute(select(applicants)).all() == before
        assert len(before) == 3


def test_an_empty_register_knows_no_state():
    app = Programme().app

    with app.database.reading() as connection:
        assert known_units(connection) == {}
        assert unit_with_code(connection, BOLESLAWIEC) is None
        assert (held(connection).newest_on, held(connection).newest_complete_on) == (None, None)


def test_the_register_tells_the_newest_state_of_any_file_from_that_of_a_whole_one():
    programme = Programme()
    programme.a_register()
    programme.a_register(terc(*ROWS[:3], state_on="2021-01-01"), is_partial=True)

    with programme.app.database.reading() as connection:
        known = held(connection)

    assert (known.newest_on.year, known.newest_complete_on.year) == (2021, 2020)


def test_a_jst_is_found_by_its_present_code_only():
    programme = Programme()
    programme.a_register()
    as_town = [row.replace("02;01;04;3", "02;01;04;1") for row in ROWS]
    programme.a_register(terc(*as_town, state_on="2021-01-01"))

    with programme.app.database.reading() as connection:
        found = {code: unit_with_code(connection, code) for code in ("0201043", "0201041")}

    assert found["0201043"] is None
    assert found["0201041"].jst.name == "Nowogrodziec"
