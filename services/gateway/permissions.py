"""Who may do what: one table from endpoint to roles, and to the object that must be in scope.

An endpoint that is missing here stops the start. Programme staff, editors and operators work for
the whole country; coordinators, experts and JST accounts for their own part of it (`scope`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.gateway.accounts import Role

STAFF = Role.PROGRAMME_STAFF
COORDINATOR = Role.COORDINATOR
EDITOR = Role.EDITOR
EXPERT = Role.EXPERT
JST = Role.JST
OPERATOR = Role.OPERATOR
SUBSCRIBER = Role.SUBSCRIBER


class ObjectKind(StrEnum):
    """Kinds of objects that a caller may or may not see; the path names the object's id."""

    APPLICATION = "application_id"
    TEAM = "team_id"
    EXPERT = "expert_id"
    CYCLE = "cycle_id"
    HDR = "hdr_id"
    SUMMARY = "summary_id"
    JST = "jst_code"


@dataclass(frozen=True)
class Permission:
    """Who may call an endpoint, and which object of the path must be in the caller's scope."""

    roles: frozenset[Role]
    is_public: bool = False
    scope: ObjectKind | None = None


def public() -> Permission:
    """Anyone, signed in or not."""
    return Permission(frozenset(Role), is_public=True)


def signed_in() -> Permission:
    """Any account."""
    return Permission(frozenset(Role))


def only(*roles: Role, scope: ObjectKind | None = None) -> Permission:
    """Accounts with one of these roles; where a scope is named, for objects in it."""
    return Permission(frozenset(roles), scope=scope)


_CYCLE = ObjectKind.CYCLE
_HDR = ObjectKind.HDR
_SUMMARY = ObjectKind.SUMMARY

PERMISSIONS: Mapping[str, Permission] = {
    "static": public(),
    # --- health ---
    "health.live": public(),
    "health.ready": public(),
    "health.metrics": public(),
    "problem_types.list_problem_types": public(),
    "problem_types.show_problem_type": public(),
    # --- pages: public ---
    "home.start": public(),
    "calls.list_calls": public(),
    "calls.show_call": public(),
    "calls.show_results": public(),
    "application_form.show_form": public(),
    "application_form.show_step": public(),
    "application_form.save_step": public(),
    "application_form.choose_employer": public(),
    "application_form.save_employer": public(),
    "application_form.check_answers": public(),
    "application_form.send": public(),
    "application_form.show_receipt": public(),
    "application_form.ask_to_discard": public(),
    "application_form.discard": public(),
    "candidate.show_application": public(),
    "candidate.ask_to_withdraw": public(),
    "candidate.withdraw": public(),
    "catalogue.show_catalogue": public(),
    "catalogue.show_hdr": public(),
    "catalogue.show_version": public(),
    "catalogue.list_versions": public(),
    "catalogue.show_json": public(),
    "reports.list_reports": public(),
    "reports.show_report": public(),
    "reports.list_round_hdrs": public(),
    "reports.list_round_actions": public(),
    "reports.list_round_indicators": public(),
    "reports.list_round_factors": public(),
    "practices.list_practices": public(),
    "practices.show_practice": public(),
    "legal.accessibility": public(),
    "legal.privacy": public(),
    "legal.site_map": public(),
    "sign_in.show_sign_in": public(),
    "sign_in.sign_in": public(),
    "sign_in.ask_to_sign_out": public(),
    "sign_in.sign_out": public(),
    # --- api: documentation, identity
    "api.docs": public(),
    "api.openapi_document": public(),
    "api.issue_token": public(),
    "api.revoke_token": signed_in(),
    "api.get_me": signed_in(),
    # --- api, events ---
    "api.list_events": only(STAFF, OPERATOR, SUBSCRIBER),
    "api.get_position": only(STAFF, OPERATOR, SUBSCRIBER),
    "api.list_schemas": public(),
    "api.get_schema": public(),
    # --- api, editions and register ---
    "api.create_edition": only(STAFF),
    "api.reconfigure_edition": only(STAFF),
    "api.list_editions": public(),
    "api.get_edition": public(),
    "api.import_register": only(STAFF),
    "api.list_imports": only(STAFF, COORDINATOR, OPERATOR),
    "api.search_jst": public(),
    # --- api, calls and applications; an application's key opens it for whoever is not staff ---
    "api.draft_call": only(STAFF),
    "api.list_call_drafts": only(STAFF),
    "api.get_call_draft": only(STAFF),
    "api.revise_call": only(STAFF),
    "api.publish_call": only(STAFF),
    "api.extend_call": only(STAFF),
    "api.close_call": only(STAFF),
    "api.cancel_call": only(STAFF),
    "api.publish_results": only(STAFF),
    "api.list_calls": public(),
    "api.get_call": public(),
    "api.get_results": public(),
    "api.submit_application": public(),
    "api.list_applications": only(STAFF, COORDINATOR),
    "api.get_application": public(),
    "api.withdraw_application": public(),
    "api.check_application": only(STAFF),
    "api.decide_application": only(STAFF),
    "api.erase_applicant": only(STAFF),
    "api.promote_reserve": only(STAFF),
    # --- api, trainings and roster ---
    "api.plan_training": only(STAFF),
    "api.enrol_candidate": only(STAFF),
    "api.record_attendance": only(STAFF),
    "api.complete_training": only(STAFF),
    "api.list_trainings": only(STAFF, COORDINATOR, EXPERT),
    "api.get_training": only(STAFF),
    "api.list_experts": only(STAFF, COORDINATOR),
    "api.remove_expert": only(STAFF),
    # --- api, teams and cycles ---
    "api.form_team": only(STAFF, COORDINATOR),
    "api.replace_team_member": only(STAFF, COORDINATOR, scope=ObjectKind.TEAM),
    "api.dissolve_team": only(STAFF, COORDINATOR, scope=ObjectKind.TEAM),
    "api.list_teams": only(STAFF, COORDINATOR, EXPERT),
    "api.get_team": only(STAFF, COORDINATOR, EXPERT, scope=ObjectKind.TEAM),
    "api.list_cycles": only(STAFF, COORDINATOR, EXPERT, JST),
    "api.get_cycle": only(STAFF, COORDINATOR, EXPERT, JST, scope=_CYCLE),
    "api.assign_team": only(STAFF, COORDINATOR, scope=_CYCLE),
    "api.choose_area": only(STAFF, EXPERT, JST, scope=_CYCLE),
    "api.record_diagnosis": only(STAFF, EXPERT, JST, scope=_CYCLE),
    "api.close_diagnosis": only(STAFF, EXPERT, JST, scope=_CYCLE),
    "api.set_directions": only(STAFF, EXPERT, JST, scope=_CYCLE),
    "api.complete_stage": only(STAFF, COORDINATOR, EXPERT, scope=_CYCLE),
    "api.log_activity": only(STAFF, EXPERT, scope=_CYCLE),
    # --- api, HDRs and summaries ---
    "api.list_hdrs": only(STAFF, COORDINATOR, EDITOR, EXPERT, JST),
    "api.get_hdr": only(STAFF, COORDINATOR, EDITOR, EXPERT, JST, scope=_HDR),
    "api.save_hdr_draft": only(STAFF, EDITOR, EXPERT, JST, scope=_HDR),
    "api.submit_hdr": only(STAFF, EXPERT, JST, scope=_HDR),
    "api.start_editing": only(STAFF, EDITOR, scope=_HDR),
    "api.finish_substantive_editing": only(STAFF, EDITOR, scope=_HDR),
    "api.finish_proofreading": only(STAFF, EDITOR, scope=_HDR),
    "api.return_hdr": only(STAFF, EDITOR, scope=_HDR),
    "api.publish_hdr": only(STAFF),
    "api.withdraw_hdr": only(STAFF),
    "api.get_template": public(),
    "api.list_catalogue": public(),
    "api.get_catalogue_entry": public(),
    "api.choose_summary_form": only(STAFF, EXPERT, JST, scope=_HDR),
    "api.list_summaries": only(STAFF, COORDINATOR, EDITOR, EXPERT, JST),
    "api.get_summary": only(STAFF, COORDINATOR, EDITOR, EXPERT, JST, scope=_SUMMARY),
    "api.save_summary_draft": only(STAFF, EDITOR, EXPERT, JST, scope=_SUMMARY),
    "api.submit_summary": only(STAFF, EXPERT, JST, scope=_SUMMARY),
    "api.approve_summary": only(STAFF, EDITOR, scope=_SUMMARY),
    "api.return_summary": only(STAFF, EDITOR, scope=_SUMMARY),
    "api.publish_summary": only(STAFF),
    "api.erase_summary_contact": only(STAFF),
    "api.list_practices": public(),
    "api.get_practice": public(),
    # --- api, monitoring ---
    "api.open_round": only(STAFF),
    "api.close_round": only(STAFF),
    "api.move_round_due_date": only(STAFF),
    "api.list_rounds": public(),
    "api.get_round": public(),
    "api.get_report": public(),
    "api.list_records": only(STAFF, COORDINATOR, EXPERT, JST),
    "api.get_record": only(STAFF, COORDINATOR, EXPERT, JST, scope=_HDR),
    "api.record_monitoring": only(STAFF, EXPERT, JST, scope=_HDR),
    # --- api, the programme ---
    "api.get_funnel": only(STAFF, COORDINATOR),
    "api.list_funnel_rows": only(STAFF, COORDINATOR),
    "api.list_funnel_experts": only(STAFF, COORDINATOR),
    "api.list_attention": only(STAFF, COORDINATOR, EXPERT, JST),
    "api.get_jst": only(STAFF, COORDINATOR, EXPERT, JST, scope=ObjectKind.JST),
    "api.get_timeline": only(STAFF, COORDINATOR, EXPERT, JST, scope=ObjectKind.JST),
    # --- panel: dashboard and JST ---
    "dashboard.show_dashboard": signed_in(),
    "dashboard.list_funnel_rows": only(STAFF, COORDINATOR),
    "dashboard.list_funnel_experts": only(STAFF, COORDINATOR),
    "dashboard.list_attention": only(STAFF, COORDINATOR, EXPERT, JST),
    "dashboard.list_recent": only(STAFF, COORDINATOR, EXPERT, JST),
    "local_governments.list_local_governments": only(STAFF, COORDINATOR),
    "local_governments.show_jst": only(STAFF, COORDINATOR, EXPERT, JST, scope=ObjectKind.JST),
    # --- panel: calls and applications ---
    "panel_calls.list_calls": only(STAFF, COORDINATOR),
    "panel_calls.show_call": only(STAFF, COORDINATOR),
    "panel_calls.draft_call": only(STAFF),
    "panel_calls.revise_call": only(STAFF),
    "panel_calls.discard_draft": only(STAFF),
    "panel_calls.extend_call": only(STAFF),
    "panel_calls.close_call": only(STAFF),
    "panel_calls.cancel_call": only(STAFF),
    "panel_calls.publish_results": only(STAFF),
    "applications.list_applications": only(STAFF, COORDINATOR),
    "applications.show_application": only(STAFF, COORDINATOR, scope=ObjectKind.APPLICATION),
    "applications.check": only(STAFF),
    "applications.decide": only(STAFF),
    "applications.promote": only(STAFF),
    "applications.withdraw": only(STAFF),
    "applications.erase_applicant": only(STAFF),
    # --- panel: trainings, experts, teams ---
    "trainings.list_trainings": only(STAFF, COORDINATOR, EXPERT),
    "trainings.show_training": only(STAFF, COORDINATOR),
    "trainings.plan_training": only(STAFF),
    "trainings.enrol": only(STAFF),
    "trainings.record_attendance": only(STAFF),
    "trainings.complete_training": only(STAFF),
    "experts.list_experts": only(STAFF, COORDINATOR),
    "experts.show_expert": only(STAFF, COORDINATOR, scope=ObjectKind.EXPERT),
    "experts.remove_expert": only(STAFF),
    "teams.list_teams": only(STAFF, COORDINATOR, EXPERT),
    "teams.show_team": only(STAFF, COORDINATOR, EXPERT, scope=ObjectKind.TEAM),
    "teams.form_team": only(STAFF, COORDINATOR),
    "teams.replace_member": only(STAFF, COORDINATOR, scope=ObjectKind.TEAM),
    "teams.dissolve_team": only(STAFF, COORDINATOR, scope=ObjectKind.TEAM),
    # --- panel: advisory cycles ---
    "cycles.list_cycles": only(STAFF, COORDINATOR, EXPERT, JST),
    "cycles.show_cycle": only(STAFF, COORDINATOR, EXPERT, JST, scope=_CYCLE),
    "cycles.assign_team": only(STAFF, COORDINATOR, scope=_CYCLE),
    "cycles.choose_area": only(STAFF, EXPERT, JST, scope=_CYCLE),
    "cycles.record_diagnosis": only(STAFF, EXPERT, JST, scope=_CYCLE),
    "cycles.close_diagnosis": only(STAFF, EXPERT, JST, scope=_CYCLE),
    "cycles.set_directions": only(STAFF, EXPERT, JST, scope=_CYCLE),
    "cycles.complete_stage": only(STAFF, COORDINATOR, EXPERT, scope=_CYCLE),
    "cycles.log_activity": only(STAFF, EXPERT, scope=_CYCLE),
    # --- panel: HDRs and summaries ---
    "hdrs.list_hdrs": only(STAFF, COORDINATOR, EDITOR, EXPERT, JST),
    "hdrs.show_hdr": only(STAFF, COORDINATOR, EDITOR, EXPERT, JST, scope=_HDR),
    "hdrs.show_tasks": only(STAFF, EDITOR, EXPERT, JST, scope=_HDR),
    "hdrs.write_element": only(STAFF, EDITOR, EXPERT, JST, scope=_HDR),
    "hdrs.submit": only(STAFF, EXPERT, JST, scope=_HDR),
    "hdrs.start_editing": only(STAFF, EDITOR, scope=_HDR),
    "hdrs.finish_substantive_editing": only(STAFF, EDITOR, scope=_HDR),
    "hdrs.finish_proofreading": only(STAFF, EDITOR, scope=_HDR),
    "hdrs.give_back": only(STAFF, EDITOR, scope=_HDR),
    "hdrs.publish": only(STAFF),
    "hdrs.withdraw": only(STAFF),
    "summaries.list_summaries": only(STAFF, COORDINATOR, EDITOR, EXPERT, JST),
    "summaries.choose_form": only(STAFF, EXPERT, JST, scope=_HDR),
    "summaries.show_summary": only(STAFF, COORDINATOR, EDITOR, EXPERT, JST, scope=_SUMMARY),
    "summaries.show_tasks": only(STAFF, EDITOR, EXPERT, JST, scope=_SUMMARY),
    "summaries.write_element": only(STAFF, EDITOR, EXPERT, JST, scope=_SUMMARY),
    "summaries.submit": only(STAFF, EXPERT, JST, scope=_SUMMARY),
    "summaries.approve": only(STAFF, EDITOR, scope=_SUMMARY),
    "summaries.give_back": only(STAFF, EDITOR, scope=_SUMMARY),
    "summaries.publish": only(STAFF),
    "summaries.erase_contact": only(STAFF),
    # --- panel: monitoring ---
    "monitoring.list_rounds": only(STAFF, COORDINATOR, EXPERT, JST),
    "monitoring.show_round": only(STAFF, COORDINATOR, EXPERT, JST),
    "monitoring.open_round": only(STAFF),
    "monitoring.move_due_date": only(STAFF),
    "monitoring.close_round": only(STAFF),
    "monitoring.show_record": only(STAFF, COORDINATOR, EXPERT, JST, scope=_HDR),
    "monitoring.answer": only(STAFF, EXPERT, JST, scope=_HDR),
    # --- panel: editions, register, accounts, operations ---
    "editions.list_editions": only(STAFF, COORDINATOR),
    "editions.show_edition": only(STAFF, COORDINATOR),
    "editions.create_edition": only(STAFF),
    "editions.reconfigure_edition": only(STAFF),
    "register.show_register": only(STAFF, COORDINATOR, OPERATOR),
    "register.import_register": only(STAFF),
    "accounts.list_accounts": only(STAFF, OPERATOR),
    "accounts.show_account": only(STAFF, OPERATOR),
    "accounts.create_account": only(STAFF, OPERATOR),
    "accounts.change_account": only(STAFF, OPERATOR),
    "accounts.disable_account": only(STAFF, OPERATOR),
    "accounts.enable_account": only(STAFF, OPERATOR),
    "accounts.reset_password": only(STAFF, OPERATOR),
    "operations.show_operations": only(STAFF, OPERATOR),
    "operations.show_acts": only(STAFF, OPERATOR),
    "operations.show_parked": only(STAFF, OPERATOR),
    "operations.replay_parked": only(OPERATOR),
    "operations.replay_subject": only(OPERATOR),
    "operations.replay_all": only(OPERATOR),
    "operations.discard_parked": only(OPERATOR),
}
