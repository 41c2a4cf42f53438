"""Work that takes longer than a request, and the populations that were sent for it."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from app.store.columns import instant, mode_check, mode_column, text_id
from app.store.database import METADATA

UNFINISHED = "status IN ('queued', 'running')"

jobs = Table(
    "jobs",
    METADATA,
    mode_column(),
    text_id(),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("input", JSONB, nullable=False),
    Column("done", BigInteger, nullable=False, server_default=text("0")),
    Column("total", BigInteger),
    Column("result", JSONB),
    Column("failure", JSONB),
    Column("files", JSONB, nullable=False, server_default=text("'[]'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("lease", Text),
    Column("created_by", Text, nullable=False),
    instant("created_at"),
    instant("started_at", nullable=True),
    instant("ended_at", nullable=True),
    instant("expires_at", nullable=True),
    mode_check(),
    CheckConstraint("status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="status"),
    CheckConstraint(f"({UNFINISHED}) = (ended_at IS NULL)", name="ended"),
    CheckConstraint("(ended_at IS NULL) = (expires_at IS NULL)", name="expires"),
    CheckConstraint("(status = 'failed') = (failure IS NOT NULL)", name="failure"),
    CheckConstraint("(status = 'succeeded') = (result IS NOT NULL)", name="result"),
    CheckConstraint("done >= 0 AND attempts >= 0", name="counts"),
    Index("jobs_mode_id_idx", "mode", "id"),
    Index("jobs_mode_status_id_idx", "mode", "status", "id"),
    Index("jobs_unfinished_idx", "id", postgresql_where=text(UNFINISHED)),
    Index("jobs_expires_at_idx", "expires_at"),
)
"""`lease` is of the worker that has it; `done` and `total` are rows; `failure` words in both languages."""

uploads = Table(
    "uploads",
    METADATA,
    mode_column(),
    text_id(),
    Column("name", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("bad_rows", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    instant("created_at"),
    instant("expires_at"),
    mode_check(),
    CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    CheckConstraint("size > 0", name="size"),
    CheckConstraint("0 <= rows AND 0 <= bad_rows", name="counts"),
    Index("uploads_mode_id_idx", "mode", "id"),
    Index("uploads_expires_at_idx", "expires_at"),
)
"""`name` is that of the file in the upload's folder; `rows` are the good ones."""
