"""RegisterImport: one state of the official register taken over; and what such a state changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from eventsourcing.domain import event

from services.recruitment.domain.errors import RegisterStateOlderError
from services.recruitment.domain.teryt import RegisterState
from shared.contracts.base import JstRef
from shared.kernel.aggregate import Aggregate, FirstEvent


@dataclass(frozen=True)
class KnownUnit:
    """A JST as the register held it before an import."""

    jst: JstRef
    state_on: date
    is_closed: bool


@dataclass(frozen=True)
class Held:
    """How far the register has come: newest state of any file, and of a file of the whole country.

    Both are ``None`` before the first such import.
    """

    newest_on: date | None = None
    newest_complete_on: date | None = None


@dataclass(frozen=True)
class RegisterChanges:
    """What a state of the register changes; a unit may be renamed and of another kind at once."""

    new: tuple[JstRef, ...]
    reopened: tuple[JstRef, ...]
    renamed: tuple[JstRef, ...]
    kind_changed: tuple[JstRef, ...]
    gone: tuple[UUID, ...]
    unchanged: int

    @property
    def of_known(self) -> dict[UUID, JstRef]:
        """Units to take over into the JST that exist already, each once."""
        return {jst.id: jst for jst in (*self.reopened, *self.renamed, *self.kind_changed)}


def compare(
    state: RegisterState, known: Mapping[UUID, KnownUnit], held: Held, *, is_partial: bool
) -> RegisterChanges:
    """What taking over a state of the register would change.

    Args:
        state: What the file says.
        known: Every JST known so far, closed ones too, by id.
        held: The states imported before.
        is_partial: The file covers a part of the country.

    Returns:
        The changes. A JST missing from the file is gone only when the file is of the whole
        country and its state is newer than that of the last such file and than the JST's own.

    Raises:
        RegisterStateOlderError: A newer state was imported before.

    Source:
        Domain rules DR-50 to DR-53.
    """
    if held.newest_on is not None and state.state_on < held.newest_on:
        raise RegisterStateOlderError(
            field="content",
            state_on=state.state_on.isoformat(),
            imported_state_on=held.newest_on.isoformat(),
        )
    listed = {jst.id: jst for jst in state.units}
    current = {id_: unit.jst for id_, unit in known.items() if not unit.is_closed}
    staying = [(jst, current[id_]) for id_, jst in listed.items() if id_ in current]
    can_close = not is_partial and (
        held.newest_complete_on is None or state.state_on > held.newest_complete_on
    )
    return RegisterChanges(
        new=tuple(jst for id_, jst in listed.items() if id_ not in known),
        reopened=tuple(jst for id_, jst in listed.items() if id_ in known and known[id_].is_closed),
        renamed=tuple(new for new, old in staying if _is_renamed(new, old)),
        kind_changed=tuple(new for new, old in staying if _is_of_another_kind(new, old)),
        gone=tuple(
            id_
            for id_ in current
            if can_close and id_ not in listed and known[id_].state_on < state.state_on
        ),
        unchanged=sum(
            not _is_renamed(new, old) and not _is_of_another_kind(new, old) for new, old in staying
        ),
    )


def _is_renamed(new: JstRef, old: JstRef) -> bool:
    return (new.name, new.county) != (old.name, old.county)


def _is_of_another_kind(new: JstRef, old: JstRef) -> bool:
    return (new.kind, new.code) != (old.kind, old.code)


class RegisterImport(Aggregate):
    """One state of the register, taken over whole."""

    TOPIC = "recruitment.RegisterImport"

    class Completed(Aggregate.Event, FirstEvent):
        """The state was taken over; how many JST each kind of change concerned."""

        TOPIC = "recruitment.RegisterImportCompleted"
        state_on: date
        is_partial: bool
        registered: int
        renamed: int
        kind_changed: int
        closed: int
        unchanged: int

    @classmethod
    def complete(
        cls, state_on: date, changes: RegisterChanges, *, is_partial: bool
    ) -> RegisterImport:
        """Record an import; a JST that is back counts as registered."""
        return cls(
            state_on=state_on,
            is_partial=is_partial,
            registered=len(changes.new) + len(changes.reopened),
            renamed=len(changes.renamed),
            kind_changed=len(changes.kind_changed),
            closed=len(changes.gone),
            unchanged=changes.unchanged,
        )

    @event(Completed)
    def __init__(
        self,
        *,
        state_on: date,
        is_partial: bool,
        registered: int,
        renamed: int,
        kind_changed: int,
        closed: int,
        unchanged: int,
    ) -> None:
        self.state_on = state_on
        self.is_partial = is_partial
        self.registered = registered
        self.renamed = renamed
        self.kind_changed = kind_changed
        self.closed = closed
        self.unchanged = unchanged
