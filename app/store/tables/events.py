"""The audit trail: events chained by hash, and the heads of the chains that have no row of their own."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.store.columns import instant, mode_check, mode_column
from app.store.database import METADATA
from app.store.xid8 import Xid8

events = Table(
    "events",
    METADATA,
    mode_column(),
    Column("chain", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("id", Text, nullable=False, unique=True),
    Column("application", Text, ForeignKey("applications.id")),
    Column("platform", Text),
    Column("type", Text, nullable=False),
    instant("at"),
    Column("actor", JSONB, nullable=False),
    Column("from_status", Text),
    Column("to_status", Text),
    Column("data", JSONB, nullable=False),
    Column("algorithm", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("txid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    PrimaryKeyConstraint("mode", "chain", "seq"),
    mode_check(),
    CheckConstraint("seq > 0", name="seq"),
    CheckConstraint("algorithm IN ('sha256', 'sm3')", name="algorithm"),
    CheckConstraint("hash ~ '^[0-9a-f]{64}$' AND prev_hash ~ '^[0-9a-f]{64}$'", name="hash"),
    CheckConstraint("(application IS NULL) = (platform IS NULL)", name="platform"),
    Index("events_feed_idx", "mode", "txid", "position"),
    Index("events_platform_feed_idx", "mode", "platform", "txid", "position"),
)
"""`chain`: an application's id, `keys`, `records`, `organisations`, `offers`, `policies`, `settings` or `webhooks`."""

chain_heads = Table(
    "chain_heads",
    METADATA,
    mode_column(),
    Column("chain", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("mode", "chain"),
    mode_check(),
)
"""Heads of the chains that belong to no application; an application's row holds its own."""
