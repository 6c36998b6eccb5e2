"""What advisory's rules need to know of others' facts: experts, editions, teams; values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.contracts.base import ExpertRole


@dataclass(frozen=True)
class RosterExpert:
    """An expert of recruitment's roster."""

    expert_id: UUID
    role: ExpertRole
    voivodeship: str
    employer_jst_id: UUID | None
    """The JST that employs the expert, if a JST does."""
    is_active: bool


Roster = Mapping[UUID, RosterExpert]
"""Experts by id: the part of the roster that a command is about; the unknown are missing."""


@dataclass(frozen=True)
class EditionRules:
    """The part of an edition's configuration that advisory keeps to."""

    edition_id: UUID
    starts_on: date
    voivodeships: frozenset[str]
    areas: frozenset[str]
    stages: tuple[str, ...]


@dataclass(frozen=True)
class CandidateTeam:
    """A team as one that may be given a JST."""

    team_id: UUID
    edition_id: UUID
    voivodeship: str
    is_dissolved: bool
    members: tuple[RosterExpert, ...]
