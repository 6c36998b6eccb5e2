"""Every event we ever stored, in every version, can still be read.

A snapshot is written once, when the version is born, and never edited.
"""

import json

import pytest

from platform_cli import registry
from tests.contract.stored_events import (
    aggregates,
    application,
    newest_snapshots,
    read,
    snapshots,
    stored_event_classes,
    stored_names_and_versions,
)


def test_every_version_of_every_event_has_a_snapshot():
    assert stored_names_and_versions() == set(snapshots())


@pytest.mark.parametrize("name", sorted(snapshots()))
def test_a_stored_event_can_still_be_read(name):
    event = read(name)

    assert type(event).TOPIC == name.rpartition(".v")[0]
    assert event.timestamp.utcoffset() is not None


@pytest.mark.parametrize("name", newest_snapshots())
def test_what_is_stored_today_has_the_form_of_the_newest_snapshot(name):
    event = read(name)

    stored = application(name.split(".")[0]).mapper.to_stored_event(event)

    assert json.loads(stored.state) == json.loads(snapshots()[name].read_bytes())


@pytest.mark.parametrize("service", registry.SERVICES)
def test_stored_names_begin_with_their_service_and_are_given_once(service):
    names = [cls.TOPIC for cls in [*aggregates(service), *stored_event_classes(service)]]

    assert {name.split(".")[0] for name in names} == {service}
    assert len(names) == len(set(names))
