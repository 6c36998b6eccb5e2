"""Advisory's read models, and the metadata of all tables of its database."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
