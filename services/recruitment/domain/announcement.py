"""Announcement: what a call promises and whom it invites, as candidates read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.recruitment.domain.errors import (
    CallDatesOrderError,
    JstMissingError,
    OutsideEditionError,
    VoivodeshipMissingError,
)
from shared.contracts.base import ContractModel, JstRef
from shared.contracts.recruitment import CallKind


@dataclass(frozen=True)
class Admission:
    """As what a candidate may apply."""

    edition_id: UUID
    kind: CallKind
    voivodeship: str
    is_late: bool
    """Only because staff admitted it: the call was over."""


class Announcement(ContractModel):
    """The text and the terms of a call; stored inside its events."""

    kind: CallKind
    slug: str
    title: str
    text: str
    opens_on: date
    closes_on: date
    """Last day of the call, all of it (Europe/Warsaw)."""
    results_by: date
    contact_email: str
    places: int | None = None
    """How many can be qualified; ``None`` for no limit."""
    training_dates: tuple[date, ...] = ()
    covered_costs: tuple[str, ...] = ()
    privacy_notice_version: str

    def refuse_dates_out_of_order(self) -> None:
        """Refuse a call that closes before it opens, or has results before it closes."""
        if not self.opens_on <= self.closes_on <= self.results_by:
            raise CallDatesOrderError(
                field="closes_on" if self.closes_on < self.opens_on else "results_by",
                opens_on=self.opens_on.isoformat(),
                closes_on=self.closes_on.isoformat(),
                results_by=self.results_by.isoformat(),
            )

    def region_of(self, voivodeship: str | None, jst: JstRef | None, allowed: Sequence[str]) -> str:
        """Code of the voivodeship in which the candidate counts: the JST's, or the one chosen.

        Raises:
            JstMissingError: A call for JST, and none was named.
            VoivodeshipMissingError: A call for experts, and no voivodeship was chosen.
            OutsideEditionError: The call is not for that voivodeship.
        """
        if self.kind is CallKind.JST:
            if jst is None:
                raise JstMissingError(field="jst_code")
            field, region = "jst_code", jst.voivodeship
        else:
            if voivodeship is None:
                raise VoivodeshipMissingError(field="voivodeship")
            field, region = "voivodeship", voivodeship
        if region not in allowed:
            raise OutsideEditionError(field=field, voivodeship=region)
        return region
