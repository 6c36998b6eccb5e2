"""The programme through the gateway's API: a short way to bring the whole platform anywhere.

A `Programme` is the platform in one process with a web application over it. Each step is what a
person of the programme asks for over HTTP; ids of what came of it are kept in `ids`.
"""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher

from services.gateway import accounts
from services.gateway.accounts import Role, create_account
from services.gateway.settings import GatewaySettings
from shared.contracts.base import JstCode
from shared.kernel.testing import FixedClock
from tests.direct_rpc import DirectRpc
from tests.unit.gateway.api_client import ApiClient
from tests.unit.gateway.apps import an_app
from tests.unit.hdr.builders import a_complete_document, a_good_practice
from tests.unit.recruitment.terc import terc

accounts._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # quick, for tests

MONDAY = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
PASSWORD = "cztery różne słowa"
NOTICE = "2026-01"
ACCESS_KEY = "Ore-Access-Key"
BOLESLAWIEC: JstCode = "0201011"
NOWOGRODZIEC: JstCode = "0201043"
WARSZAWA: JstCode = "1465011"
DOLNOSLASKIE, MAZOWIECKIE = "02", "14"

PEOPLE: dict[str, tuple[Role, ...]] = {
    "staff": (Role.PROGRAMME_STAFF,),
    "coordinator": (Role.COORDINATOR,),
    "other_coordinator": (Role.COORDINATOR,),
    "editor": (Role.EDITOR,),
    "expert": (Role.EXPERT,),
    "other_expert": (Role.EXPERT,),
    "jst": (Role.JST,),
    "other_jst": (Role.JST,),
    "operator": (Role.OPERATOR,),
    "subscriber": (Role.SUBSCRIBER,),
}
"""Accounts by name; the ``other_…`` ones work for another part of the programme."""


def settings(**changes: Any) -> GatewaySettings:
    values: dict[str, Any] = {
        "database_url": "sqlite://",
        "broker_url": "memory://",
        "secret_key": "a secret for tests only, long enough",
        "insecure_cookies": True,
        "view_wait_seconds": 0.001,
    }
    return GatewaySettings(**(values | changes))


def in_both(pl: str, en: str) -> dict[str, str]:
    return {"pl": pl, "en": en}


def a_configuration(**changes: Any) -> dict[str, Any]:
    return {
        "slug": "edycja-2026",
        "name": in_both("Edycja 2026", "Edition 2026"),
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "voivodeships": [DOLNOSLASKIE, MAZOWIECKIE],
        "areas": [
            {"code": "BUDGET_PLANNING", "number": 4, "name": in_both("Budżet", "Budget")},
            {"code": "GIFTED_SUPPORT", "number": 11, "name": in_both("Zdolni", "Gifted")},
        ],
        "stages": [
            {"code": "AREA_CHOICE", "name": in_both("Wybór obszaru", "Choice of area")},
            {"code": "DIAGNOSIS", "name": in_both("Diagnoza", "Diagnosis")},
            {"code": "HDR", "name": in_both("HDR", "HDR")},
            {"code": "DIRECTIONS", "name": in_both("Kierunki", "Directions")},
            {"code": "IMPLEMENTATION_SUPPORT", "name": in_both("Wdrożenie", "Implementation")},
        ],
        "jst_team_size": {"minimum": 2, "maximum": 4},
        "publication_grouping": "KIND",
        "role_labels": {"ROS": in_both("ROS", "ROS"), "PRO": in_both("PRO", "PRO")},
        "hdr_template_version": 1,
        "summary_forms": ["GOOD_PRACTICE", "REFLECTION_STUDY", "MINI_REPORTAGE"],
    } | changes


class Programme:
    """The platform, the people, and what they have done so far."""

    def __init__(self, rpc: DirectRpc | None = None, **changes: Any) -> None:
        self.rpc = rpc or DirectRpc()
        self.clock = FixedClock(MONDAY)
        self.settings = settings(**changes)
        self.app = an_app(
            self.settings, database=self.rpc.gateway, rpc=self.rpc, only=("api", "health")
        )
        self.ids: dict[str, Any] = {}
        self.tokens: dict[str, str] = {}
        self.accounts: dict[str, UUID] = {}

    def copy(self) -> Programme:
        """Another platform where the same has happened."""
        other = Programme(self.rpc.copy())
        other.clock.move_to(self.clock.moment)
        other.ids = copy.deepcopy(self.ids)
        other.tokens = dict(self.tokens)
        other.accounts = dict(self.accounts)
        return other

    def close(self) -> None:
        self.rpc.close()

    @property
    def today(self) -> date:
        return self.clock.today()

    def days_later(self, days: int) -> None:
        self.clock.move_to(self.clock.moment + timedelta(days=days))
        self.tokens.clear()  # they have expired

    # --- people -----------------------------------------------------------------------------------

    def anyone(self) -> ApiClient:
        """Who is not signed in."""
        return ApiClient(self.app)

    def as_(self, person: str) -> ApiClient:
        """A person of `PEOPLE` with a token; the account is opened at the first call."""
        if person not in self.accounts:
            self.accounts[person] = create_account(
                self.rpc.gateway,
                f"{person}@example.org",
                PASSWORD,
                f"Osoba {person}",
                PEOPLE[person],
                **self._scope(person),
            ).id
        if person not in self.tokens:
            answer = self.anyone().post(
                "/tokens", {"email": f"{person}@example.org", "password": PASSWORD}
            )
            self.tokens[person] = answer.json["token"]
        return ApiClient(self.app, token=self.tokens[person])

    def _scope(self, person: str) -> dict[str, Any]:
        if person == "coordinator":
            return {"voivodeships": [DOLNOSLASKIE]}
        if person == "other_coordinator":
            return {"voivodeships": [MAZOWIECKIE]}
        if person == "expert":
            return {"expert_id": UUID(self.ids["ros"])} if "ros" in self.ids else {}
        if person == "other_expert":
            return {"expert_id": UUID(self.ids["spare"])} if "spare" in self.ids else {}
        if person in {"jst", "other_jst"}:
            return {"jst_ids": [self.jst_id(BOLESLAWIEC if person == "jst" else WARSZAWA)]}
        return {}

    def jst_id(self, code: str) -> UUID:
        found = self.anyone().get(f"/register/jst?text={code}").json["items"]
        return UUID(found[0]["jst"]["id"])

    # --- steps: each does what is before it, too --------------------------------------------------

    def set_up(self) -> Programme:
        """An edition and the register of JST."""
        staff = self.as_("staff")
        self.ids["edition"] = staff.create("/editions", {"configuration": a_configuration()})
        staff.must("POST", "/register/imports", data=terc().encode(), content_type="text/csv")
        return self

    def draft_call(self, kind: str, **changes: Any) -> str:
        """A call that is not published yet."""
        draft = {
            "edition_id": self.ids["edition"],
            "kind": kind,
            "slug": f"nabor-{kind.lower()}",
            "title": f"Nabór {kind}",
            "text": "Zapraszamy.",
            "opens_on": self.today.isoformat(),
            "closes_on": (self.today + timedelta(days=20)).isoformat(),
            "results_by": (self.today + timedelta(days=30)).isoformat(),
            "contact_email": "nabor@example.org",
            "places": 10,
            "privacy_notice_version": NOTICE,
        } | changes
        return self.as_("staff").create("/calls", draft)

    def open_call(self, kind: str, **changes: Any) -> str:
        """A published call that takes applications today."""
        call = self.draft_call(kind, **changes)
        self.as_("staff").must("POST", f"/calls/{call}/publish")
        self.ids[f"call_{kind.lower()}"] = call
        return call

    def apply(self, call: str, name: str, **changes: Any) -> dict[str, Any]:
        """An application; its receipt."""
        first_name = name.partition(" ")[0].lower()
        form = {
            "applicant": {"full_name": name, "email": f"{first_name}@example.org"},
            "answers": {"motivation": "Chcę wspierać samorządy."},
            "privacy_notice_version": NOTICE,
        } | changes
        answer = self.anyone().must("POST", f"/calls/{call}/applications", form)
        return dict(answer.json)

    def decide(self, call: str, **decisions: str | tuple[str, int]) -> None:
        """Check and decide applications by their ids' key in `ids`, close, publish results."""
        staff = self.as_("staff")
        for key, decision in decisions.items():
            path = f"/applications/{self.ids[key]}"
            staff.must("POST", f"{path}/check", {"passed": True})
            outcome, rank = decision if isinstance(decision, tuple) else (decision, None)
            staff.must("POST", f"{path}/decide", {"decision": outcome, "reserve_rank": rank})
        staff.must("POST", f"/calls/{call}/close")
        staff.must("POST", f"/calls/{call}/results")

    def train(self, role: str, *applications: str) -> dict[str, str]:
        """Plan and complete a training; experts by application."""
        staff = self.as_("staff")
        training = staff.create(
            "/trainings",
            {
                "edition_id": self.ids["edition"],
                "role": role,
                "title": f"Szkolenie {role}",
                "mode": "ONLINE",
                "venue": "Platforma szkoleniowa",
                "capacity": 20,
                "sessions": [
                    {
                        "key": "1",
                        "held_on": self.today.isoformat(),
                        "hours": 6,
                        "topics": ["Model doradztwa"],
                    }
                ],
            },
        )
        for application in applications:
            staff.must("POST", f"/trainings/{training}/enrolments", {"application_id": application})
        staff.must(
            "POST",
            f"/trainings/{training}/attendance",
            {"session_key": "1", "present": list(applications)},
        )
        self.ids[f"training_{role.lower()}"] = training
        answer = staff.must("POST", f"/trainings/{training}/complete")
        return dict(answer.json["experts"])

    def recruit(self) -> Programme:
        """Two ROS experts and one PRO expert of dolnośląskie, and two qualified JST."""
        self.set_up()
        ros, pro, jst = (self.open_call(kind) for kind in ("ROS", "PRO", "JST"))
        people = {
            "application_ros": self.apply(ros, "Rozalia Ros", voivodeship=DOLNOSLASKIE),
            "application_spare": self.apply(ros, "Sławomir Spare", voivodeship=DOLNOSLASKIE),
            "application_pro": self.apply(pro, "Piotr Pro", voivodeship=DOLNOSLASKIE),
            "application_jst": self.apply(jst, "Jan Wójt", jst_code=BOLESLAWIEC),
            "application_other": self.apply(jst, "Ola Burmistrz", jst_code=WARSZAWA),
            "application_reserve": self.apply(jst, "Ewa Starosta", jst_code=NOWOGRODZIEC),
        }
        for key, receipt in people.items():
            self.ids[key] = receipt["application_id"]
            self.ids[f"key_of_{key}"] = receipt["access_key"]
        self.decide(ros, application_ros="QUALIFIED", application_spare="QUALIFIED")
        self.decide(pro, application_pro="QUALIFIED")
        self.decide(
            jst,
            application_jst="QUALIFIED",
            application_other="QUALIFIED",
            application_reserve=("RESERVE", 1),
        )
        experts = self.train("ROS", self.ids["application_ros"], self.ids["application_spare"])
        self.ids["ros"] = experts[self.ids["application_ros"]]
        self.ids["spare"] = experts[self.ids["application_spare"]]
        self.ids["pro"] = self.train("PRO", self.ids["application_pro"])[
            self.ids["application_pro"]
        ]
        return self

    def advise(self) -> Programme:
        """A team, and a cycle of Bolesławiec with its diagnosis closed: the HDR is open."""
        self.recruit()
        staff = self.as_("staff")
        self.ids["team"] = staff.create(
            "/teams",
            {
                "edition_id": self.ids["edition"],
                "name": "Bolesławiec 1",
                "voivodeship": DOLNOSLASKIE,
                "ros_expert_id": self.ids["ros"],
                "pro_expert_id": self.ids["pro"],
            },
        )
        for row in staff.get("/cycles").json["items"]:
            is_ours = row["jst"]["code"] == BOLESLAWIEC
            self.ids["cycle" if is_ours else "other_cycle"] = row["cycle_id"]
        path = f"/cycles/{self.ids['cycle']}"
        staff.must("POST", f"{path}/team", {"team_id": self.ids["team"]})
        staff.must("POST", f"{path}/area", {"area_code": "BUDGET_PLANNING"})
        staff.must("POST", f"{path}/diagnosis", a_diagnosis())
        staff.must("POST", f"{path}/diagnosis/close")
        self.ids["hdr"] = staff.get("/hdrs").json["items"][0]["hdr_id"]
        return self

    def publish_hdr(self) -> Programme:
        """The HDR from its draft to publication."""
        self.advise()
        staff, path = self.as_("staff"), f"/hdrs/{self.ids['hdr']}"
        staff.must("PUT", f"{path}/document", {"document": a_complete_document()})
        for step in (
            "submit", "start-editing", "finish-substantive-editing", "finish-proofreading",
            "publish",
        ):  # fmt: skip
            staff.must("POST", f"{path}/{step}")
        return self

    def monitor(self) -> Programme:
        """A round that asks about the HDR, and a summary in work."""
        self.publish_hdr()
        staff = self.as_("staff")
        self.ids["round"] = staff.create(
            "/rounds",
            {
                "edition_id": self.ids["edition"],
                "slug": "runda-1",
                "name": "Runda 1",
                "opens_on": self.today.isoformat(),
                "due_on": (self.today + timedelta(days=14)).isoformat(),
            },
        )
        self.ids["summary"] = staff.create(
            f"/hdrs/{self.ids['hdr']}/summary", {"form": "GOOD_PRACTICE"}
        )
        staff.must(
            "PUT", f"/summaries/{self.ids['summary']}/document", {"document": a_good_practice()}
        )
        return self


def a_diagnosis() -> dict[str, Any]:
    return {
        "diagnosis": {
            "sources": "Ankiety i rozmowy.",
            "findings": "Szkoły planują osobno.",
            "strengths": "Zgrany zespół dyrektorów.",
            "difficulties": "Brak wspólnych danych.",
        },
        "priorities": ["Wspólne planowanie", "Dane dla decyzji"],
    }


def a_record(record: dict[str, Any]) -> dict[str, Any]:
    """A complete report for what a round asks."""
    hdr = record["hdr"]
    return {
        "actions": [{"key": action["key"], "state": "DONE"} for action in hdr["actions"]],
        "indicators": [{"key": i["key"], "value": i["target"]} for i in hdr["indicators"]],
        "helping_factors": "Dobra współpraca.",
        "support_needed": "Szkolenie z budżetu.",
    }
