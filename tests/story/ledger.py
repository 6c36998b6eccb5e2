"""What the story was answered, kept as plainly as possible: the other side of every comparison."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from tests.story.register import Unit


@dataclass(frozen=True)
class Size:
    """How big the programme is."""

    regions: int = 3
    experts: int = 12
    """Qualified at once: half of them ROS, half PRO, the same number in each region."""
    jst: int = 9
    """Qualified, one of them from the reserve list; at least 9."""

    @property
    def teams_per_region(self) -> int:
        """As many as there are pairs of experts."""
        return self.experts // (2 * self.regions)


@dataclass
class Application:
    """One application and where it stands for everyone."""

    id: str
    receipt: str
    key: str
    status: str = "RECEIVED"
    published: str | None = None
    """The decision in the results as first published."""
    reserve_rank: int | None = None


@dataclass
class Candidate:
    """Somebody who wants to be an expert."""

    role: str
    number: int
    region: str
    fate: str
    """QUALIFIED, PROMOTED, RESERVE, REJECTED, UNFIT, WITHDRAWN, or LATE (in the call of before)."""
    employer: str | None = None
    application: Application | None = None
    attended: list[str] = field(default_factory=list)
    hours: int = 0
    expert_id: str | None = None
    is_active: bool = True
    teams: set[str] = field(default_factory=set)

    @property
    def email(self) -> str:
        """Different for each."""
        return f"{self.role.lower()}.{self.fate.lower()}.{self.number}@example.pl"

    @property
    def name(self) -> str:
        """Different for each."""
        return f"Zażółć {self.role} {self.fate.title()} {self.number}"

    @property
    def milestones(self) -> set[str]:
        """As the funnel names them."""
        reached = set()
        if self.application and self.application.status != "WITHDRAWN":
            reached.add("APPLIED")
        if self.application and self.application.status == "QUALIFIED":
            reached.add("QUALIFIED")
        if self.expert_id:
            reached.add("TRAINED")
        if self.teams and self.is_active:
            reached.add("IN_TEAM")
        return reached


@dataclass
class Team:
    """An advisory team."""

    id: str
    name: str
    region: str
    members: dict[str, Candidate]
    is_dissolved: bool = False


@dataclass
class Record:
    """Revisions of one JST's report in one round."""

    revisions: list[dict[str, Any]] = field(default_factory=list)
    is_late: bool = False
    at_closing: int = 0
    """How many revisions there were when the round was closed."""


@dataclass
class Jst:
    """A JST and its way through the edition."""

    number: int
    unit: Unit
    later: Unit
    fate: str
    """PUBLISHED, EDITING, DIAGNOSIS or TEAMLESS of the qualified; else RESERVE, REJECTED, UNFIT,
    WITHDRAWN."""
    is_promoted: bool = False
    id: str = ""
    applications: list[Application] = field(default_factory=list)
    cycle_id: str | None = None
    team: Team | None = None
    area: str | None = None
    stage: str | None = None
    is_completed: bool = False
    activities: list[dict[str, Any]] = field(default_factory=list)
    hdr_id: str | None = None
    hdr_state: str | None = None
    submissions: int = 0
    document_in_work: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] | None = None
    """As published."""
    unit_at_publication: Unit | None = None
    records: dict[str, Record] = field(default_factory=dict)
    """By round."""
    summary_id: str | None = None
    summary_form: str | None = None
    summary_state: str | None = None
    milestones: set[str] = field(default_factory=set)
    timeline: Counter[str] = field(default_factory=Counter)

    @property
    def is_qualified(self) -> bool:
        """Whether it has an advisory cycle."""
        return self.fate in {"PUBLISHED", "EDITING", "DIAGNOSIS", "TEAMLESS"}

    @property
    def now(self) -> Unit:
        """As the newest state of the register names it."""
        return self.later

    @property
    def is_public(self) -> bool:
        """Whether its schedule is in the catalogue."""
        return self.hdr_state == "PUBLISHED"


@dataclass
class Round:
    """A monitoring round."""

    id: str
    slug: str
    due_on: date
    asked: list[Jst]
    is_closed: bool = False


@dataclass
class Ledger:
    """The whole programme as its participants were told."""

    size: Size
    today: date
    edition_id: str = ""
    slug: str = ""
    grouping: str = ""
    regions: list[str] = field(default_factory=list)
    units: dict[str, Unit] = field(default_factory=dict)
    """The register of now by code."""
    abolished: list[str] = field(default_factory=list)
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By slug: id, kind, state, closes_on."""
    candidates: list[Candidate] = field(default_factory=list)
    jst: list[Jst] = field(default_factory=list)
    trainings: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By role."""
    teams: list[Team] = field(default_factory=list)
    rounds: dict[str, Round] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, event: str, *concerned: Jst, times: int = 1) -> None:
        """Every subscriber will hear of this; it stands in the timeline of whom it concerns."""
        with self._lock:
            self.events[event] += times
            for jst in concerned:
                jst.timeline[event] += times

    @property
    def qualified(self) -> list[Jst]:
        """JST with an advisory cycle."""
        return [jst for jst in self.jst if jst.is_qualified]

    @property
    def published(self) -> list[Jst]:
        """JST whose schedule was ever published."""
        return [jst for jst in self.jst if jst.document is not None]

    def experts(self, role: str | None = None, region: str | None = None) -> list[Candidate]:
        """Candidates who completed a training, those who left too."""
        return [
            c
            for c in self.candidates
            if c.expert_id and role in {None, c.role} and region in {None, c.region}
        ]


def attainment(baseline: float, target: float, value: float | None) -> float | None:
    """How much of the way from baseline to target was gone, in decimal figures as written."""
    if value is None:
        return None
    start, end, now = (Fraction(str(figure)) for figure in (baseline, target, value))
    if start == end:
        return 1.0 if now == end else 0.0
    return float((now - start) / (end - start))
