"""The queue of jobs: procrastinate's own tables, by its own numbered steps, for the role that serves."""

from pathlib import Path

import procrastinate
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LAST_STEP = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
"""Later steps of the library are for later revisions."""
_STEPS = Path(procrastinate.__file__).parent / "sql" / "migrations"
_GRANTS = """
DO $$
DECLARE
    found text;
BEGIN
    FOR found IN SELECT c.oid::regclass::text FROM pg_class c
                  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
                    AND starts_with(c.relname, 'procrastinate_') LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO duixian_service', found);
    END LOOP;
    FOR found IN SELECT c.oid::regclass::text FROM pg_class c
                  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'S'
                    AND starts_with(c.relname, 'procrastinate_') LOOP
        EXECUTE format('GRANT USAGE ON SEQUENCE %s TO duixian_service', found);
    END LOOP;
END
$$
"""
_DROP = """
DO $$
DECLARE
    found text;
BEGIN
    FOR found IN SELECT c.oid::regclass::text FROM pg_class c
                  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
                    AND starts_with(c.relname, 'procrastinate_') LOOP
        EXECUTE format('DROP TABLE %s CASCADE', found);
    END LOOP;
    FOR found IN SELECT p.oid::regprocedure::text FROM pg_proc p
                  WHERE p.pronamespace = current_schema()::regnamespace
                    AND starts_with(p.proname, 'procrastinate_') LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', found);
    END LOOP;
    FOR found IN SELECT t.oid::regtype::text FROM pg_type t
                  WHERE t.typnamespace = current_schema()::regnamespace AND t.typtype IN ('e', 'c')
                    AND starts_with(t.typname, 'procrastinate_') LOOP
        EXECUTE format('DROP TYPE %s CASCADE', found);
    END LOOP;
END
$$
"""


def steps() -> list[Path]:
    """The library's steps up to LAST_STEP, in order. The files never change once they are out."""
    found = sorted(step for step in _STEPS.glob("*.sql") if step.name <= LAST_STEP)
    if not found or found[-1].name != LAST_STEP:
        raise RuntimeError(f"procrastinate no longer ships {LAST_STEP}")
    return found


def _run(sql: str) -> None:
    # Past SQLAlchemy, which would look for parameters in it.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(sql)


def upgrade() -> None:
    """Tables, functions and triggers of the library, and what the role needs of them."""
    for step in steps():
        _run(step.read_text("utf-8"))
    _run(_GRANTS)


def downgrade() -> None:
    """Drop all that is named after the library, jobs included."""
    _run(_DROP)
