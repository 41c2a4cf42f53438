"""The publications of a policy, for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.store import publications

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.store.publications import Publication


async def list_publications(
    engine: AsyncEngine, policy: str, before: int | None, most: int
) -> Sequence[Publication]:
    """The newest first, those before the number `before`."""
    async with engine.connect() as connection:
        return await publications.of_policy(connection, policy, before, most)
