"""One edition of the demonstration, from its calls to its summaries, as a list of steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from platform_cli.demo.steps import Steps
from services.gateway.projections.hdrs import hdrs

Phase = tuple[str, Sequence[Any], Callable[[Any], None]]
"""What it does, for which items, and how."""

MARK = "(dane demonstracyjne)"
"""On every call, HDR and summary: they bear names of real JST, and are read outside pages too."""
_OFFSET = re.compile(r"[+-]\d+d")
_EDITORIAL_STEPS = (
    ("SUBSTANTIVE_EDITING", "start_editing"),
    ("LANGUAGE_PROOFREADING", "finish_substantive_editing"),
    ("APPROVED", "finish_proofreading"),
    ("PUBLISHED", "publish_hdr"),
)


def at_days(value: Any, today: date) -> Any:
    """The same data with every ``"-30d"`` as a day, and ``x_in_days`` as ``x_on``."""
    if isinstance(value, str) and _OFFSET.fullmatch(value):
        return (today + timedelta(days=int(value[:-1]))).isoformat()
    if isinstance(value, list):
        return [at_days(item, today) for item in value]
    if isinstance(value, dict):
        return dict(_entry_at_days(key, item, today) for key, item in value.items())
    return value


def _entry_at_days(key: str, value: Any, today: date) -> tuple[str, Any]:
    if key != "in_days" and not key.endswith("_in_days"):
        return key, at_days(value, today)
    name = "on" if key == "in_days" else f"{key.removesuffix('_in_days')}_on"
    return name, _days(value, today)


def _days(value: Any, today: date) -> Any:
    if isinstance(value, dict):
        return {key: _days(item, today) for key, item in value.items()}
    if isinstance(value, list):
        return [_days(item, today) for item in value]
    return None if value is None else (today + timedelta(days=value)).isoformat()


def day(text: str) -> date:
    """A day from its ISO form."""
    return date.fromisoformat(text)


def marked(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document whose title says that it is made up."""
    return {**document, "title": f"{document['title']} {MARK}"}


class EditionLoader:
    """Loads one edition; its data name calls, applications, experts and JST by keys of their own.

    Args:
        steps: Carries out the commands.
        data: The edition in the common shape of ``story``.
        areas: The support areas by code.
        stages: The stage definitions by code.
        today: The day of loading; nothing is done later than that.
    """

    def __init__(
        self,
        steps: Steps,
        data: Mapping[str, Any],
        areas: Sequence[Any],
        stages: Mapping[str, Any],
        today: date,
    ) -> None:
        self.steps = steps
        self.data = data
        self.areas = areas
        self.stages = stages
        self.today = today
        self.edition_id = ""
        self.applications: dict[str, str] = {}
        self.experts: dict[str, str] = {}
        self.cycles: dict[str, str] = {}
        self.hdr_ids: dict[str, str] = {}
        self.round_id = ""

    def phases(self) -> Iterator[Phase]:
        """All there is to do, in order."""
        d = self.data
        with_hdr = [c for c in d["cycles"] if c["hdr"] is not None]
        yield "edition", [d["edition"]], self.create_edition
        yield "calls", d["calls"], self.hold_call
        yield "trainings", d["trainings"], self.hold_training
        yield "waiting for the services", [None], lambda _: self.settle()
        yield "teams", d["teams"], self.form_team
        yield "diagnoses", d["cycles"], self.diagnose
        yield "waiting for the services", [None], lambda _: self.settle()
        yield "HDR drafts", with_hdr, self.write_hdr
        yield "waiting for the services", [None], lambda _: self.settle()
        yield "directions", d["cycles"], self.set_directions
        yield "editing", with_hdr, self.edit_hdr
        yield "waiting for the services", [None], lambda _: self.settle()
        yield "monitoring", [d["monitoring"]], self.open_round
        yield "monitoring records", d["monitoring"]["records"], self.record
        yield "closing the round", [d["monitoring"]], self.close_round
        yield "summaries", d["summaries"], self.write_summary

    def settle(self) -> None:
        """Let the services hear of each other, then look up what they opened by themselves."""
        self.steps.settle()
        answer = self.steps.ask("advisory", "list_cycles", edition_id=self.edition_id, limit=500)
        self.cycles = {c["jst"]["code"]: c["cycle_id"] for c in answer["cycles"]}
        with self.steps.database.reading() as connection:
            by_cycle = {
                str(row.cycle_id): str(row.hdr_id)
                for row in connection.execute(select(hdrs.c.cycle_id, hdrs.c.hdr_id))
            }
        self.hdr_ids = {
            code: by_cycle[cycle] for code, cycle in self.cycles.items() if cycle in by_cycle
        }

    def create_edition(self, edition: Mapping[str, Any]) -> None:
        """Set the edition up."""
        configuration = {
            name: edition[name]
            for name in (
                "slug",
                "name",
                "starts_on",
                "ends_on",
                "voivodeships",
                "jst_team_size",
                "publication_grouping",
                "role_labels",
                "hdr_template_version",
                "summary_forms",
            )
        }
        answer = self.steps.do(
            "edition",
            day(edition["starts_on"]),
            "recruitment",
            "create_edition",
            configuration={
                **configuration,
                "areas": self.areas,
                "stages": [self.stages[code] for code in edition["stages"]],
            },
        )
        self.edition_id = answer["id"]

    # --- calls and training ---------------------------------------------------------------------

    def hold_call(self, call: Mapping[str, Any]) -> None:
        """A call with its applications, as far as it has come."""
        key = call["slug"]
        opens = day(call["opens_on"])
        fields = (
            "kind",
            "slug",
            "title",
            "opens_on",
            "closes_on",
            "results_by",
            "contact_email",
            "places",
            "training_dates",
            "covered_costs",
            "privacy_notice_version",
        )
        answer = self.steps.do(
            f"{key}:draft",
            opens,
            "recruitment",
            "draft_call",
            edition_id=self.edition_id,
            text=f"{call['text']}\n\n{MARK}",
            **{name: call[name] for name in fields},
        )
        call_id = answer["id"]
        self.steps.do(f"{key}:publish", opens, "recruitment", "publish_call", call_id=call_id)
        for application in call["applications"]:
            self._submit(call, call_id, application)
        if call["status"] == "open":
            for application in call["applications"]:
                self._assess(call, application, day(application["submitted_on"]))
            return
        closes = day(call["closes_on"])
        self.steps.do(
            f"{key}:close", closes + timedelta(days=1), "recruitment", "close_call", call_id=call_id
        )
        for application in call["applications"]:
            self._assess(call, application, closes + timedelta(days=3))
        if call["status"] == "results_published":
            self.steps.do(
                f"{key}:results",
                day(call["results_published_on"]),
                "recruitment",
                "publish_results",
                call_id=call_id,
            )

    def _submit(self, call: Mapping[str, Any], call_id: str, a: Mapping[str, Any]) -> None:
        is_jst = call["kind"] == "JST"
        answer = self.steps.do(
            f"{a['key']}:submit",
            day(a["submitted_on"]),
            "recruitment",
            "submit_application",
            call_id=call_id,
            applicant={"full_name": a["full_name"], "email": a["email"]},
            voivodeship=None if is_jst else a["voivodeship"],
            jst_code=a["jst_code"],
            answers=a["answers"],
            privacy_notice_version=call["privacy_notice_version"],
        )
        self.applications[a["key"]] = answer["application_id"]
        if a["status"] == "WITHDRAWN":
            self.steps.do(
                f"{a['key']}:withdraw",
                day(a["submitted_on"]),
                "recruitment",
                "withdraw_application",
                application_id=self.applications[a["key"]],
                reason=a.get("withdrawal_reason") or "",
            )

    def _assess(self, call: Mapping[str, Any], a: Mapping[str, Any], on: date) -> None:
        application_id = self.applications[a["key"]]
        if a["status"] in {"RECEIVED", "WITHDRAWN"}:
            return
        on = min(on, self.today)
        self.steps.do(
            f"{a['key']}:check",
            on,
            "recruitment",
            "check_application",
            application_id=application_id,
            passed=bool(a["check_passed"]),
            remarks=a.get("check_remarks") or "",
        )
        if a["decision"] and call["status"] != "open":
            self.steps.do(
                f"{a['key']}:decide",
                on,
                "recruitment",
                "decide_application",
                application_id=application_id,
                decision=a["decision"],
                reason=a["decision_reason"] or "",
                reserve_rank=a["reserve_rank"],
            )

    def hold_training(self, training: Mapping[str, Any]) -> None:
        """A training with its participants, as far as it has come."""
        key = f"training-{training['call']}"
        sessions = training["sessions"]
        planned_on = min(day(sessions[0]["held_on"]) - timedelta(days=10), self.today)
        fields = ("role", "title", "mode", "venue", "capacity", "minimum_attendance_pct")
        training_id = self.steps.do(
            f"{key}:plan",
            planned_on,
            "recruitment",
            "plan_training",
            edition_id=self.edition_id,
            sessions=sessions,
            **{name: training[name] for name in fields},
        )["id"]
        for participant in training["participants"]:
            self.steps.do(
                f"{key}:enrol-{participant}",
                planned_on,
                "recruitment",
                "enrol_candidate",
                training_id=training_id,
                application_id=self.applications[participant],
            )
        for session in sessions:
            absent = training["absences"].get(session["key"])
            if absent is None or day(session["held_on"]) > self.today:
                continue
            present = [self.applications[p] for p in training["participants"] if p not in absent]
            self.steps.do(
                f"{key}:{session['key']}",
                day(session["held_on"]),
                "recruitment",
                "record_attendance",
                training_id=training_id,
                session_key=session["key"],
                present=present,
            )
        if training["is_completed"]:
            outcome = self.steps.do(
                f"{key}:complete",
                day(sessions[-1]["held_on"]),
                "recruitment",
                "complete_training",
                training_id=training_id,
            )
            self.experts |= outcome["experts"]

    # --- advice ---------------------------------------------------------------------------------

    def form_team(self, team: Mapping[str, Any]) -> None:
        """A team and the JST that it advises."""
        assigned = {code: day(on) for code, on in team["assigned_on"].items()}
        team_id = self.steps.do(
            f"team-{team['name']}:form",
            min(assigned.values()),
            "advisory",
            "form_team",
            edition_id=self.edition_id,
            name=team["name"],
            voivodeship=team["voivodeship"],
            ros_expert_id=self.experts[self.applications[team["ros"]]],
            pro_expert_id=self.experts[self.applications[team["pro"]]],
        )["id"]
        for code, on in assigned.items():
            self.steps.do(
                f"cycle-{code}:team",
                on,
                "advisory",
                "assign_team",
                cycle_id=self.cycles[code],
                team_id=team_id,
            )

    def diagnose(self, c: Mapping[str, Any]) -> None:
        """Area, diagnosis and activities of one JST."""
        code, cycle_id = c["jst_code"], self.cycles[c["jst_code"]]
        closed = {stage: day(on) for stage, on in c["stages_closed"].items()}
        settled = closed.get("DIAGNOSIS", self.today)
        self._log_activities(c, lambda held_on: held_on <= settled)
        if "AREA_CHOICE" in closed:
            self.steps.do(
                f"cycle-{code}:area",
                closed["AREA_CHOICE"],
                "advisory",
                "choose_area",
                cycle_id=cycle_id,
                area_code=c["area_code"],
                reason=c.get("area_reason") or "",
                other_candidate_areas=c["candidate_area_codes"],
            )
        if c["diagnosis"]:
            self.steps.do(
                f"cycle-{code}:diagnosis",
                closed.get("DIAGNOSIS", self.today),
                "advisory",
                "record_diagnosis",
                cycle_id=cycle_id,
                diagnosis=c["diagnosis"],
                priorities=c["priorities"],
            )
        if "DIAGNOSIS" in closed:
            self.steps.do(
                f"cycle-{code}:close-diagnosis",
                closed["DIAGNOSIS"],
                "advisory",
                "close_diagnosis",
                cycle_id=cycle_id,
            )

    def _log_activities(self, c: Mapping[str, Any], is_meant: Callable[[date], bool]) -> None:
        fields = ("form", "held_on", "hours", "participants", "topic", "task_codes", "note")
        for number, activity in enumerate(c["activities"]):
            if activity["status"] == "HELD" and is_meant(day(activity["held_on"])):
                self.steps.do(
                    f"cycle-{c['jst_code']}:activity-{number}",
                    day(activity["held_on"]),
                    "advisory",
                    "log_activity",
                    cycle_id=self.cycles[c["jst_code"]],
                    **{name: activity[name] for name in fields},
                )

    def set_directions(self, c: Mapping[str, Any]) -> None:
        """Directions of implementation and later activities, where the JST has come so far."""
        settled = c["stages_closed"].get("DIAGNOSIS")
        if settled:
            self._log_activities(c, lambda held_on: held_on > day(settled))
        on = c["stages_closed"].get("DIRECTIONS")
        if on:
            self.steps.do(
                f"cycle-{c['jst_code']}:directions",
                day(on),
                "advisory",
                "set_directions",
                cycle_id=self.cycles[c["jst_code"]],
                directions=c["directions"],
                tools=c["management_tools"],
            )

    # --- HDR ------------------------------------------------------------------------------------

    def write_hdr(self, c: Mapping[str, Any]) -> None:
        """The document, and its submission where it was complete."""
        code, h = c["jst_code"], c["hdr"]
        hdr_id = self.hdr_ids[code]
        omitted = set(h["draft_omits"])
        written = day(h["submitted_on"]) if h["submitted_on"] else self.today - timedelta(days=2)
        self.steps.do(
            f"hdr-{code}:draft",
            written,
            "hdr",
            "save_hdr_draft",
            hdr_id=hdr_id,
            document={name: v for name, v in marked(h["document"]).items() if name not in omitted},
        )
        if h["submitted_on"]:
            self.steps.do(f"hdr-{code}:submit", written, "hdr", "submit_hdr", hdr_id=hdr_id)

    def edit_hdr(self, c: Mapping[str, Any]) -> None:
        """The editorial steps, as far as the HDR has come."""
        code, h = c["jst_code"], c["hdr"]
        hdr_id, returned = self.hdr_ids[code], h["returned"]
        if h["submitted_on"] is None or h["state"] == "SUBMITTED":
            return
        submitted = day(h["submitted_on"])
        last = (
            day(h["published_on"])
            if h["published_on"]
            else min(submitted + timedelta(days=40), self.today)
        )
        target = returned["from_state"] if returned else h["state"]
        for number, (state, method) in enumerate(_EDITORIAL_STEPS, start=1):
            on = submitted + (last - submitted) * number / len(_EDITORIAL_STEPS)
            self.steps.do(f"hdr-{code}:{method}", on, "hdr", method, hdr_id=hdr_id)
            if state == target:
                break
        if returned:
            self.steps.do(
                f"hdr-{code}:return",
                day(returned["on"]),
                "hdr",
                "return_hdr",
                hdr_id=hdr_id,
                reason=returned["reason"],
            )

    # --- monitoring and summaries ---------------------------------------------------------------

    def open_round(self, monitoring: Mapping[str, Any]) -> None:
        """The round, asking the HDRs named."""
        self.round_id = self.steps.do(
            "round:open",
            day(monitoring["opens_on"]),
            "monitoring",
            "open_round",
            edition_id=self.edition_id,
            slug=monitoring["slug"],
            name=monitoring["name"],
            opens_on=monitoring["opens_on"],
            due_on=monitoring["due_on"],
            hdr_ids=[self.hdr_ids[code] for code in monitoring["codes"]],
        )["id"]

    def record(self, record: Mapping[str, Any]) -> None:
        """What one JST reported."""
        self.steps.do(
            f"round:record-{record['code']}",
            day(record.get("submitted_on") or (self.today - timedelta(days=3)).isoformat()),
            "monitoring",
            "record_monitoring",
            round_id=self.round_id,
            hdr_id=self.hdr_ids[record["code"]],
            actions=[
                {name: a[name] for name in ("key", "state", "new_date", "reason")}
                for a in record["actions"]
            ],
            indicators=[{"key": i["key"], "value": i["value"]} for i in record["indicators"]],
            **{
                name: record[name]
                for name in (
                    "helping_factors",
                    "hindering_factors",
                    "changes_made",
                    "support_needed",
                )
            },
        )

    def close_round(self, monitoring: Mapping[str, Any]) -> None:
        """The end of the round, where it has come."""
        if monitoring.get("closed_on"):
            self.steps.do(
                "round:close",
                day(monitoring["closed_on"]),
                "monitoring",
                "close_round",
                round_id=self.round_id,
            )

    def write_summary(self, s: Mapping[str, Any]) -> None:
        """A summary in its form, as far as it has come."""
        key, on = (
            f"summary-{s['code']}",
            day(s.get("published_on") or s.get("submitted_on") or self.today.isoformat()),
        )
        summary_id = UUID(
            self.steps.do(
                f"{key}:form",
                on,
                "hdr",
                "choose_summary_form",
                hdr_id=self.hdr_ids[s["code"]],
                form=s["form"],
            )["id"]
        )
        self.steps.do(
            f"{key}:draft",
            on,
            "hdr",
            "save_summary_draft",
            summary_id=summary_id,
            document=marked(s["document"]),
        )
        for state, method in (
            ("SUBMITTED", "submit_summary"),
            ("APPROVED", "approve_summary"),
            ("PUBLISHED", "publish_summary"),
        ):
            if s["state"] == "DRAFT":
                break
            self.steps.do(f"{key}:{method}", on, "hdr", method, summary_id=summary_id)
            if s["state"] == state:
                break
