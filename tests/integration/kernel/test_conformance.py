"""The library's own conformance cases for recorders and factories, run against our store."""

import tempfile
import unittest
from typing import Any
from unittest import TestCase

import pytest
from eventsourcing.tests import persistence as conformance

from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.event_store import (
    AggregateEventRecorder,
    EventProcessRecorder,
    EventRecorder,
    PositionRecorder,
)
from tests import servers as real


class OnSQLite(TestCase):
    """Gives each case an empty SQLite file."""

    __test__ = False

    def setUp(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.database = self._database(f"sqlite:///{self._folder.name}/store.db")
        super().setUp()

    def _database(self, url: str) -> Database:
        database = Database(url, pool_size=12)
        with database.transaction() as connection:
            schema.create_v1(connection)
        return database

    def tearDown(self) -> None:
        super().tearDown()
        self.database.close()
        self._folder.cleanup()


class OnPostgres(OnSQLite):
    """Gives each case an empty PostgreSQL database."""

    def setUp(self) -> None:
        self._context = real.a_postgres_database(real.find())
        self.database = self._database(self._context.__enter__())
        TestCase.setUp(self)

    def tearDown(self) -> None:
        TestCase.tearDown(self)
        self.database.close()
        self._context.__exit__(None, None, None)


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


# Not run on PostgreSQL: NonInterleaving demands that one insert's numbers stand together, which
# only a table lock gives. Readers of our log rely on less, and get it from the fence: every number
# below the one read is there or will never be (test_fence.py).
CASES = [
    (AggregateRecorderCase, OnSQLite),
    (ApplicationRecorderCase, OnSQLite),
    (TrackingRecorderCase, OnSQLite),
    (ProcessRecorderCase, OnSQLite),
    (NonInterleavingCase, OnSQLite),
    (AggregateRecorderCase, OnPostgres),
    (ApplicationRecorderCase, OnPostgres),
    (TrackingRecorderCase, OnPostgres),
    (ProcessRecorderCase, OnPostgres),
]
# Timings belong into bench/; what needs LISTEN/NOTIFY subscriptions we do not offer.
LEFT_OUT = {"test_performance", "test_concurrent_throughput", "test_wait"}


def parameters():
    for case, place in CASES:
        for name in unittest.TestLoader().getTestCaseNames(case):
            if name not in LEFT_OUT:
                yield pytest.param(case, place, name, id=f"{case.__name__}-{place.__name__}-{name}")


@pytest.mark.integration
@pytest.mark.parametrize(("case", "place", "name"), list(parameters()))
def test_conforms(case, place, name):
    combined = type(f"{case.__name__}{place.__name__}", (place, case), {})
    result = unittest.TestResult()

    combined(name).run(result)

    assert result.testsRun == 1
    assert [text for _, text in result.errors + result.failures] == []
