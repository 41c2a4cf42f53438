"""Documents: metadata here, bytes in the document store."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Table, Text, text

from app.store.columns import instant, mode_check, mode_column, text_id
from app.store.database import METADATA

documents = Table(
    "documents",
    METADATA,
    mode_column(),
    text_id(),
    Column("platform", Text, nullable=False),
    Column("application", Text, ForeignKey("applications.id")),
    Column("kind", Text),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("fixed", Boolean, nullable=False, server_default=text("false")),
    instant("created_at"),
    mode_check(),
    CheckConstraint("media_type IN ('application/pdf', 'image/jpeg', 'image/png')", name="media_type"),
    CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    CheckConstraint("size > 0", name="size"),
    CheckConstraint("NOT fixed OR application IS NOT NULL", name="fixed"),
    Index("documents_application_idx", "application"),
    Index("documents_unused_idx", "created_at", postgresql_where=text("application IS NULL")),
)
