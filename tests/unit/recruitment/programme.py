"""The real application in memory, and a short way to bring it to where a test begins."""

from contextvars import Context
from datetime import date, datetime

from services.recruitment.application import Recruitment
from services.recruitment.folding import folded
from services.recruitment.projections import metadata
from services.recruitment.publications import publications
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import (
    Applicant,
    CallKind,
    CallRequest,
    CancelCall,
    CheckApplication,
    CompleteTraining,
    CreateEdition,
    DecideApplication,
    Decision,
    DraftCall,
    EnrolCandidate,
    EraseApplicant,
    ErasureGround,
    ExtendCall,
    ImportRegister,
    PlanTraining,
    PromoteReserve,
    ReconfigureEdition,
    RecordAttendance,
    RemoveExpert,
    ReviseCall,
    SubmitApplication,
    WithdrawApplication,
)
from shared.kernel.testing import FixedClock, published
from tests.memory import an_application
from tests.unit.recruitment.builders import (
    AFTER_THE_CALL,
    DURING_THE_CALL,
    NOTICE,
    a_configuration,
    a_plan,
    an_announcement,
)
from tests.unit.recruitment.terc import ROWS, terc

BOLESLAWIEC = "0201011"
NOWOGRODZIEC = "0201043"


def an_application_form(call_id, name="Anna Kowalska", **changes):
    """What a candidate sends."""
    values = {
        "call_id": call_id,
        "applicant": Applicant(
            full_name=name,
            email=f"{folded(name).split()[0]}@example.org",
            phone="+48 600 000 000",
        ),
        "voivodeship": "06",
        "answers": {"motivation": "Chcę wspierać samorządy."},
        "privacy_notice_version": NOTICE,
    }
    return SubmitApplication(**(values | changes))


class Programme:
    """Recruitment during the call of 2020, and the commands of one person after another."""

    def __init__(self):
        self.clock = FixedClock(DURING_THE_CALL)
        self.app = an_application(Recruitment, self.clock, publications, metadata)

    def do(self, use_case, request):
        """Carry a command out as the service does: in one transaction."""
        answers = []
        self.app.execute(lambda: answers.append(getattr(self.app, use_case)(request)))
        return answers[-1]

    def do_interrupted(self, use_case, request, interruption):
        """Carry a command out while another one is recorded between its reading and its record."""
        waiting = [interruption]

        def work():
            answer = getattr(self.app, use_case)(request)
            if waiting:
                Context().run(waiting.pop())
            return answer

        self.app.execute(work)

    def ask(self, query, request):
        return getattr(self.app, query)(request)

    def events(self):
        """Stored names of all events so far, in order."""
        return [r.stored.topic for r in self.app.log.select_behind_fence(0, 100_000)]

    def told(self):
        """What others heard, in order."""
        return published(self.app, publications)

    def move_to(self, moment: datetime):
        self.clock.move_to(moment)

    # --- steps ----------------------------------------------------------------------------------

    def an_edition(self, **changes):
        request = CreateEdition(configuration=a_configuration(**changes))
        return self.do("create_edition", request).id

    def a_register(self, content=None, **changes):
        request = ImportRegister(content=content or terc(), **changes)
        return self.do("import_register", request)

    def a_draft(self, edition_id=None, **changes):
        values = an_announcement(**changes).model_dump()
        edition_id = edition_id or self.an_edition(voivodeships=("02", "06", "24"))
        return self.do("draft_call", DraftCall(edition_id=edition_id, **values)).id

    def a_call(self, edition_id=None, **changes):
        call_id = self.a_draft(edition_id, **changes)
        self.do("publish_call", CallRequest(call_id=call_id))
        return call_id

    def a_jst_call(self, **changes):
        self.a_register()
        return self.a_call(kind=CallKind.JST, slug="jst-2020", **changes)

    def apply(self, call_id, name="Anna Kowalska", **changes):
        return self.do("submit_application", an_application_form(call_id, name, **changes))

    def decide(self, application_id, decision=Decision.QUALIFIED, reserve_rank=None, reason=""):
        check = CheckApplication(
            application_id=application_id, passed=True, remarks="Komplet dokumentów"
        )
        self.do("check_application", check)
        self.do(
            "decide_application",
            DecideApplication(
                application_id=application_id,
                decision=decision,
                reserve_rank=reserve_rank,
                reason=reason,
            ),
        )

    def erase(self, application_id, ground=ErasureGround.OWN_REQUEST):
        request = EraseApplicant(application_id=application_id, ground=ground)
        return self.do("erase_applicant", request)

    def publish_results(self, call_id):
        self.move_to(AFTER_THE_CALL)
        self.do("publish_results", CallRequest(call_id=call_id))

    def a_qualified_expert_candidate(self, call_id=None, name="Anna Kowalska", **changes):
        call_id = call_id or self.a_call()
        application_id = self.apply(call_id, name, **changes).application_id
        self.decide(application_id)
        self.publish_results(call_id)
        return application_id

    def a_training(self, edition_id, **changes):
        plan = a_plan(edition_id=edition_id, **changes)
        return self.do("plan_training", PlanTraining(**plan._asdict())).id

    def enrol(self, training_id, application_id):
        request = EnrolCandidate(training_id=training_id, application_id=application_id)
        return self.do("enrol_candidate", request)

    def attend(self, training_id, session_key, *present):
        request = RecordAttendance(
            training_id=training_id, session_key=session_key, present=present
        )
        return self.do("record_attendance", request)

    def complete(self, training_id):
        return self.do("complete_training", CompleteTraining(training_id=training_id))

    def an_expert(self, name="Anna Kowalska", **changes):
        """From the call to the roster; gives the expert's id."""
        first_name = folded(name).split()[0]
        edition_id = self.an_edition(slug=f"edycja-{first_name}")
        call_id = self.a_call(edition_id, slug=f"nabor-{first_name}")
        self.move_to(DURING_THE_CALL)
        application_id = self.a_qualified_expert_candidate(call_id, name, **changes)
        training_id = self.a_training(edition_id, role=ExpertRole.PRO)
        self.enrol(training_id, application_id)
        for session_key in ("1", "2", "3"):
            self.attend(training_id, session_key, application_id)
        return self.complete(training_id).experts[application_id]


def whole_programme():
    """Everything that can happen in recruitment, once."""
    programme = Programme()
    programme.a_register()
    changed = [
        row.replace("02;01;01;1;Bolesławiec", "02;01;05;1;Osiecznica")
        .replace("02;01;02;2;Bolesławiec", "02;01;02;2;Bratian")
        .replace("02;01;04;3", "02;01;04;1")
        for row in ROWS
    ]
    programme.a_register(terc(*changed, state_on="2020-01-15"))
    programme.a_register(terc(state_on="2020-02-01"), is_partial=True)
    edition_id = programme.an_edition(voivodeships=("02", "06"))
    wider = a_configuration(voivodeships=("02", "06", "24"))
    programme.do(
        "reconfigure_edition", ReconfigureEdition(edition_id=edition_id, configuration=wider)
    )
    dropped = programme.a_draft(edition_id, slug="pomylka")
    again = an_announcement(slug="pomylka", title="Poprawiony nabór").model_dump()
    programme.do("revise_call", ReviseCall(call_id=dropped, **again))
    programme.do("cancel_call", CancelCall(call_id=dropped, reason="Pomyłka"))
    called_off = programme.a_call(edition_id, slug="odwolany")
    programme.do("cancel_call", CancelCall(call_id=called_off, reason="Brak środków"))
    call_id = programme.a_call(edition_id)
    programme.do(
        "extend_call", ExtendCall(call_id=call_id, closes_on=date(2020, 3, 1), reason="Ferie")
    )
    anna = programme.apply(call_id, "Anna Kowalska", jst_code=BOLESLAWIEC).application_id
    jan = programme.apply(call_id, "Jan Nowak").application_id
    olga = programme.apply(call_id, "Olga Mak").application_id
    programme.do("withdraw_application", WithdrawApplication(application_id=olga))
    ewa = programme.apply(call_id, "Ewa Lis").application_id
    programme.do("withdraw_application", WithdrawApplication(application_id=ewa))
    programme.erase(ewa)
    programme.decide(anna)
    programme.decide(jan, Decision.RESERVE, 1)
    programme.do("close_call", CallRequest(call_id=call_id))
    programme.publish_results(call_id)
    programme.do("promote_reserve", PromoteReserve(application_id=jan, reason="Dodatkowe miejsce"))
    training_id = programme.a_training(edition_id)
    programme.enrol(training_id, anna)
    for session_key in ("1", "2", "3"):
        programme.attend(training_id, session_key, anna)
    expert_id = programme.complete(training_id).experts[anna]
    programme.do("remove_expert", RemoveExpert(expert_id=expert_id, reason_code="OWN_REQUEST"))
    return programme
