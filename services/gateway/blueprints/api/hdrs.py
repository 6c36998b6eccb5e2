"""HDRs, their templates, the public catalogue, summaries."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from flask import url_for
from pydantic import Field, ValidationError

from services.gateway.accounts import Role
from services.gateway.auth import principal
from services.gateway.blueprints.api.base import (
    AnyCase,
    RegionalQuery,
    Words,
    blueprint,
    found,
    narrowed,
    reading,
    unscoped,
)
from services.gateway.blueprints.api.operation import Listed, listed, operation
from services.gateway.clients import services
from services.gateway.errors import AuthorsOnlyInDraftError, EditorsOnlyInEditingError
from services.gateway.projections import hdrs, summaries
from services.gateway.projections.hdrs import CatalogueFilter, HdrFilter, HdrRow, PublishedHdr
from services.gateway.projections.summaries import SummaryFilter, SummaryRow
from shared.contracts.base import (
    Answer,
    Code,
    CreatedAnswer,
    DoneAnswer,
    JstKind,
    Request,
    VersionAnswer,
)
from shared.contracts.hdr import (
    ChooseSummaryForm,
    HdrAnswer,
    HdrRequest,
    HdrState,
    ReturnHdr,
    ReturnSummary,
    SaveHdrDraft,
    SaveSummaryDraft,
    SummaryAnswer,
    SummaryForm,
    SummaryRequest,
    SummaryState,
    TemplateAnswer,
    TemplateQuery,
    WithdrawHdr,
)
from shared.kernel.refusal import NotFoundError


class HdrListQuery(RegionalQuery):
    """Which HDRs, in any state."""

    edition_id: UUID | None = None
    kind: Annotated[JstKind | None, AnyCase] = None
    area_code: Code | None = None
    jst_id: UUID | None = None
    state: Annotated[tuple[HdrState, ...] | None, Field(max_length=7)] = None
    text: Words = None


class CatalogueQuery(RegionalQuery):
    """Which published HDRs."""

    edition_id: UUID | None = None
    kind: Annotated[JstKind | None, AnyCase] = None
    by_todays_kind: bool = False
    area_code: Code | None = None
    jst_id: UUID | None = None
    running_from: date | None = None
    running_to: date | None = None
    text: Words = None


class VersionQuery(Request):
    """Which version of a publication."""

    version: Annotated[int | None, Field(ge=1, description="The newest when it is not given.")] = (
        None
    )


class SummaryListQuery(RegionalQuery):
    """Which summaries."""

    edition_id: UUID | None = None
    form: Annotated[SummaryForm | None, AnyCase] = None
    state: Annotated[tuple[SummaryState, ...] | None, Field(max_length=4)] = None
    kind: Annotated[JstKind | None, AnyCase] = None
    area_code: Code | None = None
    jst_id: UUID | None = None
    hdr_id: UUID | None = None
    text: Words = None


class PracticeQuery(RegionalQuery):
    """Which published summaries."""

    edition_id: UUID | None = None
    form: Annotated[SummaryForm | None, AnyCase] = None
    kind: Annotated[JstKind | None, AnyCase] = None
    area_code: Code | None = None
    jst_id: UUID | None = None
    text: Words = None


class CatalogueEntry(Answer):
    """A published version of an HDR with its text; after a withdrawal only the notice of it."""

    hdr: PublishedHdr
    document: dict[str, Any] | None
    versions: tuple[PublishedHdr, ...]


class Practice(Answer):
    """A published summary with its text, without contact data."""

    summary: SummaryRow
    document: dict[str, Any] | None


# --- writing and editing an HDR -------------------------------------------------------------------


@blueprint.get("/hdrs")
@operation("HDRs in the caller's scope", query=HdrListQuery, answer=Listed[HdrRow])
def list_hdrs(query: HdrListQuery) -> object:
    with reading() as connection:
        page = hdrs.list_hdrs(connection, narrowed(HdrFilter, query, states=query.state))
    return listed(page.rows, page.total, query)


@blueprint.get("/hdrs/<uuid:hdr_id>")
@operation("One HDR in full, with what its template still misses", answer=HdrAnswer)
def get_hdr(hdr_id: UUID) -> HdrAnswer:
    return services().hdr.get_hdr(HdrRequest(hdr_id=hdr_id))


@blueprint.put("/hdrs/<uuid:hdr_id>/document")
@operation("Save the document, complete or not", request=SaveHdrDraft, answer=VersionAnswer)
def save_hdr_draft(message: SaveHdrDraft) -> VersionAnswer:
    """Authors save in DRAFT, editors in SUBSTANTIVE_EDITING and LANGUAGE_PROOFREADING."""
    with reading() as connection:
        row = hdrs.find_hdr(connection, message.hdr_id)
    if row is not None:
        check_turn(row.state, is_draft=row.state is HdrState.DRAFT)
    return services().hdr.save_hdr_draft(message)


@blueprint.post("/hdrs/<uuid:hdr_id>/submit")
@operation("Hand a complete HDR in for editing", request=HdrRequest, answer=DoneAnswer)
def submit_hdr(message: HdrRequest) -> DoneAnswer:
    return services().hdr.submit_hdr(message)


@blueprint.post("/hdrs/<uuid:hdr_id>/start-editing")
@operation("Begin the substantive editing", request=HdrRequest, answer=DoneAnswer)
def start_editing(message: HdrRequest) -> DoneAnswer:
    return services().hdr.start_editing(message)


@blueprint.post("/hdrs/<uuid:hdr_id>/finish-substantive-editing")
@operation("End the substantive editing", request=HdrRequest, answer=DoneAnswer)
def finish_substantive_editing(message: HdrRequest) -> DoneAnswer:
    return services().hdr.finish_substantive_editing(message)


@blueprint.post("/hdrs/<uuid:hdr_id>/finish-proofreading")
@operation("End the language proofreading", request=HdrRequest, answer=DoneAnswer)
def finish_proofreading(message: HdrRequest) -> DoneAnswer:
    return services().hdr.finish_proofreading(message)


@blueprint.post("/hdrs/<uuid:hdr_id>/publish")
@operation("Publish an approved HDR", request=HdrRequest, answer=DoneAnswer)
def publish_hdr(message: HdrRequest) -> DoneAnswer:
    return services().hdr.publish_hdr(message)


@blueprint.post("/hdrs/<uuid:hdr_id>/return")
@operation("Give an HDR back to its authors", request=ReturnHdr, answer=DoneAnswer)
def return_hdr(message: ReturnHdr) -> DoneAnswer:
    return services().hdr.return_hdr(message)


@blueprint.post("/hdrs/<uuid:hdr_id>/withdraw")
@operation("Take a published HDR down", request=WithdrawHdr, answer=DoneAnswer)
def withdraw_hdr(message: WithdrawHdr) -> DoneAnswer:
    return services().hdr.withdraw_hdr(message)


@blueprint.get("/templates/<kind>/<int:template_version>")
@operation("A version of a template: what a document must hold", answer=TemplateAnswer)
def get_template(kind: str, template_version: int) -> TemplateAnswer:
    """``kind`` is ``HDR`` or the code of a form of summary."""
    return services().hdr.get_template(read_template(kind, template_version))


# --- the public catalogue -------------------------------------------------------------------------


@blueprint.get("/catalogue")
@operation("Published HDRs", query=CatalogueQuery, answer=Listed[PublishedHdr])
def list_catalogue(query: CatalogueQuery) -> object:
    with reading() as connection:
        page = hdrs.catalogue(connection, unscoped(CatalogueFilter, query))
    return listed(page.rows, page.total, query)


@blueprint.get("/catalogue/<uuid:hdr_id>")
@operation("A published HDR with its text", query=VersionQuery, answer=CatalogueEntry)
def get_catalogue_entry(hdr_id: UUID, query: VersionQuery) -> CatalogueEntry:
    """A withdrawn HDR keeps its address: it answers with the reason instead of the text."""
    with reading() as connection:
        versions = tuple(hdrs.versions_of(connection, hdr_id))
        chosen = [v for v in versions if query.version in {None, v.published_version}]
        row = found(chosen[0] if chosen else None, "hdr", hdr_id)
        document = hdrs.document_of(connection, hdr_id, row.published_version)
    return CatalogueEntry(hdr=row, document=document, versions=versions)


# --- summaries ------------------------------------------------------------------------------------


@blueprint.post("/hdrs/<uuid:hdr_id>/summary")
@operation(
    "Choose, or change, the form of an HDR's summary",
    request=ChooseSummaryForm,
    answer=CreatedAnswer,
    status=201,
    location=lambda answer: url_for("api.get_summary", summary_id=answer.id),
)
def choose_summary_form(message: ChooseSummaryForm) -> CreatedAnswer:
    return services().hdr.choose_summary_form(message)


@blueprint.get("/summaries")
@operation("Summaries in the caller's scope", query=SummaryListQuery, answer=Listed[SummaryRow])
def list_summaries(query: SummaryListQuery) -> object:
    with reading() as connection:
        page = summaries.list_summaries(
            connection, narrowed(SummaryFilter, query, states=query.state)
        )
    return listed(page.rows, page.total, query)


@blueprint.get("/summaries/<uuid:summary_id>")
@operation("One summary in full, with what its template still misses", answer=SummaryAnswer)
def get_summary(summary_id: UUID) -> SummaryAnswer:
    return services().hdr.get_summary(SummaryRequest(summary_id=summary_id))


@blueprint.put("/summaries/<uuid:summary_id>/document")
@operation("Save the summary, complete or not", request=SaveSummaryDraft, answer=VersionAnswer)
def save_summary_draft(message: SaveSummaryDraft) -> VersionAnswer:
    """Authors save in DRAFT, editors in SUBMITTED."""
    with reading() as connection:
        row = summaries.find_summary(connection, message.summary_id)
    if row is not None:
        check_turn(row.state, is_draft=row.state is SummaryState.DRAFT)
    return services().hdr.save_summary_draft(message)


@blueprint.post("/summaries/<uuid:summary_id>/submit")
@operation("Hand a complete summary in", request=SummaryRequest, answer=DoneAnswer)
def submit_summary(message: SummaryRequest) -> DoneAnswer:
    return services().hdr.submit_summary(message)


@blueprint.post("/summaries/<uuid:summary_id>/approve")
@operation("Approve a summary", request=SummaryRequest, answer=DoneAnswer)
def approve_summary(message: SummaryRequest) -> DoneAnswer:
    return services().hdr.approve_summary(message)


@blueprint.post("/summaries/<uuid:summary_id>/return")
@operation("Give a summary back to its authors", request=ReturnSummary, answer=DoneAnswer)
def return_summary(message: ReturnSummary) -> DoneAnswer:
    return services().hdr.return_summary(message)


@blueprint.post("/summaries/<uuid:summary_id>/publish")
@operation("Publish a summary, without contact data", request=SummaryRequest, answer=DoneAnswer)
def publish_summary(message: SummaryRequest) -> DoneAnswer:
    return services().hdr.publish_summary(message)


@blueprint.delete("/summaries/<uuid:summary_id>/contact")
@operation("Erase a summary's contact data", request=SummaryRequest, answer=DoneAnswer)
def erase_summary_contact(message: SummaryRequest) -> DoneAnswer:
    return services().hdr.erase_summary_contact(message)


@blueprint.get("/practices")
@operation("Published summaries, the newest first", query=PracticeQuery, answer=Listed[SummaryRow])
def list_practices(query: PracticeQuery) -> object:
    with reading() as connection:
        page = summaries.published_summaries(connection, unscoped(SummaryFilter, query))
    return listed(page.rows, page.total, query)


@blueprint.get("/practices/<uuid:summary_id>")
@operation("A published summary with its text", answer=Practice)
def get_practice(summary_id: UUID) -> Practice:
    with reading() as connection:
        row = summaries.find_summary(connection, summary_id)
        is_public = row is not None and row.state is SummaryState.PUBLISHED
        return Practice(
            summary=found(row if is_public else None, "summary", summary_id),
            document=summaries.document_of(connection, summary_id),
        )


def check_turn(state: str, *, is_draft: bool) -> None:
    """Let authors write in a draft, and editors in what was handed in; staff in both.

    Whether the state takes any text at all is the service's rule.

    Raises:
        AuthorsOnlyInDraftError: An author, after the draft.
        EditorsOnlyInEditingError: An editor, in a draft.
    """
    caller = principal()
    if caller.has(Role.PROGRAMME_STAFF):
        return
    if is_draft and not caller.has(Role.EXPERT, Role.JST):
        raise EditorsOnlyInEditingError(state=str(state))
    if not is_draft and not caller.has(Role.EDITOR):
        raise AuthorsOnlyInDraftError(state=str(state))


def read_template(kind: str, template_version: int) -> TemplateQuery:
    """The query for a template; an impossible kind is one that does not exist."""
    try:
        return TemplateQuery(kind=kind.upper(), template_version=template_version)
    except ValidationError:
        raise NotFoundError(what="template", id=f"{kind}/{template_version}") from None
