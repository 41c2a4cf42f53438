"""Jobs that take longer than a request, and the populations that are sent for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("jobs", "uploads")
_SEEN_MODE = "(SELECT current_setting('duixian.mode', true))"
_SEEN_PLATFORM = "(SELECT current_setting('duixian.platform', true))"
_ROWS = f"(mode = {_SEEN_MODE} OR {_SEEN_MODE} = '*') AND {_SEEN_PLATFORM} = '*'"
_UNFINISHED = "status IN ('queued', 'running')"


def upgrade() -> None:
    """Both tables, for the office alone."""
    _jobs()
    _uploads()
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO duixian_service")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_rows ON {table} USING ({_ROWS})")


def downgrade() -> None:
    """Jobs and uploads are gone; their files are swept in time. What waits in the queue for them goes too."""
    op.execute("DELETE FROM procrastinate_jobs WHERE queue_name = 'jobs' AND status = 'todo'")
    for table in TABLES:
        op.drop_table(table)


def _jobs() -> None:
    op.create_table(
        "jobs",
        *_head(),
        _text("kind"),
        _text("status"),
        sa.Column("input", postgresql.JSONB(), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column("failure", postgresql.JSONB(), nullable=True),
        sa.Column("files", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        _text("created_by"),
        _instant("created_at"),
        _instant("started_at", nullable=True),
        _instant("ended_at", nullable=True),
        _instant("expires_at", nullable=True),
        _check("jobs", "mode", "mode IN ('live', 'test')"),
        _check("jobs", "status", "status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')"),
        _check("jobs", "ended", f"({_UNFINISHED}) = (ended_at IS NULL)"),
        _check("jobs", "expires", "(ended_at IS NULL) = (expires_at IS NULL)"),
        _check("jobs", "failure", "(status = 'failed') = (failure IS NOT NULL)"),
        _check("jobs", "result", "(status = 'succeeded') = (result IS NOT NULL)"),
        _check("jobs", "counts", "done >= 0 AND attempts >= 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("jobs_pkey")),
    )
    op.create_index("jobs_mode_id_idx", "jobs", ["mode", "id"])
    op.create_index("jobs_mode_status_id_idx", "jobs", ["mode", "status", "id"])
    op.create_index("jobs_unfinished_idx", "jobs", ["id"], postgresql_where=sa.text(_UNFINISHED))
    op.create_index("jobs_expires_at_idx", "jobs", ["expires_at"])


def _uploads() -> None:
    op.create_table(
        "uploads",
        *_head(),
        *(_text(name) for name in ("name", "policy", "version", "sha256")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("size", "rows", "bad_rows")),
        _text("created_by"),
        _instant("created_at"),
        _instant("expires_at"),
        _check("uploads", "mode", "mode IN ('live', 'test')"),
        _check("uploads", "sha256", "sha256 ~ '^[0-9a-f]{64}$'"),
        _check("uploads", "size", "size > 0"),
        _check("uploads", "counts", "0 <= rows AND 0 <= bad_rows"),
        sa.PrimaryKeyConstraint("id", name=op.f("uploads_pkey")),
    )
    op.create_index("uploads_mode_id_idx", "uploads", ["mode", "id"])
    op.create_index("uploads_expires_at_idx", "uploads", ["expires_at"])


def _head() -> tuple[sa.Column[str], sa.Column[str]]:
    return _text("mode"), _text("id")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"{table}_{name}_check"))
