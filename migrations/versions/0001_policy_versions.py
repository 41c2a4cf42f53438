"""Policy versions, kept by digest and never changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table, and a trigger that refuses every change of what is kept."""
    op.create_table(
        "policy_versions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("digest", name="policy_versions_pkey"),
        sa.CheckConstraint("digest ~ '^sha256:[0-9a-f]{64}$'", name="digest"),
        sa.CheckConstraint("policy ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(policy) <= 100", name="policy"),
        sa.CheckConstraint("length(version) BETWEEN 1 AND 100", name="version"),
        sa.CheckConstraint("length(engine_version) BETWEEN 1 AND 100", name="engine_version"),
        sa.CheckConstraint("jsonb_typeof(files) = 'object' AND files <> '{}'", name="files"),
    )
    op.create_index("policy_versions_policy_idx", "policy_versions", ["policy"])
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are kept as they are: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER policy_versions_kept BEFORE UPDATE OR DELETE ON policy_versions
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute(
        """
        CREATE TRIGGER policy_versions_kept_whole BEFORE TRUNCATE ON policy_versions
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )


def downgrade() -> None:
    """Drop the table with all it keeps."""
    op.drop_table("policy_versions")
    op.execute("DROP FUNCTION refuse_change()")
