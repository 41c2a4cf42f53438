"""Runs that share a budget or places among applications, and what each gave to whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("allocation_runs", "allocation_lines")
_SEEN_MODE = "(SELECT current_setting('duixian.mode', true))"
_MODE = f"(mode = {_SEEN_MODE} OR {_SEEN_MODE} = '*')"
_OFFICE = "(SELECT current_setting('duixian.platform', true)) = '*'"
_DIGEST = "~ '^sha256:[0-9a-f]{64}$'"


def upgrade() -> None:
    """Both tables, only ever added to, and seen by the office alone."""
    _runs()
    _lines()
    for table in TABLES:
        for name, when, each in (
            ("kept", "BEFORE UPDATE OR DELETE", "ROW"),
            ("kept_whole", "BEFORE TRUNCATE", "STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_{name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )
            op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO duixian_service")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_rows ON {table} USING ({_MODE} AND {_OFFICE})")


def downgrade() -> None:
    """The runs are forgotten; what was approved by them stays."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"{table}_{name}_check"))


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _runs() -> None:
    table = "allocation_runs"
    op.create_table(
        table,
        *(_text(name) for name in ("mode", "id", "policy", "policy_version", "policy_digest")),
        sa.Column("notice", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        *(_text(name) for name in ("measure", "ledger_key", "limit_key")),
        sa.Column("as_of", sa.Date(), nullable=False),
        _text("engine_version"),
        *(_whole(name) for name in ("cap", "used", "demand", "spent")),
        sa.Column("outcomes", postgresql.JSONB(), nullable=False),
        _text("factor", nullable=True),
        sa.Column("cut_off", postgresql.JSONB(), nullable=True),
        sa.Column("precedence", postgresql.JSONB(), nullable=False),
        _text("reason", nullable=True),
        *(_text(name) for name in ("input_digest", "result_digest", "run_by")),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        _check(table, "mode", "mode IN ('live', 'test')"),
        _check(table, "year", "year BETWEEN 2000 AND 2100"),
        _check(table, "figures", "0 <= used AND used <= cap AND 0 <= spent AND spent <= demand"),
        _check(table, "digests", f"input_digest {_DIGEST} AND result_digest {_DIGEST}"),
        sa.ForeignKeyConstraint(
            ["policy_digest"], ["policy_versions.digest"], name=op.f(f"{table}_policy_digest_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
    )
    for columns in (["mode", "id"], ["mode", "ledger_key", "year", "id"]):
        op.create_index(f"{table}_{'_'.join(columns)}_idx", table, columns)


def _lines() -> None:
    table = "allocation_lines"
    op.create_table(
        table,
        _text("mode"),
        _text("run"),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("application"),
        _text("award"),
        sa.Column("arrival", sa.Integer(), nullable=False),
        _whole("amount"),
        sa.Column("scores", postgresql.JSONB(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        _text("outcome"),
        _whole("granted"),
        _check(table, "mode", "mode IN ('live', 'test')"),
        _check(
            table, "outcome", "outcome IN ('granted', 'partly', 'none', 'needs_decision', 'undetermined')"
        ),
        _check(table, "granted", "0 <= granted AND granted <= amount"),
        sa.ForeignKeyConstraint(["run"], ["allocation_runs.id"], name=op.f(f"{table}_run_fkey")),
        sa.ForeignKeyConstraint(["application"], ["applications.id"], name=op.f(f"{table}_application_fkey")),
        sa.PrimaryKeyConstraint("run", "position", name=op.f(f"{table}_pkey")),
        sa.UniqueConstraint("run", "application", name=op.f(f"{table}_run_application_key")),
    )
    op.create_index(f"{table}_application_idx", table, ["application"])
