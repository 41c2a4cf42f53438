"""Packs that were published while the service runs: which digest a version of a policy has, from when on."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table, which is only ever added to."""
    op.create_table(
        "publications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("active_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("publications_pkey")),
        sa.ForeignKeyConstraint(
            ["digest"], ["policy_versions.digest"], name=op.f("publications_digest_fkey")
        ),
        sa.ForeignKeyConstraint(["undoes"], ["publications.id"], name=op.f("publications_undoes_fkey")),
        # Undone once; and a row either publishes or undoes.
        sa.UniqueConstraint("undoes", name=op.f("publications_undoes_key")),
        sa.CheckConstraint("(digest IS NULL) = (undoes IS NOT NULL)", name=op.f("publications_kind_check")),
        sa.CheckConstraint("undoes < id", name=op.f("publications_undoes_check")),
    )
    op.create_index("publications_policy_id_idx", "publications", ["policy", "id"])
    for name, when in (("kept", "BEFORE UPDATE OR DELETE"), ("kept_whole", "BEFORE TRUNCATE")):
        each = "ROW" if name == "kept" else "STATEMENT"
        op.execute(
            f"CREATE TRIGGER publications_{name} {when} ON publications"
            f" FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )
    op.execute("GRANT SELECT, INSERT ON publications TO duixian_service")


def downgrade() -> None:
    """What was published is forgotten; its packs stay among the versions that are kept."""
    op.drop_table("publications")
