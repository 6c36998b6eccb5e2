import pytest

from services.hdr.application import HdrApplication
from services.hdr.component import COMPONENT
from shared.kernel.clock import set_effective
from shared.kernel.testing import FixedClock, deliver
from tests.memory import an_application
from tests.unit.hdr.builders import NOW, a_diagnosis_closed


@pytest.fixture
def clock():
    yield FixedClock(NOW)
    set_effective(None)


@pytest.fixture
def empty_app(clock):
    """Hdr before anybody told it anything."""
    app = an_application(HdrApplication, clock, COMPONENT.publications, COMPONENT.metadata)
    yield app
    app.close()


@pytest.fixture
def app(empty_app):
    """Hdr with one open HDR."""
    deliver(empty_app, COMPONENT.handlers, a_diagnosis_closed())
    return empty_app
