"""Advisory teams: one ROS and one PRO expert of a voivodeship."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, url_for

from services.gateway import labels
from services.gateway.auth import principal
from services.gateway.clients import services
from services.gateway.errors import OutOfScopeError
from services.gateway.i18n import gettext as _
from services.gateway.pages import Filter, Filters, voivodeship_choices
from services.gateway.panel import (
    Act,
    ActForm,
    Answered,
    Names,
    act_page,
    all_editions,
    area,
    as_uuid,
    confirm,
    csv_answer,
    done,
    edition_filter,
    edition_title,
    expert_names,
    found,
    is_posted,
    narrowed,
    posted_or_empty,
    read_list,
    reading,
    region_filter,
    wants_csv,
)
from services.gateway.projections import teams as teams_view
from services.gateway.projections.cycles import CycleFilter, CycleState, list_cycles
from services.gateway.projections.roster import ExpertFilter
from services.gateway.projections.roster import list_experts as list_roster
from services.gateway.projections.teams import TeamFilter, TeamRow, find_team, member_history
from services.gateway.scope import Belonging, belongs
from shared.contracts.advisory import DissolveTeam, FormTeam, ReplaceTeamMember
from shared.contracts.base import ExpertRole

blueprint = area("teams")


@blueprint.get("/panel/teamy")
def list_teams() -> Answered:
    """Teams of the reader's regions with their members and how many cycles they advise."""
    filters = Filters(
        (
            edition_filter(),
            region_filter(),
            Filter(
                "stan",
                _("State"),
                (("", _("at work")), ("rozwiazane", _("dissolved")), ("wszystkie", _("all"))),
            ),
            Filter("szukaj", _("Name of the team")),
        )
    )
    states = {None: False, "rozwiazane": True, "wszystkie": None}
    rows, paging = read_list(
        teams_view.list_teams,
        narrowed(
            TeamFilter,
            edition_id=as_uuid(filters["edycja"]),
            voivodeship=filters["woj"],
            is_dissolved=states[filters["stan"]],
            text=filters["szukaj"],
        ),
    )
    people = expert_names(id_ for row in rows for id_ in (row.ros_expert_id, row.pro_expert_id))
    if wants_csv():
        return csv_answer(
            "teamy",
            (
                _("Name"),
                _("Edition"),
                _("Voivodeship"),
                "ROS",
                "PRO",
                _("Open cycles"),
                _("Formed on"),
                _("Dissolved on"),
            ),
            (
                (
                    row.name,
                    Names.edition(row.edition_id),
                    labels.voivodeship(row.voivodeship),
                    people.get(row.ros_expert_id, ""),
                    people.get(row.pro_expert_id, ""),
                    row.open_cycles,
                    row.formed_at.date().isoformat(),
                    row.dissolved_at.date().isoformat() if row.dissolved_at else "",
                )
                for row in rows
            ),
        )
    return render_template(
        "teams/list.html", filters=filters, rows=rows, paging=paging, people=people
    )


@blueprint.get("/panel/teamy/<uuid:team_id>")
def show_team(team_id: UUID) -> str:
    """One team: members then and now, the JST it advises."""
    with reading() as connection:
        row = found(find_team(connection, team_id), "team", team_id)
        history = member_history(connection, team_id)
        cycles = list_cycles(connection, narrowed(CycleFilter, team_id=team_id, limit=None)).rows
        waiting = list_cycles(
            connection,
            narrowed(
                CycleFilter,
                edition_id=row.edition_id,
                voivodeship=row.voivodeship,
                has_team=False,
                state=CycleState.OPEN,
                limit=None,
            ),
        ).rows
    return render_template(
        "teams/show.html",
        row=row,
        history=history,
        cycles=cycles,
        waiting=waiting,
        people=expert_names(member.expert_id for member in history),
    )


@blueprint.route("/panel/teamy/nowy", methods=["GET", "POST"])
def form_team() -> Answered:
    """Form a team: first edition and voivodeship, then its two experts among those who can."""
    edition_id, region = as_uuid(request.args.get("edycja")), request.args.get("woj", "")
    edition = all_editions().get(edition_id) if edition_id else None
    if edition is None or region not in edition.configuration.voivodeships:
        return _choose_place(edition_id, region)
    if not belongs(principal().scope, Belonging(region)):
        raise OutOfScopeError(field="voivodeship")
    form = posted_or_empty()
    act = Act(
        title=_("Form a team"),
        caption=f"{edition_title(edition)}, {labels.voivodeship(region)}",
        button=_("Form the team"),
        back=url_for(".list_teams"),
        lead=_("A team is exactly one ROS and one PRO expert of its voivodeship."),
    )
    if is_posted():
        answer = form.send(
            services().advisory.form_team,
            FormTeam,
            {
                "edition_id": edition_id,
                "name": form.text("name") or None,
                "voivodeship": region,
                "ros_expert_id": form.text("ros_expert_id") or None,
                "pro_expert_id": form.text("pro_expert_id") or None,
            },
            messages={
                "name": _("Enter the name of the team"),
                "ros_expert_id": _("Choose the ROS expert"),
                "pro_expert_id": _("Choose the PRO expert"),
            },
        )
        if answer is not None:
            return done(_("The team was formed."), url_for(".show_team", team_id=answer.id))
    return act_page(
        act,
        form,
        "teams/form.html",
        act_action=request.full_path,
        ros=_experts(ExpertRole.ROS, region),
        pro=_experts(ExpertRole.PRO, region),
    )


@blueprint.route(
    "/panel/teamy/<uuid:team_id>/czlonek/<any(ROS, PRO):role>", methods=["GET", "POST"]
)
def replace_member(team_id: UUID, role: str) -> Answered:
    """Give one slot of a team to another expert of that role."""
    row = _team(team_id)
    slot = ExpertRole(role)
    present = row.ros_expert_id if slot is ExpertRole.ROS else row.pro_expert_id
    form = posted_or_empty()
    act = Act(
        title=_("Replace the %(role)s expert", role=role),
        caption=row.name,
        button=_("Replace"),
        back=url_for(".show_team", team_id=team_id),
        lead=_("In the team now: %(name)s.", name=expert_names([present]).get(present, "–")),
        reason=_("Reason"),
    )
    if is_posted():
        data = {
            "team_id": team_id,
            "role": role,
            "expert_id": form.text("expert_id") or None,
            "reason": form.require("reason", _("Give the reason")),
        }
        messages = {"expert_id": _("Choose the expert")}
        if form.send(
            services().advisory.replace_team_member, ReplaceTeamMember, data, messages=messages
        ):
            return done(_("The member was replaced."), act.back)
    people = [item for item in _experts(slot, row.voivodeship) if item[0] != str(present)]
    return act_page(act, form, "teams/replace.html", people=people)


@blueprint.route("/panel/teamy/<uuid:team_id>/rozwiaz", methods=["GET", "POST"])
def dissolve_team(team_id: UUID) -> Answered:
    """End a team that advises no open cycle."""
    row = _team(team_id)
    act = Act(
        title=_("Dissolve the team"),
        caption=row.name,
        button=_("Dissolve"),
        back=url_for(".show_team", team_id=team_id),
        lead=_("A team that advises an open cycle cannot be dissolved."),
        reason=_("Reason"),
        is_warning=True,
    )
    return confirm(
        act,
        services().advisory.dissolve_team,
        DissolveTeam,
        {"team_id": team_id},
        said=_("The team was dissolved."),
    )


def _team(team_id: UUID) -> TeamRow:
    with reading() as connection:
        return found(find_team(connection, team_id), "team", team_id)


def _choose_place(edition_id: UUID | None, region: str) -> Answered:
    """The first page of forming a team; its answer stands in the address."""
    own = principal().scope.voivodeships or None
    form = ActForm({"edycja": str(edition_id or next(iter(all_editions()), "")), "woj": region})
    if is_posted():
        return redirect(url_for(".form_team"))
    if request.args.get("dalej"):
        form.add_error("woj", _("Choose a voivodeship of this edition"))
    return render_template(
        "teams/place.html",
        form=form,
        editions=[(str(e.edition_id), edition_title(e)) for e in all_editions().values()],
        regions=voivodeship_choices(own),
    )


def _experts(role: ExpertRole, region: str) -> list[tuple[str, str, str]]:
    """Available experts of a role and voivodeship, the least busy first, as choices."""
    with reading() as connection:
        rows = list_roster(
            connection, ExpertFilter(role=role, voivodeships=(region,), limit=None)
        ).rows
    people = expert_names(row.expert_id for row in rows)
    ordered = sorted(rows, key=lambda row: (row.open_cycles, row.teams))
    return [
        (
            str(row.expert_id),
            people.get(row.expert_id) or _("(no name)"),
            _("teams: %(teams)s, open cycles: %(cycles)s", teams=row.teams, cycles=row.open_cycles)
            + (f"; {labels.jst_title(row.employer_jst)}" if row.employer_jst else ""),
        )
        for row in ordered
    ]
