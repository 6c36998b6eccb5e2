"""The gated stages of a cycle: which there are, where it stands, what may be worked on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from services.advisory.domain.errors import StageNotReachedError, UnknownStageError

AREA_CHOICE = "AREA_CHOICE"
DIAGNOSIS = "DIAGNOSIS"
HDR = "HDR"
DIRECTIONS = "DIRECTIONS"
STAGES_WITH_OWN_WORK = frozenset({AREA_CHOICE, DIAGNOSIS, HDR, DIRECTIONS})
"""Stages completed by what is done in them; all others are completed by saying so."""


@dataclass(frozen=True)
class Stages:
    """The stages as the edition had them when the cycle was opened, in the order of work.

    An edition need not have every stage: work whose stage it lacks has no gate and completes
    nothing.

    Source:
        DR-30.
    """

    codes: tuple[str, ...]
    completed: int = 0
    """How many are completed: always the first ones."""

    @property
    def current(self) -> str | None:
        """The stage that is being worked on; ``None`` when all are completed."""
        return self.codes[self.completed] if self.completed < len(self.codes) else None

    @property
    def current_or_last(self) -> str:
        """The stage that is being worked on, or the last one when all are completed."""
        return self.current or self.codes[-1]

    @property
    def following(self) -> str | None:
        """The stage after the current one; ``None`` when there is none."""
        return replace(self, completed=self.completed + 1).current

    def advance(self) -> Self:
        """The same stages with the current one completed."""
        return replace(self, completed=self.completed + 1)

    def is_completed(self, code: str) -> bool:
        """Whether one of the stages is completed.

        Raises:
            UnknownStageError: The cycle has no such stage.
        """
        if code not in self.codes:
            raise UnknownStageError(field="stage", stage=code)
        return self.codes.index(code) < self.completed

    def require_reached(self, *codes: str) -> None:
        """Let work begin once the first of its stages is reached; stages not planned are no gate.

        Raises:
            StageNotReachedError: All of them still lie ahead.
        """
        planned = [self.codes.index(code) for code in codes if code in self.codes]
        if planned and min(planned) > self.completed:
            raise StageNotReachedError(current=self.current, needed=self.codes[min(planned)])
