"""Every page of the platform with examples of it: a page without an entry here fails a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from services.gateway.accounts import Role
from services.gateway.app import create_app
from services.gateway.permissions import PERMISSIONS
from services.gateway.settings import GatewaySettings
from shared.kernel.database import Database
from tests.e2e import visiting
from tests.e2e.demo import Demo

Values = dict[str, Any]
Examples = Callable[[Demo], Iterable[Values]]

ACCOUNTS = {
    Role.PROGRAMME_STAFF: visiting.STAFF,
    Role.COORDINATOR: visiting.COORDINATOR,
    Role.EDITOR: visiting.EDITOR,
    Role.OPERATOR: visiting.OPERATOR,
    Role.EXPERT: visiting.EXPERT,
    Role.JST: visiting.JST,
}
"""An account of each role, from the one that sees most."""

FOR_MACHINES = frozenset(
    {"static", "health.live", "health.ready", "health.metrics", "catalogue.show_json"}
)
"""Answers that are no pages; so are those of the API, but for its documentation."""

BEHIND_A_FORM = frozenset(
    {
        "application_form.ask_to_discard",
        "application_form.check_answers",
        "application_form.show_receipt",
    }
)
"""Pages that a visitor sees only after filling in a form: the candidate's tests look at them."""
WHEN_PARKED = frozenset(
    f"operations.{name}"
    for name in (
        "discard_parked",
        "replay_all",
        "replay_parked",
        "replay_subject",
        "show_parked",
    )
)
"""Pages about a parked message; the demonstration has none: the operator's test looks at them."""


def the_place(_demo: Demo) -> Iterable[Values]:
    """An address without parts that vary."""
    return [{}]


def call(**query: Any) -> Examples:
    """A call by its id."""
    return lambda demo: [{"call_id": demo.call(**query)["call_id"]}]


def call_page(**query: Any) -> Examples:
    """A call by its place in the public part."""
    return lambda demo: [{"slug": demo.call(**query)["slug"]}]


def draft(demo: Demo) -> Iterable[Values]:
    """A call that is being prepared."""
    return [{"call_id": demo.draft["id"]}]


def application(**query: Any) -> Examples:
    """An application by its id."""
    return lambda demo: [{"application_id": demo.one("/applications", **query)["application_id"]}]


def sent_application(demo: Demo) -> Iterable[Values]:
    """A candidate's own application, by the personal link."""
    sent = demo.sent_application
    return [{"application_id": sent["application_id"], "klucz": sent["access_key"]}]


def form_steps(demo: Demo) -> Iterable[Values]:
    """Every page of the form of a JST, and those that only experts fill in."""
    of_jst = demo.call(state="OPEN", kind="JST")["slug"]
    of_expert = demo.call(state="OPEN", kind="ROS")["slug"]
    closed = demo.call(state="ASSESSING")["slug"]
    return [
        *({"slug": of_jst, "key": key} for key in ("jst", "osoba", "pytania", "informacja")),
        {"slug": of_jst, "key": "jst", "szukaj": "pow"},
        {"slug": of_jst, "key": "jst", "szukaj": "xyz"},
        *({"slug": of_expert, "key": key} for key in ("wojewodztwo", "pracodawca")),
        {"slug": closed, "key": "osoba"},
    ]


def published_hdr(demo: Demo) -> Iterable[Values]:
    """An HDR in the catalogue."""
    row = demo.one("/catalogue")
    return [{"jst_code": row["jst"]["code"], "slug": row["slug"]}]


def hdr_version(demo: Demo) -> Iterable[Values]:
    """The first version of an HDR in the catalogue."""
    return [{**values, "number": 1} for values in published_hdr(demo)]


def practice(demo: Demo) -> Iterable[Values]:
    """A published summary of each form."""
    rows = {row["form"]: row for row in demo.all("/practices")}
    return [{"jst_code": row["jst"]["code"], "slug": row["slug"]} for row in rows.values()]


def reports(demo: Demo) -> Iterable[Values]:
    """The public page of a round that is over and of one that is under way."""
    return [{"slug": demo.round(is_closed=closed)["slug"]} for closed in (True, False)]


def closed_report(**query: Any) -> Examples:
    """A page of the report of a round that is over."""
    return lambda demo: [{"slug": demo.round(is_closed=True)["slug"], **query}]


def training(*, is_completed: bool, **more: Any) -> Examples:
    """A training by its id."""
    return lambda demo: [
        {
            "training_id": demo.one("/trainings", is_completed=str(is_completed).lower())[
                "training_id"
            ]
        }
        | more
    ]


def sessions(demo: Demo) -> Iterable[Values]:
    """The sessions of a training under way."""
    row = demo.one("/trainings", is_completed="false")
    return [{"training_id": row["training_id"], "session_key": row["sessions"][0]["key"]}]


def team(**more: Any) -> Examples:
    """A team by its id."""
    return lambda demo: [{"team_id": demo.one("/teams", is_dissolved="false")["team_id"], **more}]


def new_team(demo: Demo) -> Iterable[Values]:
    """Both pages of forming a team."""
    row = demo.one("/teams")
    return [{}, {"edycja": row["edition_id"], "woj": row["voivodeship"]}]


def cycle(*stages: str, **more: Any) -> Examples:
    """A cycle in each of these stages, by its id."""
    return lambda demo: [
        {"cycle_id": demo.cycle(stage=stage, has_team="true")["cycle_id"], **more}
        for stage in stages
    ]


def hdr(*states: str, **more: Any) -> Examples:
    """An HDR in each of these states, by its id."""
    return lambda demo: [{"hdr_id": demo.hdr(state=state)["hdr_id"], **more} for state in states]


def hdr_elements(demo: Demo) -> Iterable[Values]:
    """Each kind of element of an HDR: a text, a group, lists with few and many fields."""
    begun = demo.which("/hdrs", state="DRAFT", submission_count=1)["hdr_id"]
    names = ("title", "main_goal", "implementation_period", "objectives", "actions", "indicators")
    return [{"hdr_id": begun, "element": name} for name in names]


def summary(*states: str, **more: Any) -> Examples:
    """A summary in each of these states, by its id."""
    return lambda demo: [
        {"summary_id": demo.summary(state=state)["summary_id"], **more} for state in states
    ]


def summary_elements(demo: Demo) -> Iterable[Values]:
    """Every element of a summary that is being written."""
    row = demo.summary(state="DRAFT")
    template = demo.get(f"/templates/{row['form']}/1")
    return [
        {"summary_id": row["summary_id"], "element": element["name"]}
        for element in template["elements"]
    ]


def hdr_without_summary(demo: Demo) -> Iterable[Values]:
    """A published HDR that nobody has summed up."""
    begun = {row["hdr_id"] for row in demo.all("/summaries")}
    rows = demo.all("/hdrs", state="PUBLISHED")
    return [{"hdr_id": next(row["hdr_id"] for row in rows if row["hdr_id"] not in begun)}]


def rounds(*, is_closed: bool) -> Examples:
    """A monitoring round by its id."""
    return lambda demo: [{"round_id": demo.round(is_closed=is_closed)["round_id"]}]


def record(*, is_recorded: bool) -> Examples:
    """One HDR of the open round."""

    def examples(demo: Demo) -> Iterable[Values]:
        row = demo.record(is_recorded=is_recorded)
        return [{"round_id": row["round_id"], "hdr_id": row["hdr_id"]}]

    return examples


def expert(demo: Demo) -> Iterable[Values]:
    """An expert of the roster."""
    return [{"expert_id": demo.one("/experts")["expert_id"]}]


def local_governments(demo: Demo) -> Iterable[Values]:
    """The cards of a JST with a long history and of one at the beginning."""
    cycles = (demo.cycle(state="COMPLETED"), demo.cycle(stage="AREA_CHOICE"))
    return [{"jst_code": row["jst"]["code"]} for row in cycles]


def edition(demo: Demo) -> Iterable[Values]:
    """An edition by its id."""
    return [{"edition_id": demo.one("/editions")["edition_id"]}]


def account(demo: Demo) -> Iterable[Values]:
    """The account that looks."""
    return [{"account_id": demo.get("/me")["account_id"]}]


def problem(_demo: Demo) -> Iterable[Values]:
    """A code of the problem documents."""
    return [{"code": "call-not-open"}]


EXAMPLES: dict[str, Examples] = {
    # --- public ---
    "home.start": the_place,
    "calls.list_calls": lambda _demo: [{}, {"stan": "OPEN", "szukaj": "ROS"}, {"szukaj": "xyz"}],
    "calls.show_call": lambda demo: [
        {"slug": demo.call(state=state)["slug"]} for state in ("OPEN", "ASSESSING", "DECIDED")
    ],
    "calls.show_results": lambda demo: [
        {"slug": demo.call(state=state, kind=kind)["slug"]}
        for state, kind in (("DECIDED", "JST"), ("DECIDED", "PRO"), ("ASSESSING", "PRO"))
    ],
    "application_form.show_form": call_page(state="OPEN", kind="JST"),
    "application_form.show_step": form_steps,
    "application_form.choose_employer": lambda demo: [
        {"slug": demo.call(state="OPEN", kind="ROS")["slug"], "szukaj": "lub"}
    ],
    "candidate.show_application": sent_application,
    "candidate.ask_to_withdraw": sent_application,
    "catalogue.show_catalogue": lambda _demo: [
        {},
        {"woj": "06", "rodzaj": "RURAL"},
        {"szukaj": "xyz"},
    ],
    "catalogue.show_hdr": published_hdr,
    "catalogue.show_version": hdr_version,
    "catalogue.list_versions": published_hdr,
    "reports.list_reports": the_place,
    "reports.show_report": reports,
    "reports.list_round_hdrs": closed_report(odpowiedz="po-terminie"),
    "reports.list_round_actions": closed_report(stan="POSTPONED"),
    "reports.list_round_indicators": closed_report(),
    "reports.list_round_factors": closed_report(),
    "practices.list_practices": the_place,
    "practices.show_practice": practice,
    "legal.accessibility": the_place,
    "legal.privacy": the_place,
    "legal.site_map": the_place,
    "sign_in.show_sign_in": the_place,
    "sign_in.ask_to_sign_out": the_place,
    "api.docs": the_place,
    "problem_types.list_problem_types": the_place,
    "problem_types.show_problem_type": problem,
    # --- panel: the programme ---
    "dashboard.show_dashboard": the_place,
    "dashboard.list_funnel_rows": lambda _demo: [{}, {"etap": "QUALIFIED"}],
    "dashboard.list_funnel_experts": lambda _demo: [{}, {"etap": "TRAINED"}],
    "dashboard.list_attention": the_place,
    "dashboard.list_recent": the_place,
    "local_governments.list_local_governments": the_place,
    "local_governments.show_jst": local_governments,
    # --- panel: calls and applications ---
    "panel_calls.list_calls": the_place,
    "panel_calls.show_call": lambda demo: [
        {"call_id": demo.call(state=state)["call_id"]} for state in ("OPEN", "ASSESSING", "DECIDED")
    ],
    "panel_calls.draft_call": the_place,
    "panel_calls.revise_call": draft,
    "panel_calls.discard_draft": draft,
    "panel_calls.extend_call": call(state="OPEN"),
    "panel_calls.close_call": call(state="OPEN"),
    "panel_calls.cancel_call": call(state="OPEN"),
    "panel_calls.publish_results": call(state="ASSESSING"),
    "applications.list_applications": the_place,
    "applications.show_application": lambda demo: [
        {"application_id": demo.one("/applications", status=status)["application_id"]}
        for status in ("RECEIVED", "DECIDED", "RESERVE", "WITHDRAWN")
    ],
    "applications.check": application(status="RECEIVED"),
    "applications.decide": application(status="CHECKED"),
    "applications.promote": application(status="RESERVE"),
    "applications.withdraw": application(status="RECEIVED"),
    "applications.erase_applicant": application(status="WITHDRAWN"),
    # --- panel: trainings, experts, teams ---
    "trainings.list_trainings": the_place,
    "trainings.show_training": lambda demo: [
        *training(is_completed=False)(demo),
        *training(is_completed=True)(demo),
    ],
    "trainings.plan_training": the_place,
    "trainings.enrol": training(is_completed=False),
    "trainings.record_attendance": sessions,
    "trainings.complete_training": training(is_completed=False),
    "experts.list_experts": the_place,
    "experts.show_expert": expert,
    "experts.remove_expert": expert,
    "teams.list_teams": the_place,
    "teams.show_team": team(),
    "teams.form_team": new_team,
    "teams.replace_member": team(role="ROS"),
    "teams.dissolve_team": team(),
    # --- panel: cycles ---
    "cycles.list_cycles": the_place,
    "cycles.show_cycle": cycle("AREA_CHOICE", "DIAGNOSIS", "HDR", "DIRECTIONS"),
    "cycles.assign_team": lambda demo: [
        {"cycle_id": demo.cycle(has_team="false")["cycle_id"]},
        *cycle("DIAGNOSIS")(demo),
    ],
    "cycles.choose_area": cycle("AREA_CHOICE"),
    "cycles.record_diagnosis": cycle("DIAGNOSIS"),
    "cycles.close_diagnosis": cycle("DIAGNOSIS"),
    "cycles.set_directions": cycle("DIRECTIONS"),
    "cycles.complete_stage": cycle("DIRECTIONS", stage="DIRECTIONS"),
    "cycles.log_activity": cycle("DIAGNOSIS"),
    # --- panel: HDRs and summaries ---
    "hdrs.list_hdrs": lambda _demo: [{}, {"stan": "KOLEJKA"}],
    "hdrs.show_hdr": hdr("DRAFT", "SUBMITTED", "PUBLISHED"),
    "hdrs.show_tasks": hdr("DRAFT"),
    "hdrs.write_element": hdr_elements,
    "hdrs.submit": hdr("DRAFT"),
    "hdrs.start_editing": hdr("SUBMITTED"),
    "hdrs.finish_substantive_editing": hdr("SUBSTANTIVE_EDITING"),
    "hdrs.finish_proofreading": hdr("LANGUAGE_PROOFREADING"),
    "hdrs.give_back": hdr("SUBMITTED"),
    "hdrs.publish": hdr("APPROVED"),
    "hdrs.withdraw": hdr("PUBLISHED"),
    "summaries.list_summaries": the_place,
    "summaries.choose_form": hdr_without_summary,
    "summaries.show_summary": summary("DRAFT", "SUBMITTED", "PUBLISHED"),
    "summaries.show_tasks": summary("DRAFT"),
    "summaries.write_element": summary_elements,
    "summaries.submit": summary("DRAFT"),
    "summaries.approve": summary("SUBMITTED"),
    "summaries.give_back": summary("SUBMITTED"),
    "summaries.publish": summary("APPROVED"),
    "summaries.erase_contact": lambda demo: [
        {"summary_id": demo.summary(form="GOOD_PRACTICE", state="PUBLISHED")["summary_id"]}
    ],
    # --- panel: monitoring ---
    "monitoring.list_rounds": the_place,
    "monitoring.show_round": rounds(is_closed=False),
    "monitoring.open_round": the_place,
    "monitoring.move_due_date": rounds(is_closed=False),
    "monitoring.close_round": rounds(is_closed=False),
    "monitoring.show_record": record(is_recorded=True),
    "monitoring.answer": record(is_recorded=False),
    # --- panel: editions, register, accounts, operations ---
    "editions.list_editions": the_place,
    "editions.show_edition": edition,
    "editions.create_edition": the_place,
    "editions.reconfigure_edition": edition,
    "register.show_register": the_place,
    "register.import_register": the_place,
    "accounts.list_accounts": the_place,
    "accounts.show_account": account,
    "accounts.create_account": the_place,
    "accounts.change_account": account,
    "accounts.disable_account": account,
    "accounts.enable_account": account,
    "accounts.reset_password": account,
    "operations.show_acts": the_place,
    "operations.show_operations": the_place,
}

REFUSED_WHEN_EMPTY = (
    "accounts.create_account",
    "accounts.reset_password",
    "application_form.show_step",
    "applications.check",
    "applications.decide",
    "applications.erase_applicant",
    "applications.promote",
    "applications.withdraw",
    "cycles.choose_area",
    "cycles.log_activity",
    "cycles.set_directions",
    "editions.create_edition",
    "experts.remove_expert",
    "hdrs.give_back",
    "hdrs.withdraw",
    "monitoring.answer",
    "monitoring.move_due_date",
    "monitoring.open_round",
    "panel_calls.cancel_call",
    "panel_calls.discard_draft",
    "panel_calls.draft_call",
    "panel_calls.extend_call",
    "register.import_register",
    "sign_in.show_sign_in",
    "summaries.choose_form",
    "summaries.give_back",
    "teams.dissolve_team",
    "teams.form_team",
    "teams.replace_member",
    "trainings.enrol",
    "trainings.plan_training",
)
"""Pages whose form asks for something, so that it can be sent as it is without any effect."""

_app = create_app(
    GatewaySettings(database_url="sqlite://", broker_url="memory://", secret_key="x" * 32),
    database=Database("sqlite://"),
    rpc=object(),  # type: ignore[arg-type] -- nobody is asked: only the addresses are of interest
)
_addresses = _app.url_map.bind("")


def pages() -> list[str]:
    """The endpoints of all pages, from the app itself."""
    endpoints = {
        rule.endpoint
        for rule in _app.url_map.iter_rules()
        if rule.methods is not None and "GET" in rule.methods
    }
    api = {one for one in endpoints if one.startswith("api.") and one != "api.docs"}
    return sorted(endpoints - api - FOR_MACHINES - BEHIND_A_FORM - WHEN_PARKED)


def address(endpoint: str, values: Values) -> str:
    """The path of a page; values that are no part of it stand in the query."""
    return _addresses.build(endpoint, values)


def languages(endpoint: str) -> tuple[str, ...]:
    """The languages in which a page is looked at: that for programmers is English."""
    return ("pl",) if endpoint == "api.docs" else ("pl", "en")


def readers(endpoint: str) -> list[str | None]:
    """Who looks at a page: nobody in particular at a public one, else who sees most of it.

    The dashboard and the lists of work differ from role to role, so every role looks at them.
    """
    permission = PERMISSIONS[endpoint]
    if endpoint == "sign_in.ask_to_sign_out":
        return [visiting.STAFF]
    if permission.is_public:
        return [None]
    allowed: list[str | None] = [ACCOUNTS[role] for role in ACCOUNTS if role in permission.roles]
    return allowed if endpoint == "dashboard.show_dashboard" else allowed[:1]
