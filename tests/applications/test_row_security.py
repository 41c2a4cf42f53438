"""Row security, from the catalogue and by trying: whose rows a transaction sees, and whose it may write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from app.store import TABLES
from app.store.acting import EVERYTHING, Sight, acting
from app.store.database import open_database
from tests.applications.rows import GUARDED, MODES, OF_A_PLATFORM, PLATFORMS, fill, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncEngine

pytestmark = pytest.mark.anyio

OPEN = {"policy_versions", "publications"}
"""Tables without a mode: what the policies say is public, and is the same in both modes."""
KEPT = {
    "policy_versions",
    "publications",
    "allocation_runs",
    "allocation_lines",
    "assessments",
    "ledger_entries",
    "events",
    "joint_punishment",
    "list_readings",
    "funding_records",
}


@pytest.fixture
def catalogue(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url) as connection:
        yield connection


def names(rows: list[tuple[str, ...]]) -> set[str]:
    return {first for first, *_ in rows}


def test_every_table_with_a_mode_is_guarded_for_its_owner_too(catalogue: psycopg.Connection) -> None:
    with_mode = names(
        catalogue.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'mode'"
        ).fetchall()
    )
    assert with_mode == {table.name for table in GUARDED}
    assert {table.name for table in TABLES} - with_mode == OPEN
    forced = catalogue.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relrowsecurity AND relforcerowsecurity"
    ).fetchall()
    assert names(forced) == with_mode
    policies = catalogue.execute(
        "SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'"
    ).fetchall()
    assert names(policies) == with_mode
    also = set()
    for table, policy, roles, command, qual, check in policies:
        if policy != f"{table}_rows":
            also.add((policy, command))
            continue
        assert (roles, command, check) == (["public"], "ALL", None), table
        assert "duixian.mode" in qual, table
        assert "duixian.platform" in qual, table
    # A platform's change of a webhook is an event of the office, which it writes and does not see. Of offers it sees
    # those that are open, and may make one its own by its answer.
    assert also == {
        ("events_of_the_office", "INSERT"),
        ("offers_open", "SELECT"),
        ("offers_answered", "UPDATE"),
    }
    assert len(policies) == len(with_mode) + len(also)


def test_the_serving_role_owns_nothing_and_cannot_go_around(catalogue: psycopg.Connection) -> None:
    role = catalogue.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin"
        " FROM pg_roles WHERE rolname = 'duixian_service'"
    ).fetchone()
    assert role == (False,) * 6
    for listing in (
        "SELECT relname FROM pg_class WHERE relowner = 'duixian_service'::regrole",
        "SELECT proname FROM pg_proc WHERE proowner = 'duixian_service'::regrole",
        "SELECT nspname FROM pg_namespace WHERE nspowner = 'duixian_service'::regrole",
        "SELECT datname FROM pg_database WHERE datdba = 'duixian_service'::regrole",
        "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'duixian_service'::regrole",
    ):
        assert catalogue.execute(listing).fetchall() == []
    for table in TABLES:
        for right in (
            "TRUNCATE",
            "REFERENCES",
            "TRIGGER",
            *(("UPDATE", "DELETE") if table.name in KEPT else ()),
        ):
            has = catalogue.execute(
                "SELECT has_table_privilege('duixian_service', %s, %s)", [table.name, right]
            ).fetchone()
            assert has == (False,), (table.name, right)
    assert catalogue.execute(
        "SELECT has_schema_privilege('duixian_service', 'public', 'CREATE')"
    ).fetchone() == (False,)


def test_functions_that_see_over_it_are_for_the_serving_role_alone(catalogue: psycopg.Connection) -> None:
    found = catalogue.execute(
        "SELECT proname, proconfig, has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    ).fetchall()
    assert len(found) >= 6
    for name, settings, anybody in found:
        assert not anybody, name
        assert "search_path=public, pg_temp" in settings, name


async def counted(engine: AsyncEngine, sight: Sight, table: Table) -> int:
    async with acting(engine, sight) as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def test_without_sight_nothing_is_seen(engine: AsyncEngine, database_url: str) -> None:
    fill(database_url)
    for table in GUARDED:
        assert await counted(engine, Sight("", ""), table) == 0, table.name
        async with engine.begin() as connection:
            await connection.execute(text("SET LOCAL ROLE duixian_service"))
            assert await connection.scalar(select(func.count()).select_from(table)) == 0, table.name


async def test_each_sees_its_own_and_nothing_else(engine: AsyncEngine, database_url: str) -> None:
    fill(database_url)
    for table in GUARDED:
        is_of_a_platform = table in OF_A_PLATFORM or table.name == "idempotency_keys"
        for mode in MODES:
            assert await counted(engine, Sight(mode, EVERYTHING), table) == len(PLATFORMS), table.name
            for platform in PLATFORMS:
                seen = await counted(engine, Sight(mode, platform), table)
                assert seen == (1 if is_of_a_platform else 0), (table.name, mode, platform)
        assert await counted(engine, Sight("live", "portal-2"), table) == 0
        assert await counted(engine, Sight(EVERYTHING, EVERYTHING), table) == len(MODES) * len(PLATFORMS)


async def test_what_a_platform_sees_is_its_own(engine: AsyncEngine, database_url: str) -> None:
    fill(database_url)
    for table in OF_A_PLATFORM:
        async with acting(engine, Sight("live", "portal")) as connection:
            found = (await connection.execute(select(table.c.mode, table.c.platform))).all()
        assert [tuple(one) for one in found] == [("live", "portal")], table.name


async def refused(engine: AsyncEngine, sight: Sight, table: Table, mode: str, platform: str) -> bool:
    """Whether row security refuses the row."""
    try:
        async with acting(engine, sight) as connection:
            await connection.execute(insert(table).values(row(table, mode, platform, "-new")))
    except DBAPIError as error:
        return isinstance(error.orig, errors.InsufficientPrivilege)
    return False


async def test_nobody_writes_for_another(engine: AsyncEngine) -> None:
    for table in GUARDED:
        assert await refused(engine, Sight("live", "portal"), table, "live", "bureau"), table.name
        assert await refused(engine, Sight("live", "portal"), table, "test", "portal"), table.name
        assert await refused(engine, Sight("live", EVERYTHING), table, "test", "portal"), table.name
        assert await refused(engine, Sight("", ""), table, "live", "portal"), table.name


async def test_another_platforms_rows_cannot_be_changed_or_given_away(
    engine: AsyncEngine, database_url: str
) -> None:
    fill(database_url)
    for table in OF_A_PLATFORM:
        if table.name in KEPT:
            continue
        async with acting(engine, Sight("live", "portal")) as connection:
            changed = await connection.execute(table.update().values(mode="live"))
            assert changed.rowcount == 1, table.name
        with pytest.raises(DBAPIError) as refusal:
            async with acting(engine, Sight("live", "portal")) as connection:
                await connection.execute(table.update().values(platform="bureau"))
        assert isinstance(refusal.value.orig, errors.InsufficientPrivilege), table.name


async def test_nothing_is_carried_over_to_the_next_user_of_a_connection(database_url: str) -> None:
    engine = open_database(database_url, pool_size=1)
    try:
        async with acting(engine, Sight("live", "portal")) as connection:
            assert await connection.scalar(text("SELECT current_user")) == "duixian_service"
        async with engine.connect() as connection:
            found = await connection.execute(
                text(
                    "SELECT current_user, current_setting('duixian.mode', true),"
                    " current_setting('duixian.platform', true)"
                )
            )
            user, mode, platform = found.one()
        assert user != "duixian_service"
        assert (mode or "", platform or "") == ("", "")
    finally:
        await engine.dispose()
