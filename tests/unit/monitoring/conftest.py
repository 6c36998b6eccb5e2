import pytest

from services.monitoring.application import Monitoring
from services.monitoring.component import COMPONENT
from shared.kernel.clock import set_effective
from shared.kernel.testing import FixedClock, deliver
from tests.memory import an_application
from tests.unit.monitoring.builders import NOW, hdr_published


@pytest.fixture
def clock():
    yield FixedClock(NOW)
    set_effective(None)


@pytest.fixture
def empty_app(clock):
    """Monitoring before anybody told it anything."""
    app = an_application(Monitoring, clock, COMPONENT.publications, COMPONENT.metadata)
    yield app
    app.close()


@pytest.fixture
def app(empty_app):
    """Monitoring that knows two published HDRs of an edition."""
    deliver(empty_app, COMPONENT.handlers, hdr_published(1), hdr_published(2))
    return empty_app
