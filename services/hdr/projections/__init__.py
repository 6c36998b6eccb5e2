"""Read models of hdr, and the one list of the service's tables."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
