"""The packs served at a moment: those of the image, with what was published in their place and beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.publishing.effect import digests_at

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime

    from app.services.published_policies import PublishedPolicies, PublishedPolicy
    from app.services.publishing.effect import Version
    from app.store.publications import Publication


async def assembled(
    image: PublishedPolicies,
    rows: Iterable[Publication],
    moment: datetime,
    version_of: Callable[[str], Awaitable[PublishedPolicy | None]],
) -> Mapping[Version, PublishedPolicy]:
    """By policy and version. Where `version_of` has none of a digest, what was there before it goes on."""
    found = {(one.policy.id, one.policy.version): one for one in image}
    for version, digests in digests_at(rows, moment).items():
        for digest in digests:
            if (published := await version_of(digest)) is not None:
                found[version] = published
                break
    return found
