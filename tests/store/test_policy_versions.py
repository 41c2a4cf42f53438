"""Policy versions are kept by digest, once, whole."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from app.store import policy_versions
from app.store.policy_versions import PolicyVersion

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

pytestmark = pytest.mark.anyio


def version(letter: str = "a", **changes: object) -> PolicyVersion:
    given: dict[str, object] = {
        "digest": "sha256:" + letter * 64,
        "policy": "yanhu-ip",
        "version": "2023-draft",
        "engine_version": "1",
        "files": {"policy.yaml": "标题: 盐湖区\n", "measures/one.yaml": 'b: "\'\\u0001"\n'},
    }
    return PolicyVersion(**(given | changes))  # type: ignore[arg-type]


async def test_a_kept_version_comes_back_with_every_character_of_its_files(engine: AsyncEngine) -> None:
    kept = version()
    async with engine.begin() as connection:
        assert await policy_versions.keep(connection, kept)
    async with engine.connect() as connection:
        found = await policy_versions.find(connection, kept.digest)
    assert found is not None
    assert found.registered_at is not None
    assert dict(found.files) == dict(kept.files)
    assert (found.policy, found.version, found.engine_version) == ("yanhu-ip", "2023-draft", "1")


async def test_a_digest_is_kept_once_and_the_first_word_stands(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        assert await policy_versions.keep(connection, version())
        assert not await policy_versions.keep(connection, version(engine_version="2"))
        found = await policy_versions.find(connection, version().digest)
    assert found is not None
    assert found.engine_version == "1"


async def test_an_unknown_digest_is_not_found(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await policy_versions.find(connection, "sha256:" + "0" * 64) is None


async def test_a_policy_may_have_many_versions_in_order_of_registration(engine: AsyncEngine) -> None:
    for letter in "cab":
        async with engine.begin() as connection:
            await policy_versions.keep(connection, version(letter))
    async with engine.begin() as connection:
        await policy_versions.keep(connection, version("d", policy="other"))
        found = await policy_versions.of_policy(connection, "yanhu-ip")
    assert [kept.digest[-1] for kept in found] == ["c", "a", "b"]


async def test_eight_workers_that_register_at_once_keep_one_row(engine: AsyncEngine) -> None:
    async def worker() -> bool:
        async with engine.begin() as connection:
            return await policy_versions.keep(connection, version())

    assert sorted(await asyncio.gather(*(worker() for _ in range(8)))) == [False] * 7 + [True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest": "sha256:abc"},
        {"digest": "md5:" + "a" * 64},
        {"policy": "Yanhu IP"},
        {"policy": ""},
        {"version": ""},
        {"engine_version": ""},
        {"files": {}},
    ],
    ids=lambda wrong: "-".join(f"{name}={value}" for name, value in wrong.items())[:30],
)
async def test_the_database_itself_refuses_what_is_no_version(
    engine: AsyncEngine, wrong: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError):
        async with engine.begin() as connection:
            await policy_versions.keep(connection, version(**wrong))
