"""Runs that share a budget or places among applications: each kept whole, never changed."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.store.columns import fen, instant, mode_check, mode_column, text_id
from app.store.database import METADATA

allocation_runs = Table(
    "allocation_runs",
    METADATA,
    mode_column(),
    text_id(),
    Column("policy", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("policy_digest", Text, ForeignKey("policy_versions.digest"), nullable=False),
    Column("notice", Integer),
    Column("year", Integer, nullable=False),
    Column("measure", Text, nullable=False),
    Column("ledger_key", Text, nullable=False),
    Column("limit_key", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("engine_version", Text, nullable=False),
    # Fen, or places: all there is by the text, and what earlier awards had taken of it.
    Column("cap", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    fen("demand"),
    fen("spent"),
    Column("outcomes", JSONB, nullable=False),
    Column("factor", Text),
    Column("cut_off", JSONB(none_as_null=True)),
    Column("precedence", JSONB, nullable=False),
    Column("reason", Text),
    Column("input_digest", Text, nullable=False),
    Column("result_digest", Text, nullable=False),
    Column("run_by", Text, nullable=False),
    instant("run_at"),
    mode_check(),
    CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
    CheckConstraint("0 <= used AND used <= cap AND 0 <= spent AND spent <= demand", name="figures"),
    CheckConstraint(
        "input_digest ~ '^sha256:[0-9a-f]{64}$' AND result_digest ~ '^sha256:[0-9a-f]{64}$'", name="digests"
    ),
    Index("allocation_runs_mode_id_idx", "mode", "id"),
    Index("allocation_runs_mode_ledger_key_year_id_idx", "mode", "ledger_key", "year", "id"),
)

allocation_lines = Table(
    "allocation_lines",
    METADATA,
    mode_column(),
    Column("run", Text, ForeignKey("allocation_runs.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("application", Text, ForeignKey("applications.id"), nullable=False),
    Column("award", Text, nullable=False),
    Column("arrival", Integer, nullable=False),
    fen("amount"),
    # Null where an unknown fact leaves a score open.
    Column("scores", JSONB(none_as_null=True)),
    Column("rank", Integer),
    Column("outcome", Text, nullable=False),
    fen("granted"),
    PrimaryKeyConstraint("run", "position"),
    UniqueConstraint("run", "application", name="allocation_lines_run_application_key"),
    mode_check(),
    CheckConstraint(
        "outcome IN ('granted', 'partly', 'none', 'needs_decision', 'undetermined')", name="outcome"
    ),
    CheckConstraint("0 <= granted AND granted <= amount", name="granted"),
    Index("allocation_lines_application_idx", "application"),
)
