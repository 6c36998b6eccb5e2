"""What Prometheus is told: how far, how far behind, and what happened."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared.kernel import metrics
from shared.kernel.metrics import Figures, exposition
from shared.kernel.rpc import ServiceUnavailableError
from tests.memory import an_application
from tests.samples.parts import AddAmount, Ledger, ledger_publications


def samples(body):
    return {
        (s.name, *sorted(s.labels.items())): s.value
        for family in text_string_to_metric_families(body.decode())
        for s in family.samples
    }


class Source:
    """Answers as a service does."""

    def __init__(self, application, published):
        self.application, self.published = application, published

    def call(self, _service, method, request, *, timeout_seconds=None):
        assert timeout_seconds <= 1
        if method == "report_status":
            return {"answer": {"status": {"relay": {"published": self.published}}}}
        page, _ = self.application.read_contract_events(request["after"], request["limit"])
        return {"answer": {"events": [e.to_cloudevent() for e in page]}}


@pytest.fixture
def ledger():
    application = an_application(Ledger, publications=ledger_publications)
    for amount in (1, 2, 3):
        application.add_amount(AddAmount(name="a", amount=amount))
    yield application
    application.close()


def test_a_reader_that_is_level_lags_by_nothing():
    figures = Figures()
    figures.add_progress("view", 7, 7, None, view="v")

    found = samples(exposition(figures))

    assert found["ore_view_position", ("view", "v")] == 7
    assert found["ore_view_lag_events", ("view", "v")] == 0
    assert found["ore_view_lag_seconds", ("view", "v")] == 0


def test_a_reader_that_is_behind_tells_numbers_and_the_age_of_what_waits():
    figures = Figures()
    figures.add_progress("relay", 3, 9, datetime.now(UTC) - timedelta(seconds=30), service="ledger")

    found = samples(exposition(figures))

    assert found["ore_relay_lag_events", ("service", "ledger")] == 6
    assert 30 <= found["ore_relay_lag_seconds", ("service", "ledger")] < 60


def test_a_listeners_lag_is_counted_from_what_the_source_published(ledger):
    end = ledger.log.max_notification_id()
    figures = Figures()
    figures.add_subscription("mirror", {"ledger": 0}, Source(ledger, end))

    found = samples(exposition(figures))

    labels = (("source", "ledger"), ("subscription", "mirror"))
    assert found["ore_subscription_position", *labels] == 0
    assert found["ore_subscription_lag_events", *labels] == end
    assert 0 <= found["ore_subscription_lag_seconds", *labels] < 60


def test_the_lag_behind_a_silent_source_is_unknown_not_nothing():
    def call(service, *_request, **_limits):
        raise ServiceUnavailableError(service, "it is not running")

    figures = Figures()
    figures.add_subscription("mirror", {"ledger": 4}, SimpleNamespace(call=call))

    found = samples(exposition(figures))

    labels = (("source", "ledger"), ("subscription", "mirror"))
    assert found["ore_subscription_position", *labels] == 4
    assert ("ore_subscription_lag_events", *labels) not in found
    assert ("ore_subscription_lag_seconds", *labels) not in found


def test_nothing_parked_is_told_too(ledger):
    figures = Figures()
    with ledger.database.reading() as connection:
        figures.add_parked(connection, "mirror")

    assert samples(exposition(figures))["ore_parked_messages", ("subscription", "mirror")] == 0


def test_what_is_counted_has_the_names_that_alerts_use():
    metrics.GAPS_HEALED.labels("test_names").inc()
    metrics.CONFIRM_SECONDS.labels("test_names").observe(0.003)

    found = samples(exposition(Figures()))

    assert found["ore_gaps_healed_total", ("subscription", "test_names")] == 1
    assert found["ore_confirm_seconds_count", ("service", "test_names")] == 1
    assert ("ore_fence_waits_total",) in found
    assert ("ore_fence_wait_seconds_count",) in found
