"""What others' facts mean here: experts and editions to know, cycles to open, HDRs handed in."""

from __future__ import annotations

from collections.abc import Iterable

from services.advisory import reference
from services.advisory.application import Advisory
from shared.contracts.base import JstRef
from shared.contracts.hdr import HDRSubmitted
from shared.contracts.recruitment import (
    CallKind,
    Decision,
    EditionCreated,
    EditionReconfigured,
    ExpertEnteredRoster,
    ExpertLeftRoster,
    PublishedResult,
    ReservePromoted,
    ResultsPublished,
)
from shared.kernel.subscription import Handlers

handlers = Handlers()


@handlers.on(EditionCreated)
def on_edition_created(app: Advisory, event: EditionCreated) -> None:
    """Keep the edition's rules."""
    app.write(
        lambda connection: reference.keep_edition(connection, event.edition_id, event.configuration)
    )


@handlers.on(EditionReconfigured)
def on_edition_reconfigured(app: Advisory, event: EditionReconfigured) -> None:
    """Keep the edition's new rules; opened cycles keep their stages."""
    app.write(
        lambda connection: reference.keep_edition(connection, event.edition_id, event.configuration)
    )


@handlers.on(ExpertEnteredRoster)
def on_expert_entered_roster(app: Advisory, event: ExpertEnteredRoster) -> None:
    """Keep the expert as one who may join a team."""
    app.write(lambda connection: reference.keep_expert(connection, event))


@handlers.on(ExpertLeftRoster)
def on_expert_left_roster(app: Advisory, event: ExpertLeftRoster) -> None:
    """The expert joins no further team; teams of theirs stay until a member is replaced."""
    app.write(lambda connection: reference.keep_departure(connection, event.expert_id))


@handlers.on(ResultsPublished)
def on_results_published(app: Advisory, event: ResultsPublished) -> None:
    """A cycle for each JST that qualified."""
    if event.kind is CallKind.JST:
        app.open_cycles(event.edition_id, _qualified(event.results))


@handlers.on(ReservePromoted)
def on_reserve_promoted(app: Advisory, event: ReservePromoted) -> None:
    """A cycle for a JST that moved up from the reserve list."""
    if event.kind is CallKind.JST:
        app.open_cycles(event.edition_id, _qualified([event.result]))


@handlers.on(HDRSubmitted)
def on_hdr_submitted(app: Advisory, event: HDRSubmitted) -> None:
    """The HDR of a cycle was handed in."""
    app.receive_hdr(event.cycle_id, event.hdr_id)


def _qualified(results: Iterable[PublishedResult]) -> list[JstRef]:
    return [
        result.jst
        for result in results
        if result.decision is Decision.QUALIFIED and result.jst is not None
    ]
