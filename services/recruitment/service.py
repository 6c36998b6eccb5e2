"""nameko entrypoints: one use case or query each."""

from __future__ import annotations

from services.recruitment.application import Recruitment
from services.recruitment.component import COMPONENT
from shared.contracts.base import CreatedAnswer, DoneAnswer, VersionAnswer
from shared.contracts.recruitment import (
    ApplicationAnswer,
    ApplicationQuery,
    ApplicationsAnswer,
    ApplicationsQuery,
    CallAnswer,
    CallRequest,
    CallsAnswer,
    CallsQuery,
    CancelCall,
    CheckApplication,
    CompleteTraining,
    CreateEdition,
    DecideApplication,
    DraftCall,
    EnrolCandidate,
    EraseApplicant,
    ExpertsAnswer,
    ExpertsQuery,
    ExtendCall,
    ImportRegister,
    PlanTraining,
    PromoteReserve,
    Receipt,
    ReconfigureEdition,
    RecordAttendance,
    RegisterImportAnswer,
    RemoveExpert,
    ReviseCall,
    SubmitApplication,
    TrainingAnswer,
    TrainingOutcome,
    TrainingQuery,
    WithdrawApplication,
)
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
    command,
    list_parked,
    operation,
    query,
    read_feed,
    report_status,
    settle_parked,
)


class RecruitmentService:
    """What other processes can ask of recruitment."""

    name = "recruitment"
    app: Recruitment = ApplicationProvider(COMPONENT)
    relay = RelayExtension()

    # --- editions and register ------------------------------------------------------------------

    @command(CreateEdition)
    def create_edition(self, request: CreateEdition) -> CreatedAnswer:
        return self.app.create_edition(request)

    @command(ReconfigureEdition)
    def reconfigure_edition(self, request: ReconfigureEdition) -> DoneAnswer:
        return self.app.reconfigure_edition(request)

    @command(ImportRegister)
    def import_register(self, request: ImportRegister) -> RegisterImportAnswer:
        return self.app.import_register(request)

    # --- calls ----------------------------------------------------------------------------------

    @command(DraftCall)
    def draft_call(self, request: DraftCall) -> CreatedAnswer:
        return self.app.draft_call(request)

    @command(ReviseCall)
    def revise_call(self, request: ReviseCall) -> VersionAnswer:
        return self.app.revise_call(request)

    @command(CallRequest)
    def publish_call(self, request: CallRequest) -> DoneAnswer:
        return self.app.publish_call(request)

    @command(ExtendCall)
    def extend_call(self, request: ExtendCall) -> DoneAnswer:
        return self.app.extend_call(request)

    @command(CallRequest)
    def close_call(self, request: CallRequest) -> DoneAnswer:
        return self.app.close_call(request)

    @command(CancelCall)
    def cancel_call(self, request: CancelCall) -> DoneAnswer:
        return self.app.cancel_call(request)

    @command(CallRequest)
    def publish_results(self, request: CallRequest) -> DoneAnswer:
        return self.app.publish_results(request)

    @query(CallRequest)
    def get_call(self, request: CallRequest) -> CallAnswer:
        return self.app.get_call(request)

    @query(CallsQuery)
    def list_calls(self, request: CallsQuery) -> CallsAnswer:
        return self.app.list_calls(request)

    # --- applications ---------------------------------------------------------------------------

    @command(SubmitApplication)
    def submit_application(self, request: SubmitApplication) -> Receipt:
        return self.app.submit_application(request)

    @command(WithdrawApplication)
    def withdraw_application(self, request: WithdrawApplication) -> DoneAnswer:
        return self.app.withdraw_application(request)

    @command(CheckApplication)
    def check_application(self, request: CheckApplication) -> DoneAnswer:
        return self.app.check_application(request)

    @command(DecideApplication)
    def decide_application(self, request: DecideApplication) -> DoneAnswer:
        return self.app.decide_application(request)

    @command(PromoteReserve)
    def promote_reserve(self, request: PromoteReserve) -> DoneAnswer:
        return self.app.promote_reserve(request)

    @command(EraseApplicant)
    def erase_applicant(self, request: EraseApplicant) -> DoneAnswer:
        return self.app.erase_applicant(request)

    @query(ApplicationQuery)
    def get_application(self, request: ApplicationQuery) -> ApplicationAnswer:
        return self.app.get_application(request)

    @query(ApplicationsQuery)
    def list_applications(self, request: ApplicationsQuery) -> ApplicationsAnswer:
        return self.app.list_applications(request)

    # --- training and roster --------------------------------------------------------------------

    @command(PlanTraining)
    def plan_training(self, request: PlanTraining) -> CreatedAnswer:
        return self.app.plan_training(request)

    @command(EnrolCandidate)
    def enrol_candidate(self, request: EnrolCandidate) -> DoneAnswer:
        return self.app.enrol_candidate(request)

    @command(RecordAttendance)
    def record_attendance(self, request: RecordAttendance) -> DoneAnswer:
        return self.app.record_attendance(request)

    @command(CompleteTraining)
    def complete_training(self, request: CompleteTraining) -> TrainingOutcome:
        return self.app.complete_training(request)

    @query(TrainingQuery)
    def get_training(self, request: TrainingQuery) -> TrainingAnswer:
        return self.app.get_training(request)

    @query(ExpertsQuery)
    def list_experts(self, request: ExpertsQuery) -> ExpertsAnswer:
        return self.app.list_experts(request)

    @command(RemoveExpert)
    def remove_expert(self, request: RemoveExpert) -> DoneAnswer:
        return self.app.remove_expert(request)

    # --- what every service tells ---------------------------------------------------------------

    @query(FeedQuery)
    def read_feed(self, request: FeedQuery) -> FeedAnswer:
        return read_feed(self.app, request)

    @query(StatusQuery)
    def report_status(self, request: StatusQuery) -> StatusAnswer:
        return report_status(self.app, request)

    @query(ParkedQuery)
    def list_parked(self, request: ParkedQuery) -> ParkedAnswer:
        return list_parked(self.app, request)

    @operation(SettleParked)
    def settle_parked(self, request: SettleParked) -> SettledAnswer:
        return settle_parked(self.app, request)
