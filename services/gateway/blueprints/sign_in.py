"""Signing in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from services.gateway import auth
from services.gateway.accounts import Account, Role, list_accounts
from services.gateway.errors import TooManyAttemptsError, WrongCredentialsError
from services.gateway.forms import Form
from services.gateway.i18n import gettext as _
from services.gateway.pages import start_address, success
from services.gateway.runtime import runtime

blueprint = Blueprint("sign_in", __name__)

PANEL_PATH = "/panel"
DEMO_PASSWORD = "doradztwo-demo"  # noqa: S105 -- of the made-up people that a demonstration loads
DEMO_ADDRESSES = "@example.org"


@blueprint.get("/logowanie")
def show_sign_in() -> str | Response:
    """The form; who is signed in already goes on."""
    if auth.principal().is_signed_in:
        return redirect(_target())
    return _page(Form())


@blueprint.post("/logowanie")
def sign_in() -> str | Response | tuple[str, int]:
    """Open a session and lead to where the person was going."""
    form = Form.posted()
    email = form.require("email", _("Enter your e-mail address"))
    if not request.form.get("password"):
        form.add_error("password", _("Enter your password"))
    if form.is_valid:
        try:
            auth.sign_in(email, request.form["password"])
        except (WrongCredentialsError, TooManyAttemptsError) as refusal:
            form.refuse(refusal)
            return _page(form), refusal.status
        return redirect(_target(), 303)
    return _page(form), 422


@blueprint.get("/wyloguj")
def ask_to_sign_out() -> str | Response:
    """The page behind the button, for whoever opens its address."""
    if not auth.principal().is_signed_in:
        return redirect(start_address())
    return render_template("sign_in/sign_out.html")


@blueprint.post("/wyloguj")
def sign_out() -> Response:
    """End the session."""
    auth.sign_out()
    success(_("You have signed out."))
    return redirect(start_address(), 303)


def _page(form: Form) -> str:
    return render_template(
        "sign_in/form.html",
        form=form,
        next=request.values.get("next", ""),
        demo_accounts=_demo_accounts(),
        demo_password=DEMO_PASSWORD,
    )


def _demo_accounts() -> list[Account]:
    """Whom a visitor of the demonstration can sign in as; nobody anywhere else."""
    if not runtime().settings.is_demo:
        return []
    found, _total = list_accounts(runtime().database)
    people = [a for a in found if a.is_active and a.email.endswith(DEMO_ADDRESSES)]
    order = list(Role)
    return sorted(people, key=lambda account: min(order.index(role) for role in account.roles))


def _target() -> str:
    """Where to go after signing in: a path of our own that was asked for, else the panel."""
    wish = request.values.get("next", "")
    parts = urlsplit(wish)
    is_own = wish.startswith("/") and not wish.startswith(("//", "/\\"))
    if is_own and not parts.netloc and not parts.scheme and "\\" not in wish:
        return wish
    return PANEL_PATH
