"""Which part of the programme an account works for, and whether an object lies in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.gateway.accounts import Account, Role
from services.gateway.permissions import ObjectKind
from services.gateway.projections.applications import find_application
from services.gateway.projections.cycles import CycleFilter, find_cycle, list_cycles
from services.gateway.projections.hdrs import find_hdr
from services.gateway.projections.local_governments import find_jst
from services.gateway.projections.roster import find_expert
from services.gateway.projections.summaries import find_summary
from services.gateway.projections.teams import find_team
from shared.contracts.base import JstRef

COUNTRYWIDE = frozenset({Role.PROGRAMME_STAFF, Role.EDITOR, Role.OPERATOR})


@dataclass(frozen=True)
class Scope:
    """What an account may reach. Where it has several roles, any of its parts suffices."""

    is_everything: bool = False
    voivodeships: tuple[str, ...] = ()
    """A coordinator's."""
    expert_id: UUID | None = None
    """An expert: teams with them, and what these teams advise."""
    jst_ids: tuple[UUID, ...] = ()
    """A JST account's units."""


NOTHING = Scope()


@dataclass(frozen=True)
class Belonging:
    """Whose business an object is."""

    voivodeship: str | None = None
    expert_ids: tuple[UUID, ...] = ()
    jst_id: UUID | None = None


def scope_of(account: Account | None) -> Scope:
    """The scope of an account; nothing for the public, whose pages need none."""
    if account is None:
        return NOTHING
    if account.roles & COUNTRYWIDE:
        return Scope(is_everything=True)
    return Scope(
        voivodeships=account.voivodeships if Role.COORDINATOR in account.roles else (),
        expert_id=account.expert_id if Role.EXPERT in account.roles else None,
        jst_ids=account.jst_ids if Role.JST in account.roles else (),
    )


def is_in_scope(connection: Connection, scope: Scope, kind: ObjectKind, value: UUID | str) -> bool:
    """Whether an object of a kind lies in a scope, as the views show it.

    An object that the views do not know lies in no scope but the widest, where the service itself
    says that there is none.
    """
    if scope.is_everything:
        return True
    belonging = _BELONGING[kind](connection, value, scope)
    return belonging is not None and belongs(scope, belonging)


def belongs(scope: Scope, belonging: Belonging) -> bool:
    """Whether one of the scope's parts reaches it."""
    return (
        scope.is_everything
        or belonging.voivodeship in scope.voivodeships
        or scope.expert_id in belonging.expert_ids
        or belonging.jst_id in scope.jst_ids
    )


def list_scope(scope: Scope, voivodeships: Sequence[str] | None = None) -> dict[str, Any]:
    """What a list must be narrowed by: arguments for the views' filters.

    Args:
        scope: The reader's. Of several parts the widest counts: regions, else teams, else JST.
        voivodeships: The reader's own choice among the regions; all for ``None``.

    Returns:
        ``voivodeships`` always; ``expert_id`` or ``jst_ids`` where these narrow it.
    """
    asked = None if voivodeships is None else tuple(voivodeships)
    if scope.is_everything:
        return {"voivodeships": asked}
    if scope.voivodeships:
        own = scope.voivodeships
        return {"voivodeships": own if asked is None else tuple(v for v in own if v in asked)}
    if scope.expert_id is not None:
        return {"voivodeships": asked, "expert_id": scope.expert_id}
    if scope.jst_ids:
        return {"voivodeships": asked, "jst_ids": scope.jst_ids}
    return {"voivodeships": ()}


def _of_jst(jst: JstRef | None, expert_ids: Sequence[UUID] = ()) -> Belonging:
    if jst is None:
        return Belonging(expert_ids=tuple(expert_ids))
    return Belonging(jst.voivodeship, tuple(expert_ids), jst.id)


def _application(connection: Connection, value: Any, _scope: Scope) -> Belonging | None:
    row = find_application(connection, value)
    return None if row is None else Belonging(row.voivodeship, (), row.jst.id if row.jst else None)


def _team(connection: Connection, value: Any, _scope: Scope) -> Belonging | None:
    row = find_team(connection, value)
    if row is None:
        return None
    return Belonging(row.voivodeship, (row.ros_expert_id, row.pro_expert_id))


def _expert(connection: Connection, value: Any, _scope: Scope) -> Belonging | None:
    row = find_expert(connection, value)
    return None if row is None else Belonging(row.voivodeship, (row.expert_id,))


def _cycle(connection: Connection, value: Any, _scope: Scope) -> Belonging | None:
    row = find_cycle(connection, value)
    return None if row is None else _of_jst(row.jst, row.expert_ids)


def _hdr(connection: Connection, value: Any, _scope: Scope) -> Belonging | None:
    row = find_hdr(connection, value)
    return None if row is None else _of_jst(row.jst, row.expert_ids)


def _summary(connection: Connection, value: Any, _scope: Scope) -> Belonging | None:
    row = find_summary(connection, value)
    return None if row is None else _of_jst(row.jst, row.expert_ids)


def _jst(connection: Connection, value: Any, scope: Scope) -> Belonging | None:
    row = find_jst(connection, value)
    if row is None:
        return None
    advises = scope.expert_id is not None and (
        list_cycles(
            connection, CycleFilter(jst_id=row.jst.id, expert_id=scope.expert_id, limit=1)
        ).total
        > 0
    )
    return _of_jst(row.jst, (scope.expert_id,) if advises and scope.expert_id else ())


_BELONGING: Mapping[ObjectKind, Callable[[Connection, Any, Scope], Belonging | None]] = {
    ObjectKind.APPLICATION: _application,
    ObjectKind.TEAM: _team,
    ObjectKind.EXPERT: _expert,
    ObjectKind.CYCLE: _cycle,
    ObjectKind.HDR: _hdr,
    ObjectKind.SUMMARY: _summary,
    ObjectKind.JST: _jst,
}
