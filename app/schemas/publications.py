"""Publications of policies."""

from __future__ import annotations

from app.schemas.words import NOT_ALWAYS, Digest, Shown


class PolicyPublication(Shown):
    """One publication of a pack, or the taking back of one."""

    publication: int
    """Its number: they come into effect in this order."""
    policy: str
    version: str
    digest: Digest | None
    """What the version has from then on; null: what `undoes` names is taken back."""
    undoes: int | None
    """The publication that is taken back."""
    active_from: str
    """When it comes into effect, in every process at once."""
    published_by: str
    published_at: str
    cases: int = NOT_ALWAYS
    """How many cases of the pack were tried, when it was published."""


class PolicyPublicationList(Shown):
    """The newest first."""

    items: list[PolicyPublication]
    next: str | None
    """Send it as `after` for the next page; null on the last."""
