"""Assessments: each kept whole, as it was decided, and never changed."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from app.store.columns import instant, mode_check, mode_column
from app.store.database import METADATA

assessments = Table(
    "assessments",
    METADATA,
    mode_column(),
    Column("application", Text, ForeignKey("applications.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("platform", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("policy_digest", Text, ForeignKey("policy_versions.digest"), nullable=False),
    Column("notice", Integer),
    Column("engine_version", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    instant("at"),
    # Text, not JSON: what was decided on and what came out, to the byte.
    Column("request", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("result_hash", Text, nullable=False),
    Column("records", JSONB, nullable=False),
    PrimaryKeyConstraint("application", "n"),
    mode_check(),
    CheckConstraint("n > 0", name="n"),
    CheckConstraint("occasion IN ('submit', 'approve', 'pay', 'offer')", name="occasion"),
    CheckConstraint("result_hash ~ '^sha256:[0-9a-f]{64}$'", name="result_hash"),
)
