"""Why a call takes no applications."""

from __future__ import annotations

from enum import StrEnum

from shared.contracts.recruitment import CallStage


class Closure(StrEnum):
    """Why a call takes no applications."""

    NOT_PUBLISHED = "NOT_PUBLISHED"
    NOT_YET_OPEN = "NOT_YET_OPEN"
    DEADLINE_PASSED = "DEADLINE_PASSED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


CLOSURE_OF_STATE = {
    CallStage.DRAFT: Closure.NOT_PUBLISHED,
    CallStage.CLOSED: Closure.CLOSED,
    CallStage.CANCELLED: Closure.CANCELLED,
}
ADMITTING_LATE = frozenset({Closure.DEADLINE_PASSED, Closure.CLOSED})
"""Staff may still admit an application, until there are results."""
