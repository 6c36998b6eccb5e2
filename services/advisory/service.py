"""nameko entrypoints: one use case or query each."""

from __future__ import annotations

from services.advisory.application import Advisory
from services.advisory.component import COMPONENT
from shared.contracts.advisory import (
    AssignTeam,
    ChooseArea,
    CloseDiagnosis,
    CompleteStage,
    CycleAnswer,
    CycleQuery,
    CyclesAnswer,
    CyclesQuery,
    DissolveTeam,
    FormTeam,
    LogActivity,
    RecordDiagnosis,
    ReplaceTeamMember,
    SetDirections,
)
from shared.contracts.base import CreatedAnswer, DoneAnswer, VersionAnswer
from shared.kernel import nameko_host
from shared.kernel.nameko_host import (
    ApplicationProvider,
    FeedAnswer,
    FeedQuery,
    ParkedAnswer,
    ParkedQuery,
    RelayExtension,
    SettledAnswer,
    SettleParked,
    StatusAnswer,
    StatusQuery,
    SubscriptionExtension,
    command,
    operation,
    query,
)


class AdvisoryService:
    """What other processes can ask of advisory."""

    name = "advisory"
    app: Advisory = ApplicationProvider(COMPONENT)
    relay = RelayExtension()
    subscription = SubscriptionExtension()

    @command(FormTeam)
    def form_team(self, request: FormTeam) -> CreatedAnswer:
        return self.app.form_team(request)

    @command(ReplaceTeamMember)
    def replace_team_member(self, request: ReplaceTeamMember) -> DoneAnswer:
        return self.app.replace_team_member(request)

    @command(DissolveTeam)
    def dissolve_team(self, request: DissolveTeam) -> DoneAnswer:
        return self.app.dissolve_team(request)

    @command(AssignTeam)
    def assign_team(self, request: AssignTeam) -> DoneAnswer:
        return self.app.assign_team(request)

    @command(ChooseArea)
    def choose_area(self, request: ChooseArea) -> DoneAnswer:
        return self.app.choose_area(request)

    @command(RecordDiagnosis)
    def record_diagnosis(self, request: RecordDiagnosis) -> VersionAnswer:
        return self.app.record_diagnosis(request)

    @command(CloseDiagnosis)
    def close_diagnosis(self, request: CloseDiagnosis) -> DoneAnswer:
        return self.app.close_diagnosis(request)

    @command(SetDirections)
    def set_directions(self, request: SetDirections) -> DoneAnswer:
        return self.app.set_directions(request)

    @command(CompleteStage)
    def complete_stage(self, request: CompleteStage) -> DoneAnswer:
        return self.app.complete_stage(request)

    @command(LogActivity)
    def log_activity(self, request: LogActivity) -> CreatedAnswer:
        return self.app.log_activity(request)

    @query(CycleQuery)
    def get_cycle(self, request: CycleQuery) -> CycleAnswer:
        return self.app.get_cycle(request)

    @query(CyclesQuery)
    def list_cycles(self, request: CyclesQuery) -> CyclesAnswer:
        return self.app.list_cycles(request)

    # --- the host's ---------------------------------------------------------------------------

    @query(FeedQuery)
    def read_feed(self, request: FeedQuery) -> FeedAnswer:
        return nameko_host.read_feed(self.app, request)

    @query(StatusQuery)
    def report_status(self, request: StatusQuery) -> StatusAnswer:
        return nameko_host.report_status(self.app, request)

    @query(ParkedQuery)
    def list_parked(self, request: ParkedQuery) -> ParkedAnswer:
        return nameko_host.list_parked(self.app, request)

    @operation(SettleParked)
    def settle_parked(self, request: SettleParked) -> SettledAnswer:
        return nameko_host.settle_parked(self.app, request)
