"""Webhook endpoints and what is to be delivered to them: the outbox, which is the queue as well."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.store.columns import instant, mode_check, mode_column, text_id
from app.store.database import METADATA

webhook_endpoints = Table(
    "webhook_endpoints",
    METADATA,
    mode_column(),
    text_id(),
    Column("platform", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("event_types", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("secret", LargeBinary, nullable=False),
    Column("previous_secret", LargeBinary),
    instant("previous_until", nullable=True),
    Column("enabled", Boolean, nullable=False, server_default=text("true")),
    Column("disabled_reason", Text),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    instant("created_at"),
    instant("updated_at"),
    mode_check(),
    Index("webhook_endpoints_mode_platform_idx", "mode", "platform"),
)
"""No event types: all of them."""

webhook_deliveries = Table(
    "webhook_deliveries",
    METADATA,
    mode_column(),
    text_id(),
    Column("endpoint", Text, ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("platform", Text, nullable=False),
    Column("event", Text, ForeignKey("events.id"), nullable=False),
    Column("application", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("last_status", Integer),
    Column("last_error", Text),
    instant("next_attempt_at"),
    instant("created_at"),
    instant("delivered_at", nullable=True),
    mode_check(),
    CheckConstraint("state IN ('pending', 'delivered', 'failed')", name="state"),
    Index("webhook_deliveries_endpoint_id_idx", "endpoint", "id"),
    Index(
        "webhook_deliveries_due_idx",
        "endpoint",
        "application",
        "seq",
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "webhook_deliveries_done_idx",
        "created_at",
        postgresql_where=text("state <> 'pending'"),
    ),
    Index(
        "webhook_deliveries_next_idx",
        "endpoint",
        "next_attempt_at",
        postgresql_where=text("state = 'pending'"),
    ),
)
"""The transactional outbox: a row for each event and endpoint, made with the event.

`next_attempt_at` is also the lease of an attempt under way: a courier that dies leaves it to pass.
"""
