"""The table of publications."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
)

from app.store.database import METADATA

publications = Table(
    "publications",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("policy", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("digest", Text, ForeignKey("policy_versions.digest")),
    Column("undoes", BigInteger, ForeignKey("publications.id")),
    Column("active_from", DateTime(timezone=True), nullable=False),
    Column("published_by", Text, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("undoes", name="publications_undoes_key"),
    CheckConstraint("(digest IS NULL) = (undoes IS NOT NULL)", name="kind"),
    CheckConstraint("undoes < id", name="undoes"),
    Index("publications_policy_id_idx", "policy", "id"),
)
