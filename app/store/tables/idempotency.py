"""Answers kept for replay: the row is made in the transaction of the effect it answers for."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from app.store.columns import instant, mode_check, mode_column
from app.store.database import METADATA

idempotency_keys = Table(
    "idempotency_keys",
    METADATA,
    mode_column(),
    Column("owner", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    instant("created_at"),
    PrimaryKeyConstraint("mode", "owner", "method", "route", "key"),
    mode_check(),
    CheckConstraint("length(fingerprint) = 32", name="fingerprint"),
    Index("idempotency_keys_created_at_idx", "created_at"),
)
"""`owner` is the platform or the person, not the credential. `status` is null only inside the transaction."""
