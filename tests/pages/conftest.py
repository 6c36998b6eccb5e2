"""The programme as the gateway's own tests tell it, for the pages that show it."""

from tests.unit.gateway.conftest import beginning, own_time, programme, told

__all__ = ["beginning", "own_time", "programme", "told"]
