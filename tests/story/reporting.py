"""End of the story: monitoring rounds, summaries, a schedule taken down."""

from __future__ import annotations

from typing import Any

from tests.story import texts
from tests.story.advising import WITHDRAWN, Advising
from tests.story.ledger import Jst, Record, Round
from tests.story.preparing import RENAMED

LATE, CORRECTED, CORRECTED_AFTER_CLOSING, SILENT = 1, 3, 2, RENAMED
"""Numbers of the JST that report late, correct themselves, or do not report."""
FIRST, SECOND = "runda-1", "runda-2"
HANDED_IN, IN_WORK = 3, 5
"""Numbers of the JST whose summaries are not published in the end."""


class Reporting(Advising):
    """Steps 9 to 11 of the programme."""

    def monitor(self) -> None:
        """A round with answers in time, late, corrected and missing; then another one, overdue."""
        ledger = self.ledger
        due = self.day(-3)
        first = self._open_round(FIRST, due, ledger.published)
        in_work = next(j for j in ledger.jst if j.fate == "EDITING")
        path = f"/rounds/{first.id}/records/{in_work.hdr_id}"
        body = texts.report(0, ledger.published[0].document, self.today, 1)
        self.refuse("not-in-round", 404, self.staff, "PUT", path, body)
        self.each(
            lambda jst: self._report(first, jst),
            [j for j in first.asked if j.number != SILENT],
        )
        self._report(first, ledger.jst[CORRECTED], revision=2)
        self.do(self.staff, "POST", f"/rounds/{first.id}/close")
        ledger.tell("RoundClosed", *first.asked)
        first.is_closed = True
        for jst in first.asked:
            if first.id in jst.records:
                jst.records[first.id].at_closing = len(jst.records[first.id].revisions)
        silent = ledger.jst[SILENT]
        path = f"/rounds/{first.id}/records/{silent.hdr_id}"
        body = texts.report(SILENT, silent.document, self.today, 1)
        self.refuse("round-closed", 409, self.people[silent.id], "PUT", path, body)
        self._report(first, ledger.jst[CORRECTED_AFTER_CLOSING], revision=2)
        second = self._open_round(SECOND, self.day(-9), ledger.published[:2])
        body = {"due_on": self.day(-2), "reason": "Święta"}
        self.do(self.staff, "POST", f"/rounds/{second.id}/move-due-date", body)
        ledger.tell("RoundDueDateMoved", *second.asked)
        second.due_on = body["due_on"]
        self._report(second, ledger.jst[0], revision=1)

    def _open_round(self, slug: str, due_on: Any, asked: list[Jst]) -> Round:
        body = {
            "edition_id": self.ledger.edition_id,
            "slug": slug,
            "name": f"Monitoring {slug}",
            "opens_on": self.day(-40),
            "due_on": due_on,
        }
        if asked != self.ledger.published:
            body["hdr_ids"] = [jst.hdr_id for jst in asked]
        round_id = self.do(self.staff, "POST", "/rounds", body)["id"]
        self.ledger.tell("RoundOpened", *asked)
        opened = Round(round_id, slug, due_on, asked)
        self.ledger.rounds[slug] = opened
        return opened

    def _report(self, round_: Round, jst: Jst, revision: int = 1) -> None:
        """Report; in time means before today: the office takes over what came by post."""
        path = f"/rounds/{round_.id}/records/{jst.hdr_id}"
        body = texts.report(jst.number, jst.document, self.today, revision)
        own = self.people[jst.id]
        if revision == 1:
            lacking = {**body, "actions": body["actions"][:-1]}
            refused = self.refuse("incomplete-report", 422, own, "PUT", path, lacking)
            assert ("actions", "ACTION_MISSING") in refused.errors
        who, options = own, {}
        if revision == 1 and jst.number != LATE:
            who, options = self.staff, {"effective_at": self.moment(-5)}
        self.do(who, "PUT", path, body, **options)
        self.ledger.tell("MonitoringRecorded", jst)
        record = jst.records.setdefault(round_.id, Record(is_late=jst.number == LATE))
        record.revisions.append(body)
        jst.milestones.add("MONITORED")

    def summarise(self) -> None:
        """Summaries of all three forms."""
        self.each(self._summarise, [j for j in self.ledger.published if j.number != WITHDRAWN])

    def _summarise(self, jst: Jst) -> None:
        who = self.people[jst.id]
        form = texts.FORMS[jst.number % len(texts.FORMS)]
        path = f"/hdrs/{jst.hdr_id}/summary"
        if jst.number == IN_WORK:
            other = texts.FORMS[(jst.number + 1) % len(texts.FORMS)]
            self.do(who, "POST", path, {"form": other})
            self.ledger.tell("SummaryFormChosen", jst)
        jst.summary_id = self.do(who, "POST", path, {"form": form})["id"]
        self.ledger.tell("SummaryFormChosen", jst)
        jst.summary_form, jst.summary_state = form, "DRAFT"
        path = f"/summaries/{jst.summary_id}"
        document = texts.summary(form, jst.number, jst.unit.name)
        self.do(who, "PUT", f"{path}/document", {"document": {"title": document["title"]}})
        refused = self.refuse("incomplete-summary", 422, who, "POST", f"{path}/submit")
        assert refused.errors
        if jst.number == IN_WORK:
            return
        self.do(who, "PUT", f"{path}/document", {"document": document})
        self._move_summary(jst, who, "submit", "SUBMITTED")
        if jst.number == HANDED_IN:
            return
        if jst.number == 0:
            body = {"reason": "Proszę o dane za cały rok."}
            self.do(self.editor, "POST", f"{path}/return", body)
            self.ledger.tell("SummaryStateChanged", jst)
            self._move_summary(jst, who, "submit", "SUBMITTED")
        self._move_summary(jst, self.editor, "approve", "APPROVED")
        self.do(self.staff, "POST", f"{path}/publish")
        self.ledger.tell("SummaryPublished", jst)
        jst.summary_state = "PUBLISHED"
        jst.milestones.add("SUMMARISED")

    def _move_summary(self, jst: Jst, who: Any, step: str, state: str) -> None:
        self.do(who, "POST", f"/summaries/{jst.summary_id}/{step}")
        self.ledger.tell("SummaryStateChanged", jst)
        jst.summary_state = state

    def take_one_down(self) -> None:
        """A published schedule is withdrawn: its address stays, with the reason."""
        jst = self.ledger.jst[WITHDRAWN]
        body = {"reason": "Błąd w danych"}
        self.do(self.staff, "POST", f"/hdrs/{jst.hdr_id}/withdraw", body)
        self.ledger.tell("HDRWithdrawn", jst)
        jst.hdr_state = "WITHDRAWN"
        jst.milestones.discard("HDR_PUBLISHED")
        entry = self.anyone.get(f"/catalogue/{jst.hdr_id}")
        assert entry["document"] is None
        assert entry["hdr"]["withdrawal_reason"] == body["reason"]
        path = f"/hdrs/{jst.hdr_id}/summary"
        form = {"form": texts.FORMS[0]}
        self.refuse("hdr-not-published", 409, self.people[jst.id], "POST", path, form)
        self.settle()
