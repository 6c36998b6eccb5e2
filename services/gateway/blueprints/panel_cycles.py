"""Advisory cycles: the list, one with all its work, and each step of the work as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as lazy

from services.gateway import labels
from services.gateway.clients import services
from services.gateway.i18n import format_number, localized
from services.gateway.i18n import gettext as _
from services.gateway.labels import Labels
from services.gateway.pages import Filter, Filters, choices, may_open
from services.gateway.panel import (
    Act,
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
    expert_names,
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
from services.gateway.projections import cycles as cycles_view
from services.gateway.projections.cycles import (
    CycleFilter,
    CycleRow,
    CycleState,
    assignments_of,
    find_cycle,
    stages_of,
)
from services.gateway.projections.teams import TeamFilter, list_teams
from services.gateway.rows_of_forms import change_rows, numbers_of, put_rows
from services.gateway.runtime import runtime
from shared.contracts.advisory import (
    AssignTeam,
    ChooseArea,
    CloseDiagnosis,
    CompleteStage,
    CycleAnswer,
    CycleQuery,
    LogActivity,
    RecordDiagnosis,
    SetDirections,
)
from shared.contracts.recruitment import SupportArea

blueprint = area("cycles")

OWN_WORK = ("AREA_CHOICE", "DIAGNOSIS", "HDR", "DIRECTIONS")
"""Stages that their work completes; any other is completed by saying so."""
DIAGNOSIS_PARTS = ("sources", "findings", "strengths", "difficulties")
TOOL_FIELDS = ("name", "reason")
TASKS: Labels = {
    "PRO-01": lazy("expert support in developing the organisation"),
    "PRO-02": lazy("raising awareness of the need to develop oneself and the organisation"),
    "PRO-03": lazy("help in diagnosing the development needs of staff and organisation"),
    "PRO-04": lazy("training JST staff in personal and social development"),
    "PRO-05": lazy("advice on writing and implementing education plans and HDRs"),
    "PRO-06": lazy("consultations while implementation is monitored"),
    "PRO-07": lazy("taking part in assessing the effects"),
    "PRO-08": lazy("inspiring innovation through own experience and good practices"),
    "PRO-09": lazy("encouraging staff to use the available methods and forms of support"),
    "PRO-10": lazy("supporting leadership skills of local education managers"),
    "PRO-11": lazy("showing how resources, above all IT tools, serve education management"),
    "PRO-12": lazy("building participatory management through debates and dialogue meetings"),
}
"""Tasks of PRO experts (domain handbook, section 6); those of ROS experts are not public."""


@blueprint.get("/panel/sprawy")
def list_cycles() -> Answered:
    """Cycles in the reader's scope."""
    filters = Filters(
        (
            Filter(
                "stan",
                _("State"),
                (("", _("all")), ("OPEN", _("open")), ("COMPLETED", _("completed"))),
            ),
            Filter("etap", _("Stage"), (("", _("all")), *_stages())),
            edition_filter(),
            region_filter(),
            kind_filter(),
            area_filter(),
            Filter(
                "team",
                _("Team"),
                (("", _("all")), ("tak", _("with a team")), ("nie", _("without a team"))),
            ),
            Filter("szukaj", _("JST: name, county or code")),
        )
    )
    state = filters["stan"]
    rows, paging = read_list(
        cycles_view.list_cycles,
        narrowed(
            CycleFilter,
            state=CycleState(state) if state else None,
            stage=filters["etap"],
            edition_id=as_uuid(filters["edycja"]),
            voivodeship=filters["woj"],
            kind=kind_of(filters),
            area_code=filters["obszar"],
            has_team={None: None, "tak": True, "nie": False}[filters["team"]],
            text=filters["szukaj"],
        ),
    )
    if wants_csv():
        return csv_answer(
            "sprawy",
            (
                _("TERYT code"),
                _("JST"),
                _("Kind"),
                _("Voivodeship"),
                _("Edition"),
                _("Stage"),
                _("In the stage since"),
                _("Support area"),
                _("Team"),
                _("Activities"),
                _("Hours"),
                _("Last activity"),
            ),
            (
                (
                    row.jst.code,
                    row.jst.name,
                    labels.jst_kind(row.jst),
                    labels.voivodeship(row.jst.voivodeship),
                    Names.edition(row.edition_id),
                    Names.stage(row.current_stage, row.edition_id)
                    if row.current_stage
                    else _("completed"),
                    row.stage_entered_at.date().isoformat(),
                    Names.area(row.area_code),
                    row.team_name,
                    row.activity_count,
                    format_number(row.activity_hours),
                    row.last_activity_on,
                )
                for row in rows
            ),
        )
    return render_template("cycles/list.html", filters=filters, rows=rows, paging=paging)


@blueprint.get("/panel/sprawy/<uuid:cycle_id>")
def show_cycle(cycle_id: UUID) -> str:
    """One cycle: its stages and what is next, team, diagnosis, directions, activities."""
    row = _row(cycle_id)
    answer = _answer(cycle_id)
    with reading() as connection:
        stages = stages_of(connection, cycle_id)
        assignments = assignments_of(connection, cycle_id)
    return render_template(
        "cycles/show.html",
        row=row,
        answer=answer,
        stages=stages,
        assignments=assignments,
        experts=expert_names(row.expert_ids),
        acts=_acts(row, answer),
        tasks=TASKS,
    )


@blueprint.route("/panel/sprawy/<uuid:cycle_id>/team", methods=["GET", "POST"])
def assign_team(cycle_id: UUID) -> Answered:
    """Give the JST a team of its edition and voivodeship; another one needs a reason."""
    row = _row(cycle_id)
    form = posted_or_empty({"team_id": request.args.get("team", "")})
    act = _act(
        row,
        _("Assign a team"),
        _("Assign"),
        lead=_("The team now: %(team)s.", team=row.team_name or "…") if row.team_id else "",
        reason=_("Reason for the change") if row.team_id else None,
    )
    if is_posted():
        data = {
            "cycle_id": cycle_id,
            "team_id": form.text("team_id") or None,
            "reason": form.text("reason") or None,
        }
        messages = {"team_id": _("Choose the team")}
        if form.send(services().advisory.assign_team, AssignTeam, data, messages=messages):
            return done(_("The team was assigned."), act.back)
    with reading() as connection:
        teams = list_teams(
            connection,
            TeamFilter(edition_id=row.edition_id, voivodeships=(row.jst.voivodeship,), limit=None),
        ).rows
    people = expert_names(id_ for t in teams for id_ in (t.ros_expert_id, t.pro_expert_id))
    items = [
        (
            str(team.team_id),
            team.name,
            _(
                "%(ros)s, %(pro)s; open cycles: %(cycles)s",
                ros=people.get(team.ros_expert_id, "–"),
                pro=people.get(team.pro_expert_id, "–"),
                cycles=team.open_cycles,
            ),
        )
        for team in sorted(teams, key=lambda team: team.open_cycles)
        if team.team_id != row.team_id
    ]
    return act_page(act, form, "cycles/team.html", items=items)


@blueprint.route("/panel/sprawy/<uuid:cycle_id>/obszar", methods=["GET", "POST"])
def choose_area(cycle_id: UUID) -> Answered:
    """Choose, or change until the diagnosis is closed, the support area."""
    row = _row(cycle_id)
    answer = _answer(cycle_id)
    form = posted_or_empty(
        {"area_code": answer.area_code or "", "expected_version": answer.version}
    )
    act = _act(
        row,
        _("Support area"),
        _("Save the choice"),
        lead=_("The area can be changed until the diagnosis is closed."),
    )
    if is_posted():
        code = form.text("area_code")
        data = {
            "cycle_id": cycle_id,
            "area_code": code or None,
            "reason": form.text("reason"),
            "other_candidate_areas": [
                other for other in form.texts("other_candidate_areas") if other != code
            ],
            "expected_version": form.number("expected_version"),
        }
        messages = {"area_code": _("Choose the support area")}
        if form.send(services().advisory.choose_area, ChooseArea, data, messages=messages):
            return done(_("The support area was saved."), act.back)
    areas = {a.code: f"{a.number}. {localized(a.name)}" for a in _areas(row)}
    newer = form.take_newer(lambda: _answer(cycle_id))
    return act_page(
        act,
        form,
        "cycles/area.html",
        areas=list(areas.items()),
        saved=[(_("Support area"), areas.get(newer.area_code or ""))] if newer else None,
    )


@blueprint.route("/panel/sprawy/<uuid:cycle_id>/diagnoza", methods=["GET", "POST"])
def record_diagnosis(cycle_id: UUID) -> Answered:
    """Save the diagnosis and the priorities, as often as needed until it is closed."""
    row = _row(cycle_id)
    answer = _answer(cycle_id)
    values: dict[str, Any] = {
        f"diagnosis.{part}": getattr(answer.diagnosis, part) if answer.diagnosis else ""
        for part in DIAGNOSIS_PARTS
    }
    values |= {"priorities": "\n".join(answer.priorities), "expected_version": answer.version}
    form = posted_or_empty(values)
    act = _act(
        row,
        _("Needs diagnosis"),
        _("Save the diagnosis"),
        lead=_("You can save and correct it as often as you need, until it is closed."),
    )
    if is_posted():
        data = {
            "cycle_id": cycle_id,
            "diagnosis": {part: form.text(f"diagnosis.{part}") for part in DIAGNOSIS_PARTS},
            "priorities": _lines(form.text("priorities")),
            "expected_version": form.number("expected_version"),
        }
        if form.send(
            services().advisory.record_diagnosis,
            RecordDiagnosis,
            data,
            messages=_diagnosis_messages(),
            fields={"priorities": "priorities"},
        ):
            return done(_("The diagnosis was saved."), act.back)
    newer = form.take_newer(lambda: _answer(cycle_id))
    return act_page(
        act, form, "cycles/diagnosis.html", saved=_diagnosis_facts(newer) if newer else None
    )


@blueprint.route("/panel/sprawy/<uuid:cycle_id>/diagnoza/zamknij", methods=["GET", "POST"])
def close_diagnosis(cycle_id: UUID) -> Answered:
    """Settle the diagnosis; from then on the HDR can be written."""
    row = _row(cycle_id)
    act = _act(
        row,
        _("Close the diagnosis"),
        _("Close the diagnosis"),
        consequences=(
            _("Diagnosis, priorities and support area are settled and cannot be changed."),
            _("The HDR opens, filled in with the diagnosis and the priorities."),
        ),
    )
    return confirm(
        act,
        services().advisory.close_diagnosis,
        CloseDiagnosis,
        {"cycle_id": cycle_id},
        said=_("The diagnosis was closed. The HDR can be written now."),
    )


@blueprint.route("/panel/sprawy/<uuid:cycle_id>/kierunki", methods=["GET", "POST"])
def set_directions(cycle_id: UUID) -> Answered:
    """Settle the directions of implementation with management tools."""
    row = _row(cycle_id)
    form = posted_or_empty(put_rows({}, "tools", [dict.fromkeys(TOOL_FIELDS, "")]))
    act = _act(
        row,
        _("Directions of implementation"),
        _("Settle the directions"),
        lead=_("They are settled once; this completes the stage."),
    )
    if is_posted() and not change_rows(form, {"tools": TOOL_FIELDS}):
        data = {
            "cycle_id": cycle_id,
            "directions": form.text("directions"),
            "tools": [
                {field: form.text(f"tools.{number}.{field}") for field in TOOL_FIELDS}
                for number in numbers_of(form, "tools")
            ],
        }
        if form.send(
            services().advisory.set_directions, SetDirections, data, messages=_tool_messages()
        ):
            return done(_("The directions were settled."), act.back)
    return act_page(act, form, "cycles/directions.html", tools=numbers_of(form, "tools"))


@blueprint.route("/panel/sprawy/<uuid:cycle_id>/etap/<stage>", methods=["GET", "POST"])
def complete_stage(cycle_id: UUID, stage: str) -> Answered:
    """Complete a stage that has no work of its own here."""
    row = _row(cycle_id)
    act = _act(
        row,
        _("Complete the stage"),
        _("Complete the stage"),
        lead=Names.stage(stage, row.edition_id),
    )
    return confirm(
        act,
        services().advisory.complete_stage,
        CompleteStage,
        {"cycle_id": cycle_id, "stage": stage},
        said=_("The stage was completed."),
    )


@blueprint.route("/panel/sprawy/<uuid:cycle_id>/aktywnosci/nowa", methods=["GET", "POST"])
def log_activity(cycle_id: UUID) -> Answered:
    """Log a meeting, training, consultation or remote support."""
    row = _row(cycle_id)
    form = posted_or_empty()
    if not is_posted():
        form.put_day("held_on", runtime().clock.today())
    act = _act(row, _("Log an activity"), _("Save the activity"))
    if is_posted():
        data = {
            "cycle_id": cycle_id,
            "form": form.text("form") or None,
            "held_on": form.day("held_on"),
            "hours": form.text("hours").replace(",", ".") or None,
            "participants": form.number("participants"),
            "topic": form.text("topic"),
            "task_codes": form.texts("task_codes"),
            "note": form.text("note"),
        }
        if form.send(
            services().advisory.log_activity, LogActivity, data, messages=_activity_messages()
        ):
            return done(_("The activity was saved."), act.back)
    return act_page(
        act,
        form,
        "cycles/activity.html",
        forms=choices(labels.ACTIVITY_FORMS),
        tasks=[(code, f"{code} {text}") for code, text in TASKS.items()],
    )


# --- what the pages are made of -------------------------------------------------------------------


def _row(cycle_id: UUID) -> CycleRow:
    with reading() as connection:
        return found(find_cycle(connection, cycle_id), "cycle", cycle_id)


def _answer(cycle_id: UUID) -> CycleAnswer:
    return services().advisory.get_cycle(CycleQuery(cycle_id=cycle_id))


def _act(row: CycleRow, title: str, button: str, **more: Any) -> Act:
    return Act(
        title=title,
        button=button,
        back=url_for(".show_cycle", cycle_id=row.cycle_id),
        caption=labels.jst_title(row.jst),
        **more,
    )


def _acts(row: CycleRow, answer: CycleAnswer) -> list[tuple[str, str]]:
    """What can be done next, the most needed first; who may is the permission table's."""
    here: Mapping[str, Any] = {"cycle_id": row.cycle_id}
    stage = answer.current_stage
    is_diagnosing = not answer.is_diagnosis_closed and stage != "AREA_CHOICE"
    wanted: list[tuple[bool, str, str, Mapping[str, Any]]] = [
        (stage is not None and row.team_id is None, "assign_team", _("Assign a team"), here),
        (answer.area_code is None, "choose_area", _("Choose the support area"), here),
        (
            is_diagnosing and answer.diagnosis is None,
            "record_diagnosis",
            _("Write the diagnosis"),
            here,
        ),
        (
            is_diagnosing and answer.diagnosis is not None,
            "close_diagnosis",
            _("Close the diagnosis"),
            here,
        ),
        (
            is_diagnosing and answer.diagnosis is not None,
            "record_diagnosis",
            _("Correct the diagnosis"),
            here,
        ),
        (
            answer.directions is None and stage == "DIRECTIONS",
            "set_directions",
            _("Settle the directions"),
            here,
        ),
        (
            stage is not None and stage not in OWN_WORK,
            "complete_stage",
            _("Complete the stage"),
            {**here, "stage": stage},
        ),
        (row.team_id is not None, "log_activity", _("Log an activity"), here),
        (
            answer.area_code is not None and not answer.is_diagnosis_closed,
            "choose_area",
            _("Change the support area"),
            here,
        ),
        (stage is not None and row.team_id is not None, "assign_team", _("Change the team"), here),
    ]
    return [
        (url_for(f".{endpoint}", **values), text)
        for is_possible, endpoint, text, values in wanted
        if is_possible and may_open(f"cycles.{endpoint}")
    ]


def _stages() -> tuple[tuple[str, str], ...]:
    """Every stage of any edition."""
    known = {
        stage.code: localized(stage.name)
        for edition in reversed(all_editions().values())
        for stage in edition.configuration.stages
    }
    return tuple(known.items())


def _areas(row: CycleRow) -> tuple[SupportArea, ...]:
    edition = all_editions().get(row.edition_id)
    return edition.configuration.areas if edition else ()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _diagnosis_facts(answer: CycleAnswer) -> list[tuple[str, str]]:
    saved = answer.diagnosis
    if saved is None:
        return []
    return [
        (_("Sources"), saved.sources),
        (_("Findings"), saved.findings),
        (_("Strengths"), saved.strengths),
        (_("Difficulties"), saved.difficulties),
        (_("Development priorities"), "; ".join(answer.priorities)),
    ]


def _diagnosis_messages() -> dict[str, str]:
    messages = {
        "diagnosis.sources": _("Enter the sources"),
        "diagnosis.findings": _("Enter what was found"),
        "diagnosis.strengths": _("Enter the strengths"),
        "diagnosis.difficulties": _("Enter the difficulties"),
        "priorities": _("Enter one to ten priorities, each in a line"),
    }
    too_long = _("A priority has at most 200 characters")
    return messages | {f"priorities.{number}": too_long for number in range(10)}


def _tool_messages() -> dict[str, str]:
    messages = {
        "directions": _("Describe the directions of implementation"),
        "tools": _("Add at least one management tool"),
    }
    for number in range(20):
        messages[f"tools.{number}.name"] = _("Tool %(number)s: enter its name", number=number + 1)
        messages[f"tools.{number}.reason"] = _(
            "Tool %(number)s: say why it was chosen", number=number + 1
        )
    return messages


def _activity_messages() -> dict[str, str]:
    return {
        "form": _("Choose the form of support"),
        "held_on": _("Enter the day"),
        "hours": _("Enter hours in quarters, for example 1.5 or 2.25"),
        "participants": _("Enter how many people took part, from 1 to 1000"),
        "topic": _("Enter the topic in at most 200 characters"),
    }
