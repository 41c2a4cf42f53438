"""Organisations and the codes they had: claims, usage, debts and records hang on the organisation's id."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from app.store.columns import instant, mode_check, mode_column, text_id
from app.store.database import METADATA

organisations = Table(
    "organisations",
    METADATA,
    mode_column(),
    text_id(),
    Column("name", Text, nullable=False),
    Column("kind", Text),
    Column("merged_into", Text, ForeignKey("organisations.id")),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    instant("created_at"),
    instant("updated_at"),
    mode_check(),
    CheckConstraint("merged_into <> id", name="merged_into"),
    Index("organisations_mode_id_idx", "mode", "id"),
    Index("organisations_mode_name_idx", "mode", "name"),
)

organisation_codes = Table(
    "organisation_codes",
    METADATA,
    mode_column(),
    Column("uscc", Text, nullable=False),
    Column("organisation", Text, ForeignKey("organisations.id"), nullable=False),
    Column("from_date", Date),
    Column("reason", Text),
    instant("created_at"),
    PrimaryKeyConstraint("mode", "uscc"),
    mode_check(),
    CheckConstraint("uscc ~ '^[0-9A-HJ-NP-RTUWXY]{18}$'", name="uscc"),
    Index("organisation_codes_organisation_idx", "organisation"),
)
