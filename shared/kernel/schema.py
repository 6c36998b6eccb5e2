"""The kernel's own tables, the same in every service's database."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    inspect,
    text,
)

from shared.kernel.database import UtcDateTime

kernel_metadata = MetaData()
BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only for INTEGER

events = Table(
    "events",
    kernel_metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("originator_id", Uuid, nullable=False),
    Column("originator_version", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("metadata", Text),
    UniqueConstraint("originator_id", "originator_version", name="events_originator"),
    sqlite_autoincrement=True,  # a number once given is never given again
)

snapshots = Table(
    "snapshots",
    kernel_metadata,
    Column("originator_id", Uuid, primary_key=True),
    Column("originator_version", BigInteger, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

store = Table(
    "store",
    kernel_metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", String(32), nullable=False),
    Column("identity", String(100)),
)
"""One row: the epoch, new at creation and after every restore; and by what the server knows this
very database, which a restored copy of it is not (``None`` where that cannot be told)."""

commands = Table(
    "commands",
    kernel_metadata,
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("position", BigInteger),
    Column("recorded_at", UtcDateTime, nullable=False),
)
"""The first answer to each idempotency key."""

relay = Table(
    "relay",
    kernel_metadata,
    Column("id", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("published_sequence", BigInteger, nullable=False),
)
"""One row: how far the log was read, and the last contract event that the broker confirmed."""

subscription_positions = Table(
    "subscription_positions",
    kernel_metadata,
    Column("subscription", String(100), primary_key=True),
    Column("source", String(100), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("epoch", String(32)),
)

parked_messages = Table(
    "parked_messages",
    kernel_metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("subscription", String(100), nullable=False),
    Column("source", String(100)),
    Column("sequence", BigInteger),
    Column("subject", String(100)),
    Column("type", String(200)),
    Column("body", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("is_behind", Boolean, nullable=False),
    Column("parked_at", UtcDateTime, nullable=False),
    Index("parked_by_subject", "subscription", "subject"),
    sqlite_autoincrement=True,
)

operator_acts = Table(
    "operator_acts",
    kernel_metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("act", String(50), nullable=False),
    Column("target", String(300), nullable=False),
    Column("reason", String(500)),
    Column("outcome", String(300), nullable=False),
    sqlite_autoincrement=True,
)
"""What operators did to the machinery. ``actor`` is an account's id or a system user's number."""


def create_v1(connection: Connection) -> None:
    """Create the kernel's tables; called by each service's first migration."""
    kernel_metadata.create_all(connection)


def create_v2(connection: Connection) -> None:
    """Add what `create_v1` did not make in an earlier release: the acts, the store's identity."""
    operator_acts.create(connection, checkfirst=True)
    known = {column["name"] for column in inspect(connection).get_columns(store.name)}
    if "identity" not in known:
        connection.execute(text("ALTER TABLE store ADD COLUMN identity VARCHAR(100)"))
