"""Closes the database that the tests of the views share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.gateway.projections.showing import the_gateway


@pytest.fixture(scope="session", autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    yield
    the_gateway().close()
