"""Records that assessments read: joint-punishment lists and funding. Rows never change; a later one counts."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table, Text, text

from app.store.columns import fen, instant, mode_check, mode_column, text_id
from app.store.database import METADATA

joint_punishment = Table(
    "joint_punishment",
    METADATA,
    mode_column(),
    text_id(),
    Column("organisation", Text, ForeignKey("organisations.id"), nullable=False),
    Column("uscc", Text, nullable=False),
    Column("list", Text, nullable=False),
    Column("listed_on", Date, nullable=False),
    Column("removed_on", Date),
    Column("source", Text, nullable=False),
    Column("reference", Text),
    Column("supersedes", Text, ForeignKey("joint_punishment.id")),
    Column("void", Boolean, nullable=False, server_default=text("false")),
    Column("recorded_by", Text, nullable=False),
    instant("recorded_at"),
    mode_check(),
    CheckConstraint("removed_on >= listed_on", name="removed_on"),
    Index("joint_punishment_mode_organisation_idx", "mode", "organisation"),
    Index("joint_punishment_mode_id_idx", "mode", "id"),
    Index("joint_punishment_mode_list_id_idx", "mode", "list", "id"),
    Index("joint_punishment_mode_listed_on_id_idx", "mode", "listed_on", "id"),
    Index("joint_punishment_supersedes_key", "supersedes", unique=True),
)

list_readings = Table(
    "list_readings",
    METADATA,
    mode_column(),
    text_id(),
    Column("list", Text, nullable=False),
    Column("source", Text, nullable=False),
    instant("queried_at"),
    Column("recorded_by", Text, nullable=False),
    instant("recorded_at"),
    mode_check(),
    Index("list_readings_mode_list_queried_at_idx", "mode", "list", "queried_at"),
)

funding_records = Table(
    "funding_records",
    METADATA,
    mode_column(),
    text_id(),
    Column("organisation", Text, ForeignKey("organisations.id"), nullable=False),
    Column("uscc", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("project", Text),
    Column("project_key", Text),
    Column("measure", Text),
    fen("amount"),
    Column("granted_on", Date, nullable=False),
    Column("reference", Text, nullable=False),
    Column("supersedes", Text, ForeignKey("funding_records.id")),
    Column("void", Boolean, nullable=False, server_default=text("false")),
    Column("recorded_by", Text, nullable=False),
    instant("recorded_at"),
    mode_check(),
    CheckConstraint("source IN ('district', 'municipal', 'provincial', 'national', 'other')", name="source"),
    CheckConstraint("amount >= 0", name="amount"),
    Index("funding_records_mode_organisation_idx", "mode", "organisation"),
    Index("funding_records_mode_project_key_idx", "mode", "project_key"),
    Index("funding_records_mode_id_idx", "mode", "id"),
    Index("funding_records_mode_source_id_idx", "mode", "source", "id"),
    Index("funding_records_mode_reference_idx", "mode", "reference"),
    Index("funding_records_supersedes_key", "supersedes", unique=True),
)

imports = Table(
    "imports",
    METADATA,
    mode_column(),
    text_id(),
    Column("kind", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("recorded_by", Text, nullable=False),
    instant("recorded_at"),
    mode_check(),
    CheckConstraint("kind IN ('joint-punishment', 'funding', 'organisations')", name="kind"),
    CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    CheckConstraint("0 <= added AND added <= rows", name="added"),
    Index("imports_mode_kind_sha256_key", "mode", "kind", "sha256", unique=True),
)
"""Files that were taken in: a file counts by its content, and counts once."""
