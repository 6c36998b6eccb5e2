"""One typed class for each service; the only place of the gateway that knows RPC.

A method is an entrypoint of the service: its request in, its answer out. A refusal is raised as
`shared.kernel.refusal.Refusal`, whatever process it comes from.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from flask import Flask, g, request
from pydantic import BaseModel

from services.gateway.accounts import Role
from services.gateway.auth import is_api, principal
from services.gateway.errors import EffectiveAtNotAllowedError, HeaderInvalidError
from services.gateway.journal import wait_until_level
from services.gateway.runtime import Runtime, runtime
from shared.contracts import advisory, hdr, monitoring, recruitment
from shared.contracts.base import CreatedAnswer, DoneAnswer, VersionAnswer
from shared.kernel.rpc import (
    CallContext,
    ReplicaOutdatedError,
    ServiceUnavailableError,
    passing_over_outdated,
)

AnswerType = TypeVar("AnswerType", bound=BaseModel)

KEY_HEADER = "Idempotency-Key"
EFFECTIVE_AT_HEADER = "X-Effective-At"
LONGEST_KEY = 100
TRACE_HEADER = "traceparent"
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
"""W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header"""
SETTLE_TIMEOUT_SECONDS = 60.0
STATUS_TIMEOUT_SECONDS = 1.0
IMPORT_TIMEOUT_SECONDS = 60.0
"""The whole register of the country is taken over in one command."""


@dataclass
class Caller:
    """Calls services for one HTTP request: who asks, under which keys, and what came of it."""

    here: Runtime
    correlation_id: str
    actor: str | None
    key: str
    effective_at: datetime | None = None
    traceparent: str | None = None
    views_are_level: bool | None = None
    """Whether the views show the commands of this request; ``None`` before the first command."""
    is_replay: bool = False
    """Whether the last command had been carried out before, under the same key."""
    _commands: int = field(default=0, init=False)

    def command(
        self,
        service: str,
        method: str,
        message: BaseModel,
        answer: type[AnswerType],
        timeout_seconds: float | None = None,
    ) -> AnswerType:
        """Let a service do something, then wait until the views show it, if they do in time.

        Args:
            service: Its name.
            method: Its entrypoint.
            message: The request.
            answer: Type of the answer.
            timeout_seconds: Another limit than that of the settings.

        Raises:
            Refusal: A rule said no.
            ServiceUnavailableError: No answer, even to the second sending; whether it was done
                is unknown, and the same key makes it safe to ask again.
        """
        self._commands += 1
        key = self.key if self._commands == 1 else f"{self.key}#{self._commands}"
        result = self._call(service, method, message, self._context(key), timeout_seconds)
        self.is_replay = bool(result.get("is_replay"))
        position = result.get("position")
        if position is not None:
            is_level = wait_until_level(
                self.here.database,
                result.get("source", service),
                position,
                self.here.settings.view_wait_seconds,
                moved=self.here.views_moved,
                watch=self.here.views_watch,
            )
            self.views_are_level = is_level and self.views_are_level is not False
        elif self.views_are_level is None:
            self.views_are_level = True
        return answer.model_validate(result["answer"])

    def query(
        self, service: str, method: str, message: BaseModel, answer: type[AnswerType]
    ) -> AnswerType:
        """Ask a service for something.

        Raises:
            Refusal: A rule said no, e.g. there is no such thing.
            ServiceUnavailableError: No answer, even to the second sending.
        """
        result = self._call(service, method, message, self._context(None))
        return answer.model_validate(result["answer"])

    def status(self, service: str) -> dict[str, Any]:
        """What a service says of itself; asked once, with little patience."""
        result = self.here.rpc.call(
            service,
            "report_status",
            {},
            self._context(None),
            timeout_seconds=STATUS_TIMEOUT_SECONDS,
        )
        status: dict[str, Any] = result["answer"]["status"]
        return status

    def list_parked(self, service: str, limit: int) -> dict[str, Any]:
        """What waits in a service for a person, and what persons did there; asked once."""
        return self._ask_host(service, "list_parked", {"limit": limit})

    def settle_parked(self, service: str, request: dict[str, Any]) -> dict[str, Any]:
        """Replay or discard messages that a service parked; sent once."""
        return self._ask_host(service, "settle_parked", request, SETTLE_TIMEOUT_SECONDS)

    def _ask_host(
        self,
        service: str,
        method: str,
        request: dict[str, Any],
        limit: float = STATUS_TIMEOUT_SECONDS,
    ) -> dict[str, Any]:
        call, context = self.here.rpc.call, self._context(None)
        answer: dict[str, Any] = call(service, method, request, context, timeout_seconds=limit)[
            "answer"
        ]
        return answer

    def _call(
        self,
        service: str,
        method: str,
        message: BaseModel,
        context: CallContext,
        limit: float | None = None,
    ) -> dict[str, Any]:
        call = self.here.rpc.call
        ask = partial(call, service, method, message, context, timeout_seconds=limit)
        try:
            return passing_over_outdated(ask)
        except ReplicaOutdatedError:
            raise
        except ServiceUnavailableError:  # once more: a key, or being a query, makes it safe
            return ask()

    def _context(self, key: str | None) -> CallContext:
        return CallContext(
            correlation_id=self.correlation_id,
            traceparent=self.traceparent,
            actor=self.actor,
            idempotency_key=key,
            effective_at=self.effective_at if key else None,
        )


class Client:
    """A service as the gateway sees it."""

    service: ClassVar[str]

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def _command(
        self,
        method: str,
        message: BaseModel,
        answer: type[AnswerType],
        timeout_seconds: float | None = None,
    ) -> AnswerType:
        return self._caller.command(self.service, method, message, answer, timeout_seconds)

    def _query(self, method: str, message: BaseModel, answer: type[AnswerType]) -> AnswerType:
        return self._caller.query(self.service, method, message, answer)


class RecruitmentClient(Client):
    """Recruitment's entrypoints."""

    service = "recruitment"

    def create_edition(self, message: recruitment.CreateEdition) -> CreatedAnswer:
        return self._command("create_edition", message, CreatedAnswer)

    def reconfigure_edition(self, message: recruitment.ReconfigureEdition) -> DoneAnswer:
        return self._command("reconfigure_edition", message, DoneAnswer)

    def import_register(
        self, message: recruitment.ImportRegister
    ) -> recruitment.RegisterImportAnswer:
        return self._command(
            "import_register", message, recruitment.RegisterImportAnswer, IMPORT_TIMEOUT_SECONDS
        )

    def draft_call(self, message: recruitment.DraftCall) -> CreatedAnswer:
        return self._command("draft_call", message, CreatedAnswer)

    def revise_call(self, message: recruitment.ReviseCall) -> VersionAnswer:
        return self._command("revise_call", message, VersionAnswer)

    def publish_call(self, message: recruitment.CallRequest) -> DoneAnswer:
        return self._command("publish_call", message, DoneAnswer)

    def extend_call(self, message: recruitment.ExtendCall) -> DoneAnswer:
        return self._command("extend_call", message, DoneAnswer)

    def close_call(self, message: recruitment.CallRequest) -> DoneAnswer:
        return self._command("close_call", message, DoneAnswer)

    def cancel_call(self, message: recruitment.CancelCall) -> DoneAnswer:
        return self._command("cancel_call", message, DoneAnswer)

    def publish_results(self, message: recruitment.CallRequest) -> DoneAnswer:
        return self._command("publish_results", message, DoneAnswer)

    def submit_application(self, message: recruitment.SubmitApplication) -> recruitment.Receipt:
        return self._command("submit_application", message, recruitment.Receipt)

    def withdraw_application(self, message: recruitment.WithdrawApplication) -> DoneAnswer:
        return self._command("withdraw_application", message, DoneAnswer)

    def check_application(self, message: recruitment.CheckApplication) -> DoneAnswer:
        return self._command("check_application", message, DoneAnswer)

    def decide_application(self, message: recruitment.DecideApplication) -> DoneAnswer:
        return self._command("decide_application", message, DoneAnswer)

    def promote_reserve(self, message: recruitment.PromoteReserve) -> DoneAnswer:
        return self._command("promote_reserve", message, DoneAnswer)

    def erase_applicant(self, message: recruitment.EraseApplicant) -> DoneAnswer:
        return self._command("erase_applicant", message, DoneAnswer)

    def plan_training(self, message: recruitment.PlanTraining) -> CreatedAnswer:
        return self._command("plan_training", message, CreatedAnswer)

    def enrol_candidate(self, message: recruitment.EnrolCandidate) -> DoneAnswer:
        return self._command("enrol_candidate", message, DoneAnswer)

    def record_attendance(self, message: recruitment.RecordAttendance) -> DoneAnswer:
        return self._command("record_attendance", message, DoneAnswer)

    def complete_training(
        self, message: recruitment.CompleteTraining
    ) -> recruitment.TrainingOutcome:
        return self._command("complete_training", message, recruitment.TrainingOutcome)

    def remove_expert(self, message: recruitment.RemoveExpert) -> DoneAnswer:
        return self._command("remove_expert", message, DoneAnswer)

    def get_call(self, message: recruitment.CallRequest) -> recruitment.CallAnswer:
        return self._query("get_call", message, recruitment.CallAnswer)

    def list_calls(self, message: recruitment.CallsQuery) -> recruitment.CallsAnswer:
        return self._query("list_calls", message, recruitment.CallsAnswer)

    def get_application(
        self, message: recruitment.ApplicationQuery
    ) -> recruitment.ApplicationAnswer:
        return self._query("get_application", message, recruitment.ApplicationAnswer)

    def list_applications(
        self, message: recruitment.ApplicationsQuery
    ) -> recruitment.ApplicationsAnswer:
        return self._query("list_applications", message, recruitment.ApplicationsAnswer)

    def get_training(self, message: recruitment.TrainingQuery) -> recruitment.TrainingAnswer:
        return self._query("get_training", message, recruitment.TrainingAnswer)

    def list_experts(self, message: recruitment.ExpertsQuery) -> recruitment.ExpertsAnswer:
        return self._query("list_experts", message, recruitment.ExpertsAnswer)


class AdvisoryClient(Client):
    """Advisory's entrypoints."""

    service = "advisory"

    def form_team(self, message: advisory.FormTeam) -> CreatedAnswer:
        return self._command("form_team", message, CreatedAnswer)

    def replace_team_member(self, message: advisory.ReplaceTeamMember) -> DoneAnswer:
        return self._command("replace_team_member", message, DoneAnswer)

    def dissolve_team(self, message: advisory.DissolveTeam) -> DoneAnswer:
        return self._command("dissolve_team", message, DoneAnswer)

    def assign_team(self, message: advisory.AssignTeam) -> DoneAnswer:
        return self._command("assign_team", message, DoneAnswer)

    def choose_area(self, message: advisory.ChooseArea) -> DoneAnswer:
        return self._command("choose_area", message, DoneAnswer)

    def record_diagnosis(self, message: advisory.RecordDiagnosis) -> VersionAnswer:
        return self._command("record_diagnosis", message, VersionAnswer)

    def close_diagnosis(self, message: advisory.CloseDiagnosis) -> DoneAnswer:
        return self._command("close_diagnosis", message, DoneAnswer)

    def set_directions(self, message: advisory.SetDirections) -> DoneAnswer:
        return self._command("set_directions", message, DoneAnswer)

    def complete_stage(self, message: advisory.CompleteStage) -> DoneAnswer:
        return self._command("complete_stage", message, DoneAnswer)

    def log_activity(self, message: advisory.LogActivity) -> CreatedAnswer:
        return self._command("log_activity", message, CreatedAnswer)

    def get_cycle(self, message: advisory.CycleQuery) -> advisory.CycleAnswer:
        return self._query("get_cycle", message, advisory.CycleAnswer)

    def list_cycles(self, message: advisory.CyclesQuery) -> advisory.CyclesAnswer:
        return self._query("list_cycles", message, advisory.CyclesAnswer)


class HdrClient(Client):
    """Hdr's entrypoints."""

    service = "hdr"

    def save_hdr_draft(self, message: hdr.SaveHdrDraft) -> VersionAnswer:
        return self._command("save_hdr_draft", message, VersionAnswer)

    def submit_hdr(self, message: hdr.HdrRequest) -> DoneAnswer:
        return self._command("submit_hdr", message, DoneAnswer)

    def start_editing(self, message: hdr.HdrRequest) -> DoneAnswer:
        return self._command("start_editing", message, DoneAnswer)

    def finish_substantive_editing(self, message: hdr.HdrRequest) -> DoneAnswer:
        return self._command("finish_substantive_editing", message, DoneAnswer)

    def finish_proofreading(self, message: hdr.HdrRequest) -> DoneAnswer:
        return self._command("finish_proofreading", message, DoneAnswer)

    def return_hdr(self, message: hdr.ReturnHdr) -> DoneAnswer:
        return self._command("return_hdr", message, DoneAnswer)

    def publish_hdr(self, message: hdr.HdrRequest) -> DoneAnswer:
        return self._command("publish_hdr", message, DoneAnswer)

    def withdraw_hdr(self, message: hdr.WithdrawHdr) -> DoneAnswer:
        return self._command("withdraw_hdr", message, DoneAnswer)

    def choose_summary_form(self, message: hdr.ChooseSummaryForm) -> CreatedAnswer:
        return self._command("choose_summary_form", message, CreatedAnswer)

    def save_summary_draft(self, message: hdr.SaveSummaryDraft) -> VersionAnswer:
        return self._command("save_summary_draft", message, VersionAnswer)

    def submit_summary(self, message: hdr.SummaryRequest) -> DoneAnswer:
        return self._command("submit_summary", message, DoneAnswer)

    def return_summary(self, message: hdr.ReturnSummary) -> DoneAnswer:
        return self._command("return_summary", message, DoneAnswer)

    def approve_summary(self, message: hdr.SummaryRequest) -> DoneAnswer:
        return self._command("approve_summary", message, DoneAnswer)

    def publish_summary(self, message: hdr.SummaryRequest) -> DoneAnswer:
        return self._command("publish_summary", message, DoneAnswer)

    def erase_summary_contact(self, message: hdr.SummaryRequest) -> DoneAnswer:
        return self._command("erase_summary_contact", message, DoneAnswer)

    def get_hdr(self, message: hdr.HdrRequest) -> hdr.HdrAnswer:
        return self._query("get_hdr", message, hdr.HdrAnswer)

    def get_template(self, message: hdr.TemplateQuery) -> hdr.TemplateAnswer:
        return self._query("get_template", message, hdr.TemplateAnswer)

    def get_summary(self, message: hdr.SummaryRequest) -> hdr.SummaryAnswer:
        return self._query("get_summary", message, hdr.SummaryAnswer)


class MonitoringClient(Client):
    """Monitoring's entrypoints."""

    service = "monitoring"

    def open_round(self, message: monitoring.OpenRound) -> CreatedAnswer:
        return self._command("open_round", message, CreatedAnswer)

    def close_round(self, message: monitoring.RoundRequest) -> DoneAnswer:
        return self._command("close_round", message, DoneAnswer)

    def move_round_due_date(self, message: monitoring.MoveRoundDueDate) -> DoneAnswer:
        return self._command("move_round_due_date", message, DoneAnswer)

    def record_monitoring(self, message: monitoring.RecordMonitoring) -> VersionAnswer:
        return self._command("record_monitoring", message, VersionAnswer)

    def get_round(self, message: monitoring.RoundRequest) -> monitoring.RoundAnswer:
        return self._query("get_round", message, monitoring.RoundAnswer)

    def get_record(self, message: monitoring.RecordQuery) -> monitoring.RecordAnswer:
        return self._query("get_record", message, monitoring.RecordAnswer)


class Services:
    """The four services, asked in the name of one HTTP request."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    @cached_property
    def recruitment(self) -> RecruitmentClient:
        """Editions, register, calls, applications, training, roster."""
        return RecruitmentClient(self.caller)

    @cached_property
    def advisory(self) -> AdvisoryClient:
        """Teams and advisory cycles."""
        return AdvisoryClient(self.caller)

    @cached_property
    def hdr(self) -> HdrClient:
        """HDRs, their editing and publication, summaries."""
        return HdrClient(self.caller)

    @cached_property
    def monitoring(self) -> MonitoringClient:
        """Rounds and records."""
        return MonitoringClient(self.caller)

    def status(self, name: str) -> dict[str, Any]:
        """What a service says of itself."""
        return self.caller.status(name)


def init_app(app: Flask) -> None:
    """Give each request its services as ``g.services``."""
    app.before_request(_provide)


def services() -> Services:
    """The services, asked in the name of this request."""
    found: Services = g.services
    return found


def views_are_level() -> bool:
    """Whether the views show every command of this request; so they do when there was none."""
    found: Services | None = g.get("services")
    return found is None or found.caller.views_are_level is not False


def _provide() -> None:
    g.services = Services(
        Caller(
            here=runtime(),
            correlation_id=g.correlation_id,
            traceparent=_traceparent(),
            actor=principal().actor,
            key=_key(),
            effective_at=_effective_at(),
        )
    )


def _traceparent() -> str | None:
    """The caller's place in its own trace; what breaks the form is left out, as W3C asks."""
    told = request.headers.get(TRACE_HEADER, "")
    return told if _TRACEPARENT.fullmatch(told) else None


def _key() -> str:
    """The caller's idempotency key, kept apart from other callers' keys; a new one without it."""
    given = request.headers.get(KEY_HEADER, "").strip()
    if not given:
        return str(uuid4())
    if len(given) > LONGEST_KEY or not given.isascii() or not given.isprintable():
        raise HeaderInvalidError(header=KEY_HEADER)
    # Others can neither guess it nor meet it by chance: answers and secrets hang on it.
    text = f"{principal().actor or 'public'}:{given}"
    return hmac.digest(runtime().settings.secret_key.encode(), text.encode(), "sha256").hex()


def _effective_at() -> datetime | None:
    text = request.headers.get(EFFECTIVE_AT_HEADER)
    if text is None or not is_api():
        return None
    if not principal().has(Role.PROGRAMME_STAFF):
        raise EffectiveAtNotAllowedError
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise HeaderInvalidError(header=EFFECTIVE_AT_HEADER) from None
    if moment.tzinfo is None:
        raise HeaderInvalidError(header=EFFECTIVE_AT_HEADER)
    return moment
