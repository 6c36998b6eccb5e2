"""LocalGovernment: one JST of the official register, from its first sight to its abolition.

Its id comes from its code without the digit of the kind, so a commune that becomes a town keeps
it (DR-50), and a name never identifies anything (DR-51, DR-55).
"""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5

from eventsourcing.domain import event

from shared.contracts.base import JstKind, JstRef
from shared.kernel.aggregate import Aggregate, FirstEvent

LOCAL_GOVERNMENTS = UUID("5d0c9a52-9f0e-5c5b-8d5e-6a1c2b7f4e10")
"""Namespace of the ids of JST; never changes."""
COMMUNE_CODE_LENGTH = 7
"""Digits of a commune's code, the last of which is its kind."""


def identity_code(code: str) -> str:
    """The part of a TERYT code that stays when the kind changes: 6, 4 or 2 digits."""
    return code[:-1] if len(code) == COMMUNE_CODE_LENGTH else code


def local_government_id(code: str) -> UUID:
    """Id of the JST with this TERYT code (7, 4 or 2 digits), the same for ever."""
    return uuid5(LOCAL_GOVERNMENTS, identity_code(code))


class LocalGovernment(Aggregate):
    """A local government unit: commune, county or voivodeship."""

    TOPIC = "recruitment.LocalGovernment"

    class Registered(Aggregate.Event, FirstEvent):
        """The JST was first seen in a state of the register."""

        TOPIC = "recruitment.LocalGovernmentRegistered"
        jst: JstRef
        state_on: date

    class Reopened(Aggregate.Event):
        """The JST is in the register again after it was gone."""

        TOPIC = "recruitment.LocalGovernmentReopened"
        jst: JstRef
        state_on: date

    class Renamed(Aggregate.Event):
        """The name by which people tell it apart changed: its own, or its county's."""

        TOPIC = "recruitment.LocalGovernmentRenamed"
        jst: JstRef
        previous_name: str
        previous_county: str | None
        state_on: date

    class KindChanged(Aggregate.Event):
        """The JST became one of another kind, and with that got another seven-digit code."""

        TOPIC = "recruitment.LocalGovernmentKindChanged"
        jst: JstRef
        previous_kind: str
        previous_code: str
        state_on: date

    class Closed(Aggregate.Event):
        """The JST is gone from the register."""

        TOPIC = "recruitment.LocalGovernmentClosed"
        jst: JstRef
        state_on: date

    @staticmethod
    def create_id(jst: JstRef) -> UUID:
        """The id that the code gives."""
        return local_government_id(jst.code)

    @event(Registered)
    def __init__(self, jst: JstRef, state_on: date) -> None:
        self.jst = jst
        self.state_on = state_on
        self.is_closed = False

    def take_over(self, jst: JstRef, state_on: date) -> None:
        """Record what differs in a state of the register; nothing when nothing does."""
        if self.is_closed:
            self._reopen(jst=jst, state_on=state_on)
            return
        if (jst.name, jst.county) != (self.jst.name, self.jst.county):
            renamed = self.jst.model_copy(update={"name": jst.name, "county": jst.county})
            self._rename(
                jst=renamed,
                previous_name=self.jst.name,
                previous_county=self.jst.county,
                state_on=state_on,
            )
        if (jst.kind, jst.code) != (self.jst.kind, self.jst.code):
            self._change_kind(
                jst=jst,
                previous_kind=JstKind(self.jst.kind).value,
                previous_code=self.jst.code,
                state_on=state_on,
            )

    def close(self, state_on: date) -> None:
        """Record that it is gone; nothing when it was gone before."""
        if not self.is_closed:
            self._close(jst=self.jst, state_on=state_on)

    @event(Reopened)
    def _reopen(self, jst: JstRef, state_on: date) -> None:
        self.is_closed = False
        self._hold(jst, state_on)

    @event(Renamed)
    def _rename(
        self, jst: JstRef, previous_name: str, previous_county: str | None, state_on: date
    ) -> None:
        self._hold(jst, state_on)

    @event(KindChanged)
    def _change_kind(
        self, jst: JstRef, previous_kind: str, previous_code: str, state_on: date
    ) -> None:
        self._hold(jst, state_on)

    @event(Closed)
    def _close(self, jst: JstRef, state_on: date) -> None:
        self.is_closed = True
        self._hold(jst, state_on)

    def _hold(self, jst: JstRef, state_on: date) -> None:
        self.jst = jst
        self.state_on = state_on
