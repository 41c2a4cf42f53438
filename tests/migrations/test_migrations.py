"""The migrations go up and down, empty and with data, and give exactly the tables that the code names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import procrastinate
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.store import METADATA, TABLES
from app.store.database import driver_url
from app.store.migrating import migrate, newest_revision

KEEP_ONE = """
    INSERT INTO policy_versions (digest, policy, version, engine_version, files)
    VALUES ('sha256:' || repeat('a', 64), 'yanhu-ip', '2023-draft', '1', '{"policy.yaml": "x"}')
"""


def things(url: str) -> set[tuple[str, str]]:
    """Every table, index, constraint, function and trigger of ours."""
    with psycopg.connect(url) as connection:
        return set(
            connection.execute(
                """
                SELECT 'relation', relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
                UNION SELECT 'constraint', conname || ': ' || pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE connamespace = 'public'::regnamespace
                UNION SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                UNION SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
                """
            ).fetchall()
        )


def of_the_queue(name: str | None) -> bool:
    """What the queue's own library makes and names."""
    return name is not None and (
        name.startswith(("procrastinate_", "idx_procrastinate_")) or "check_not_todo_abort" in name
    )


def test_up_then_down_leaves_nothing_of_ours(empty_database: str) -> None:
    before = things(empty_database)
    migrate(empty_database)
    full = things(empty_database)
    assert ("relation", "policy_versions") in full - before
    migrate(empty_database, "base")
    left = {name for _, name in things(empty_database) - before}
    assert {name for name in left if not name.startswith("alembic_version")} == set()
    migrate(empty_database)
    assert things(empty_database) == full


def test_down_and_up_with_data_in_the_tables(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(KEEP_ONE)
    migrate(database_url, "base")
    migrate(database_url)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM policy_versions").fetchone() == (0,)


def test_up_again_keeps_what_is_there(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(KEEP_ONE)
    migrate(database_url)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT policy FROM policy_versions").fetchall() == [("yanhu-ip",)]


def test_the_code_and_the_migrated_database_name_the_same_tables(database_url: str) -> None:
    assert {table.name for table in TABLES} == set(METADATA.tables)
    engine = create_engine(driver_url(database_url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "compare_server_default": True,
                    "include_name": lambda name, _kind, _parents: not of_the_queue(name),
                },
            )
            assert compare_metadata(context, METADATA) == []
    finally:
        engine.dispose()


def test_the_code_names_the_same_check_constraints_as_the_migrations(
    database_url: str, empty_database: str
) -> None:
    """What autogenerate does not compare."""
    engine = create_engine(driver_url(empty_database), poolclass=NullPool)
    METADATA.create_all(engine)
    engine.dispose()

    def checks(url: str) -> set[str]:
        return {
            name
            for kind, name in things(url)
            if kind == "constraint" and not name.startswith("alembic_version") and not of_the_queue(name)
        }

    assert checks(empty_database) == checks(database_url)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE policy_versions SET version = 'other'",
        'UPDATE policy_versions SET files = \'{"policy.yaml": "y"}\'',
        "DELETE FROM policy_versions",
        "TRUNCATE policy_versions CASCADE",
        (
            "INSERT INTO policy_versions SELECT * FROM policy_versions"
            " ON CONFLICT (digest) DO UPDATE SET engine_version = '2'"
        ),
    ],
)
def test_a_kept_version_cannot_be_changed_even_by_hand(database_url: str, change: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(KEEP_ONE)
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(change)
        assert connection.execute("SELECT version, engine_version FROM policy_versions").fetchall() == [
            ("2023-draft", "1")
        ]


def test_four_that_migrate_at_once_take_turns(empty_database: str) -> None:
    with ThreadPoolExecutor(4) as workers:
        for done in [workers.submit(migrate, empty_database) for _ in range(4)]:
            done.result()
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (newest_revision(),)
        ]


def test_the_queue_stands_at_the_newest_step_of_its_library() -> None:
    """A newer library brings steps that want a revision of their own."""
    steps = import_module("migrations.versions.0004_jobs")
    known = {step.name for step in steps.steps()}
    shipped = {
        step.name for step in (Path(procrastinate.__file__).parent / "sql" / "migrations").glob("*.sql")
    }
    assert shipped == known


def test_the_queue_has_what_its_library_makes_by_itself(database_url: str, empty_database: str) -> None:
    """Step by step gives the same tables, functions and triggers as the library's schema at once."""
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(SchemaManager.get_schema().encode())

    def own(url: str) -> set[tuple[str, str]]:
        return {
            (kind, name)
            for kind, name in things(url)
            if kind in ("function", "trigger") and of_the_queue(name)
        }

    assert own(database_url) == own(empty_database) != set()
