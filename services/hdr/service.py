"""nameko entrypoints of hdr: parse, one use case or query, plain data back."""

from __future__ import annotations

from services.hdr.application import HdrApplication
from services.hdr.component import COMPONENT
from shared.contracts.base import CreatedAnswer, DoneAnswer, VersionAnswer
from shared.contracts.hdr import (
    ChooseSummaryForm,
    HdrAnswer,
    HdrRequest,
    ReturnHdr,
    ReturnSummary,
    SaveHdrDraft,
    SaveSummaryDraft,
    SummaryAnswer,
    SummaryRequest,
    TemplateAnswer,
    TemplateQuery,
    WithdrawHdr,
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


class HdrService:
    """What other processes can ask of hdr."""

    name = "hdr"
    app: HdrApplication = ApplicationProvider(COMPONENT)
    relay = RelayExtension()
    subscription = SubscriptionExtension()

    @command(SaveHdrDraft)
    def save_hdr_draft(self, request: SaveHdrDraft) -> VersionAnswer:
        return self.app.save_hdr_draft(request)

    @command(HdrRequest)
    def submit_hdr(self, request: HdrRequest) -> DoneAnswer:
        return self.app.submit_hdr(request)

    @command(HdrRequest)
    def start_editing(self, request: HdrRequest) -> DoneAnswer:
        return self.app.start_editing(request)

    @command(HdrRequest)
    def finish_substantive_editing(self, request: HdrRequest) -> DoneAnswer:
        return self.app.finish_substantive_editing(request)

    @command(HdrRequest)
    def finish_proofreading(self, request: HdrRequest) -> DoneAnswer:
        return self.app.finish_proofreading(request)

    @command(ReturnHdr)
    def return_hdr(self, request: ReturnHdr) -> DoneAnswer:
        return self.app.return_hdr(request)

    @command(HdrRequest)
    def publish_hdr(self, request: HdrRequest) -> DoneAnswer:
        return self.app.publish_hdr(request)

    @command(WithdrawHdr)
    def withdraw_hdr(self, request: WithdrawHdr) -> DoneAnswer:
        return self.app.withdraw_hdr(request)

    @query(HdrRequest)
    def get_hdr(self, request: HdrRequest) -> HdrAnswer:
        return self.app.get_hdr(request)

    @query(TemplateQuery)
    def get_template(self, request: TemplateQuery) -> TemplateAnswer:
        return self.app.get_template(request)

    @command(ChooseSummaryForm)
    def choose_summary_form(self, request: ChooseSummaryForm) -> CreatedAnswer:
        return self.app.choose_summary_form(request)

    @command(SaveSummaryDraft)
    def save_summary_draft(self, request: SaveSummaryDraft) -> VersionAnswer:
        return self.app.save_summary_draft(request)

    @command(SummaryRequest)
    def submit_summary(self, request: SummaryRequest) -> DoneAnswer:
        return self.app.submit_summary(request)

    @command(ReturnSummary)
    def return_summary(self, request: ReturnSummary) -> DoneAnswer:
        return self.app.return_summary(request)

    @command(SummaryRequest)
    def approve_summary(self, request: SummaryRequest) -> DoneAnswer:
        return self.app.approve_summary(request)

    @command(SummaryRequest)
    def publish_summary(self, request: SummaryRequest) -> DoneAnswer:
        return self.app.publish_summary(request)

    @command(SummaryRequest)
    def erase_summary_contact(self, request: SummaryRequest) -> DoneAnswer:
        return self.app.erase_summary_contact(request)

    @query(SummaryRequest)
    def get_summary(self, request: SummaryRequest) -> SummaryAnswer:
        return self.app.get_summary(request)

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
