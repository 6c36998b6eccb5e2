"""Alembic migrations of hdr's database."""
