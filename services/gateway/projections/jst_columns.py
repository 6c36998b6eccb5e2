"""The columns in which a view keeps a JST as it was at the moment of an event."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, String, Text, Uuid

from services.gateway.projections.polish import fold, sort_key
from shared.contracts.base import JstKind, JstRef

CODE_WITHOUT_KIND = 6
"""Digits of a code that stay when a commune's kind changes (DR-50)."""
_BEFORE_CODE = "0000000"


def jst_columns(*, nullable: bool = False) -> tuple[Column[Any], ...]:
    """New columns ``jst_…`` for one table."""
    return (
        Column("jst_id", Uuid, nullable=nullable),
        Column("jst_code", String(7), nullable=nullable),
        Column("jst_name", String(200), nullable=nullable),
        Column("jst_kind", String(20), nullable=nullable),
        Column("jst_voivodeship", String(2), nullable=nullable),
        Column("jst_county", String(200)),
        Column("jst_has_county_rights", Boolean, nullable=nullable),
        Column("jst_sort_key", Text, nullable=nullable),
        Column("jst_folded", Text, nullable=nullable),
    )


def jst_values(jst: JstRef | None) -> dict[str, Any]:
    """What these columns hold for a JST; empty for none."""
    if jst is None:
        return {}
    return {
        "jst_id": jst.id,
        "jst_code": jst.code,
        "jst_name": jst.name,
        "jst_kind": jst.kind.value,
        "jst_voivodeship": jst.voivodeship,
        "jst_county": jst.county,
        "jst_has_county_rights": jst.has_county_rights,
        "jst_sort_key": jst_sort_key(jst),
        "jst_folded": fold(jst.name, jst.code, jst.county),
    }


def jst_sort_key(jst: JstRef) -> str:
    """JST in Polish order of their names; of one name, by code."""
    return f"{sort_key(jst.name)}{_BEFORE_CODE}{jst.code}"


def jst_of(row: Any) -> JstRef:
    """The JST that a row with these columns names."""
    return JstRef(
        id=row.jst_id,
        code=row.jst_code,
        name=row.jst_name,
        kind=JstKind(row.jst_kind),
        voivodeship=row.jst_voivodeship,
        county=row.jst_county,
        has_county_rights=row.jst_has_county_rights,
    )


def jst_or_none(row: Any) -> JstRef | None:
    """The JST that a row names, if it names one."""
    return None if row.jst_id is None else jst_of(row)
