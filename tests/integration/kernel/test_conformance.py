"""The library's own conformance cases for recorders and factories, run against our store."""

import inspect
import pkgutil
import tempfile
import unittest
from typing import Any
from unittest import TestCase

import eventsourcing
import pytest
from eventsourcing.persistence import JSONTranscoder, UUIDAsHex
from eventsourcing.tests import persistence as conformance
from eventsourcing.utils import Environment, get_topic

from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.event_store import (
    AggregateEventRecorder,
    EventProcessRecorder,
    EventRecorder,
    EventStoreFactory,
    PositionRecorder,
)
from shared.kernel.serialization import FastTranscoder
from tests import servers as real


class OnSQLite(TestCase):
    """Gives each case an empty SQLite file."""

    __test__ = False

    def setUp(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._begin(f"sqlite:///{self._folder.name}/store.db")

    def _begin(self, url: str) -> None:
        self.url = url
        self.database = Database(url, pool_size=12)
        with self.database.transaction() as connection:
            schema.create_v1(connection)
        super().setUp()

    def tearDown(self) -> None:
        super().tearDown()
        self.database.close()
        self._folder.cleanup()


class OnPostgres(OnSQLite):
    """Gives each case an empty PostgreSQL database."""

    def setUp(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._context = real.a_postgres_database(real.find())
        self._begin(self._context.__enter__())

    def tearDown(self) -> None:
        super().tearDown()
        self._context.__exit__(None, None, None)


class Nowhere(TestCase):
    """For cases that need no database."""

    __test__ = False


class AggregateRecorderCase(conformance.AggregateRecorderTestCase):
    __test__ = False  # run below, on each database

    def create_recorder(self) -> Any:
        return AggregateEventRecorder(self.database, schema.snapshots)


class ApplicationRecorderCase(conformance.ApplicationRecorderTestCase):
    __test__ = False  # run below, on each database

    def create_recorder(self) -> Any:
        return EventRecorder(self.database)


class TrackingRecorderCase(conformance.TrackingRecorderTestCase):
    __test__ = False  # run below, on each database

    def create_recorder(self) -> Any:
        return PositionRecorder(self.database)


class ProcessRecorderCase(conformance.ProcessRecorderTestCase):
    __test__ = False  # run below, on each database

    def create_recorder(self) -> Any:
        return EventProcessRecorder(self.database)


class NonInterleavingCase(conformance.NonInterleavingNotificationIDsBaseCase):
    __test__ = False  # run below, on each database

    def create_recorder(self) -> Any:
        return EventRecorder(self.database)


class FactoryByName(EventStoreFactory):
    """Ours, as the library makes factories: of an environment alone."""

    def __init__(self, env: Environment) -> None:
        super().__init__(Database(env["DATABASE_URL"]), env)


class OtherPositions(PositionRecorder):
    """A subclass, for a factory that is told to make another class."""


class FactoryCase(conformance.InfrastructureFactoryTestCase[EventStoreFactory]):
    __test__ = False  # run below, on each database

    def setUp(self) -> None:
        self.env = Environment(
            "Conformance",
            {"PERSISTENCE_MODULE": get_topic(FactoryByName), "DATABASE_URL": self.url},
        )
        super().setUp()

    def expected_factory_class(self) -> Any:
        return EventStoreFactory

    def expected_aggregate_recorder_class(self) -> Any:
        return AggregateEventRecorder

    def expected_application_recorder_class(self) -> Any:
        return EventProcessRecorder

    def expected_tracking_recorder_class(self) -> Any:
        return PositionRecorder

    def tracking_recorder_subclass(self) -> Any:
        return OtherPositions

    def expected_process_recorder_class(self) -> Any:
        return EventProcessRecorder


def with_the_types_of_the_cases(transcoder: Any) -> Any:
    for transcoding in (
        UUIDAsHex(),
        conformance.CustomType1AsDict(),
        conformance.CustomType2AsDict(),
    ):
        transcoder.register(transcoding)
    return transcoder


class TranscoderCase(conformance.TranscoderTestCase):
    __test__ = False  # run below

    def construct_transcoder(self) -> FastTranscoder:
        return with_the_types_of_the_cases(FastTranscoder())


class LibrarysTranscoderCase(conformance.TranscoderTestCase):
    __test__ = False  # what the library's own JSON does in the same cases

    def construct_transcoder(self) -> JSONTranscoder:
        return with_the_types_of_the_cases(JSONTranscoder())


EVERYWHERE = (OnSQLite, OnPostgres)
CASES = {
    conformance.AggregateRecorderTestCase: (AggregateRecorderCase, EVERYWHERE),
    conformance.ApplicationRecorderTestCase: (ApplicationRecorderCase, EVERYWHERE),
    conformance.TrackingRecorderTestCase: (TrackingRecorderCase, EVERYWHERE),
    conformance.ProcessRecorderTestCase: (ProcessRecorderCase, EVERYWHERE),
    conformance.NonInterleavingNotificationIDsBaseCase: (NonInterleavingCase, EVERYWHERE),
    conformance.InfrastructureFactoryTestCase: (FactoryCase, EVERYWHERE),
    conformance.TranscoderTestCase: (TranscoderCase, (Nowhere,)),
}
"""The library's cases, ours of them, and where each of these runs."""

_PLAIN_JSON = (
    "It is for transcoders that are not JSON: the library's own JSONTranscoder does not pass it "
    "either, for `json` writes tuples as lists and subclasses as what they derive from. What ours "
    "writes is the library's JSON byte for byte, so that either reads what the other wrote "
    "(tests/unit/kernel/test_serialization.py); with a mark of our own for tuples a log could not "
    "be taken to the library's store any more."
)

EXCEPTIONS = {
    (conformance.NonInterleavingNotificationIDsBaseCase, OnPostgres, "test"): (
        "It demands that the numbers of one insert stand together, which takes a lock of the table "
        "for each insert. Its use is that a reader by number meets no number that comes late. "
        "Readers of our log get that from the fence, and more: every number below one that was "
        "read is there or never will be, also while other writers are at work and after a rolled "
        "back insert (test_fence.py)."
    ),
    **{
        (conformance.TranscoderTestCase, Nowhere, f"test_{name}"): _PLAIN_JSON
        for name in (
            "dict_subclass", "int_subclass", "list_subclass", "mixed", "str_subclass", "tuple",
        )
    },
}  # fmt: skip
"""Cases that do not run there, each with the reason why our guarantee is the stronger one."""

OPTIONAL = {
    (conformance.ApplicationRecorderTestCase, "optional_test_insert_subscribe"): (
        "The library runs it by itself nowhere: only for recorders that offer `subscribe`, which "
        "its own for SQLite does not. Ours neither: the library's subscription keeps no position "
        "and delivers within one process. Ours move the position in the transaction of the effect "
        "and hear of other processes (tests/unit/kernel/test_subscription.py, "
        "tests/integration/kernel/test_standby_relay.py)."
    ),
}

OTHER_MODULES = {
    "eventsourcing.tests": "the package itself, no case",
    "eventsourcing.tests.application": "applications over a recorder that is there, no recorders",
    "eventsourcing.tests.domain": "aggregates for the other modules' cases, no case",
    "eventsourcing.tests.postgres_utils": "helps to drop the library's own tables, no case",
    "eventsourcing.tests.projection": "the library's projection runner; ours is ADR-0010",
    "eventsourcing.dcb.tests": "recorders of dynamic consistency boundaries: we have none such",
}
"""Where else the library ships cases, and why they say nothing of recorders such as ours."""


def names_of(library):
    return unittest.TestLoader().getTestCaseNames(library)


def parameters():
    for library, (case, places) in CASES.items():
        for place in places:
            for name in names_of(library):
                if (library, place, name) not in EXCEPTIONS:
                    full = f"{case.__name__}-{place.__name__}-{name}"
                    yield pytest.param(case, place, name, id=full)


def troubles(case, place, name):
    """What a case finds, as texts; none where all is well."""
    result = unittest.TestResult()
    type(f"{case.__name__}{place.__name__}", (place, case), {})(name).run(result)
    assert result.testsRun == 1
    assert result.skipped == []
    return [text for _, text in result.errors + result.failures]


@pytest.mark.integration
@pytest.mark.parametrize(("case", "place", "name"), list(parameters()))
def test_conforms(case, place, name):
    assert troubles(case, place, name) == []


def test_ours_stands_back_only_where_the_library_s_json_does():
    found = {
        name
        for name in names_of(conformance.TranscoderTestCase)
        if troubles(LibrarysTranscoderCase, Nowhere, name)
    }

    assert found == {name for case, _, name in EXCEPTIONS if case is conformance.TranscoderTestCase}


def test_every_case_of_the_library_is_run_or_has_its_reason():
    """A release of the library with another case fails here until somebody has looked at it."""
    offered = {
        (cls, name)
        for cls in vars(conformance).values()
        if inspect.isclass(cls) and issubclass(cls, TestCase) and cls is not TestCase
        for name in dir(cls)
        if name.startswith(("test", "optional_test"))
    }
    run = {(library, name) for library in CASES for name in names_of(library)}
    places = {(library, place) for library, (_, places) in CASES.items() for place in places}
    modules = {
        module.name
        for module in pkgutil.walk_packages(eventsourcing.__path__, "eventsourcing.")
        if "tests" in module.name.split(".")
    }

    assert offered == run | set(OPTIONAL)
    assert run.isdisjoint(OPTIONAL)
    assert {(library, name) for library, _, name in EXCEPTIONS} <= run
    assert {(library, place) for library, place, _ in EXCEPTIONS} <= places
    assert modules == {conformance.__name__, *OTHER_MODULES}


def test_no_case_of_the_library_is_changed():
    """Ours only say what is to be made; none stands in a case's way under its own name."""
    for library, (case, places) in CASES.items():
        for name in names_of(library):
            for place in places:
                combined = type("Combined", (place, case), {})
                assert getattr(combined, name) is getattr(library, name)
