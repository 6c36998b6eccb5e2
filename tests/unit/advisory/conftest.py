import pytest

from services.advisory.application import Advisory
from services.advisory.component import COMPONENT
from shared.kernel.clock import set_effective
from shared.kernel.testing import FixedClock, deliver
from tests.memory import an_application
from tests.unit.advisory.builders import EXPERTS_ENTERED, NOW, edition_created


@pytest.fixture
def clock():
    yield FixedClock(NOW)
    set_effective(None)


@pytest.fixture
def empty_app(clock):
    """Advisory before anybody told it anything."""
    app = an_application(Advisory, clock, COMPONENT.publications, COMPONENT.metadata)
    yield app
    app.close()


@pytest.fixture
def app(empty_app):
    """Advisory that knows an edition and two experts of each role."""
    deliver(empty_app, COMPONENT.handlers, edition_created(), *EXPERTS_ENTERED)
    return empty_app
