"""A snapshot of each aggregate that grows holds all of it, and gives it back as its events do."""

import pytest
from eventsourcing.domain import AggregateCreated

from platform_cli import registry
from tests.contract.stored_events import (
    EXAMPLE_ID,
    aggregates,
    newest_snapshots,
    read,
    stored_event_classes,
)

KINDS = {
    cls.TOPIC: (service, cls)
    for service in registry.SERVICES
    for cls in aggregates(service)
    if getattr(cls, "SNAPSHOT", None) is not None
}


def history(service, cls):
    """Every event of the class as it was stored once, the first one first, then as they stand."""
    newest = {name.rpartition(".v")[0]: name for name in newest_snapshots()}
    own = [one for one in vars(cls).values() if one in stored_event_classes(service)]
    for version, one in enumerate(
        sorted(own, key=lambda kind: not issubclass(kind, AggregateCreated)), start=1
    ):
        event = read(newest[one.TOPIC])
        vars(event)["originator_version"] = version
        yield event


def test_the_aggregates_that_grow_have_snapshots():
    assert set(KINDS) == {"advisory.AdvisoryCycle", "hdr.Hdr", "hdr.Summary"}


@pytest.mark.parametrize("topic", KINDS)
def test_a_snapshot_gives_back_all_of_an_aggregate_after_each_of_its_events(topic):
    service, cls = KINDS[topic]
    aggregate, count = None, 0

    for event in history(service, cls):
        aggregate = event.mutate(aggregate)
        stored = cls.SNAPSHOT.of(aggregate).model_dump_json()
        read_back = cls.SNAPSHOT.model_validate_json(stored)
        restored = read_back.restore(cls, EXAMPLE_ID, aggregate.version)
        assert vars(restored) == vars(aggregate)
        assert [type(v) for v in vars(restored).values()] == [
            type(vars(aggregate)[name]) for name in vars(restored)
        ]
        count += 1

    assert count > 5
