"""Beginning of the story: accounts, edition, register, calls."""

from __future__ import annotations

from typing import Any

from tests.story import register, texts
from tests.story.ledger import Jst
from tests.story.steps import Steps

NOTICE = "2026-1"
EXTRA_JST = ("RESERVE", "REJECTED", "UNFIT", "WITHDRAWN")
RENAMED, PROMOTED = 5, 3
"""Numbers of the JST to which something special happens."""


class Preparing(Steps):
    """What is there before anybody applies."""

    def sign_in(self) -> None:
        """Accounts of the office, and what is refused without one."""
        self.refuse(
            "wrong-credentials", 401, self.anyone, "POST", "/tokens",
            {"email": "nikt@story.example", "password": "zgaduje-haslo-1"},
        )  # fmt: skip
        self.staff = self.open_account("biuro", ["programme_staff"])
        self.editor = self.open_account("redakcja", ["editor"])
        self.subscriber = self.open_account("odbiorca", ["subscriber"])
        for region in self.ledger.regions:
            self.coordinators[region] = self.open_account(
                f"koordynator{region}", ["coordinator"], voivodeships=[region]
            )
        self.refuse("not-signed-in", 401, self.anyone, "POST", "/editions", {})
        assert self.staff.get("/me")["roles"] == ["programme_staff"]

    def create_edition(self) -> None:
        """Set the edition up, then change how its catalogue is grouped."""
        ledger = self.ledger
        ledger.slug, ledger.grouping = "edycja-proby", "KIND_MERGED"
        first = texts.edition(ledger.slug, ledger.regions, self.today, "KIND")
        self.refuse("not-allowed", 403, self.editor, "POST", "/editions", {"configuration": first})
        broken = first | {"ends_on": self.day(-200)}
        body = {"configuration": broken}
        self.refuse("period-order", 422, self.staff, "POST", "/editions", body)
        body = {"configuration": first}
        ledger.edition_id = self.do(self.staff, "POST", "/editions", body)["id"]
        ledger.tell("EditionCreated")
        body = {"configuration": first | {"publication_grouping": ledger.grouping}}
        self.do(self.staff, "PUT", f"/editions/{ledger.edition_id}", body)
        ledger.tell("EditionReconfigured")

    # --- register ---------------------------------------------------------------------------------

    def import_register(self) -> None:
        """The first state of the register; a broken file changes nothing."""
        ledger = self.ledger
        extra = len(EXTRA_JST)
        per_region = -(-(self.size.jst + extra) // self.size.regions)
        self.first_state = register.first_state(ledger.regions, per_region)
        broken = self.first_state.replace("06;01;01;1;", "6;1;1;1;")
        refused = self.refuse(
            "register-file-invalid", 422, self.staff, "POST", "/register/imports",
            broken.encode(), content_type="text/csv",
        )  # fmt: skip
        assert refused.errors, refused
        units = register.units_in(self.first_state)
        answer = self.do(
            self.staff, "POST", "/register/imports", self.first_state.encode(),
            content_type="text/csv",
        )  # fmt: skip
        assert {name: answer[name] for name in ("registered", "closed", "unchanged")} == {
            "registered": len(units), "closed": 0, "unchanged": 0,
        }  # fmt: skip
        if self.size.regions == len(register._BY_HAND) and per_region <= 6:
            assert len(units) == register.HAND_COUNTED
        ledger.tell("LocalGovernmentRegistered", times=len(units))
        ledger.tell("RegisterImported")
        ledger.units = units
        self._choose_participants(units)
        rows = self.anyone.list_all("/register/jst")
        ids = {row["jst"]["code"]: row["jst"]["id"] for row in rows}
        for jst in ledger.jst:
            jst.id = ids[jst.unit.code]
            jst.timeline["LocalGovernmentRegistered"] += 1

    def _choose_participants(self, units: dict[str, register.Unit]) -> None:
        """Who applies and what becomes of them, the same for every run of a size."""
        ledger, regions = self.ledger, self.ledger.regions
        queues = {region: register.candidates(region, units) for region in regions}
        total = self.size.jst + len(EXTRA_JST)
        for number in range(total):
            region = regions[number % len(regions)]
            unit = queues[region].pop(0)
            ledger.jst.append(Jst(number, unit, unit, _fate(number, self.size.jst)))
        ledger.jst[PROMOTED].is_promoted = True
        renamed = ledger.jst[RENAMED]
        self.new_name = f"{renamed.unit.name}-Zdrój"
        self.later_text = register.later_state(self.first_state, renamed.unit.code, self.new_name)

    def import_later_state(self) -> None:
        """A later state: a rename, another kind, one gone, one new; the older one is refused."""
        ledger = self.ledger
        later = register.units_in(self.later_text)
        answer = self.do(
            self.staff, "POST", "/register/imports", self.later_text.encode(),
            content_type="text/csv",
        )  # fmt: skip
        counts = ("registered", "renamed", "kind_changed", "closed", "unchanged")
        assert [answer[name] for name in counts] == [1, 1, 1, 1, len(later) - 3], answer
        refused = self.refuse(
            "register-state-older", 409, self.staff, "POST", "/register/imports",
            self.first_state.encode(), content_type="text/csv",
        )  # fmt: skip
        assert refused.problem["parameters"]["imported_state_on"] == register.LATER_STATE
        by_code = {jst.unit.code: jst for jst in ledger.jst}
        ledger.tell("LocalGovernmentRegistered")
        ledger.tell("LocalGovernmentRenamed", ledger.jst[RENAMED])
        ledger.tell("LocalGovernmentKindChanged", by_code[register.CHANGES_KIND[0]])
        ledger.tell("LocalGovernmentClosed")
        ledger.tell("RegisterImported")
        ledger.units = later
        ledger.abolished = [register.ABOLISHED]
        for jst in ledger.jst:
            jst.later = register.changed(jst.unit, later)
        self.settle()

    # --- calls ------------------------------------------------------------------------------------

    def open_calls(self) -> None:
        """Three calls of the edition, and others in every state that a call can have."""
        experts = self.size.experts // 2
        self._call("ros", "ROS", places=experts)
        self._call("pro", "PRO", places=experts)
        self._call("jst", "JST", places=self.size.jst)
        self._call("jst-nastepny", "JST")
        self._call("pro-dawny", "PRO", opens=-40, closes=-10, results=-5, effective=-45)
        self._call("jst-zapowiedz", "JST", opens=5, closes=20, results=40, state="ANNOUNCED")
        self._call("ros-odwolany", "ROS", state="CANCELLED")
        self._call("ros-szkic", "ROS", publish=False)
        self._post("ros-odwolany", "cancel", {"reason": "Nie ma potrzeby"})
        self.ledger.tell("CallCancelled")
        jst = self.ledger.calls["jst"]
        jst["closes_on"] = self.day(21)
        self._post("jst", "extend", {"closes_on": jst["closes_on"], "reason": "Prośba gmin"})
        self.ledger.tell("CallExtended")
        body = {"closes_on": self.day(15), "reason": "Za późno"}
        path = f"/calls/{jst['id']}/extend"
        self.refuse("deadline-not-later", 422, self.staff, "POST", path, body)

    def _call(
        self,
        slug: str,
        kind: str,
        *,
        places: int | None = None,
        opens: int = 0,
        closes: int = 14,
        results: int = 30,
        effective: int | None = None,
        state: str = "OPEN",
        publish: bool = True,
    ) -> None:
        options: dict[str, Any] = {}
        if effective is not None:
            options, state = {"effective_at": self.moment(effective)}, "ASSESSING"
        body = {
            "edition_id": self.ledger.edition_id,
            "kind": kind,
            "slug": f"nabor-{slug}",
            "title": f"Nabór {slug}",
            "text": "Kogo szukamy i co zapewniamy.",
            "opens_on": self.day(opens),
            "closes_on": self.day(closes),
            "results_by": self.day(results),
            "contact_email": "nabor@ore.example",
            "places": places,
            "training_dates": [self.day(40), self.day(41), self.day(42)],
            "covered_costs": ["Szkolenie", "Nocleg i wyżywienie"],
            "privacy_notice_version": NOTICE,
        }
        call_id = self.do(self.staff, "POST", "/calls", body, **options)["id"]
        self.ledger.calls[slug] = {
            "id": call_id,
            "kind": kind,
            "state": state if publish else None,
            "closes_on": self.day(closes),
        }
        if publish:
            self.do(self.staff, "POST", f"/calls/{call_id}/publish", **options)
            self.ledger.tell("CallPublished")

    def _post(self, slug: str, what: str, body: Any = None) -> Any:
        path = f"/calls/{self.ledger.calls[slug]['id']}/{what}"
        return self.do(self.staff, "POST", path, body)


def _fate(number: int, qualified: int) -> str:
    if number >= qualified:
        return EXTRA_JST[number - qualified]
    return {1: "TEAMLESS", 2: "DIAGNOSIS", 3: "EDITING"}.get(qualified - number, "PUBLISHED")
