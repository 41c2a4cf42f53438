"""Keep the policies that this process decides by, so that every decision can be replayed later."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app.logs import log
from app.services.published_policies import PublishedPolicy
from app.store import policy_versions
from app.store.policy_versions import PolicyVersion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from app.rules.policy import Policy

_log = log(__name__)


class PolicyNotKept(LookupError):
    """No policy version with this digest was ever registered here."""


class PolicyChanged(RuntimeError):
    """A kept pack no longer gives the digest it was kept under: this engine reads it differently."""


async def register_policies(
    engine: AsyncEngine, packs: Iterable[tuple[Policy, Mapping[str, str]]], engine_version: str
) -> int:
    """Keep each loaded pack by its digest, all or none; how many were new. Safe for many workers at once."""
    new = 0
    async with engine.begin() as connection:
        # One order for everyone: two workers that meet wait for each other, never in a circle.
        for policy, files in sorted(packs, key=lambda pack: pack[0].digest):
            version = PolicyVersion(policy.digest, policy.id, policy.version, engine_version, dict(files))
            if await policy_versions.keep(connection, version):
                new += 1
                _log.info(
                    "policy version kept", policy=policy.id, version=policy.version, digest=policy.digest
                )
    return new


async def kept_version(connection: AsyncConnection, digest: str) -> PublishedPolicy:
    """The version as it was kept under this digest, compiled, whatever the files say now.

    Raises PolicyNotKept, and PolicyChanged when this engine cannot give the same policy any more.
    """
    kept = await policy_versions.find(connection, digest)
    if kept is None:
        raise PolicyNotKept(digest)
    # Reading and compiling take long enough for other requests to wait for.
    found = await asyncio.to_thread(PublishedPolicy.of, kept.files)
    if found.policy.digest != digest:
        raise PolicyChanged(f"kept as {digest}, read as {found.policy.digest}")
    return found
