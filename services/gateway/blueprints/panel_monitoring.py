"""Monitoring: rounds, who has answered, and the answering form of one HDR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, url_for

from services.gateway import labels
from services.gateway.auth import principal
from services.gateway.clients import services
from services.gateway.i18n import format_day, language, ngettext
from services.gateway.i18n import gettext as _
from services.gateway.pages import Filter, Filters, choices, may_open
from services.gateway.panel import (
    Act,
    ActForm,
    Answered,
    Names,
    act_page,
    all_editions,
    area,
    area_filter,
    as_uuid,
    confirm,
    csv_answer,
    done,
    edition_filter,
    edition_title,
    found,
    is_posted,
    kind_filter,
    kind_of,
    narrowed,
    posted_or_empty,
    read_list,
    reading,
    region_filter,
    wants_csv,
)
from services.gateway.projections import monitoring as monitoring_view
from services.gateway.projections.monitoring import (
    RecordFilter,
    RoundFilter,
    RoundRow,
    find_round,
    list_records,
)
from services.gateway.runtime import runtime
from services.gateway.scope import list_scope
from shared.contracts.monitoring import (
    ActionReport,
    ActionState,
    IndicatorResult,
    MonitoredAction,
    MonitoredIndicator,
    MoveRoundDueDate,
    OpenRound,
    RecordAnswer,
    RecordMonitoring,
    RecordQuery,
    RoundRequest,
)

blueprint = area("monitoring")

FACTORS = ("helping_factors", "hindering_factors", "changes_made", "support_needed")
ANSWERED = {
    "tak": {"is_recorded": True},
    "nie": {"is_recorded": False},
    "po-terminie": {"is_late": True},
}


@dataclass(frozen=True)
class Reported:
    """What an HDR was asked, each with what it reported, and its texts under their headings."""

    actions: list[tuple[MonitoredAction, ActionReport | None]]
    indicators: list[tuple[MonitoredIndicator, IndicatorResult | None]]
    factors: list[tuple[str, str]]

    @classmethod
    def of(cls, answer: RecordAnswer) -> Reported:
        """As monitoring answered."""
        actions = {report.key: report for report in answer.actions}
        indicators = {result.key: result for result in answer.indicators}
        headings = {
            "helping_factors": _("What helped"),
            "hindering_factors": _("What hindered"),
            "changes_made": _("Changes made to the HDR"),
            "support_needed": _("Support still needed"),
        }
        return cls(
            [(action, actions.get(action.key)) for action in answer.hdr.actions],
            [(one, indicators.get(one.key)) for one in answer.hdr.indicators],
            [(headings[name], getattr(answer, name)) for name in FACTORS],
        )


@blueprint.get("/panel/monitoring")
def list_rounds() -> Answered:
    """Rounds with how many have answered in the reader's regions."""
    filters = Filters((edition_filter(),))
    regions = list_scope(principal().scope)["voivodeships"]
    rows, paging = read_list(
        monitoring_view.list_rounds,
        RoundFilter(edition_id=as_uuid(filters["edycja"]), voivodeships=regions),
    )
    return render_template(
        "monitoring/rounds.html",
        filters=filters,
        rows=rows,
        paging=paging,
        today=runtime().clock.today(),
    )


@blueprint.get("/panel/monitoring/<uuid:round_id>")
def show_round(round_id: UUID) -> Answered:
    """One round: who has answered, who has not."""
    row = _round(round_id)
    filters = Filters(
        (
            Filter(
                "odpowiedz",
                _("Answer"),
                (
                    ("", _("all")),
                    ("nie", _("not answered")),
                    ("tak", _("answered")),
                    ("po-terminie", _("answered late")),
                ),
            ),
            region_filter(),
            kind_filter(),
            area_filter(),
            Filter("szukaj", _("JST: name, county or code")),
        )
    )
    answered = ANSWERED.get(filters["odpowiedz"] or "", {})
    rows, paging = read_list(
        list_records,
        narrowed(
            RecordFilter,
            round_id=round_id,
            voivodeship=filters["woj"],
            kind=kind_of(filters),
            area_code=filters["obszar"],
            text=filters["szukaj"],
            **answered,
        ),
    )
    if wants_csv():
        return csv_answer(
            f"monitoring-{row.slug}",
            (
                _("TERYT code"),
                _("JST"),
                _("Kind"),
                _("Voivodeship"),
                _("Support area"),
                _("Title"),
                _("Answered"),
                _("Late"),
                _("Revision"),
                _("When"),
            ),
            (
                (
                    one.jst.code,
                    one.jst.name,
                    labels.jst_kind(one.jst),
                    labels.voivodeship(one.jst.voivodeship),
                    Names.area(one.area_code),
                    one.title,
                    _("yes") if one.is_recorded else _("no"),
                    _("yes") if one.is_late else _("no"),
                    one.revision,
                    one.recorded_at.isoformat() if one.recorded_at else "",
                )
                for one in rows
            ),
        )
    return render_template(
        "monitoring/round.html",
        row=row,
        filters=filters,
        rows=rows,
        paging=paging,
        today=runtime().clock.today(),
    )


@blueprint.route("/panel/monitoring/nowa", methods=["GET", "POST"])
def open_round() -> Answered:
    """Open a round about all published HDRs of an edition."""
    form = posted_or_empty({"edition_id": next((str(e) for e in all_editions()), "")})
    if not is_posted():
        form.put_day("opens_on", runtime().clock.today())
    act = Act(
        title=_("New monitoring round"),
        button=_("Open the round"),
        back=url_for(".list_rounds"),
        lead=_("The round asks about all HDRs of the edition that are published now."),
    )
    if is_posted():
        data = {
            "edition_id": form.text("edition_id") or None,
            "slug": form.text("slug"),
            "name": form.text("name"),
            "opens_on": form.day("opens_on"),
            "due_on": form.day("due_on"),
        }
        messages = {
            "edition_id": _("Choose the edition"),
            "slug": _("Enter the address: small letters without accents, digits and hyphens"),
            "name": _("Enter the name of the round"),
            "opens_on": _("Enter the first day"),
            "due_on": _("Enter the day by which answers are due"),
        }
        answer = form.send(services().monitoring.open_round, OpenRound, data, messages=messages)
        if answer is not None:
            return done(
                _("The monitoring round was opened."), url_for(".show_round", round_id=answer.id)
            )
    editions = [(str(e.edition_id), edition_title(e)) for e in all_editions().values()]
    return act_page(act, form, "monitoring/open.html", editions=editions)


@blueprint.route("/panel/monitoring/<uuid:round_id>/termin", methods=["GET", "POST"])
def move_due_date(round_id: UUID) -> Answered:
    """Give more time."""
    row = _round(round_id)
    form = posted_or_empty()
    act = Act(
        title=_("Give more time"),
        caption=row.name,
        button=_("Move the due day"),
        back=url_for(".show_round", round_id=round_id),
        lead=_(
            "Answers are due on %(day)s; the day can only become later.", day=format_day(row.due_on)
        ),
        reason=_("Reason"),
    )
    if is_posted():
        day = form.day("due_on")
        if day is None:
            form.add_error("due_on", _("Enter the new day"))
        data = {
            "round_id": round_id,
            "due_on": day,
            "reason": form.require("reason", _("Give the reason")),
        }
        if form.send(services().monitoring.move_round_due_date, MoveRoundDueDate, data):
            return done(_("The due day was moved."), act.back)
    return act_page(act, form, "monitoring/due.html")


@blueprint.route("/panel/monitoring/<uuid:round_id>/zamknij", methods=["GET", "POST"])
def close_round(round_id: UUID) -> Answered:
    """End a round."""
    row = _round(round_id)
    missing = row.asked - row.recorded
    act = Act(
        title=_("Close the round"),
        caption=row.name,
        button=_("Close the round"),
        back=url_for(".show_round", round_id=round_id),
        consequences=(
            ngettext(
                "%(num)s HDR has not answered, and no longer can.",
                "%(num)s HDRs have not answered, and no longer can.",
                missing,
            ),
            _("Who answered can still correct; the report shows what changed after the closing."),
        ),
        is_warning=True,
    )
    return confirm(
        act,
        services().monitoring.close_round,
        RoundRequest,
        {"round_id": round_id},
        said=_("The monitoring round was closed."),
    )


@blueprint.get("/panel/monitoring/<uuid:round_id>/<uuid:hdr_id>")
def show_record(round_id: UUID, hdr_id: UUID) -> str:
    """What a round asked one HDR, and what it reported."""
    answer = _answer(round_id, hdr_id)
    can_answer = may_open("monitoring.answer") and (
        answer.is_recorded or not answer.is_round_closed
    )
    return render_template(
        "monitoring/record.html",
        answer=answer,
        report=Reported.of(answer),
        can_answer=can_answer,
        round_id=round_id,
        today=runtime().clock.today(),
    )


@blueprint.route(
    "/panel/monitoring/<uuid:round_id>/<uuid:hdr_id>/odpowiedz", methods=["GET", "POST"]
)
def answer(round_id: UUID, hdr_id: UUID) -> Answered:
    """Report on each action and indicator of one HDR, or correct the report."""
    asked = _answer(round_id, hdr_id)
    form = posted_or_empty(_first_values(asked))
    act = Act(
        title=_("Monitoring: %(round)s", round=asked.round_name),
        caption=labels.jst_title(asked.hdr.jst),
        button=_("Correct the report") if asked.is_recorded else _("Send the report"),
        back=url_for(".show_record", round_id=round_id, hdr_id=hdr_id),
        lead=asked.hdr.title,
    )
    newer: RecordAnswer | None = None
    if is_posted():
        data = _report(form, asked)
        if form.send(
            services().monitoring.record_monitoring,
            RecordMonitoring,
            data,
            messages=_messages(asked),
        ):
            return done(_("The report was saved. Thank you."), act.back)
        newer = form.take_newer(lambda: _answer(round_id, hdr_id))
    return act_page(
        act,
        form,
        "monitoring/answer.html",
        asked=asked,
        newer=Reported.of(newer) if newer else None,
        states=choices(labels.ACTION_STATES),
        today=runtime().clock.today(),
    )


def _round(round_id: UUID) -> RoundRow:
    regions = list_scope(principal().scope)["voivodeships"]
    with reading() as connection:
        return found(find_round(connection, round_id, regions), "round", round_id)


def _answer(round_id: UUID, hdr_id: UUID) -> RecordAnswer:
    return services().monitoring.get_record(RecordQuery(round_id=round_id, hdr_id=hdr_id))


def _first_values(asked: RecordAnswer) -> dict[str, Any]:
    """The form with the newest report, if there is one."""
    actions = {report.key: report for report in asked.actions}
    indicators = {result.key: result for result in asked.indicators}
    values: dict[str, Any] = {name: getattr(asked, name) for name in FACTORS}
    values["expected_version"] = str(asked.version or 0)
    for number, action in enumerate(asked.hdr.actions):
        report = actions.get(action.key)
        if report is None:
            continue
        row = f"actions.{number}"
        values |= {f"{row}.state": report.state.value, f"{row}.reason": report.reason or ""}
        if report.new_date:
            values |= {
                f"{row}.new_date-{part}": str(getattr(report.new_date, part))
                for part in ("day", "month", "year")
            }
    for number, indicator in enumerate(asked.hdr.indicators):
        result = indicators.get(indicator.key)
        if result is not None and result.value is not None:
            values[f"indicators.{number}.value"] = _written(result.value)
    return values


def _report(form: ActForm, asked: RecordAnswer) -> dict[str, Any]:
    """The report as it was typed; reason and new day only where the state asks for them."""
    actions = []
    for number, action in enumerate(asked.hdr.actions):
        row = f"actions.{number}"
        state = form.require(
            f"{row}.state", _("Action %(key)s: choose how far it has come", key=action.key)
        )
        actions.append(
            {
                "key": action.key,
                "state": state,
                "reason": form.text(f"{row}.reason") or None,
                "new_date": form.day(f"{row}.new_date") if state == ActionState.POSTPONED else None,
            }
        )
    indicators = [
        {"key": one.key, "value": _number(form, f"indicators.{number}.value", one.key)}
        for number, one in enumerate(asked.hdr.indicators)
    ]
    return {
        "round_id": asked.round_id,
        "hdr_id": asked.hdr.hdr_id,
        "actions": actions,
        "indicators": indicators,
        "expected_version": form.number("expected_version"),
        **{name: form.text(name) for name in FACTORS},
    }


def _number(form: ActForm, name: str, key: str) -> float | None:
    text = form.text(name).replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        form.add_error(name, _("Indicator %(key)s: enter a number, or leave it empty", key=key))
        return None


def _written(value: float) -> str:
    text = str(int(value)) if value.is_integer() else str(value)
    return text.replace(".", ",") if language() == "pl" else text


def _messages(asked: RecordAnswer) -> dict[str, str]:
    return {
        f"actions.{number}.state": _("Action %(key)s: choose how far it has come", key=action.key)
        for number, action in enumerate(asked.hdr.actions)
    }
