"""A message is parked behind another only where that one still waits."""

import threading

import pytest

from shared.kernel import parking
from shared.kernel.database import Database
from shared.kernel.parking import ServiceSink, list_parked, remove
from shared.kernel.subscription import Subscription
from tests.integration.kernel.conftest import a_prepared_database
from tests.integration.kernel.waiting import until_it_waits_or_ends
from tests.memory import an_application
from tests.samples.parts import (
    MIRROR,
    Account,
    AddAmount,
    Ledger,
    Mirror,
    ledger_publications,
    mirror_handlers,
)

pytestmark = pytest.mark.integration


@pytest.fixture
def sinks(postgres_url):
    """A mirror, and another process of it from which an operator acts."""
    made = [
        MIRROR.build(a_prepared_database(postgres_url, MIRROR)),
        MIRROR.build(Database(postgres_url)),
    ]
    yield [ServiceSink(application, mirror_handlers) for application in made]
    for application in made:
        application.close()


@pytest.mark.parametrize(("is_discarding", "heard"), [(False, [1, 2]), (True, [2])])
def test_a_message_is_not_parked_behind_one_that_is_leaving(
    sinks, monkeypatch, is_discarding, heard
):
    sink, operator = sinks
    ledger = an_application(Ledger, publications=ledger_publications)
    for amount in (1, 2):
        ledger.add_amount(AddAmount(name="a", amount=amount))
    first, second = (event.to_json() for event in ledger.read_contract_events(0, 10)[0])
    subscription = Subscription("mirror", ["ledger"], sink, None, "memory://")
    monkeypatch.setattr(parking, "RETRY_SECONDS", ())
    with monkeypatch.context() as for_a_while:
        for_a_while.setattr(Mirror, "failing_amounts", {1: 1000})
        subscription.receive([first])
    [parked] = list_parked(sink.application.database)
    receiving = threading.Thread(target=subscription.receive, args=([second],))

    def meanwhile(*_):
        receiving.start()
        until_it_waits_or_ends(receiving, sink.application.database)

    if is_discarding:
        with operator.application.database.transaction() as connection:
            remove(connection, parked.id)
            meanwhile()
    else:
        operator.replay(parked, meanwhile)
    receiving.join()

    assert list_parked(sink.application.database) == []
    assert sink.application.heard(Account.create_id("a")) == heard
    ledger.close()
