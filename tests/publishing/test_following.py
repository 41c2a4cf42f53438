"""What a process serves while it follows: never older than what is in effect, whatever stands in the database."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
from psycopg.types.json import Jsonb

from app.services.published_policies import PublishedPolicies, PublishedPolicy
from app.services.publishing.following import Following, News
from app.services.served_policies import ServedPolicies
from app.store.database import open_database
from app.store.migrating import migrate
from tests.publishing.promises import POLICY, digest, files

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def packs(yuan: int) -> PublishedPolicies:
    return PublishedPolicies([PublishedPolicy.of(files(yuan))])


def served_digest(served: ServedPolicies) -> str:
    return served.now.latest(POLICY).policy.digest


def follow(url: str, does: Callable[[Following, ServedPolicies], Awaitable[None]]) -> None:
    async def run() -> None:
        engine, served = open_database(url), ServedPolicies(packs(1))
        try:
            await does(Following(engine, served), served)
        finally:
            await engine.dispose()

    asyncio.run(run())


def published(url: str, yuan: int, kept: dict[str, str] | None = None) -> None:
    """Put a publication into the database, by other rules than its digest says where `kept` is given."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO policy_versions (digest, policy, version, engine_version, files)"
            " VALUES (%s, %s, '1', '1', %s)",
            [digest(yuan), POLICY, Jsonb(kept or files(yuan))],
        )
        connection.execute(
            "INSERT INTO publications (policy, version, digest, active_from, published_by, published_at)"
            " VALUES (%s, '1', %s, %s, 'tests', %s)",
            [POLICY, digest(yuan), LONG_AGO, LONG_AGO],
        )


def test_what_came_into_effect_while_it_was_loading_is_not_undone_for_a_moment(database_url: str) -> None:
    async def does(following: Following, served: ServedPolicies) -> None:
        now = time.monotonic()
        steps = [(now - 2, packs(2)), (now - 1, packs(3)), (now + 0.2, packs(4))]
        seen: list[str] = []
        switch = served.switch

        def watched(policies: PublishedPolicies) -> None:
            switch(policies)
            seen.append(served_digest(served))

        served.switch = watched  # type: ignore[method-assign]
        following.take(News(1, steps))
        assert seen == [digest(3)]
        await asyncio.sleep(0.4)
        assert seen == [digest(3), digest(4)]

    follow(database_url, does)


def test_a_pack_that_this_engine_cannot_read_gives_way_to_the_one_before(database_url: str) -> None:
    migrate(database_url)
    published(database_url, 2)
    published(database_url, 3, {"policy.yaml": "no: pack"})
    published(database_url, 4, files(5))  # read otherwise than when it was kept

    async def does(following: Following, served: ServedPolicies) -> None:
        assert not served.current
        await following.look()
        assert served.current
        assert served_digest(served) == digest(2)

    follow(database_url, does)


def test_a_database_that_cannot_be_read_changes_nothing_and_is_looked_at_again(database_url: str) -> None:
    migrate(database_url)

    async def does(following: Following, served: ServedPolicies) -> None:
        published(database_url, 2)
        await following.look()
        with psycopg.connect(database_url) as connection:
            connection.execute("ALTER TABLE publications RENAME TO elsewhere")
        await following.look()
        assert served_digest(served) == digest(2)
        with psycopg.connect(database_url) as connection:
            connection.execute("ALTER TABLE elsewhere RENAME TO publications")
        published(database_url, 3)
        await following.look()
        assert served_digest(served) == digest(3)

    follow(database_url, does)


def test_what_a_request_holds_does_not_change_under_it() -> None:
    served = ServedPolicies(packs(1))
    held = served.held()
    served.switch(packs(2))
    assert (served_digest(held), served_digest(served)) == (digest(1), digest(2))
    assert served.held().image is served.image
