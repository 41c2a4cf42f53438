"""What publications come to: which digest each version of a policy has at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from app.store.publications import Publication

    Version = tuple[str, str]


def digests_at(rows: Iterable[Publication], moment: datetime) -> Mapping[Version, tuple[str, ...]]:
    """Policy and version -> the digests that it was given and that were not taken back, the one in effect first.

    `rows` in their order. What was taken back gives way to what was there before.
    """
    begun = [row for row in rows if row.active_from <= moment]
    undone = {row.undoes for row in begun if row.undoes is not None}
    found: dict[Version, tuple[str, ...]] = {}
    for row in begun:
        if row.digest is not None and row.id not in undone:
            key = row.policy, row.version
            found[key] = (row.digest, *found.get(key, ()))
    return found


def to_undo(rows: Iterable[Publication]) -> Publication | None:
    """The last publication that was not taken back yet."""
    rows = list(rows)
    undone = {row.undoes for row in rows}
    standing = [row for row in rows if row.digest is not None and row.id not in undone]
    return standing[-1] if standing else None


def moments_after(rows: Iterable[Publication], moment: datetime) -> list[datetime]:
    """When something else comes into effect, in order."""
    return sorted({row.active_from for row in rows if row.active_from > moment})
