"""Matches of the register against a policy: asked for, and how far they are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.schemas.application_answers import Instant, LegalDay
from app.schemas.bodies import Day, Name, Sent
from app.schemas.words import Mode, Shown

MatchOccasion = TypeAliasType("MatchOccasion", Literal["demand", "nightly"])
MatchStatus = TypeAliasType("MatchStatus", Literal["queued", "running", "succeeded", "failed"])


class MatchBody(Sent):
    """What to match; an empty object, or no body, for all that can be offered, as of today."""

    measures: Annotated[list[Name], Field(max_length=1_000)] | None = None
    """Ids of measures whose amount the text itself gives."""
    as_of: Day | None = None
    """The day to decide on; today by default, and not later."""
    year: Annotated[int, Field(strict=True, ge=2000, le=2100)] | None = None
    """The year that facts and limits are of; by default that of the day."""


class MatchAnswer(Shown):
    id: str
    mode: Mode
    policy: str
    year: int
    as_of: LegalDay
    measures: list[str] | None
    """Null: all that can be offered."""
    occasion: MatchOccasion
    status: MatchStatus
    done: int
    """Organisations that were looked at."""
    total: int | None
    """Of how many; null until it has begun."""
    tally: dict[str, int]
    """How many offers were `made`, `kept` and `withdrawn`; how many organisations `unreadable`, whose facts the policy
    no longer takes; and by reason how many measures were not offered: `ineligible`, `undetermined`, `flagged`,
    `applied`, `debt`, `answered`, `stale`."""
    failure: str | None
    requested_by: str
    requested_at: Instant
    started_at: Instant | None
    ended_at: Instant | None


class MatchList(Shown):
    items: list[MatchAnswer]
    next: str | None
    """Where the list goes on; null: it ends here."""
