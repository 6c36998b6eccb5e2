"""What others' facts mean here: the published HDRs that a round can ask about."""

from __future__ import annotations

from services.monitoring import reference
from services.monitoring.application import Monitoring
from services.monitoring.domain.questions import questions_about
from shared.contracts.hdr import HDRPublished, HDRWithdrawn
from shared.kernel.subscription import Handlers

handlers = Handlers()


@handlers.on(HDRPublished)
def on_hdr_published(app: Monitoring, event: HDRPublished) -> None:
    """Rounds opened from now on ask about it, as this version has it."""
    hdr = questions_about(event)
    app.write(lambda connection: reference.keep_hdr(connection, event.edition_id, hdr))


@handlers.on(HDRWithdrawn)
def on_hdr_withdrawn(app: Monitoring, event: HDRWithdrawn) -> None:
    """Rounds opened from now on do not ask about it; those before keep asking."""
    app.write(lambda connection: reference.keep_withdrawal(connection, event.hdr_id))
