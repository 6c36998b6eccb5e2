"""First part of the programme: applications, results, training."""

from __future__ import annotations

from typing import Any

from tests.story import register, texts
from tests.story.ledger import Application, Candidate, Jst
from tests.story.preparing import NOTICE, PROMOTED, Preparing

EXTRA_EXPERTS = ("UNFIT", "REJECTED", "RESERVE", "WITHDRAWN")
TWICE_APPLIED = 0
"""Number of the JST that withdraws and applies again."""


class Recruiting(Preparing):
    """From the first application to the roster."""

    # --- applications -----------------------------------------------------------------------------

    def apply(self) -> None:
        """Experts and JST apply; whom the call does not invite is refused."""
        ledger = self.ledger
        for role in ("ROS", "PRO"):
            ledger.candidates += self._candidates(role)
        self.each(self._apply_as_expert, [c for c in ledger.candidates if c.fate != "LATE"])
        self.each(self._apply_as_late_expert, [c for c in ledger.candidates if c.fate == "LATE"])
        self.each(self._apply_as_jst, ledger.jst)
        path = f"/calls/{ledger.calls['jst']['id']}/applications"
        outside = next(c for c in ledger.units if c.startswith(register.OUTSIDE) and len(c) == 7)
        body = self._application("Poza Edycją", "poza@example.pl", jst_code=outside)
        self.refuse("outside-edition", 422, self.anyone, "POST", path, body)
        body = self._application("Drugi Raz", "raz@example.pl", jst_code=ledger.jst[1].unit.code)
        self.refuse("one-open-application", 409, self.anyone, "POST", path, body)
        body |= {"privacy_notice_version": "2019-0"}
        self.refuse("privacy-notice-changed", 422, self.anyone, "POST", path, body)
        body |= {"jst_code": "9999999"}
        self.refuse("jst-unknown", 422, self.anyone, "POST", path, body)
        past = f"/calls/{ledger.calls['pro-dawny']['id']}/applications"
        body = self._application("Po Terminie", "po@example.pl", voivodeship=ledger.regions[0])
        refused = self.refuse("call-not-open", 409, self.anyone, "POST", past, body)
        assert refused.problem["parameters"]["rule"] == "DEADLINE_PASSED"

    def _candidates(self, role: str) -> list[Candidate]:
        regions, per_region = self.ledger.regions, self.size.teams_per_region
        found = [
            Candidate(role, place * len(regions) + index, region, "QUALIFIED")
            for place in range(per_region)
            for index, region in enumerate(regions)
        ]
        if role == "ROS":
            found[0].employer = self.ledger.jst[0].unit.code
        fates = EXTRA_EXPERTS if role == "ROS" else (*EXTRA_EXPERTS, "PROMOTED", "LATE", "LATE")
        number = len(found)
        return found + [
            Candidate(role, number + place, regions[place % len(regions)], fate)
            for place, fate in enumerate(fates)
        ]

    def _application(self, name: str, email: str, **more: Any) -> dict[str, Any]:
        return {
            "applicant": {"full_name": name, "email": email, "phone": "+48 600 100 200"},
            "answers": {"motivation": "Chcę pomagać.", "experience": "Dziesięć lat."},
            "privacy_notice_version": NOTICE,
        } | more

    def _send_application(self, who: Any, slug: str, body: dict[str, Any]) -> Application:
        path = f"/calls/{self.ledger.calls[slug]['id']}/applications"
        receipt = self.do(who, "POST", path, body)
        return Application(
            receipt["application_id"], receipt["receipt_number"], receipt["access_key"]
        )

    def _apply_as_expert(self, candidate: Candidate) -> None:
        body = self._application(candidate.name, candidate.email, voivodeship=candidate.region)
        if candidate.employer:
            body["jst_code"] = candidate.employer
        candidate.application = self._send_application(self.anyone, candidate.role.lower(), body)
        self.ledger.tell("ApplicationSubmitted")
        if candidate.fate == "WITHDRAWN":
            self._withdraw(candidate.application)

    def _apply_as_late_expert(self, candidate: Candidate) -> None:
        body = self._application(candidate.name, candidate.email, voivodeship=candidate.region)
        body["late_admission_reason"] = "Awaria formularza"
        slug = "pro-dawny"
        path = f"/calls/{self.ledger.calls[slug]['id']}/applications"
        self.refuse("late-admission-not-allowed", 403, self.anyone, "POST", path, body)
        candidate.application = self._send_application(self.staff, slug, body)
        self.ledger.tell("ApplicationSubmitted")

    def _apply_as_jst(self, jst: Jst) -> None:
        body = self._application(
            f"Osoba {jst.number}", f"jst{jst.number}@example.pl", jst_code=jst.unit.code
        )
        jst.applications.append(self._send_application(self.anyone, "jst", body))
        self.ledger.tell("ApplicationSubmitted", jst)
        if jst.number == TWICE_APPLIED or jst.fate == "WITHDRAWN":
            self._withdraw(jst.applications[0], jst)
        if jst.number == TWICE_APPLIED:
            jst.applications.append(self._send_application(self.anyone, "jst", body))
            self.ledger.tell("ApplicationSubmitted", jst)

    def _withdraw(self, application: Application, *concerned: Jst) -> None:
        path = f"/applications/{application.id}/withdraw"
        self.refuse("not-found", 404, self.anyone, "POST", path, {"access_key": "zgaduje"})
        body = {"access_key": application.key, "reason": "Inne plany"}
        self.do(self.anyone, "POST", path, body)
        self.ledger.tell("ApplicationWithdrawn", *concerned)
        application.status = "WITHDRAWN"

    # --- assessment -------------------------------------------------------------------------------

    def assess(self) -> None:
        """Formal checks and decisions; nobody outside learns of them before the results."""
        ledger = self.ledger
        experts = [(c.application, c.fate, ()) for c in ledger.candidates]
        jst = [(j.applications[-1], _decided_as(j), (j,)) for j in ledger.jst]
        self.each(self._assess, [*experts, *jst])
        late = [c.application for c in ledger.candidates if c.fate == "LATE"]
        self.do(self.staff, "POST", f"/applications/{late[0].id}/check", {"passed": True})
        ledger.tell("ApplicationChecked")
        late[0].status = "CHECKED"
        first = ledger.jst[0].applications[-1]
        seen = self._as_candidate(first)
        assert seen["status"] == "RECEIVED"
        assert seen["prepared_decision"] is None

    def _as_candidate(self, application: Application) -> Any:
        headers = {"Ore-Access-Key": application.key}
        return self.anyone.get(f"/applications/{application.id}", headers=headers)

    def _assess(self, one: tuple[Application, str, tuple[Jst, ...]]) -> None:
        application, fate, concerned = one
        if fate in {"WITHDRAWN", "LATE"}:
            return
        path = f"/applications/{application.id}"
        body = {"passed": fate != "UNFIT", "remarks": "Sprawdzono."}
        self.do(self.staff, "POST", f"{path}/check", body)
        self.ledger.tell("ApplicationChecked", *concerned)
        if fate == "UNFIT":
            body = {"decision": "QUALIFIED"}
            self.refuse("only-rejection-possible", 409, self.staff, "POST", f"{path}/decide", body)
        body = {"decision": _DECISIONS[fate], "reason": "Komisja"}
        if fate in {"RESERVE", "PROMOTED"}:
            application.reserve_rank = 1 if fate == "PROMOTED" else 2
            refused = self.refuse(
                "reserve-rank-missing", 422, self.staff, "POST", f"{path}/decide", body
            )
            assert refused.problem["field"] == "reserve_rank"
            body["reserve_rank"] = application.reserve_rank
        self.do(self.staff, "POST", f"{path}/decide", body)
        self.ledger.tell("ApplicationDecided", *concerned)
        application.published = _DECISIONS[fate]

    def publish_results(self) -> None:
        """One act for each call, refused while somebody can apply or is undecided."""
        ledger = self.ledger
        for slug in ("ros", "pro", "jst"):
            call = ledger.calls[slug]
            path = f"/calls/{call['id']}/results"
            self.refuse("call-still-open", 409, self.staff, "POST", path)
            self._post(slug, "close")
            ledger.tell("CallClosed")
            if slug == "jst":
                self._unsettle_one(path)
            self._post(slug, "results")
            call["state"] = "DECIDED"
            self.refuse("results-already-published", 409, self.staff, "POST", path)
        everyone = [c.application for c in ledger.candidates if c.fate != "LATE"]
        for application in [*everyone, *(a for j in ledger.jst for a in j.applications)]:
            if application.status != "WITHDRAWN":
                application.status = application.published
        standing = [j for j in ledger.jst if j.applications[-1].status != "WITHDRAWN"]
        ledger.tell("ResultsPublished", *standing)
        ledger.events["ResultsPublished"] += 2
        for jst in standing:
            if jst.applications[-1].status == "QUALIFIED":
                self._opened(jst)
        self._promote()
        self.settle()

    def _unsettle_one(self, path: str) -> None:
        """A check made again takes the decision back: then the results are not complete."""
        jst = self.ledger.jst[1]
        application = f"/applications/{jst.applications[-1].id}"
        self.do(self.staff, "POST", f"{application}/check", {"passed": True})
        refused = self.refuse("undecided-applications", 409, self.staff, "POST", path)
        assert refused.problem["parameters"]["count"] == 1
        self.do(self.staff, "POST", f"{application}/decide", {"decision": "QUALIFIED"})
        self.ledger.tell("ApplicationChecked", jst)
        self.ledger.tell("ApplicationDecided", jst)

    def _promote(self) -> None:
        """One JST and one expert move up from the reserve list."""
        jst = self.ledger.jst[PROMOTED]
        expert = next(c for c in self.ledger.candidates if c.fate == "PROMOTED")
        for application, concerned in ((jst.applications[-1], [jst]), (expert.application, [])):
            path = f"/applications/{application.id}/promote"
            self.do(self.staff, "POST", path, {"reason": "Zwolniło się miejsce"})
            self.ledger.tell("ReservePromoted", *concerned)
            application.status, application.reserve_rank = "QUALIFIED", None
        self._opened(jst)
        seen = self._as_candidate(jst.applications[-1])
        assert seen["status"] == "QUALIFIED"

    def _opened(self, jst: Jst) -> None:
        """What the qualification of a JST sets off."""
        self.ledger.tell("CycleOpened", jst)
        jst.milestones |= {"QUALIFIED", "CYCLE_OPENED"}
        jst.stage = texts.STAGES[0][0]

    # --- training ---------------------------------------------------------------------------------

    def train(self) -> None:
        """Three days, twenty hours and seven topics for each role; the roster follows."""
        for role in ("ROS", "PRO"):
            self._train(role)
        self.settle()

    def _train(self, role: str) -> None:
        ledger = self.ledger
        people = [c for c in ledger.candidates if c.role == role and _is_qualified(c)]
        keys = [f"{role.lower()}-dzien-{day}" for day in (1, 2, 3)]
        sessions = [
            {"key": key, "held_on": self.day(-3 + place), "hours": hours, "topics": topics}
            for place, (key, hours, topics) in enumerate(
                zip(keys, texts.SESSION_HOURS, texts.TOPICS, strict=True)
            )
        ]
        minimum = 60 if role == "ROS" else 80
        body = {
            "edition_id": ledger.edition_id,
            "role": role,
            "title": f"Szkolenie {role}",
            "mode": "ON_SITE",
            "venue": "Sulejówek",
            "capacity": len(people),
            "sessions": sessions,
            "minimum_attendance_pct": minimum,
        }
        training_id = self.do(self.staff, "POST", "/trainings", body)["id"]
        ledger.tell("TrainingPlanned")
        path = f"/trainings/{training_id}"
        rejected = next(c for c in ledger.candidates if c.role == role and c.fate == "REJECTED")
        body = {"application_id": rejected.application.id}
        self.refuse("not-qualified", 409, self.staff, "POST", f"{path}/enrolments", body)
        for person in people:
            body = {"application_id": person.application.id}
            self.do(self.staff, "POST", f"{path}/enrolments", body)
            ledger.tell("CandidateEnrolled")
        body = {"application_id": people[0].application.id}
        self.refuse("already-enrolled", 409, self.staff, "POST", f"{path}/enrolments", body)
        self.refuse("attendance-missing", 409, self.staff, "POST", f"{path}/complete")
        self._attend(path, keys[0], people[:1])
        for place, (key, hours) in enumerate(zip(keys, texts.SESSION_HOURS, strict=True)):
            present = [p for p in people if place == 0 or p.fate != "PROMOTED"]
            if place == 2 and role == "ROS":
                present.remove(people[-1])
            self._attend(path, key, present)
            for person in present:
                person.attended.append(key)
                person.hours += hours
        outcome = self.do(self.staff, "POST", f"{path}/complete")
        ledger.tell("TrainingCompleted")
        completed = [p for p in people if p.hours * 100 >= minimum * sum(texts.SESSION_HOURS)]
        assert set(outcome["experts"]) == {p.application.id for p in completed}
        assert len(outcome["not_completed"]) == len(people) - len(completed)
        for person in completed:
            person.expert_id = outcome["experts"][person.application.id]
            ledger.tell("ExpertEnteredRoster")
        ledger.trainings[role] = {
            "id": training_id,
            "enrolled": len(people),
            "completed": len(completed),
            "hours": sum(texts.SESSION_HOURS),
            "sessions": {key: [p for p in people if key in p.attended] for key in keys},
        }

    def _attend(self, path: str, key: str, present: list[Candidate]) -> None:
        body = {"session_key": key, "present": [p.application.id for p in present]}
        self.do(self.staff, "POST", f"{path}/attendance", body)
        self.ledger.tell("AttendanceRecorded")


_DECISIONS = {
    "QUALIFIED": "QUALIFIED",
    "PROMOTED": "RESERVE",
    "RESERVE": "RESERVE",
    "REJECTED": "REJECTED",
    "UNFIT": "REJECTED",
}


def _decided_as(jst: Jst) -> str:
    if jst.is_promoted:
        return "PROMOTED"
    return "QUALIFIED" if jst.is_qualified else jst.fate


def _is_qualified(candidate: Candidate) -> bool:
    return candidate.application is not None and candidate.application.status == "QUALIFIED"
