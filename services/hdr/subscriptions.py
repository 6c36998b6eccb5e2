"""What hdr listens to: the end of a diagnosis, a cycle's team, editions, the register of JST."""

from __future__ import annotations

from services.hdr.application import HdrApplication
from shared.contracts import advisory, recruitment
from shared.kernel.subscription import Handlers

handlers = Handlers()


@handlers.on(advisory.DiagnosisClosed)
def on_diagnosis_closed(app: HdrApplication, event: advisory.DiagnosisClosed) -> None:
    """The HDR of the cycle can be written."""
    app.open_hdr(
        cycle_id=event.cycle_id,
        edition_id=event.edition_id,
        jst=event.jst,
        area_code=event.area_code,
        diagnosis=event.diagnosis,
        priorities=event.priorities,
    )


@handlers.on(advisory.TeamAssigned)
def on_team_assigned(app: HdrApplication, event: advisory.TeamAssigned) -> None:
    """The team that advises on the HDR, before or after it is opened."""
    app.note_team(event.cycle_id, event.team_id)


@handlers.on(recruitment.EditionCreated)
def on_edition_created(app: HdrApplication, event: recruitment.EditionCreated) -> None:
    """The edition's template and summary forms."""
    app.note_edition(event.edition_id, event.configuration)


@handlers.on(recruitment.EditionReconfigured)
def on_edition_reconfigured(app: HdrApplication, event: recruitment.EditionReconfigured) -> None:
    """The same, as they are from now on; open HDRs keep their template."""
    app.note_edition(event.edition_id, event.configuration)


@handlers.on(recruitment.LocalGovernmentRegistered)
def on_registered(app: HdrApplication, event: recruitment.LocalGovernmentRegistered) -> None:
    """A JST of the register."""
    app.note_local_government(event.jst)


@handlers.on(recruitment.LocalGovernmentRenamed)
def on_renamed(app: HdrApplication, event: recruitment.LocalGovernmentRenamed) -> None:
    """Its new name."""
    app.note_local_government(event.jst)


@handlers.on(recruitment.LocalGovernmentKindChanged)
def on_kind_changed(app: HdrApplication, event: recruitment.LocalGovernmentKindChanged) -> None:
    """Its new kind and code."""
    app.note_local_government(event.jst)


@handlers.on(recruitment.LocalGovernmentClosed)
def on_closed(app: HdrApplication, event: recruitment.LocalGovernmentClosed) -> None:
    """A JST that is gone: its last state stays for what it wrote."""
    app.note_local_government(event.jst)
