"""What decided once can decide again: a kept pack gives the same answer, whatever the files say now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.rules import ENGINE_VERSION
from app.rules.loading import load_policy
from app.services.packs import read_pack
from app.services.register_policies import (
    PolicyChanged,
    PolicyNotKept,
    kept_version,
    register_policies,
)
from app.settings import PACKAGED_POLICIES
from app.store import policy_versions
from app.store.policy_versions import PolicyVersion
from tests.yanhu.asking import ask
from tests.yanhu.engine import Engine

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.rules.policy import Policy

pytestmark = pytest.mark.anyio

FILES = read_pack(PACKAGED_POLICIES / "yanhu-ip")
ASKED = ask("patent-grants", {"patents": {"granted": 8, "invention_granted": 2, "high_value_granted": 0}})


async def _kept(engine: AsyncEngine, digest: str) -> Policy:
    async with engine.connect() as connection:
        return (await kept_version(connection, digest)).policy


async def test_a_kept_policy_decides_as_it_did(engine: AsyncEngine) -> None:
    policy = load_policy(FILES)
    assert await register_policies(engine, [(policy, FILES)], ENGINE_VERSION) == 1
    assert await register_policies(engine, [(policy, FILES)], ENGINE_VERSION) == 0
    kept = await _kept(engine, policy.digest)
    assert Engine(kept).answer(ASKED) == Engine(policy).answer(ASKED)


async def test_a_changed_amount_is_another_version_and_the_old_one_stays(engine: AsyncEngine) -> None:
    path = "measures/patent-grants.yaml"
    changed = {**FILES, path: FILES[path].replace("200000", "300000")}
    old, new = load_policy(FILES), load_policy(changed)
    assert await register_policies(engine, [(old, FILES), (new, changed)], ENGINE_VERSION) == 2
    ten = ask("patent-grants", {"patents": {"granted": 10}})
    amounts = [Engine(await _kept(engine, one.digest)).decide(ten)["totals"]["amount"] for one in (old, new)]
    assert amounts == ["200000.00", "300000.00"]


async def test_a_digest_that_was_never_kept_is_said_so(engine: AsyncEngine) -> None:
    with pytest.raises(PolicyNotKept):
        await _kept(engine, "sha256:" + "0" * 64)


async def test_a_pack_that_no_longer_gives_its_digest_is_not_taken_for_it(engine: AsyncEngine) -> None:
    wrong = "sha256:" + "a" * 64
    async with engine.begin() as connection:
        await policy_versions.keep(
            connection, PolicyVersion(wrong, "yanhu-ip", "2023-draft", ENGINE_VERSION, FILES)
        )
    with pytest.raises(PolicyChanged):
        await _kept(engine, wrong)
