"""The publications of a policy, for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.refusals import NotFound
from app.store import publications

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.services.office import Office
    from app.store.publications import Publication


async def list_publications(
    office: Office, policy: str, before: int | None, most: int
) -> Sequence[Publication]:
    """The newest first, those before the number `before`. Raises NotFound for a policy that never was."""
    async with office.engine.connect() as connection:
        found = await publications.of_policy(connection, policy, before, most)
    if not found and before is None and policy not in office.policies.ids:
        raise NotFound
    return found
