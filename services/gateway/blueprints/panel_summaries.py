"""Summaries of an HDR's implementation: choose the form, write, approve, publish."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import lazy_gettext as lazy

from services.gateway import labels
from services.gateway.blueprints.api.hdrs import check_turn
from services.gateway.blueprints.panel_hdrs import may_write
from services.gateway.clients import services
from services.gateway.document_forms import (
    Writing,
    element_page,
    missing_of,
    tasks_page,
    template_of,
)
from services.gateway.documents import sections
from services.gateway.i18n import gettext as _
from services.gateway.labels import Labels
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
    found,
    is_posted,
    narrowed,
    posted_or_empty,
    read_list,
    reading,
    region_filter,
    wants_csv,
)
from services.gateway.projections import summaries as summaries_view
from services.gateway.projections.hdrs import find_hdr
from services.gateway.projections.summaries import SummaryFilter
from shared.contracts.hdr import (
    ChooseSummaryForm,
    ReturnSummary,
    SaveSummaryDraft,
    SummaryAnswer,
    SummaryForm,
    SummaryRequest,
    SummaryState,
)

blueprint = area("summaries")

WRITABLE = frozenset({SummaryState.DRAFT, SummaryState.SUBMITTED})
STEPS: Labels = {
    "hdr.SummaryOpened": lazy("form chosen"),
    "hdr.SummaryFormChosen": lazy("form chosen"),
    "hdr.SummaryFormChanged": lazy("form changed"),
    "hdr.SummaryDraftSaved": lazy("draft saved"),
    "hdr.SummarySubmitted": lazy("handed in"),
    "hdr.SummaryApproved": lazy("approved"),
    "hdr.SummaryReturned": lazy("returned to the authors"),
    "hdr.SummaryPublished": lazy("published"),
}


@blueprint.get("/panel/podsumowania")
def list_summaries() -> Answered:
    """Summaries in the reader's scope."""
    filters = Filters(
        (
            Filter("stan", _("State"), choices(labels.SUMMARY_STATES, first=_("all"))),
            Filter("forma", _("Form"), choices(labels.SUMMARY_FORMS, first=_("all"))),
            edition_filter(),
            region_filter(),
            area_filter(),
            Filter("szukaj", _("Words")),
        )
    )
    state, form = filters["stan"], filters["forma"]
    rows, paging = read_list(
        summaries_view.list_summaries,
        narrowed(
            SummaryFilter,
            states=(SummaryState(state),) if state else None,
            form=SummaryForm(form) if form else None,
            edition_id=as_uuid(filters["edycja"]),
            voivodeship=filters["woj"],
            area_code=filters["obszar"],
            text=filters["szukaj"],
        ),
    )
    if wants_csv():
        return csv_answer(
            "podsumowania",
            (
                _("TERYT code"),
                _("JST"),
                _("Voivodeship"),
                _("Edition"),
                _("Support area"),
                _("Form"),
                _("State"),
                _("Since"),
                _("Title"),
            ),
            (
                (
                    row.jst.code,
                    row.jst.name,
                    labels.voivodeship(row.jst.voivodeship),
                    Names.edition(row.edition_id),
                    Names.area(row.area_code),
                    labels.label(labels.SUMMARY_FORMS, row.form),
                    labels.label(labels.SUMMARY_STATES, row.state),
                    row.state_since.date().isoformat(),
                    row.title,
                )
                for row in rows
            ),
        )
    return render_template("summaries/list.html", filters=filters, rows=rows, paging=paging)


@blueprint.route("/panel/hdr/<uuid:hdr_id>/podsumowanie", methods=["GET", "POST"])
def choose_form(hdr_id: UUID) -> Answered:
    """Choose, or change while it is a draft, the form of an HDR's summary."""
    with reading() as connection:
        hdr = found(find_hdr(connection, hdr_id), "hdr", hdr_id)
        present = summaries_view.list_summaries(
            connection, SummaryFilter(hdr_id=hdr_id, limit=1)
        ).rows
    edition = all_editions().get(hdr.edition_id)
    offered = edition.configuration.summary_forms if edition else tuple(SummaryForm)
    form = posted_or_empty({"form": present[0].form.value if present else ""})
    act = Act(
        title=_("Form of the summary"),
        caption=labels.jst_title(hdr.jst),
        button=_("Choose the form"),
        back=url_for("hdrs.show_hdr", hdr_id=hdr_id),
        lead=_("The form can be changed while the summary is a draft; the text is then begun anew.")
        if present
        else "",
    )
    if is_posted():
        data = {"hdr_id": hdr_id, "form": form.text("form") or None}
        messages = {"form": _("Choose the form of the summary")}
        answer = form.send(
            services().hdr.choose_summary_form, ChooseSummaryForm, data, messages=messages
        )
        if answer is not None:
            return done(
                _("The form was chosen. The summary can be written now."),
                url_for(".show_tasks", summary_id=answer.id),
            )
    items = [(code, str(labels.SUMMARY_FORMS.get(code, code))) for code in offered]
    return act_page(act, form, "summaries/choose.html", items=items)


@blueprint.get("/panel/podsumowania/<uuid:summary_id>")
def show_summary(summary_id: UUID) -> str:
    """One summary: state and what can be done, what is missing, the text, the history."""
    answer = _answer(summary_id)
    writing = _writing(answer)
    with reading() as connection:
        row = summaries_view.find_summary(connection, summary_id)
    return render_template(
        "summaries/show.html",
        row=row,
        answer=answer,
        missing=missing_of(writing) if answer.state in WRITABLE else [],
        sections=sections(answer.document, writing.template),
        document_title=answer.document.get("title") or "",
        acts=_acts(answer),
        steps=STEPS,
    )


@blueprint.get("/panel/podsumowania/<uuid:summary_id>/pisz")
def show_tasks(summary_id: UUID) -> str:
    """The elements of the text, and what is missing."""
    answer = _answer(summary_id)
    check_turn(answer.state, is_draft=answer.state is SummaryState.DRAFT)
    return tasks_page(_writing(answer), acts=_steps_forward(answer))


@blueprint.route("/panel/podsumowania/<uuid:summary_id>/pisz/<element>", methods=["GET", "POST"])
def write_element(summary_id: UUID, element: str) -> Answered:
    """One element of the text."""
    answer = _answer(summary_id)
    check_turn(answer.state, is_draft=answer.state is SummaryState.DRAFT)

    def save(form: ActForm, document: dict[str, Any], expected: int | None) -> Any:
        data = {"summary_id": summary_id, "document": document, "expected_version": expected}
        return form.send(services().hdr.save_summary_draft, SaveSummaryDraft, data)

    return element_page(_writing(answer), element, save, lambda: _answer(summary_id))


@blueprint.route("/panel/podsumowania/<uuid:summary_id>/zloz", methods=["GET", "POST"])
def submit(summary_id: UUID) -> Answered:
    """Hand the complete summary in."""
    answer = _answer(summary_id)
    act = _act(
        answer,
        _("Hand the summary in"),
        _("Hand in"),
        lead=_("An editor reads it, and approves or returns it."),
    )
    return confirm(
        act,
        services().hdr.submit_summary,
        SummaryRequest,
        {"summary_id": summary_id},
        said=_("The summary was handed in."),
        template="documents/submit.html",
        missing=missing_of(_writing(answer)),
    )


@blueprint.route("/panel/podsumowania/<uuid:summary_id>/zatwierdz", methods=["GET", "POST"])
def approve(summary_id: UUID) -> Answered:
    """Approve a summary for publication."""
    answer = _answer(summary_id)
    act = _act(answer, _("Approve the summary"), _("Approve"))
    return confirm(
        act,
        services().hdr.approve_summary,
        SummaryRequest,
        {"summary_id": summary_id},
        said=_("The summary was approved."),
        template="documents/submit.html",
        missing=missing_of(_writing(answer)),
    )


@blueprint.route("/panel/podsumowania/<uuid:summary_id>/zwrot", methods=["GET", "POST"])
def give_back(summary_id: UUID) -> Answered:
    """Return a summary to its authors."""
    act = _act(
        _answer(summary_id),
        _("Return the summary to its authors"),
        _("Return"),
        lead=_("It becomes a draft again; its authors see the reason."),
        reason=_("What has to be changed, and why"),
    )
    return confirm(
        act,
        services().hdr.return_summary,
        ReturnSummary,
        {"summary_id": summary_id},
        said=_("The summary was returned to its authors."),
    )


@blueprint.route("/panel/podsumowania/<uuid:summary_id>/publikuj", methods=["GET", "POST"])
def publish(summary_id: UUID) -> Answered:
    """Make an approved summary public, without contact data."""
    answer = _answer(summary_id)
    act = _act(
        answer,
        _("Publish the summary"),
        _("Publish"),
        lead=str(answer.document.get("title") or ""),
        consequences=(
            _("The text becomes public; a good practice enters the public base."),
            _("Contact data are not published."),
        ),
    )
    return confirm(
        act,
        services().hdr.publish_summary,
        SummaryRequest,
        {"summary_id": summary_id},
        said=_("The summary was published."),
    )


@blueprint.route("/panel/podsumowania/<uuid:summary_id>/kontakt/usun", methods=["GET", "POST"])
def erase_contact(summary_id: UUID) -> Answered:
    """Erase the contact data of the person named in a summary."""
    act = _act(
        _answer(summary_id),
        _("Erase the contact data"),
        _("Erase"),
        is_warning=True,
        lead=_(
            "Name, office and e-mail address of the contact person are erased for good; the "
            "text stays as it is."
        ),
    )
    return confirm(
        act,
        services().hdr.erase_summary_contact,
        SummaryRequest,
        {"summary_id": summary_id},
        said=_("The contact data were erased."),
    )


def _answer(summary_id: UUID) -> SummaryAnswer:
    return services().hdr.get_summary(SummaryRequest(summary_id=summary_id))


def _writing(answer: SummaryAnswer) -> Writing:
    return Writing(
        answer=answer,
        template=template_of(answer.form.value, answer.template_version),
        title=labels.label(labels.SUMMARY_FORMS, answer.form),
        caption=labels.jst_title(answer.jst),
        area="summaries",
        key={"summary_id": answer.summary_id},
        back=url_for(".show_summary", summary_id=answer.summary_id),
    )


def _act(answer: SummaryAnswer, title: str, button: str, **more: Any) -> Act:
    return Act(
        title=title,
        button=button,
        back=url_for(".show_summary", summary_id=answer.summary_id),
        caption=labels.jst_title(answer.jst),
        **more,
    )


def _acts(answer: SummaryAnswer) -> list[tuple[str, str]]:
    """What can be done in the present state; who may is the permission table's."""
    here: dict[str, Any] = {"summary_id": answer.summary_id}
    acts: list[tuple[str, str]] = []
    is_draft = answer.state is SummaryState.DRAFT
    if answer.state in WRITABLE and may_write(is_draft=is_draft):
        acts.append((url_for(".show_tasks", **here), _("Write") if is_draft else _("Edit")))
    acts += _steps_forward(answer)
    if is_draft and may_open("summaries.choose_form"):
        acts.append((url_for(".choose_form", hdr_id=answer.hdr_id), _("Change the form")))
    if answer.document.get("contact") and may_open("summaries.erase_contact"):
        acts.append((url_for(".erase_contact", **here), _("Erase the contact data")))
    return acts


def _steps_forward(answer: SummaryAnswer) -> list[tuple[str, str]]:
    wanted = {
        SummaryState.DRAFT: (("submit", _("Hand in")),),
        SummaryState.SUBMITTED: (("approve", _("Approve")), ("give_back", _("Return"))),
        SummaryState.APPROVED: (("publish", _("Publish")), ("give_back", _("Return"))),
    }
    return [
        (url_for(f"summaries.{endpoint}", summary_id=answer.summary_id), text)
        for endpoint, text in wanted.get(answer.state, ())
        if may_open(f"summaries.{endpoint}")
    ]
