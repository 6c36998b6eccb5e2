"""Accounts: who may sign in, for what, and for which part of the programme."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from pydantic import BaseModel

from services.gateway import accounts, labels
from services.gateway.accounts import Account, Role
from services.gateway.auth import principal
from services.gateway.clients import services
from services.gateway.errors import OwnAccountError
from services.gateway.i18n import capital
from services.gateway.i18n import gettext as _
from services.gateway.pages import Filter, Filters, Paging, choices, voivodeship_choices
from services.gateway.panel import (
    Act,
    ActForm,
    Answered,
    act_page,
    area,
    as_uuid,
    done,
    expert_names,
    is_posted,
    posted_or_empty,
    reading,
)
from services.gateway.projections.local_governments import find_jst, jst_by_ids
from services.gateway.runtime import runtime
from shared.contracts.base import Email, JstRef, ShortText
from shared.contracts.recruitment import ExpertsQuery

blueprint = area("accounts")

MOST_EXPERTS = 500


class Person(BaseModel):
    """What is typed of the person."""

    email: Email
    full_name: ShortText


@blueprint.get("/panel/konta")
def list_accounts() -> str:
    """Accounts by name."""
    filters = Filters(
        (
            Filter("rola", _("Role"), choices(labels.ROLES, first=_("all"))),
            Filter("szukaj", _("Name or e-mail address")),
        )
    )
    role, database = filters["rola"], runtime().database
    chosen: dict[str, Any] = {
        "role": Role(role) if role else None,
        "text": filters["szukaj"],
    }
    _rows, total = accounts.list_accounts(database, **chosen, limit=1)
    paging = Paging(total)
    rows, _total = accounts.list_accounts(
        database, **chosen, offset=paging.offset, limit=paging.limit
    )
    return render_template("accounts/list.html", filters=filters, rows=rows, paging=paging)


@blueprint.get("/panel/konta/<uuid:account_id>")
def show_account(account_id: UUID) -> str:
    """One account."""
    row = accounts.get_account(runtime().database, account_id)
    return render_template(
        "accounts/show.html",
        row=row,
        jst=_jst_of(row),
        expert=expert_names([row.expert_id]) if row.expert_id else {},
        is_own=_is_own(account_id),
    )


@blueprint.route("/panel/konta/nowe", methods=["GET", "POST"])
def create_account() -> Answered:
    """Open an account."""
    form = posted_or_empty()
    act = Act(title=_("New account"), button=_("Open the account"), back=url_for(".list_accounts"))
    if is_posted():
        form.parse(
            Person, {name: form.text(name) for name in ("email", "full_name")}, messages=_messages()
        )
        if not form.text("password"):
            form.add_error("password", _("Enter a password"))
        scope = _scope(form)
        created = form.perform(
            lambda: accounts.create_account(
                runtime().database,
                form.text("email"),
                str(form.values["password"]),
                form.text("full_name"),
                form.texts("roles"),
                **scope,
            )
        )
        form.values["password"] = ""
        if created:
            return done(
                _("The account was opened."), url_for(".show_account", account_id=created.id)
            )
    return _page(act, form, is_new=True)


@blueprint.route("/panel/konta/<uuid:account_id>/zmien", methods=["GET", "POST"])
def change_account(account_id: UUID) -> Answered:
    """Change name, roles and the part of the programme of an account."""
    row = accounts.get_account(runtime().database, account_id)
    form = posted_or_empty(
        {
            "full_name": row.full_name,
            "roles": sorted(row.roles),
            "voivodeships": list(row.voivodeships),
            "expert_id": str(row.expert_id or ""),
            "jst_codes": "\n".join(jst.code for jst in _jst_of(row)),
        }
    )
    act = Act(
        title=_("Change the account"),
        caption=row.email,
        button=_("Save the changes"),
        back=url_for(".show_account", account_id=account_id),
        lead=_("The new rights hold at once, also where the person is signed in."),
    )
    if is_posted():
        form.parse(
            Person, {"email": row.email, "full_name": form.text("full_name")}, messages=_messages()
        )
        scope = _scope(form)
        loses_access = Role.OPERATOR in row.roles and Role.OPERATOR not in form.texts("roles")
        if _is_own(account_id) and loses_access:
            form.refuse(OwnAccountError(field="roles"))
        if form.perform(
            lambda: accounts.change_account(
                runtime().database,
                account_id,
                name=form.text("full_name"),
                roles=form.texts("roles"),
                **scope,
            )
        ):
            return done(_("The account was changed."), act.back)
    return _page(act, form, is_new=False)


@blueprint.route("/panel/konta/<uuid:account_id>/wylacz", methods=["GET", "POST"])
def disable_account(account_id: UUID) -> Answered:
    """Let an account in no more; its sessions and tokens end at once."""
    row = accounts.get_account(runtime().database, account_id)
    act = Act(
        title=_("Disable the account"),
        caption=row.email,
        button=_("Disable"),
        is_warning=True,
        back=url_for(".show_account", account_id=account_id),
        lead=_(
            "The person is signed out at once and cannot sign in any more. What they did "
            "stays recorded."
        ),
    )
    form = posted_or_empty()
    if is_posted():
        if _is_own(account_id):
            form.refuse(OwnAccountError())
        else:
            accounts.disable_account(runtime().database, account_id)
            return done(_("The account was disabled."), act.back)
    return act_page(act, form)


@blueprint.route("/panel/konta/<uuid:account_id>/wlacz", methods=["GET", "POST"])
def enable_account(account_id: UUID) -> Answered:
    """Let a disabled account in again."""
    row = accounts.get_account(runtime().database, account_id)
    act = Act(
        title=_("Enable the account"),
        caption=row.email,
        button=_("Enable"),
        back=url_for(".show_account", account_id=account_id),
    )
    if is_posted():
        accounts.enable_account(runtime().database, account_id)
        return done(_("The account was enabled."), act.back)
    return act_page(act, posted_or_empty())


@blueprint.route("/panel/konta/<uuid:account_id>/haslo", methods=["GET", "POST"])
def reset_password(account_id: UUID) -> Answered:
    """Give an account another password; its sessions and tokens end."""
    row = accounts.get_account(runtime().database, account_id)
    form = posted_or_empty()
    act = Act(
        title=_("Set another password"),
        caption=row.email,
        button=_("Set the password"),
        back=url_for(".show_account", account_id=account_id),
        lead=_(
            "The person is signed out everywhere. Tell them the password in person or by "
            "phone, not by e-mail."
        ),
    )
    if is_posted():
        password = str(form.values.get("password") or "")
        if not password:
            form.add_error("password", _("Enter a password"))
        else:
            form.perform(lambda: accounts.reset_password(runtime().database, account_id, password))
        form.values["password"] = ""
        if form.is_valid:
            return done(_("The password was set."), act.back)
    return act_page(act, form, "accounts/password.html", minimum=accounts.MINIMUM_PASSWORD)


def _is_own(account_id: UUID) -> bool:
    return principal().actor == str(account_id)


def _page(act: Act, form: ActForm, *, is_new: bool) -> Answered:
    return act_page(
        act,
        form,
        "accounts/form.html",
        is_new=is_new,
        minimum=accounts.MINIMUM_PASSWORD,
        roles=[(code, capital(text)) for code, text in labels.ROLES.items()],
        regions=voivodeship_choices(),
        experts=_experts(),
    )


def _experts() -> list[tuple[str, str]]:
    answer = services().recruitment.list_experts(ExpertsQuery(limit=MOST_EXPERTS))
    return [
        (str(e.expert_id), f"{e.full_name or '–'} ({e.role}, {labels.voivodeship(e.voivodeship)})")
        for e in answer.experts
    ]


def _scope(form: ActForm) -> dict[str, Any]:
    """For which part of the programme; what a role needs and is missing is an error."""
    roles = set(form.texts("roles"))
    if not roles:
        form.add_error("roles", _("Choose at least one role"))
    if Role.COORDINATOR in roles and not form.texts("voivodeships"):
        form.add_error("voivodeships", _("Choose the coordinator's voivodeships"))
    if Role.EXPERT in roles and not form.text("expert_id"):
        form.add_error("expert_id", _("Choose whom of the roster the account belongs to"))
    codes = form.text("jst_codes").split()
    if Role.JST in roles and not codes:
        form.add_error("jst_codes", _("Enter the TERYT code of at least one JST"))
    jst_ids = []
    with reading() as connection:
        for code in codes:
            row = find_jst(connection, code)
            if row is None or row.jst.code != code:
                form.add_error("jst_codes", _("No JST has the code %(code)s", code=code))
            else:
                jst_ids.append(row.jst.id)
    return {
        "voivodeships": form.texts("voivodeships"),
        "expert_id": as_uuid(form.text("expert_id")),
        "jst_ids": jst_ids,
    }


def _jst_of(row: Account) -> list[JstRef]:
    with reading() as connection:
        return [one.jst for one in jst_by_ids(connection, row.jst_ids).values()]


def _messages() -> dict[str, str]:
    return {
        "email": _("Enter an e-mail address in the correct format, like name@example.pl"),
        "full_name": _("Enter the name and surname"),
    }
