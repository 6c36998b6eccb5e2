"""What a round asks about a published HDR: its actions and indicators, as its document has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.contracts.hdr import Document, HDRPublished
from shared.contracts.monitoring import MonitoredAction, MonitoredHdr, MonitoredIndicator


def questions_about(hdr: HDRPublished) -> MonitoredHdr:
    """The HDR as monitoring asks about it.

    A template without actions or without indicators is asked about none.

    Raises:
        ValidationError: A row lacks what monitoring asks about, as no checked HDR does.
    """
    return MonitoredHdr(
        hdr_id=hdr.hdr_id,
        jst=hdr.jst,
        area_code=hdr.area_code,
        title=hdr.title,
        actions=tuple(
            MonitoredAction.model_validate(row) for row in _rows(hdr.document, "actions")
        ),
        indicators=tuple(
            MonitoredIndicator.model_validate(row) for row in _rows(hdr.document, "indicators")
        ),
    )


def _rows(document: Document, element: str) -> Sequence[Mapping[str, Any]]:
    return document.get(element) or ()
