"""Policy versions as they were when they decided: kept by digest, for ever, never changed.

A row holds the whole pack, so that a decision can be replayed after its files have changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, DateTime, Table, Text, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from app.store.database import METADATA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

policy_versions = Table(
    "policy_versions",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("policy", Text, nullable=False, index=True),
    Column("version", Text, nullable=False),
    Column("engine_version", Text, nullable=False),
    Column("files", JSONB, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("digest ~ '^sha256:[0-9a-f]{64}$'", name="digest"),
    CheckConstraint("policy ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(policy) <= 100", name="policy"),
    CheckConstraint("length(version) BETWEEN 1 AND 100", name="version"),
    CheckConstraint("length(engine_version) BETWEEN 1 AND 100", name="engine_version"),
    CheckConstraint("jsonb_typeof(files) = 'object' AND files <> '{}'", name="files"),
)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of one policy, as text."""

    digest: str
    policy: str
    version: str
    engine_version: str
    """The engine that first registered it."""
    files: Mapping[str, str]
    """The pack: path within it -> its text."""
    registered_at: datetime | None = None
    """None before it is kept."""


async def keep(connection: AsyncConnection, version: PolicyVersion) -> bool:
    """Keep a version; False when this digest is kept already (by anyone: a race waits, then sees it)."""
    statement = (
        insert(policy_versions)
        .values(
            digest=version.digest,
            policy=version.policy,
            version=version.version,
            engine_version=version.engine_version,
            files=dict(version.files),
        )
        .on_conflict_do_nothing(index_elements=[policy_versions.c.digest])
        .returning(policy_versions.c.digest)
    )
    return (await connection.execute(statement)).first() is not None


async def find(connection: AsyncConnection, digest: str) -> PolicyVersion | None:
    """The version with this digest."""
    found = await connection.execute(select(policy_versions).where(policy_versions.c.digest == digest))
    row = found.mappings().first()
    return None if row is None else PolicyVersion(**row)


async def of_policy(connection: AsyncConnection, policy: str) -> tuple[PolicyVersion, ...]:
    """All versions of a policy, in the order they were first registered."""
    found = await connection.execute(
        select(policy_versions)
        .where(policy_versions.c.policy == policy)
        .order_by(policy_versions.c.registered_at, policy_versions.c.digest)
    )
    return tuple(PolicyVersion(**row) for row in found.mappings())
