"""A candidate's own application, opened by the personal link: where it stands, withdrawing it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway.clients import services
from services.gateway.forms import Form
from services.gateway.i18n import gettext as _
from services.gateway.pages import success
from services.gateway.projections.calls import CallRow, find_call
from services.gateway.projections.results import results_of_call
from services.gateway.questions import question_text
from services.gateway.runtime import runtime
from shared.contracts.recruitment import (
    ApplicationAnswer,
    ApplicationQuery,
    ApplicationStatus,
    WithdrawApplication,
)
from shared.kernel.refusal import NotFoundError, Refusal

blueprint = Blueprint("candidate", __name__, url_prefix="/zgloszenie/<uuid:application_id>")


@blueprint.get("")
def show_application(application_id: UUID) -> str:
    """Where the application stands, and what was sent."""
    application, call = _application(application_id)
    with runtime().database.reading() as connection:
        has_results = results_of_call(connection, application.call_id) is not None
    return render_template(
        "candidate/application.html",
        application=application,
        call=call,
        has_results=has_results,
        key=_key(),
        question_text=question_text,
        can_withdraw=application.status is ApplicationStatus.RECEIVED and not has_results,
    )


@blueprint.get("/wycofaj")
def ask_to_withdraw(application_id: UUID) -> str:
    """Ask whether to take the application back."""
    application, call = _application(application_id)
    return render_template(
        "candidate/withdraw.html", application=application, call=call, key=_key(), form=Form()
    )


@blueprint.post("/wycofaj")
def withdraw(application_id: UUID) -> str | Response | tuple[str, int]:
    """Take the application back."""
    form = Form.posted()
    application, call = _application(application_id)
    message = form.parse(
        WithdrawApplication,
        {
            "application_id": application_id,
            "access_key": _key(),
            "reason": form.text("reason"),
        },
    )
    if message is not None:
        try:
            services().recruitment.withdraw_application(message)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            success(_("Your application was withdrawn."))
            return redirect(
                url_for(".show_application", application_id=application_id, klucz=_key())
            )
    page = render_template(
        "candidate/withdraw.html", application=application, call=call, key=_key(), form=form
    )
    return page, 409


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """The address holds the key: it goes nowhere, and the page is not kept."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _key() -> str:
    return (request.args.get("klucz") or request.form.get("klucz") or "")[:200]


def _application(application_id: UUID) -> tuple[ApplicationAnswer, CallRow | None]:
    """The application that the key opens.

    Raises:
        NotFoundError: There is none, or the key is wrong: which of the two is not said.
    """
    if not _key():  # without a key the service would take us for staff
        raise NotFoundError(what="application", id=str(application_id))
    application = services().recruitment.get_application(
        ApplicationQuery(application_id=application_id, access_key=_key())
    )
    with runtime().database.reading() as connection:
        call = find_call(connection, application.call_id, runtime().clock.today())
    return application, call
