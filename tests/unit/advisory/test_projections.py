from uuid import UUID

from sqlalchemy import select

from services.advisory.domain.advisory_cycle import AdvisoryCycle
from services.advisory.projections.cycles import advised_by, cycles, existing
from tests.unit.advisory.builders import (
    EDITION,
    NOW,
    OTHER_TEAM,
    TEAM,
    UP_TO_THE_END,
    a_candidate_team,
    a_cycle,
    a_jst,
    assign_team,
)


def rows(app):
    with app.database.reading() as connection:
        query = select(cycles).order_by(cycles.c.opened_at, cycles.c.cycle_id)
        return [row._asdict() for row in connection.execute(query)]


def a_saved_cycle(app, *history):
    cycle = a_cycle()
    for command in history:
        command(cycle)
    app.save(cycle)
    return cycle


def advised(app, team_id):
    with app.database.reading() as connection:
        return advised_by(connection, team_id)


def test_a_cycle_has_one_row(app):
    cycle = a_saved_cycle(app)

    assert rows(app) == [
        {
            "cycle_id": cycle.id,
            "edition_id": EDITION,
            "jst_key": "060101",
            "jst": a_jst().model_dump(mode="json"),
            "team_id": None,
            "is_completed": False,
            "opened_at": NOW,
        }
    ]


def test_the_row_follows_the_team_and_the_end(app):
    a_saved_cycle(app, *UP_TO_THE_END)

    [row] = rows(app)
    assert (row["team_id"], row["is_completed"]) == (TEAM, True)


def test_a_team_advises_the_jst_of_its_open_cycles(app):
    a_saved_cycle(app, assign_team)

    assert advised(app, TEAM) == [a_jst()]
    assert advised(app, OTHER_TEAM) == []


def test_a_replaced_team_no_longer_advises(app):
    cycle = a_saved_cycle(app, assign_team)

    cycle.assign_team(a_candidate_team(OTHER_TEAM), "Choroba")
    app.save(cycle)

    assert advised(app, TEAM) == []
    assert advised(app, OTHER_TEAM) == [a_jst()]


def test_a_completed_cycle_is_no_longer_advised(app):
    a_saved_cycle(app, *UP_TO_THE_END)

    assert advised(app, TEAM) == []


def test_only_cycles_that_there_are_exist(app):
    cycle = a_saved_cycle(app)

    with app.database.reading() as connection:
        assert existing(connection, [cycle.id, UUID(int=404)]) == {cycle.id}


def test_a_rebuilt_table_is_the_same(app):
    app.save(AdvisoryCycle(edition_id=EDITION, jst=a_jst(2), stages=["HDR"]))
    a_saved_cycle(app, *UP_TO_THE_END)
    before = rows(app)

    read = app.rebuild("cycles")

    assert rows(app) == before
    assert read == app.log.max_notification_id()


def test_a_table_rebuilt_twice_is_the_same(app):
    a_saved_cycle(app, assign_team)
    before = rows(app)

    app.rebuild("cycles")
    app.rebuild("cycles")

    assert rows(app) == before
