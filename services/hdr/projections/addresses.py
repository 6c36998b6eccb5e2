"""Addresses of publications: which were given, so that none is given twice, ever."""

from __future__ import annotations

from collections.abc import Iterable

from eventsourcing.persistence import IntegrityError
from sqlalchemy import Column, Connection, String, Table, Uuid, exc, insert, select

from services.hdr.domain.hdr import Hdr
from services.hdr.domain.summary import Summary
from services.hdr.projections import metadata
from shared.kernel.projection import Projection, handles

addresses = Table(
    "addresses",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("slug", String(80), primary_key=True),
    Column("subject_id", Uuid, nullable=False),
)

HDR, SUMMARY = "HDR", "SUMMARY"


class Addresses(Projection):
    """One row for each address that was ever given."""

    name = "addresses"
    tables = (addresses,)

    @handles(Hdr.Published)
    def on_hdr_published(self, connection: Connection, event: Hdr.Published) -> None:
        """An HDR's first version takes its address; later ones keep it."""
        if event.published_version == 1:
            _take(connection, HDR, event)

    @handles(Summary.Published)
    def on_summary_published(self, connection: Connection, event: Summary.Published) -> None:
        """A summary takes its address."""
        _take(connection, SUMMARY, event)


def _take(connection: Connection, kind: str, event: Hdr.Published | Summary.Published) -> None:
    values = {"kind": kind, "slug": event.slug, "subject_id": event.originator_id}
    try:
        connection.execute(insert(addresses).values(values))
    except exc.IntegrityError as error:
        # The kernel then runs the command again, and it chooses another address.
        raise IntegrityError(f"the address {event.slug!r} was taken meanwhile") from error


def first_free(connection: Connection, kind: str, candidates: Iterable[str]) -> str:
    """The first of the candidates that nothing of this kind was ever given; there must be one."""
    t = addresses.c
    for slug in candidates:
        taken = select(t.subject_id).where(t.kind == kind, t.slug == slug)
        if connection.execute(taken).first() is None:
            return slug
    raise ValueError("no address is free")
