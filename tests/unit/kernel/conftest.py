import pytest

from shared.kernel.clock import set_effective


@pytest.fixture(autouse=True)
def real_time_again():
    yield
    set_effective(None)
