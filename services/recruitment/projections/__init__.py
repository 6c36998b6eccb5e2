"""Recruitment's read models: one module each, with its table, its handlers and its queries.

All tables of the service's own database stand in one ``metadata``.
"""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
