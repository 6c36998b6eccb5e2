"""HDRs: the list by state, one with its text and history, writing, editing, publication."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import lazy_gettext as lazy

from services.gateway import labels
from services.gateway.accounts import Role
from services.gateway.auth import principal
from services.gateway.blueprints.api.hdrs import check_turn
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
    area,
    area_filter,
    as_uuid,
    confirm,
    csv_answer,
    edition_filter,
    expert_names,
    found,
    kind_filter,
    kind_of,
    narrowed,
    read_list,
    reading,
    region_filter,
    wants_csv,
)
from services.gateway.projections import hdrs as hdrs_view
from services.gateway.projections.hdrs import EDITORIAL_STATES, HdrFilter, HdrRow, find_hdr
from services.gateway.projections.summaries import SummaryFilter, list_summaries
from shared.contracts.hdr import (
    HdrAnswer,
    HdrRequest,
    HdrState,
    ReturnHdr,
    SaveHdrDraft,
    WithdrawHdr,
)

blueprint = area("hdrs")

KIND = "HDR"
QUEUE = "KOLEJKA"
WRITABLE = frozenset({HdrState.DRAFT, HdrState.SUBSTANTIVE_EDITING, HdrState.LANGUAGE_PROOFREADING})
STEPS: Labels = {
    "hdr.HdrOpened": lazy("opened"),
    "hdr.HdrDraftSaved": lazy("draft saved"),
    "hdr.HdrSubmitted": lazy("handed in"),
    "hdr.HdrEditingStarted": lazy("substantive editing begun"),
    "hdr.HdrSubstantiveEditingFinished": lazy("substantive editing ended"),
    "hdr.HdrProofread": lazy("language proofreading ended"),
    "hdr.HdrReturned": lazy("returned to the authors"),
    "hdr.HdrPublished": lazy("published"),
    "hdr.HdrWithdrawn": lazy("taken down"),
}


@blueprint.get("/panel/hdr")
def list_hdrs() -> Answered:
    """HDRs in the reader's scope; for editors the queue comes first."""
    states = ((QUEUE, _("in editing")), *choices(labels.HDR_STATES))
    filters = Filters(
        (
            Filter("stan", _("State"), (("", _("all")), *states)),
            edition_filter(),
            region_filter(),
            kind_filter(),
            area_filter(),
            Filter("szukaj", _("JST: name, county or code")),
        )
    )
    state = filters["stan"]
    wanted: tuple[HdrState, ...] | None = (HdrState(state),) if state in set(HdrState) else None
    rows, paging = read_list(
        hdrs_view.editing_queue if state == QUEUE else hdrs_view.list_hdrs,
        narrowed(
            HdrFilter,
            states=EDITORIAL_STATES if state == QUEUE else wanted,
            edition_id=as_uuid(filters["edycja"]),
            voivodeship=filters["woj"],
            kind=kind_of(filters),
            area_code=filters["obszar"],
            text=filters["szukaj"],
        ),
    )
    if wants_csv():
        return csv_answer(
            "hdr",
            (
                _("TERYT code"),
                _("JST"),
                _("Kind"),
                _("Voivodeship"),
                _("Edition"),
                _("Support area"),
                _("State"),
                _("Since"),
                _("Submissions"),
                _("Title"),
            ),
            (
                (
                    row.jst.code,
                    row.jst.name,
                    labels.jst_kind(row.jst),
                    labels.voivodeship(row.jst.voivodeship),
                    Names.edition(row.edition_id),
                    Names.area(row.area_code),
                    labels.label(labels.HDR_STATES, row.state),
                    row.state_since.date().isoformat(),
                    row.submission_count,
                    row.title,
                )
                for row in rows
            ),
        )
    return render_template("hdrs/list.html", filters=filters, rows=rows, paging=paging)


@blueprint.get("/panel/hdr/<uuid:hdr_id>")
def show_hdr(hdr_id: UUID) -> str:
    """One HDR: its state and what can be done, what is missing, the text, the history."""
    row, answer = _row(hdr_id), _answer(hdr_id)
    writing = _writing(answer)
    with reading() as connection:
        summaries = list_summaries(connection, SummaryFilter(hdr_id=hdr_id, limit=None)).rows
    return render_template(
        "hdrs/show.html",
        row=row,
        answer=answer,
        missing=missing_of(writing) if answer.state in WRITABLE else [],
        sections=sections(answer.document, writing.template),
        document_title=answer.document.get("title") or "",
        acts=_acts(answer, has_summary=bool(summaries)),
        summaries=summaries,
        experts=expert_names(row.expert_ids),
        steps=STEPS,
    )


@blueprint.get("/panel/hdr/<uuid:hdr_id>/pisz")
def show_tasks(hdr_id: UUID) -> str:
    """The elements of the text, and what is missing."""
    answer = _answer(hdr_id)
    check_turn(answer.state, is_draft=answer.state is HdrState.DRAFT)
    return tasks_page(_writing(answer), acts=_steps_forward(answer))


@blueprint.route("/panel/hdr/<uuid:hdr_id>/pisz/<element>", methods=["GET", "POST"])
def write_element(hdr_id: UUID, element: str) -> Answered:
    """One element of the text."""
    answer = _answer(hdr_id)
    check_turn(answer.state, is_draft=answer.state is HdrState.DRAFT)

    def save(form: ActForm, document: dict[str, Any], expected: int | None) -> Any:
        data = {"hdr_id": hdr_id, "document": document, "expected_version": expected}
        return form.send(services().hdr.save_hdr_draft, SaveHdrDraft, data)

    return element_page(_writing(answer), element, save, lambda: _answer(hdr_id))


@blueprint.route("/panel/hdr/<uuid:hdr_id>/zloz", methods=["GET", "POST"])
def submit(hdr_id: UUID) -> Answered:
    """Hand the complete text in for editing; what is missing is shown before."""
    answer = _answer(hdr_id)
    act = _act(
        answer,
        _("Hand the HDR in"),
        _("Hand in"),
        consequences=(
            _("The text goes to substantive editing and language proofreading."),
            _("It cannot be changed by its authors unless the editors return it."),
        ),
    )
    return confirm(
        act,
        services().hdr.submit_hdr,
        HdrRequest,
        {"hdr_id": hdr_id},
        said=_("The HDR was handed in."),
        template="documents/submit.html",
        missing=missing_of(_writing(answer)),
    )


@blueprint.route("/panel/hdr/<uuid:hdr_id>/redakcja", methods=["GET", "POST"])
def start_editing(hdr_id: UUID) -> Answered:
    """Begin the substantive editing."""
    act = _act(
        _answer(hdr_id),
        _("Begin the editing"),
        _("Begin"),
        lead=_("From now on editors can change the text."),
    )
    return confirm(
        act,
        services().hdr.start_editing,
        HdrRequest,
        {"hdr_id": hdr_id},
        said=_("Substantive editing began."),
    )


@blueprint.route("/panel/hdr/<uuid:hdr_id>/redakcja/koniec", methods=["GET", "POST"])
def finish_substantive_editing(hdr_id: UUID) -> Answered:
    """End the substantive editing; proofreading begins."""
    answer = _answer(hdr_id)
    act = _act(answer, _("End the substantive editing"), _("Pass on to proofreading"))
    return confirm(
        act,
        services().hdr.finish_substantive_editing,
        HdrRequest,
        {"hdr_id": hdr_id},
        said=_("The HDR went to language proofreading."),
        template="documents/submit.html",
        missing=missing_of(_writing(answer)),
    )


@blueprint.route("/panel/hdr/<uuid:hdr_id>/korekta/koniec", methods=["GET", "POST"])
def finish_proofreading(hdr_id: UUID) -> Answered:
    """End the proofreading: the text is ready for publication."""
    answer = _answer(hdr_id)
    act = _act(answer, _("End the language proofreading"), _("Approve for publication"))
    return confirm(
        act,
        services().hdr.finish_proofreading,
        HdrRequest,
        {"hdr_id": hdr_id},
        said=_("The HDR was approved for publication."),
        template="documents/submit.html",
        missing=missing_of(_writing(answer)),
    )


@blueprint.route("/panel/hdr/<uuid:hdr_id>/zwrot", methods=["GET", "POST"])
def give_back(hdr_id: UUID) -> Answered:
    """Return the text to its authors."""
    act = _act(
        _answer(hdr_id),
        _("Return the HDR to its authors"),
        _("Return"),
        lead=_("It becomes a draft again; its authors see the reason."),
        reason=_("What has to be changed, and why"),
    )
    return confirm(
        act,
        services().hdr.return_hdr,
        ReturnHdr,
        {"hdr_id": hdr_id},
        said=_("The HDR was returned to its authors."),
    )


@blueprint.route("/panel/hdr/<uuid:hdr_id>/publikuj", methods=["GET", "POST"])
def publish(hdr_id: UUID) -> Answered:
    """Make an approved HDR public."""
    answer = _answer(hdr_id)
    act = _act(
        answer,
        _("Publish the HDR"),
        _("Publish"),
        lead=str(answer.document.get("title") or ""),
        consequences=(
            _("The text gets its place in the public catalogue, by today's kind of the JST."),
            _("Its address stays for ever; a correction is a new version."),
        ),
    )
    return confirm(
        act,
        services().hdr.publish_hdr,
        HdrRequest,
        {"hdr_id": hdr_id},
        said=_("The HDR was published."),
    )


@blueprint.route("/panel/hdr/<uuid:hdr_id>/wycofanie", methods=["GET", "POST"])
def withdraw(hdr_id: UUID) -> Answered:
    """Take a published HDR down."""
    act = _act(
        _answer(hdr_id),
        _("Take the HDR down"),
        _("Take down"),
        lead=_("Its address stays and shows the reason instead of the text."),
        reason=_("Reason"),
        reason_hint=_("It is public."),
        is_warning=True,
    )
    return confirm(
        act,
        services().hdr.withdraw_hdr,
        WithdrawHdr,
        {"hdr_id": hdr_id},
        said=_("The HDR was taken down."),
    )


def _row(hdr_id: UUID) -> HdrRow:
    with reading() as connection:
        return found(find_hdr(connection, hdr_id), "hdr", hdr_id)


def _answer(hdr_id: UUID) -> HdrAnswer:
    return services().hdr.get_hdr(HdrRequest(hdr_id=hdr_id))


def _writing(answer: HdrAnswer) -> Writing:
    return Writing(
        answer=answer,
        template=template_of(KIND, answer.template_version),
        title=_("HDR: writing"),
        caption=labels.jst_title(answer.jst),
        area="hdrs",
        key={"hdr_id": answer.hdr_id},
        back=url_for(".show_hdr", hdr_id=answer.hdr_id),
    )


def _act(answer: HdrAnswer, title: str, button: str, **more: Any) -> Act:
    return Act(
        title=title,
        button=button,
        back=url_for(".show_hdr", hdr_id=answer.hdr_id),
        caption=labels.jst_title(answer.jst),
        **more,
    )


def may_write(*, is_draft: bool) -> bool:
    """Whether it is the reader's turn to write: authors in a draft, editors in editing."""
    caller = principal()
    if caller.has(Role.PROGRAMME_STAFF):
        return True
    return caller.has(Role.EXPERT, Role.JST) if is_draft else caller.has(Role.EDITOR)


def _acts(answer: HdrAnswer, *, has_summary: bool) -> list[tuple[str, str]]:
    """What can be done in the present state; who may is the permission table's."""
    here: dict[str, Any] = {"hdr_id": answer.hdr_id}
    acts: list[tuple[str, str]] = []
    is_draft = answer.state is HdrState.DRAFT
    if answer.state in WRITABLE and may_write(is_draft=is_draft):
        acts.append((url_for(".show_tasks", **here), _("Write") if is_draft else _("Edit")))
    acts += _steps_forward(answer)
    may_sum_up = answer.state is HdrState.PUBLISHED and not has_summary
    if may_sum_up and may_open("summaries.choose_form"):
        acts.append((url_for("summaries.choose_form", **here), _("Sum up the implementation")))
    return acts


def _steps_forward(answer: HdrAnswer) -> list[tuple[str, str]]:
    wanted = {
        HdrState.DRAFT: (("submit", _("Hand in")),),
        HdrState.SUBMITTED: (
            ("start_editing", _("Begin the editing")),
            ("give_back", _("Return")),
        ),
        HdrState.SUBSTANTIVE_EDITING: (
            ("finish_substantive_editing", _("End the substantive editing")),
            ("give_back", _("Return")),
        ),
        HdrState.LANGUAGE_PROOFREADING: (
            ("finish_proofreading", _("End the language proofreading")),
            ("give_back", _("Return")),
        ),
        HdrState.APPROVED: (("publish", _("Publish")), ("give_back", _("Return"))),
        HdrState.PUBLISHED: (("withdraw", _("Take down")),),
    }
    return [
        (url_for(f"hdrs.{endpoint}", hdr_id=answer.hdr_id), text)
        for endpoint, text in wanted.get(answer.state, ())
        if may_open(f"hdrs.{endpoint}")
    ]
