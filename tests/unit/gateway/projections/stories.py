"""Made-up histories of the programme as contract events, told by their sources.

A `Story` has one method for each thing that can happen; it returns ids and keeps the events in the
order in which they happened. `any_story` draws one by chance, `any_order` another order in which
the gateway could have come to know it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from hypothesis import Phase, settings
from hypothesis import strategies as st

from services.gateway.journal_entry import JournalEntry
from shared.contracts import advisory, hdr, monitoring, recruitment
from shared.contracts.advisory import ActivityForm
from shared.contracts.base import ContractEvent, ExpertRole, JstKind, JstRef
from shared.contracts.hdr import HdrState, SummaryForm, SummaryState
from shared.contracts.monitoring import ActionState
from shared.contracts.recruitment import CallKind, Decision
from shared.kernel.envelope import Envelope
from tests.by_chance import examples

STAGES = ("AREA_CHOICE", "DIAGNOSIS", "HDR", "DIRECTIONS")
AREAS = ("BUDGET_PLANNING", "CAREER_GUIDANCE", "GIFTED_SUPPORT")
PLACES = ("06", "24", "30")
NAMES = ("Łódź", "Lublin", "Ścinawa", "Świdnik", "Żory", "Źrebce", "Ćmielów", "Abramów")
DIAGNOSIS = advisory.Diagnosis(sources="ankieta", findings="a", strengths="b", difficulties="c")
DOCUMENT = {"title": "Dobra oświata", "main_goal": "Mądre planowanie", "actions": [{"key": "A1"}]}
LONG_AGO = datetime(2020, 1, 7, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """One contract event as its source published it."""

    source: str
    sequence: int
    time: datetime
    subject: UUID
    event: ContractEvent

    def __repr__(self) -> str:
        return f"{self.source} {self.sequence} {type(self.event).__name__}"

    def entry(self, position: int) -> tuple[JournalEntry, dict[str, Any]]:
        """The event as the journal has it at a position."""
        entry = JournalEntry(
            position=position,
            source=self.source,
            sequence=self.sequence,
            type=self.event.event_type(),
            subject=str(self.subject),
            time=self.time,
            recorded_at=LONG_AGO,
            message_id=f"{self.source}-{self.sequence}",
            correlation_id=None,
            causation_id=None,
        )
        return entry, json.loads(self.event.model_dump_json())

    def envelope(self, previous: int) -> Envelope:
        """The event on its way to the journal."""
        entry, data = self.entry(0)
        return Envelope(
            id=entry.message_id,
            source=self.source,
            type=entry.type,
            subject=entry.subject,
            time=self.time,
            sequence=self.sequence,
            previous_sequence=previous,
            epoch="e",
            correlation_id="c",
            causation_id=None,
            data=data,
        )


class Story:
    """What happened in the programme, told step by step."""

    def __init__(self) -> None:
        self.now = LONG_AGO
        self.told: list[Told] = []
        self.numbers = 0
        self.jst: dict[UUID, JstRef] = {}
        self.editions: list[UUID] = []
        self.calls: dict[UUID, recruitment.CallPublished] = {}
        self.applications: dict[UUID, recruitment.ApplicationSubmitted] = {}
        self.decisions: dict[UUID, Decision] = {}
        self.trainings: dict[UUID, list[UUID]] = {}
        self.experts: dict[UUID, ExpertRole] = {}
        self.teams: dict[UUID, list[UUID]] = {}
        self.cycles: dict[UUID, JstRef] = {}
        self.stage: dict[UUID, int] = {}
        self.areas: dict[UUID, str] = {}
        self.cycle_team: dict[UUID, UUID] = {}
        self.hdrs: dict[UUID, hdr.HDROpened] = {}
        self.hdr_state: dict[UUID, HdrState] = {}
        self.versions: dict[UUID, int] = {}
        self.submissions: dict[UUID, int] = {}
        self.summaries: dict[UUID, hdr.SummaryFormChosen] = {}
        self.rounds: dict[UUID, tuple[monitoring.MonitoredHdr, ...]] = {}
        self.revisions: dict[tuple[UUID, UUID], int] = {}

    def __repr__(self) -> str:
        return f"Story{self.told}"

    def on(self, year: int, month: int, day: int, hour: int = 12) -> None:
        """What follows happens then (UTC)."""
        self.now = datetime(year, month, day, hour, tzinfo=UTC)

    def wait(self, hours: int) -> None:
        """What follows happens so much later, or earlier where history is taken over."""
        self.now += timedelta(hours=hours)

    @property
    def today(self) -> date:
        return self.now.date()

    def new_id(self) -> UUID:
        self.numbers += 1
        return uuid5(NAMESPACE_URL, str(self.numbers))

    def tell(self, subject: UUID, event: ContractEvent) -> None:
        last = [one.sequence for one in self.told if one.source == event.OWNER][-1:]
        sequence = (last or [0])[0] + 1 + self.numbers % 2  # services keep events to themselves
        self.told.append(Told(event.OWNER, sequence, self.now, subject, event))

    # --- recruitment ----------------------------------------------------------------------------

    def edition(self, slug: str = "pilot", *, grouping: str = "KIND") -> UUID:
        edition_id = self.new_id()
        configuration = self._configuration(slug, grouping)
        self.tell(
            edition_id,
            recruitment.EditionCreated(edition_id=edition_id, configuration=configuration),
        )
        self.editions.append(edition_id)
        return edition_id

    def reconfigure(self, edition_id: UUID, grouping: str) -> None:
        configuration = self._configuration("pilot", grouping)
        self.tell(
            edition_id,
            recruitment.EditionReconfigured(edition_id=edition_id, configuration=configuration),
        )

    def _configuration(self, slug: str, grouping: str) -> recruitment.EditionConfiguration:
        def text(value: str) -> dict[str, str]:
            return {"pl": value, "en": value}

        return recruitment.EditionConfiguration.model_validate(
            {
                "slug": slug,
                "name": text(slug),
                "starts_on": "2020-01-01",
                "ends_on": "2020-12-31",
                "voivodeships": PLACES,
                "areas": [
                    {"code": code, "number": number, "name": text(code.title())}
                    for number, code in enumerate(AREAS, start=1)
                ],
                "stages": [{"code": code, "name": text(code)} for code in STAGES],
                "jst_team_size": {"minimum": 2, "maximum": 5},
                "publication_grouping": grouping,
                "role_labels": {"ROS": text("ROS"), "PRO": text("PRO")},
                "hdr_template_version": 1,
                "summary_forms": ["GOOD_PRACTICE"],
            }
        )

    def register(
        self, name: str, kind: JstKind = JstKind.URBAN, voivodeship: str = "06", code: str = ""
    ) -> JstRef:
        digit = {JstKind.URBAN: "1", JstKind.RURAL: "2", JstKind.URBAN_RURAL: "3"}
        whole = code or f"{voivodeship}{len(self.jst) + 1:04d}{digit.get(kind, '1')}"
        jst = JstRef(
            id=uuid5(NAMESPACE_URL, whole[:6]),
            code=whole,
            name=name,
            kind=kind,
            voivodeship=voivodeship,
            county="powiat testowy",
        )
        self.jst[jst.id] = jst
        event = recruitment.LocalGovernmentRegistered(jst=jst, state_on=self.today)
        self.tell(jst.id, event)
        return jst

    def rename(self, jst: JstRef, name: str) -> JstRef:
        renamed = jst.model_copy(update={"name": name})
        self.jst[jst.id] = renamed
        event = recruitment.LocalGovernmentRenamed(
            jst=renamed, previous_name=jst.name, state_on=self.today
        )
        self.tell(jst.id, event)
        return renamed

    def become_urban_rural(self, jst: JstRef) -> JstRef:
        changed = jst.model_copy(
            update={"kind": JstKind.URBAN_RURAL, "code": f"{jst.code[:6]}3"[: len(jst.code)]}
        )
        self.jst[jst.id] = changed
        event = recruitment.LocalGovernmentKindChanged(
            jst=changed, previous_kind=jst.kind, previous_code=jst.code, state_on=self.today
        )
        self.tell(jst.id, event)
        return changed

    def close_jst(self, jst: JstRef) -> None:
        self.tell(jst.id, recruitment.LocalGovernmentClosed(jst=jst, state_on=self.today))

    def imported(self, registered: int = 0) -> None:
        import_id = self.new_id()
        event = recruitment.RegisterImported(
            import_id=import_id,
            state_on=self.today,
            registered=registered,
            renamed=0,
            kind_changed=0,
            closed=0,
            unchanged=0,
        )
        self.tell(import_id, event)

    def call(
        self, edition_id: UUID, kind: CallKind = CallKind.JST, slug: str = "nabor", days: int = 22
    ) -> UUID:
        call_id = self.new_id()
        closes_on = self.today + timedelta(days=days)
        event = recruitment.CallPublished(
            call_id=call_id,
            edition_id=edition_id,
            kind=kind,
            slug=slug,
            title=f"Nabór {kind}",
            text="Zapraszamy",
            opens_on=self.today,
            closes_on=closes_on,
            results_by=closes_on + timedelta(days=5),
            contact_email="nabor@example.org",
            training_dates=(closes_on + timedelta(days=26),),
            covered_costs=("nocleg",),
            voivodeships=PLACES,
            privacy_notice_version="1",
        )
        self.tell(call_id, event)
        self.calls[call_id] = event
        return call_id

    def extend(self, call_id: UUID, days: int) -> None:
        known = self.calls[call_id]
        later = known.closes_on + timedelta(days=days)
        event = recruitment.CallExtended(
            call_id=call_id, closes_on=later, previous_closes_on=known.closes_on, reason="ferie"
        )
        self.calls[call_id] = known.model_copy(update={"closes_on": later})
        self.tell(call_id, event)

    def close_call(self, call_id: UUID) -> None:
        self.tell(call_id, recruitment.CallClosed(call_id=call_id))

    def cancel_call(self, call_id: UUID) -> None:
        self.tell(call_id, recruitment.CallCancelled(call_id=call_id, reason="brak środków"))

    def apply(self, call_id: UUID, jst: JstRef | None = None, voivodeship: str = "06") -> UUID:
        application_id = self.new_id()
        call = self.calls[call_id]
        event = recruitment.ApplicationSubmitted(
            application_id=application_id,
            call_id=call_id,
            edition_id=call.edition_id,
            kind=call.kind,
            receipt_number=f"{call.kind}-{self.numbers:04d}",
            voivodeship=jst.voivodeship if jst and call.kind == CallKind.JST else voivodeship,
            jst=jst,
        )
        self.tell(application_id, event)
        self.applications[application_id] = event
        return application_id

    def withdraw(self, application_id: UUID) -> None:
        call_id = self.applications[application_id].call_id
        self._of_application(recruitment.ApplicationWithdrawn, application_id, call_id)
        self.decisions[application_id] = Decision.REJECTED

    def check(self, application_id: UUID) -> None:
        call_id = self.applications[application_id].call_id
        self._of_application(recruitment.ApplicationChecked, application_id, call_id)

    def decide(self, application_id: UUID) -> None:
        call_id = self.applications[application_id].call_id
        self._of_application(recruitment.ApplicationDecided, application_id, call_id)

    def _of_application(self, event: Any, application_id: UUID, call_id: UUID) -> None:
        self.tell(application_id, event(application_id=application_id, call_id=call_id))

    def publish_results(self, call_id: UUID, decisions: dict[UUID, Decision]) -> None:
        call = self.calls[call_id]
        ranks = iter(range(1, 1000))
        rows = tuple(
            self._result(one, decision, next(ranks) if decision == Decision.RESERVE else None)
            for one, decision in decisions.items()
        )
        self.decisions |= decisions
        event = recruitment.ResultsPublished(
            call_id=call_id,
            edition_id=call.edition_id,
            kind=call.kind,
            slug=call.slug,
            results=rows,
        )
        self.tell(call_id, event)

    def _result(
        self, application_id: UUID, decision: Decision, rank: int | None = None
    ) -> recruitment.PublishedResult:
        known = self.applications[application_id]
        return recruitment.PublishedResult(
            application_id=application_id,
            receipt_number=known.receipt_number,
            decision=decision,
            reserve_rank=rank,
            voivodeship=known.voivodeship,
            jst=known.jst if known.kind == CallKind.JST else None,
        )

    def promote(self, application_id: UUID) -> None:
        known = self.applications[application_id]
        event = recruitment.ReservePromoted(
            call_id=known.call_id,
            edition_id=known.edition_id,
            kind=known.kind,
            result=self._result(application_id, Decision.QUALIFIED),
            reason="rezygnacja",
        )
        self.decisions[application_id] = Decision.QUALIFIED
        self.tell(application_id, event)

    def training(self, edition_id: UUID, role: ExpertRole = ExpertRole.PRO) -> UUID:
        training_id = self.new_id()
        sessions = tuple(
            recruitment.TrainingSession(
                key=f"S{number}",
                held_on=self.today + timedelta(days=30 + number),
                hours=6 + number,
                topics=("Omówienie modelu",),
            )
            for number in range(1, 3)
        )
        event = recruitment.TrainingPlanned(
            training_id=training_id,
            edition_id=edition_id,
            role=role,
            title=f"Szkolenie {role}",
            mode="ON_SITE",
            venue="Sulejówek",
            capacity=20,
            sessions=sessions,
        )
        self.tell(training_id, event)
        self.trainings[training_id] = []
        return training_id

    def enrol(self, training_id: UUID, application_id: UUID) -> None:
        place = self.applications[application_id].voivodeship
        event = recruitment.CandidateEnrolled(
            training_id=training_id, application_id=application_id, voivodeship=place
        )
        self.trainings[training_id].append(application_id)
        self.tell(training_id, event)

    def attend(self, training_id: UUID, session: str, *present: UUID) -> None:
        event = recruitment.AttendanceRecorded(
            training_id=training_id, session_key=session, present=present
        )
        self.tell(training_id, event)

    def complete_training(self, training_id: UUID, *completed: UUID) -> list[UUID]:
        others = tuple(one for one in self.trainings[training_id] if one not in completed)
        event = recruitment.TrainingCompleted(
            training_id=training_id, completed=completed, not_completed=others
        )
        self.tell(training_id, event)
        return [self._enter_roster(training_id, one) for one in completed]

    def _enter_roster(self, training_id: UUID, application_id: UUID) -> UUID:
        known, expert_id = self.applications[application_id], self.new_id()
        role = ExpertRole(known.kind.value)
        event = recruitment.ExpertEnteredRoster(
            expert_id=expert_id,
            application_id=application_id,
            training_id=training_id,
            edition_id=known.edition_id,
            role=role,
            voivodeship=known.voivodeship,
            employer_jst=known.jst,
            training_hours=15,
        )
        self.experts[expert_id] = role
        self.tell(expert_id, event)
        return expert_id

    def leave(self, expert_id: UUID) -> None:
        event = recruitment.ExpertLeftRoster(expert_id=expert_id, reason_code="OWN_REQUEST")
        self.tell(expert_id, event)

    def expert(self, edition_id: UUID, role: ExpertRole, voivodeship: str = "06") -> UUID:
        """A candidate's whole way into the roster."""
        call_id = self.call(edition_id, CallKind(role.value), slug=f"eksperci-{self.numbers}")
        application_id = self.apply(call_id, voivodeship=voivodeship)
        self.publish_results(call_id, {application_id: Decision.QUALIFIED})
        training_id = self.training(edition_id, role)
        self.enrol(training_id, application_id)
        return self.complete_training(training_id, application_id)[0]

    # --- advisory -------------------------------------------------------------------------------

    def team(
        self, edition_id: UUID, ros: UUID, pro: UUID, name: str = "Team", voivodeship: str = "06"
    ) -> UUID:
        team_id = self.new_id()
        event = advisory.TeamFormed(
            team_id=team_id,
            edition_id=edition_id,
            name=name,
            voivodeship=voivodeship,
            ros_expert_id=ros,
            pro_expert_id=pro,
        )
        self.teams[team_id] = [ros, pro]
        self.tell(team_id, event)
        return team_id

    def replace_member(self, team_id: UUID, role: ExpertRole, expert_id: UUID) -> None:
        slot = list(ExpertRole).index(role)
        event = advisory.TeamMemberReplaced(
            team_id=team_id,
            role=role,
            expert_id=expert_id,
            previous_expert_id=self.teams[team_id][slot],
            reason="choroba",
        )
        self.teams[team_id][slot] = expert_id
        self.tell(team_id, event)

    def dissolve(self, team_id: UUID) -> None:
        self.tell(team_id, advisory.TeamDissolved(team_id=team_id, reason="koniec"))

    def open_cycle(self, edition_id: UUID, jst: JstRef) -> UUID:
        cycle_id = uuid5(edition_id, str(jst.id))
        event = advisory.CycleOpened(
            cycle_id=cycle_id, edition_id=edition_id, jst=jst, stages=STAGES
        )
        self.cycles[cycle_id], self.stage[cycle_id] = jst, 0
        self.tell(cycle_id, event)
        return cycle_id

    def assign(self, cycle_id: UUID, team_id: UUID) -> None:
        event = advisory.TeamAssigned(
            cycle_id=cycle_id,
            team_id=team_id,
            previous_team_id=self.cycle_team.get(cycle_id),
            reason="zmiana" if cycle_id in self.cycle_team else None,
        )
        self.cycle_team[cycle_id] = team_id
        self.tell(cycle_id, event)

    def choose_area(self, cycle_id: UUID, area_code: str = AREAS[0]) -> None:
        event = advisory.AreaChosen(
            cycle_id=cycle_id, area_code=area_code, previous_area_code=self.areas.get(cycle_id)
        )
        self.areas[cycle_id] = area_code
        self.tell(cycle_id, event)
        self.complete_stage(cycle_id, 0)

    def close_diagnosis(self, cycle_id: UUID, edition_id: UUID) -> None:
        event = advisory.DiagnosisClosed(
            cycle_id=cycle_id,
            edition_id=edition_id,
            jst=self.cycles[cycle_id],
            area_code=self.areas[cycle_id],
            team_id=self.cycle_team.get(cycle_id),
            diagnosis=DIAGNOSIS,
            priorities=("Planowanie",),
        )
        self.tell(cycle_id, event)
        self.complete_stage(cycle_id, 1)

    def set_directions(self, cycle_id: UUID) -> None:
        tool = advisory.ManagementTool(name="Arkusz", reason="prosty")
        event = advisory.DirectionsSet(cycle_id=cycle_id, directions="Krok po kroku", tools=(tool,))
        self.tell(cycle_id, event)
        self.complete_stage(cycle_id, 3)

    def complete_stage(self, cycle_id: UUID, number: int) -> None:
        if self.stage[cycle_id] != number:
            return
        self.stage[cycle_id] = number + 1
        following = STAGES[number + 1] if number + 1 < len(STAGES) else None
        event = advisory.StageCompleted(
            cycle_id=cycle_id, stage=STAGES[number], next_stage=following
        )
        self.tell(cycle_id, event)
        if following is None:
            self.tell(cycle_id, advisory.CycleCompleted(cycle_id=cycle_id))

    def log_activity(self, cycle_id: UUID, hours: float = 2.5) -> UUID:
        activity_id = self.new_id()
        event = advisory.ActivityLogged(
            cycle_id=cycle_id,
            activity_id=activity_id,
            team_id=self.cycle_team[cycle_id],
            form=ActivityForm.WORKSHOP,
            stage=STAGES[min(self.stage[cycle_id], len(STAGES) - 1)],
            held_on=self.today,
            hours=hours,
            participants=4,
            topic="Warsztat",
        )
        self.tell(cycle_id, event)
        return activity_id

    # --- hdr ------------------------------------------------------------------------------------

    def open_hdr(self, cycle_id: UUID, edition_id: UUID) -> UUID:
        hdr_id = uuid5(NAMESPACE_URL, f"hdr {cycle_id}")
        event = hdr.HDROpened(
            hdr_id=hdr_id,
            cycle_id=cycle_id,
            edition_id=edition_id,
            jst=self.cycles[cycle_id],
            area_code=self.areas[cycle_id],
            template_version=1,
        )
        self.hdrs[hdr_id], self.hdr_state[hdr_id] = event, HdrState.DRAFT
        self.tell(hdr_id, event)
        return hdr_id

    def submit_hdr(self, hdr_id: UUID) -> None:
        cycle_id = self.hdrs[hdr_id].cycle_id
        self.submissions[hdr_id] = self.submissions.get(hdr_id, 0) + 1
        event = hdr.HDRSubmitted(
            hdr_id=hdr_id, cycle_id=cycle_id, submission=self.submissions[hdr_id]
        )
        self.hdr_state[hdr_id] = HdrState.SUBMITTED
        self.tell(hdr_id, event)
        self.complete_stage(cycle_id, 2)

    def edit_hdr(self, hdr_id: UUID, state: HdrState = HdrState.SUBSTANTIVE_EDITING) -> None:
        event = hdr.HDRStateChanged(
            hdr_id=hdr_id,
            cycle_id=self.hdrs[hdr_id].cycle_id,
            previous_state=self.hdr_state[hdr_id],
            state=state,
        )
        self.hdr_state[hdr_id] = state
        self.tell(hdr_id, event)

    def return_hdr(self, hdr_id: UUID) -> None:
        event = hdr.HDRReturned(
            hdr_id=hdr_id,
            cycle_id=self.hdrs[hdr_id].cycle_id,
            returned_from=self.hdr_state[hdr_id],
            reason="Brak wskaźników",
        )
        self.hdr_state[hdr_id] = HdrState.DRAFT
        self.tell(hdr_id, event)

    def publish_hdr(self, hdr_id: UUID, title: str = "Dobra oświata", **changed: Any) -> None:
        known = self.hdrs[hdr_id]
        self.versions[hdr_id] = self.versions.get(hdr_id, 0) + 1
        event = hdr.HDRPublished(
            hdr_id=hdr_id,
            cycle_id=known.cycle_id,
            edition_id=known.edition_id,
            jst=self.jst.get(known.jst.id, known.jst),
            area_code=known.area_code,
            template_version=1,
            published_version=self.versions[hdr_id],
            slug="dobra-oswiata",
            title=title,
            starts_on=date(2020, 9, 1),
            ends_on=date(2021, 8, 31),
            document=DOCUMENT | {"title": title},
        ).model_copy(update=changed)
        self.hdr_state[hdr_id] = HdrState.PUBLISHED
        self.tell(hdr_id, event)

    def withdraw_hdr(self, hdr_id: UUID) -> None:
        event = hdr.HDRWithdrawn(
            hdr_id=hdr_id, cycle_id=self.hdrs[hdr_id].cycle_id, reason="Błąd w danych"
        )
        self.hdr_state[hdr_id] = HdrState.WITHDRAWN
        self.tell(hdr_id, event)

    def choose_form(self, hdr_id: UUID, form: SummaryForm = SummaryForm.GOOD_PRACTICE) -> UUID:
        summary_id = uuid5(hdr_id, "summary")
        known, earlier = self.hdrs[hdr_id], self.summaries.get(summary_id)
        event = hdr.SummaryFormChosen(
            summary_id=summary_id,
            hdr_id=hdr_id,
            edition_id=known.edition_id,
            jst=known.jst,
            area_code=known.area_code,
            form=form,
            previous_form=earlier.form if earlier else None,
        )
        self.summaries[summary_id] = event
        self.tell(summary_id, event)
        return summary_id

    def move_summary(
        self, summary_id: UUID, state: SummaryState, reason: str | None = None
    ) -> None:
        event = hdr.SummaryStateChanged(
            summary_id=summary_id,
            hdr_id=self.summaries[summary_id].hdr_id,
            previous_state=SummaryState.DRAFT,
            state=state,
            reason=reason,
        )
        self.tell(summary_id, event)

    def publish_summary(self, summary_id: UUID, title: str = "Dobra praktyka") -> None:
        known = self.summaries[summary_id]
        event = hdr.SummaryPublished(
            summary_id=summary_id,
            hdr_id=known.hdr_id,
            edition_id=known.edition_id,
            jst=self.jst.get(known.jst.id, known.jst),
            area_code=known.area_code,
            form=known.form,
            template_version=1,
            slug="dobra-praktyka",
            title=title,
            document={"problem": "Za mało żłobków"},
        )
        self.tell(summary_id, event)

    # --- monitoring -----------------------------------------------------------------------------

    def open_round(self, edition_id: UUID, slug: str = "runda", days: int = 30) -> UUID:
        round_id = self.new_id()
        asked = tuple(
            self._asked(hdr_id)
            for hdr_id, state in self.hdr_state.items()
            if state == HdrState.PUBLISHED and self.hdrs[hdr_id].edition_id == edition_id
        )
        event = monitoring.RoundOpened(
            round_id=round_id,
            edition_id=edition_id,
            slug=slug,
            name=f"Runda {slug}",
            opens_on=self.today,
            due_on=self.today + timedelta(days=days),
            hdrs=asked,
        )
        self.rounds[round_id] = asked
        self.tell(round_id, event)
        return round_id

    def _asked(self, hdr_id: UUID) -> monitoring.MonitoredHdr:
        known = self.hdrs[hdr_id]
        return monitoring.MonitoredHdr(
            hdr_id=hdr_id,
            jst=self.jst.get(known.jst.id, known.jst),
            area_code=known.area_code,
            title="Dobra oświata",
            actions=(
                monitoring.MonitoredAction(key="A1", description="Ankieta"),
                monitoring.MonitoredAction(key="A2", description="Warsztat"),
            ),
            indicators=(
                monitoring.MonitoredIndicator(
                    key="W1", name="Uczniowie", unit="osoby", baseline=10, target=20
                ),
                monitoring.MonitoredIndicator(
                    key="W2", name="Szkoły", unit="szkoły", baseline=0, target=4
                ),
            ),
        )

    def move_due_date(self, round_id: UUID, days: int = 60) -> None:
        event = monitoring.RoundDueDateMoved(
            round_id=round_id,
            due_on=self.today + timedelta(days=days),
            previous_due_on=self.today,
            reason="ferie",
        )
        self.tell(round_id, event)

    def close_round(self, round_id: UUID) -> None:
        self.tell(round_id, monitoring.RoundClosed(round_id=round_id))

    def record(
        self,
        round_id: UUID,
        hdr_id: UUID,
        *,
        states: Sequence[ActionState] = (ActionState.DONE, ActionState.IN_PROGRESS),
        values: Sequence[float | None] = (20.0, None),
        is_late: bool = False,
        helping: str = "",
    ) -> None:
        asked = next(one for one in self.rounds[round_id] if one.hdr_id == hdr_id)
        revision = self.revisions[round_id, hdr_id] = self.revisions.get((round_id, hdr_id), 0) + 1
        indicators = tuple(
            monitoring.IndicatorResult(
                key=one.key,
                name=one.name,
                unit=one.unit,
                baseline=one.baseline,
                target=one.target,
                value=value,
                attainment_ratio=None
                if value is None
                else (value - one.baseline) / (one.target - one.baseline),
            )
            for one, value in zip(asked.indicators, values, strict=True)
        )
        actions = tuple(
            monitoring.ActionReport(key=one.key, state=state)
            for one, state in zip(asked.actions, states, strict=True)
        )
        event = monitoring.MonitoringRecorded(
            record_id=uuid5(round_id, str(hdr_id)),
            round_id=round_id,
            hdr_id=hdr_id,
            jst=asked.jst,
            area_code=asked.area_code,
            revision=revision,
            is_late=is_late,
            actions=actions,
            indicators=indicators,
            helping_factors=helping,
            hindering_factors="",
            changes_made="",
            support_needed="",
        )
        self.tell(event.record_id, event)


def a_whole_story() -> Story:
    """One JST's way through the whole programme, in which every view has something to keep."""
    story = Story()
    edition = story.edition()
    jst = story.register("Łódź")
    story.imported(registered=1)
    call = story.call(edition)
    application = story.apply(call, jst)
    story.publish_results(call, {application: Decision.QUALIFIED})
    cycle = story.open_cycle(edition, jst)
    ros, pro = (story.expert(edition, role) for role in (ExpertRole.ROS, ExpertRole.PRO))
    story.assign(cycle, story.team(edition, ros, pro))
    story.choose_area(cycle)
    story.close_diagnosis(cycle, edition)
    story.log_activity(cycle)
    hdr_id = story.open_hdr(cycle, edition)
    story.submit_hdr(hdr_id)
    story.edit_hdr(hdr_id)
    story.publish_hdr(hdr_id)
    story.set_directions(cycle)
    summary = story.choose_form(hdr_id)
    round_id = story.open_round(edition)
    story.record(round_id, hdr_id)
    story.move_due_date(round_id)
    story.close_round(round_id)
    story.publish_summary(summary)
    story.withdraw_hdr(hdr_id)
    return story


def by_source(told: Iterable[Told]) -> list[Told]:
    """The order of a gateway that reads one source to its end, then the next."""
    return sorted(told, key=lambda one: (one.source, one.sequence))


# --- by chance ------------------------------------------------------------------------------------


def stories(number: int) -> settings:
    """So many stories told by chance (see `examples`); each is readable unshrunk."""
    return examples(number, phases=(Phase.explicit, Phase.reuse, Phase.generate))


BY_CHANCE = stories(20)


@st.composite
def any_order(draw: st.DrawFn, told: Sequence[Told]) -> list[Told]:
    """The same events in an order that keeps each source's own order, and nothing else."""
    queues = [[one for one in told if one.source == s] for s in sorted({o.source for o in told})]
    order = []
    while queues := [queue for queue in queues if queue]:
        order.append(draw(st.sampled_from(queues)).pop(0))
    return order


@st.composite
def any_story(draw: st.DrawFn, steps: int = 40) -> Story:
    """A history that begins with an edition and three JST, and goes on by chance."""
    story = Story()
    story.edition("pilot")
    for kind, place in zip((JstKind.URBAN, JstKind.RURAL, JstKind.COUNTY), PLACES, strict=True):
        story.register(draw(st.sampled_from(NAMES)), kind, place)
    for _ in range(draw(st.integers(0, steps))):
        story.wait(draw(st.integers(-50, 500)))
        possible = [act for act, can in ACTS if can(story)]
        draw(st.sampled_from(possible))(story, draw)
    return story


Act = Callable[[Story, st.DrawFn], object]


def one(draw: st.DrawFn, choices: Iterable[Any]) -> Any:
    """One of the choices, by chance."""
    return draw(st.sampled_from(list(choices)))


def _new_edition(story: Story, draw: st.DrawFn) -> None:
    story.edition(f"edycja-{story.numbers}", grouping=one(draw, ("KIND", "KIND_MERGED", "REGION")))


def _change_register(story: Story, draw: st.DrawFn) -> None:
    jst = one(draw, story.jst.values())
    change = one(draw, (story.become_urban_rural, story.close_jst, story.rename))
    change(jst, one(draw, NAMES)) if change == story.rename else change(jst)
    story.imported()


def _new_call(story: Story, draw: st.DrawFn) -> None:
    story.call(one(draw, story.editions), one(draw, CallKind), slug=f"nabor-{story.numbers}")


def _change_call(story: Story, draw: st.DrawFn) -> None:
    change = one(draw, (lambda c: story.extend(c, 7), story.close_call, story.cancel_call))
    change(one(draw, story.calls))


def _apply(story: Story, draw: st.DrawFn) -> None:
    story.apply(one(draw, story.calls), one(draw, story.jst.values()), one(draw, PLACES))


def _assess(story: Story, draw: st.DrawFn) -> None:
    step = one(draw, (story.check, story.decide, story.withdraw))
    step(one(draw, _undecided(story)))


def _undecided(story: Story) -> list[UUID]:
    return [each for each in story.applications if each not in story.decisions]


def _publish_results(story: Story, draw: st.DrawFn) -> None:
    call_id = story.applications[one(draw, _undecided(story))].call_id
    of_call = [i for i in _undecided(story) if story.applications[i].call_id == call_id]
    story.publish_results(call_id, {each: one(draw, Decision) for each in of_call})


def _reserve(story: Story) -> list[UUID]:
    return [each for each, decision in story.decisions.items() if decision == Decision.RESERVE]


def _promote(story: Story, draw: st.DrawFn) -> None:
    story.promote(one(draw, _reserve(story)))


def _train(story: Story, draw: st.DrawFn) -> None:
    edition_id, role = one(draw, story.editions), one(draw, ExpertRole)
    training_id = story.training(edition_id, role)
    call_id = story.call(edition_id, CallKind(role.value), slug=f"eksperci-{story.numbers}")
    candidates = [story.apply(call_id, voivodeship=one(draw, PLACES)) for _ in range(2)]
    story.publish_results(call_id, dict.fromkeys(candidates, Decision.QUALIFIED))
    for candidate in candidates:
        story.enrol(training_id, candidate)
    story.attend(training_id, "S1", *candidates)
    story.attend(training_id, "S1", candidates[0])
    story.complete_training(training_id, *candidates[: one(draw, (1, 2))])


def _of_role(story: Story, role: ExpertRole) -> list[UUID]:
    return [expert for expert, known in story.experts.items() if known == role]


def _can_form_team(story: Story) -> bool:
    return all(_of_role(story, role) for role in ExpertRole)


def _form_team(story: Story, draw: st.DrawFn) -> None:
    ros, pro = (one(draw, _of_role(story, role)) for role in (ExpertRole.ROS, ExpertRole.PRO))
    story.team(one(draw, story.editions), ros, pro, one(draw, NAMES), one(draw, PLACES))


def _change_team(story: Story, draw: st.DrawFn) -> None:
    team_id, role = one(draw, story.teams), one(draw, ExpertRole)
    if draw(st.booleans()):
        story.replace_member(team_id, role, one(draw, _of_role(story, role)))
    elif team_id not in story.cycle_team.values():
        story.dissolve(team_id)
    else:
        story.leave(one(draw, story.experts))


def _without_cycle(story: Story) -> list[tuple[UUID, JstRef]]:
    pairs = ((edition, jst) for edition in story.editions for jst in story.jst.values())
    return [pair for pair in pairs if uuid5(pair[0], str(pair[1].id)) not in story.cycles]


def _open_cycle(story: Story, draw: st.DrawFn) -> None:
    story.open_cycle(*one(draw, _without_cycle(story)))


def _edition_of(story: Story, cycle_id: UUID) -> UUID:
    jst = story.cycles[cycle_id]
    return next(one for one in story.editions if uuid5(one, str(jst.id)) == cycle_id)


def _work(story: Story, draw: st.DrawFn) -> None:
    cycle_id = one(draw, story.cycles)
    stage = story.stage[cycle_id]
    if story.teams and draw(st.booleans()):
        story.assign(cycle_id, one(draw, story.teams))
        story.log_activity(cycle_id, one(draw, (0.25, 1.5, 4.0)))
    elif stage == 0 or (stage == 1 and draw(st.booleans())):
        story.choose_area(cycle_id, one(draw, AREAS))
    elif stage == 1:
        edition_id = _edition_of(story, cycle_id)
        story.close_diagnosis(cycle_id, edition_id)
        story.open_hdr(cycle_id, edition_id)
    elif stage == 3:
        story.set_directions(cycle_id)


def _edit(story: Story, draw: st.DrawFn) -> None:
    hdr_id = one(draw, story.hdrs)
    state = story.hdr_state[hdr_id]
    if state == HdrState.DRAFT:
        story.submit_hdr(hdr_id)
    elif state == HdrState.PUBLISHED:
        one(draw, (story.withdraw_hdr, story.publish_hdr))(hdr_id)
    elif state != HdrState.WITHDRAWN:
        steps = (story.return_hdr, story.edit_hdr, story.publish_hdr, story.publish_hdr)
        one(draw, steps)(hdr_id)


def _summarise(story: Story, draw: st.DrawFn) -> None:
    summary_id = story.choose_form(one(draw, story.hdrs), one(draw, SummaryForm))
    step = draw(st.integers(0, 3))
    if step:
        story.move_summary(summary_id, SummaryState.SUBMITTED)
    if step == 2:
        story.move_summary(summary_id, SummaryState.DRAFT, "Popraw")
    if step == 3:
        story.publish_summary(summary_id)


def _ask(story: Story, draw: st.DrawFn) -> None:
    story.open_round(one(draw, story.editions), slug=f"runda-{story.numbers}")


def _answer(story: Story, draw: st.DrawFn) -> None:
    round_id = one(draw, story.rounds)
    asked = story.rounds[round_id]
    step = draw(st.integers(0, 5))
    if step == 0:
        story.move_due_date(round_id)
    elif step == 1:
        story.close_round(round_id)
    elif asked:
        figures = st.one_of(st.none(), st.floats(-1e6, 1e6))
        story.record(
            round_id,
            one(draw, asked).hdr_id,
            states=[one(draw, ActionState), one(draw, ActionState)],
            values=[draw(figures), draw(figures)],
            is_late=draw(st.booleans()),
            helping=one(draw, ("", "Wsparcie wójta")),
        )


def _leap(story: Story, draw: st.DrawFn) -> None:
    """A JST's whole way to a published HDR: chance alone seldom goes so far."""
    edition_id, jst = one(draw, _without_cycle(story))
    cycle_id = story.open_cycle(edition_id, jst)
    story.choose_area(cycle_id, one(draw, AREAS))
    story.close_diagnosis(cycle_id, edition_id)
    hdr_id = story.open_hdr(cycle_id, edition_id)
    story.submit_hdr(hdr_id)
    story.publish_hdr(hdr_id)


ACTS: tuple[tuple[Act, Callable[[Story], object]], ...] = (
    (_new_edition, lambda story: len(story.editions) < 3),
    (_change_register, lambda story: story.jst),
    (_new_call, lambda story: story.editions),
    (_change_call, lambda story: story.calls),
    (_apply, lambda story: story.calls),
    (_assess, _undecided),
    (_publish_results, _undecided),
    (_promote, _reserve),
    (_train, lambda story: len(story.experts) < 6),
    (_form_team, _can_form_team),
    (_change_team, lambda story: story.teams),
    (_open_cycle, _without_cycle),
    (_leap, _without_cycle),
    (_work, lambda story: story.cycles),
    (_edit, lambda story: story.hdrs),
    (_summarise, lambda story: story.hdrs),
    (_ask, lambda story: story.hdrs),
    (_answer, lambda story: story.rounds),
)
