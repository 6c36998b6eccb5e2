"""Alembic's way in."""

from shared.kernel.migrations import run_env

run_env()
