"""The roster of experts: who is available, in which teams, and the end of availability."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, url_for
from flask_babel import lazy_gettext as lazy

from services.gateway import labels
from services.gateway.auth import principal
from services.gateway.clients import services
from services.gateway.i18n import gettext as _
from services.gateway.labels import Labels
from services.gateway.pages import Filter, Filters, Paging, choices
from services.gateway.panel import (
    Act,
    Answered,
    act_page,
    area,
    csv_answer,
    done,
    expert_names,
    found,
    is_posted,
    posted_or_empty,
    reading,
    region_filter,
    wants_csv,
)
from services.gateway.projections.cycles import CycleFilter, list_cycles
from services.gateway.projections.roster import ExpertFilter, find_expert
from services.gateway.projections.roster import list_experts as list_roster
from services.gateway.projections.teams import TeamFilter, list_teams
from services.gateway.scope import list_scope
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import ExpertAnswer, ExpertsQuery, RemoveExpert

blueprint = area("experts")

MOST_AT_ONCE = 500
LEAVING_REASONS: Labels = {
    "RESIGNED": lazy("the expert resigned"),
    "UNAVAILABLE": lazy("the expert is not available for a long time"),
    "COOPERATION_ENDED": lazy("the programme ended the cooperation"),
    "OTHER": lazy("another reason"),
}


@blueprint.get("/panel/eksperci")
def list_experts() -> Answered:
    """The roster with names, of the reader's regions, and how busy each expert is."""
    filters = Filters(
        (
            Filter("rola", _("Role"), (("", _("all")), ("ROS", "ROS"), ("PRO", "PRO"))),
            region_filter(),
            Filter("szukaj", _("Name")),
        )
    )
    role = filters["rola"]
    region = (filters["woj"],) if filters["woj"] else None
    query = ExpertsQuery(
        role=ExpertRole(role) if role else None,
        voivodeships=list_scope(principal().scope, region)["voivodeships"],
        text=filters["szukaj"][:200] if filters["szukaj"] else None,
        limit=1,
    )
    rows, paging = _page(query)
    with reading() as connection:
        busy = {
            row.expert_id: row
            for row in list_roster(
                connection,
                ExpertFilter(
                    expert_ids=tuple(row.expert_id for row in rows), is_active=None, limit=None
                ),
            ).rows
        }
    if wants_csv():
        return csv_answer(
            "eksperci",
            (
                _("Full name"),
                _("E-mail address"),
                _("Role"),
                _("Voivodeship"),
                _("Employer"),
                _("Hours of training"),
                _("Teams"),
                _("Open cycles"),
                _("Available"),
            ),
            (
                (
                    row.full_name,
                    row.email,
                    row.role.value,
                    labels.voivodeship(row.voivodeship),
                    row.employer_jst.name if row.employer_jst else "",
                    row.training_hours,
                    busy[row.expert_id].teams if row.expert_id in busy else "",
                    busy[row.expert_id].open_cycles if row.expert_id in busy else "",
                    _("yes") if row.is_active else _("no"),
                )
                for row in rows
            ),
        )
    return render_template(
        "experts/list.html", filters=filters, rows=rows, paging=paging, busy=busy
    )


@blueprint.get("/panel/eksperci/<uuid:expert_id>")
def show_expert(expert_id: UUID) -> str:
    """One expert: contact, training, teams, the cycles they advise."""
    with reading() as connection:
        row = found(find_expert(connection, expert_id), "expert", expert_id)
        teams = list_teams(
            connection, TeamFilter(expert_id=expert_id, is_dissolved=None, limit=None)
        ).rows
        cycles = list_cycles(connection, CycleFilter(expert_id=expert_id, limit=None)).rows
    answer = services().recruitment.list_experts(ExpertsQuery(expert_ids=(expert_id,))).experts
    return render_template(
        "experts/show.html",
        row=row,
        answer=answer[0] if answer else None,
        teams=teams,
        cycles=cycles,
        leaving_reason=labels.label(LEAVING_REASONS, row.leaving_reason_code),
    )


@blueprint.route("/panel/eksperci/<uuid:expert_id>/odejscie", methods=["GET", "POST"])
def remove_expert(expert_id: UUID) -> Answered:
    """Take an expert off the roster; the teams keep their members until they are replaced."""
    with reading() as connection:
        row = found(find_expert(connection, expert_id), "expert", expert_id)
    form = posted_or_empty()
    act = Act(
        title=_("Take the expert off the roster"),
        caption=expert_names([expert_id]).get(expert_id, ""),
        button=_("Take off the roster"),
        back=url_for(".show_expert", expert_id=expert_id),
        lead=_(
            "The expert can join no more teams. In a team of today they stay until somebody "
            "replaces them."
        ),
        is_warning=True,
    )
    if is_posted():
        data = {"expert_id": expert_id, "reason_code": form.text("reason_code")}
        messages = {"reason_code": _("Choose the reason")}
        if form.send(services().recruitment.remove_expert, RemoveExpert, data, messages=messages):
            return done(_("The expert was taken off the roster."), act.back)
    return act_page(act, form, "experts/remove.html", row=row, reasons=choices(LEAVING_REASONS))


def _page(query: ExpertsQuery) -> tuple[list[ExpertAnswer], Paging]:
    ask = services().recruitment.list_experts
    paging = Paging(ask(query).total)
    if not wants_csv():
        step = {"offset": paging.offset, "limit": paging.limit}
        return list(ask(query.model_copy(update=step)).experts), paging
    rows: list[ExpertAnswer] = []
    while len(rows) < paging.total:
        step = {"offset": len(rows), "limit": MOST_AT_ONCE}
        page = ask(query.model_copy(update=step)).experts
        if not page:
            break
        rows += page
    return rows, paging
