from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError
from sqlalchemy import select

from services.hdr.domain.hdr import Hdr
from services.hdr.domain.summary import Summary
from services.hdr.projections.addresses import HDR, SUMMARY, addresses, first_free
from services.hdr.projections.history import history, steps_of
from shared.contracts.hdr import HdrHistoryEntry, HdrRequest, ReturnHdr
from tests.unit.hdr.builders import (
    HDR_ID,
    NOW,
    SUMMARY_ID,
    publish_hdr,
    publish_summary,
    write_hdr,
)

TABLES = {"addresses": addresses, "history": history}


def rows(app, table):
    with app.database.reading() as connection:
        query = select(table).order_by(*table.primary_key.columns)
        return [row._asdict() for row in connection.execute(query)]


def test_each_publication_has_one_address(app):
    publish_hdr(app, title="Dobry plan")
    publish_summary(app)

    assert [
        {"kind": "HDR", "slug": "dobry-plan", "subject_id": HDR_ID},
        {
            "kind": "SUMMARY",
            "slug": "laczymy-sily-wspolny-budzet-szkol",
            "subject_id": SUMMARY_ID,
        },
    ] == rows(app, addresses)


def test_the_first_free_address_of_the_kind_is_found(app):
    publish_hdr(app, title="Dobry plan")

    with app.database.reading() as connection:
        assert "b" == first_free(connection, HDR, ["dobry-plan", "b", "c"])
        assert "dobry-plan" == first_free(connection, SUMMARY, ["dobry-plan", "b"])
        with pytest.raises(ValueError, match="no address is free"):
            first_free(connection, HDR, ["dobry-plan"])


def test_the_same_address_twice_makes_the_command_run_again(app):
    publish_hdr(app)
    [published] = [
        event
        for event in (
            app.mapper.to_domain_event(r.stored) for r in app.log.select_behind_fence(0, 1000)
        )
        if type(event).TOPIC == "hdr.HdrPublished"
    ]
    [view] = [v for v in app.read_models if v.name == "addresses"]

    with pytest.raises(IntegrityError), app.database.transaction() as connection:
        view.apply(connection, [published])


def test_the_history_has_every_step_with_its_reason(app):
    write_hdr(app)
    app.submit_hdr(HdrRequest(hdr_id=HDR_ID))
    app.return_hdr(ReturnHdr(hdr_id=HDR_ID, reason="Brak kosztów"))

    with app.database.reading() as connection:
        assert (
            HdrHistoryEntry(at=NOW, what="hdr.HdrOpened", version=1),
            HdrHistoryEntry(at=NOW, what="hdr.HdrDraftSaved", version=2),
            HdrHistoryEntry(at=NOW, what="hdr.HdrSubmitted", version=3),
            HdrHistoryEntry(at=NOW, what="hdr.HdrReturned", version=4, reason="Brak kosztów"),
        ) == steps_of(connection, HDR_ID)
        assert () == steps_of(connection, UUID(int=404))


def test_the_history_knows_every_event_there_is(app):
    [view] = [v for v in app.read_models if v.name == "history"]
    events = {
        member
        for aggregate in (Hdr, Summary)
        for member in vars(aggregate).values()
        if isinstance(member, type) and getattr(member, "TOPIC", None)
    }

    assert events == set(view._handlers)


@pytest.mark.parametrize("name", TABLES)
def test_a_rebuilt_table_is_the_same_once_and_twice(app, name):
    publish_hdr(app)
    publish_summary(app)
    before = rows(app, TABLES[name])

    read = app.rebuild(name)
    once = rows(app, TABLES[name])
    app.rebuild(name)

    assert before == once == rows(app, TABLES[name])
    assert read == app.log.max_notification_id()
