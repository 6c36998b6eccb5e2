"""Second half of the story: teams, advisory cycles, schedules on their way to publication."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.story import texts
from tests.story.ledger import Candidate, Jst, Team
from tests.story.recruiting import Recruiting
from tests.story.steps import eventually

LONG_AGO, SUBMITTED_AGO = -60, -20
ACCOUNTS_OF_JST = 3
"""Each for its share of the JST: every password costs a good part of a second."""
WITHDRAWN = 4
"""Number of the JST whose schedule is taken down in the end."""


class Advising(Recruiting):
    """Steps 6 to 8 of the programme."""

    # --- teams ------------------------------------------------------------------------------------

    def form_teams(self) -> None:
        """Pairs of experts in each region; one is replaced, one team dissolved."""
        ledger = self.ledger
        self.each(self._form_teams_of, ledger.regions)
        first, other = ledger.regions[0], ledger.regions[1]
        ros, pro = self._pairs(first)[0]
        wrong = self._team_body("Zły skład", first, ros, ros)
        path = "/teams"
        self.refuse("team-composition", 422, self.coordinators[first], "POST", path, wrong)
        wrong = self._team_body("Nie nasz", first, ros, pro)
        self.refuse("out-of-scope", 403, self.coordinators[other], "POST", path, wrong)
        extra = self._form(other, "Zespół na próbę", *self._pairs(other)[0])
        body = {"reason": "Tylko próba"}
        self.do(self.coordinators[other], "POST", f"/teams/{extra.id}/dissolve", body)
        ledger.tell("TeamDissolved")
        extra.is_dissolved = True
        for member in extra.members.values():
            member.teams.discard(extra.id)

    def _form_teams_of(self, region: str) -> None:
        for place, (ros, pro) in enumerate(self._pairs(region), start=1):
            self._form(region, f"Zespół {region}/{place}", ros, pro)

    def _pairs(self, region: str) -> list[tuple[Candidate, Candidate]]:
        ros, pro = (
            [c for c in self.ledger.experts(role, region) if c.fate == "QUALIFIED"]
            for role in ("ROS", "PRO")
        )
        return list(zip(ros, pro, strict=True))

    def _team_body(self, name: str, region: str, ros: Candidate, pro: Candidate) -> dict[str, Any]:
        return {
            "edition_id": self.ledger.edition_id,
            "name": name,
            "voivodeship": region,
            "ros_expert_id": ros.expert_id,
            "pro_expert_id": pro.expert_id,
        }

    def _form(self, region: str, name: str, ros: Candidate, pro: Candidate) -> Team:
        body = self._team_body(name, region, ros, pro)
        team_id = self.do(self.coordinators[region], "POST", "/teams", body)["id"]
        self.ledger.tell("TeamFormed")
        team = Team(team_id, name, region, {"ROS": ros, "PRO": pro})
        self.ledger.teams.append(team)
        for member in (ros, pro):
            member.teams.add(team_id)
        return team

    def find_cycles(self) -> None:
        """Each qualified JST has a cycle."""
        ledger = self.ledger
        rows = self.staff.list_all("/cycles", edition_id=ledger.edition_id)
        cycles = {row["jst"]["id"]: row["cycle_id"] for row in rows}
        assert set(cycles) == {jst.id for jst in ledger.qualified}
        for jst in ledger.qualified:
            jst.cycle_id = cycles[jst.id]

    def open_accounts(self) -> None:
        """Whoever works in the cycles signs in: JST, and one expert of each team."""
        ledger = self.ledger
        for account in range(ACCOUNTS_OF_JST):
            part = ledger.qualified[account::ACCOUNTS_OF_JST]
            ids = [UUID(jst.id) for jst in part]
            client = self.open_account(f"jst{account}", ["jst"], jst_ids=ids)
            self.people |= {jst.id: client for jst in part}
        advising = {j.team.id: j.team.members["ROS"] for j in ledger.qualified if j.team}
        for expert in advising.values():
            self.people[expert.expert_id] = self.open_account(
                f"ekspert{expert.number}", ["expert"], expert_id=UUID(expert.expert_id)
            )

    def assign_teams(self) -> None:
        """Every JST but one gets a team of its region, no member of which it employs."""
        ledger = self.ledger
        first = ledger.jst[0]
        conflicting = next(
            t for t in ledger.teams
            if t.members["ROS"].employer == first.unit.code and not t.is_dissolved
        )  # fmt: skip
        path = f"/cycles/{first.cycle_id}/team"
        coordinator = self.coordinators[first.unit.voivodeship]
        body = {"team_id": conflicting.id}
        self.refuse("conflict-of-interest", 422, coordinator, "POST", path, body)
        stranger = self.coordinators[ledger.regions[1]]
        self.refuse("not-found", 404, stranger, "POST", path, body)
        self.each(self._assign_team, [j for j in ledger.qualified if j.fate != "TEAMLESS"])
        self._replace_member()

    def _assign_team(self, jst: Jst) -> None:
        region = jst.unit.voivodeship
        able = [
            t for t in self.ledger.teams
            if t.region == region and not t.is_dissolved
            and jst.unit.code not in {m.employer for m in t.members.values()}
        ]  # fmt: skip
        team = able[(jst.number // len(self.ledger.regions)) % len(able)]
        who, options = self.coordinators[region], {}
        if jst.fate == "DIAGNOSIS":
            who, options = self.staff, {"effective_at": self.moment(LONG_AGO)}
        self.do(who, "POST", f"/cycles/{jst.cycle_id}/team", {"team_id": team.id}, **options)
        self.ledger.tell("TeamAssigned", jst)
        jst.team = team

    def _replace_member(self) -> None:
        """The second region's first PRO expert gives the slot to the second one, and leaves."""
        ledger = self.ledger
        region = ledger.regions[1]
        team = next(t for t in ledger.teams if t.region == region and not t.is_dissolved)
        leaving, coming = (pro for _, pro in self._pairs(region)[:2])
        body = {"role": "PRO", "expert_id": coming.expert_id, "reason": "Długa choroba"}
        path = f"/teams/{team.id}/replace-member"
        self.do(self.coordinators[region], "POST", path, body)
        advised = [j for j in ledger.qualified if j.team is team]
        ledger.tell("TeamMemberReplaced", *advised)
        team.members["PRO"] = coming
        leaving.teams.discard(team.id)
        coming.teams.add(team.id)
        path = f"/experts/{leaving.expert_id}/remove"
        self.do(self.staff, "POST", path, {"reason_code": "RESIGNED"})
        ledger.tell("ExpertLeftRoster")
        leaving.is_active = False

    # --- cycles -----------------------------------------------------------------------------------

    def choose_areas(self) -> None:
        """Each JST with a team chooses its area; some change it before the diagnosis closes."""
        with_team = [j for j in self.ledger.qualified if j.team]
        stranger = self.people[with_team[1].id]
        path = f"/cycles/{with_team[0].cycle_id}"
        body = {"area_code": texts.AREAS[0][0]}
        self.refuse("not-found", 404, stranger, "POST", f"{path}/area", body)
        body = {"area_code": "NO_SUCH_AREA"}
        own = self.people[with_team[0].id]
        self.refuse("unknown-area", 422, own, "POST", f"{path}/area", body)
        self.refuse("stage-not-reached", 409, own, "POST", f"{path}/diagnosis/close")
        self.each(self._choose_area, with_team)

    def _choose_area(self, jst: Jst) -> None:
        who, options = self.people[jst.id], {}
        if jst.fate == "DIAGNOSIS":
            who, options = self.staff, {"effective_at": self.moment(LONG_AGO)}
        codes = [code for code, _, _ in texts.AREAS]
        area = codes[jst.number % len(codes)]
        path = f"/cycles/{jst.cycle_id}/area"
        changes = jst.number % 2 == 0 and jst.fate != "DIAGNOSIS"
        if changes:
            first = codes[(jst.number + 1) % len(codes)]
            self.do(who, "POST", path, {"area_code": first})
            self.ledger.tell("AreaChosen", jst)
        self.do(who, "POST", path, {"area_code": area, "reason": "Po rozmowie"}, **options)
        self.ledger.tell("AreaChosen", jst)
        jst.area = area
        jst.milestones.add("AREA_CHOSEN")
        self._stage_done(jst)

    def _stage_done(self, jst: Jst) -> None:
        codes = [code for code, _, _ in texts.STAGES]
        place = codes.index(jst.stage) + 1
        self.ledger.tell("StageCompleted", jst)
        jst.stage = codes[place] if place < len(codes) else None
        if jst.stage is None:
            self.ledger.tell("CycleCompleted", jst)
            jst.is_completed = True

    def diagnose(self) -> None:
        """Diagnosis recorded, changed, closed: the schedule can be written."""
        working = [j for j in self.ledger.qualified if j.fate in {"PUBLISHED", "EDITING"}]
        self.each(self._diagnose, working)
        rows = eventually(
            lambda: self._hdr_rows(len(working)), f"{len(working)} schedules to be opened"
        )
        assert set(rows) == {jst.cycle_id for jst in working}, rows
        for jst in working:
            jst.hdr_id = rows[jst.cycle_id]

    def _hdr_rows(self, wanted: int) -> dict[str, str] | None:
        rows = self.staff.list_all("/hdrs", edition_id=self.ledger.edition_id)
        return {r["cycle_id"]: r["hdr_id"] for r in rows} if len(rows) == wanted else None

    def _diagnose(self, jst: Jst) -> None:
        who, path = self.people[jst.id], f"/cycles/{jst.cycle_id}/diagnosis"
        self.refuse("diagnosis-missing", 409, who, "POST", f"{path}/close")
        body = {"diagnosis": texts.diagnosis(0), "priorities": ["Jeszcze nie wiadomo"]}
        version = self.do(who, "POST", path, body)["version"]
        body = {
            "diagnosis": texts.diagnosis(jst.number),
            "priorities": texts.PRIORITIES,
            "expected_version": version,
        }
        self.do(who, "POST", path, body)
        self.refuse("stale-version", 409, who, "POST", path, body)
        self.do(who, "POST", f"{path}/close")
        self.ledger.tell("DiagnosisClosed", jst)
        jst.milestones.add("DIAGNOSIS_CLOSED")
        self._stage_done(jst)
        self.ledger.tell("HDROpened", jst)
        jst.hdr_state = "DRAFT"
        body = {"area_code": texts.AREAS[0][0]}
        self.refuse("area-settled", 409, who, "POST", f"/cycles/{jst.cycle_id}/area", body)

    def log_activities(self) -> None:
        """Experts log the support they gave."""
        self.each(self._log_activities, [j for j in self.ledger.qualified if j.hdr_id])

    def _log_activities(self, jst: Jst) -> None:
        expert = self.people[jst.team.members["ROS"].expert_id]
        path = f"/cycles/{jst.cycle_id}/activities"
        for place in range(1 + jst.number % 3):
            body = {
                "form": texts.ACTIVITY_FORMS[(jst.number + place) % 4],
                "held_on": self.day(-place),
                "hours": 1.5 + place,
                "participants": 3 + jst.number,
                "topic": f"Spotkanie {place + 1}",
                "task_codes": ["PRO-05"],
            }
            self.do(expert, "POST", path, body)
            self.ledger.tell("ActivityLogged", jst)
            jst.activities.append(body)
        body = {**jst.activities[0], "held_on": self.day(2)}
        self.refuse("activity-in-future", 422, expert, "POST", path, body)

    # --- schedules --------------------------------------------------------------------------------

    def write_hdrs(self) -> None:
        """Written incomplete and refused, then complete and handed in."""
        self.each(self._write_hdr, [j for j in self.ledger.qualified if j.hdr_id])

    def _write_hdr(self, jst: Jst) -> None:
        who, path = self.people[jst.id], f"/hdrs/{jst.hdr_id}"
        draft = who.get(path)
        assert draft["document"]["diagnosis_summary"] == texts.diagnosis(jst.number)
        complete = texts.hdr(jst.number, jst.unit.name, self.today)
        body = {"document": texts.unfinished_hdr(complete), "expected_version": draft["version"]}
        self.do(who, "PUT", f"{path}/document", body)
        refused = self.refuse("incomplete-hdr", 422, who, "POST", f"{path}/submit")
        assert refused.errors == texts.LACKS, refused.errors ^ texts.LACKS
        found = {(f["element"], f["rule"]) for f in who.get(path)["findings"]}
        assert found == texts.LACKS
        self.refuse("editors-only-in-editing", 409, self.editor, "PUT", f"{path}/document", body)
        self.do(who, "PUT", f"{path}/document", {"document": complete})
        options: dict[str, Any] = {}
        if jst.fate == "EDITING":
            who, options = self.staff, {"effective_at": self.moment(SUBMITTED_AGO)}
        self.do(who, "POST", f"{path}/submit", **options)
        self._submitted(jst)
        self._stage_done(jst)
        jst.document_in_work = complete

    def _submitted(self, jst: Jst) -> None:
        self.ledger.tell("HDRSubmitted", jst)
        jst.submissions += 1
        jst.hdr_state = "SUBMITTED"
        jst.milestones.add("HDR_SUBMITTED")

    def edit_and_publish(self) -> None:
        """Two editing steps, some schedules given back once, then publication."""
        self.each(self._edit_and_publish, [j for j in self.ledger.jst if j.fate == "PUBLISHED"])

    def _edit_and_publish(self, jst: Jst) -> None:
        path = f"/hdrs/{jst.hdr_id}"
        self.refuse("wrong-state", 409, self.editor, "POST", f"{path}/finish-proofreading")
        self._edit(jst, "start-editing")
        document = jst.document_in_work
        if jst.number % 3 == 0:
            document = self._give_back(jst, document)
        author = self.people[jst.id]
        body = {"document": document}
        self.refuse("authors-only-in-draft", 409, author, "PUT", f"{path}/document", body)
        document = document | {"main_goal": f"{document['main_goal']} (Po redakcji.)"}
        self.do(self.editor, "PUT", f"{path}/document", {"document": document})
        self._edit(jst, "finish-substantive-editing")
        self._edit(jst, "finish-proofreading")
        self.refuse("not-allowed", 403, self.editor, "POST", f"{path}/publish")
        self.do(self.staff, "POST", f"{path}/publish")
        self.ledger.tell("HDRPublished", jst)
        jst.hdr_state, jst.document, jst.unit_at_publication = "PUBLISHED", document, jst.now
        jst.milestones.add("HDR_PUBLISHED")

    def _edit(self, jst: Jst, step: str) -> None:
        self.do(self.editor, "POST", f"/hdrs/{jst.hdr_id}/{step}")
        self.ledger.tell("HDRStateChanged", jst)

    def _give_back(self, jst: Jst, document: dict[str, Any]) -> dict[str, Any]:
        path, author = f"/hdrs/{jst.hdr_id}", self.people[jst.id]
        body = {"reason": "Proszę doprecyzować kierunki."}
        self.do(self.editor, "POST", f"{path}/return", body)
        self.ledger.tell("HDRReturned", jst)
        assert author.get(path)["return_reason"] == body["reason"]
        document = document | {"implementation_directions": "Najpierw dane, w maju zespół."}
        self.do(author, "PUT", f"{path}/document", {"document": document})
        self.do(author, "POST", f"{path}/submit")
        self._submitted(jst)
        self._edit(jst, "start-editing")
        return document

    def set_directions(self) -> None:
        """Directions and tools; every second JST ends its cycle."""
        self.each(self._set_directions, [j for j in self.ledger.jst if j.fate == "PUBLISHED"])
        self.settle()

    def _set_directions(self, jst: Jst) -> None:
        expert = self.people[jst.team.members["ROS"].expert_id]
        path = f"/cycles/{jst.cycle_id}"
        eventually(
            lambda: self.staff.get(path)["current_stage"] == "DIRECTIONS",
            f"cycle {jst.cycle_id} to take note of the schedule",
        )
        body = {
            "directions": "Najpierw dane.",
            "tools": [{"name": "Tablica wskaźników", "reason": "Prosta"}],
        }
        self.do(expert, "POST", f"{path}/directions", body)
        self.ledger.tell("DirectionsSet", jst)
        self._stage_done(jst)
        if jst.number % 2 == 0:
            step = f"{path}/stages/IMPLEMENTATION_SUPPORT/complete"
            self.do(self.coordinators[jst.unit.voivodeship], "POST", step)
            self._stage_done(jst)
