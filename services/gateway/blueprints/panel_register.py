"""The register of JST: which state is held, and the import of the official TERC file."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from services.gateway import problems
from services.gateway.clients import services
from services.gateway.errors import NotUtf8Error
from services.gateway.i18n import format_day
from services.gateway.i18n import gettext as _
from services.gateway.panel import (
    Act,
    ActForm,
    Answered,
    act_page,
    area,
    done,
    is_posted,
    posted_or_empty,
    reading,
)
from services.gateway.projections.local_governments import list_imports
from shared.contracts.recruitment import ImportRegister, RegisterImportAnswer
from shared.kernel.refusal import Refusal

blueprint = area("register")

FILE_FIELD = "file"


@blueprint.get("/panel/rejestr")
def show_register() -> str:
    """The state of the register and its imports."""
    with reading() as connection:
        imports = list_imports(connection)
    return render_template("register/show.html", imports=imports)


@blueprint.route("/panel/rejestr/import", methods=["GET", "POST"])
def import_register() -> Answered:
    """Take over one state of the official register, all of it or nothing."""
    form = posted_or_empty()
    act = Act(
        title=_("Import the register"),
        button=_("Import"),
        back=url_for(".show_register"),
        lead=_(
            "The official TERC file as downloaded: text with semicolons, in UTF-8. Either all "
            "of it is taken over, or nothing."
        ),
    )
    rows: list[dict[str, Any]] = []
    if is_posted():
        answer = _import(form, rows)
        if answer is not None:
            return done(_said(answer), act.back)
    return act_page(act, form, "register/import.html", rows=rows, is_upload=True)


def _import(form: ActForm, rows: list[dict[str, Any]]) -> RegisterImportAnswer | None:
    """Send the file; rows in error are added to ``rows``."""
    file = request.files.get(FILE_FIELD)
    if file is None or not file.filename:
        form.add_error(FILE_FIELD, _("Choose the file"))
        return None
    try:
        content = file.read().decode()
    except UnicodeDecodeError:
        form.refuse(NotUtf8Error(field=FILE_FIELD))
        return None
    message = form.parse(
        ImportRegister,
        {"content": content, "is_partial": form.text("is_partial") == "tak"},
        messages={FILE_FIELD: _("The file is empty or bigger than 5 MB")},
        fields={"content": FILE_FIELD},
    )
    if message is None:
        return None

    def send() -> RegisterImportAnswer:
        try:
            return services().recruitment.import_register(message)
        except Refusal as refusal:
            rows.extend(_row_problems(refusal))
            raise

    answer = form.perform(send)
    if form.errors:
        detail = form.errors.get("") or next(iter(form.errors.values()))
        form.errors = {
            FILE_FIELD: _("The file has errors; nothing was taken over.") if rows else detail
        }
    return answer


def _row_problems(refusal: Refusal) -> list[dict[str, Any]]:
    """Rows of the file that are in error, each with what is the matter."""
    details = problems.describe(refusal).errors
    return [
        {**(entry.get("parameters") or {}), "detail": problem.detail}
        for entry, problem in zip(refusal.fields, details, strict=True)
    ]


def _said(answer: RegisterImportAnswer) -> str:
    return _(
        "The register was imported, state of %(day)s: new %(registered)s, renamed %(renamed)s, "
        "kind changed %(kind_changed)s, gone %(closed)s, unchanged %(unchanged)s.",
        day=format_day(answer.state_on),
        registered=answer.registered,
        renamed=answer.renamed,
        kind_changed=answer.kind_changed,
        closed=answer.closed,
        unchanged=answer.unchanged,
    )
