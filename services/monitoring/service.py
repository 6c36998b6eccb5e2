"""nameko entrypoints: one use case or query each."""

from __future__ import annotations

from services.monitoring.application import Monitoring
from services.monitoring.component import COMPONENT
from shared.contracts.base import CreatedAnswer, DoneAnswer, VersionAnswer
from shared.contracts.monitoring import (
    MoveRoundDueDate,
    OpenRound,
    RecordAnswer,
    RecordMonitoring,
    RecordQuery,
    RoundAnswer,
    RoundRequest,
)
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


class MonitoringService:
    """What other processes can ask of monitoring."""

    name = "monitoring"
    app: Monitoring = ApplicationProvider(COMPONENT)
    relay = RelayExtension()
    subscription = SubscriptionExtension()

    @command(OpenRound)
    def open_round(self, request: OpenRound) -> CreatedAnswer:
        return self.app.open_round(request)

    @command(MoveRoundDueDate)
    def move_round_due_date(self, request: MoveRoundDueDate) -> DoneAnswer:
        return self.app.move_round_due_date(request)

    @command(RoundRequest)
    def close_round(self, request: RoundRequest) -> DoneAnswer:
        return self.app.close_round(request)

    @command(RecordMonitoring)
    def record_monitoring(self, request: RecordMonitoring) -> VersionAnswer:
        return self.app.record_monitoring(request)

    @query(RoundRequest)
    def get_round(self, request: RoundRequest) -> RoundAnswer:
        return self.app.get_round(request)

    @query(RecordQuery)
    def get_record(self, request: RecordQuery) -> RecordAnswer:
        return self.app.get_record(request)

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
