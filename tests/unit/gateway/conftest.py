"""Platforms on which the tests of the gateway begin."""

import pytest

from shared.kernel.clock import set_effective
from tests.unit.gateway.programme import Programme


@pytest.fixture(autouse=True)
def own_time():
    """No test leaves its time behind."""
    yield
    set_effective(None)


@pytest.fixture(scope="session")
def told():
    """The whole programme once: nobody changes it, everybody takes a copy."""
    programme = Programme().monitor()
    yield programme
    programme.close()


@pytest.fixture
def programme(told):
    """A platform of one's own where the whole programme has happened."""
    copied = told.copy()
    yield copied
    copied.close()


@pytest.fixture
def beginning():
    """A platform of one's own on which nothing has happened yet."""
    empty = Programme()
    yield empty
    empty.close()
