"""Lists of awards, what they come to, public notices, and what the ledger's verification says."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from app.schemas.application_answers import ApplicationAward, LegalDay
from app.schemas.words import Money, Shown, Words


class AwardApplicant(Shown):
    name: str
    uscc: str


class AwardInList(ApplicationAward):
    """An award, and the application that it belongs to."""

    application: str
    platform: str
    applicant: AwardApplicant
    policy: str
    year: int


class AwardList(Shown):
    items: list[AwardInList]
    next: str | None
    """The cursor of the next page; null on the last."""


class AwardTotals(Shown):
    """Money by where it is; in yuan."""

    awards: dict[str, int]
    """State -> how many."""
    reserved: Money
    payable: Money
    """Payments under way included."""
    paid: Money
    """What was claimed back is not in it."""
    owed: Money
    recovered: Money
    written_off: Money
    used: Money
    """All but what was recovered: what counts against caps."""


class MeasureTotals(AwardTotals):
    measure: str


class AwardSummary(Shown):
    """What the awards of a policy and year come to."""

    policy: str
    year: int
    currency: Literal["CNY"]
    measures: list[MeasureTotals]
    totals: AwardTotals


class PublicAward(Shown):
    measure: str
    title: Words
    amount: Money


class OpenNotice(Shown):
    """An award under notice. Names of sole traders are masked, codes are not shown."""

    application: str
    """What an objection refers to."""
    organisation: str
    policy: str
    year: int
    awards: list[PublicAward]
    from_: Annotated[LegalDay, Field(alias="from")]
    last_day: LegalDay
    """Objections are taken until then, this day included."""


class PublicNoticeList(Shown):
    items: list[OpenNotice]
    next: str | None


class LedgerDifference(Shown):
    """Something that is not as the entries of the ledger have it."""

    what: Literal["state", "amounts", "entries", "claims", "caps", "usage", "orphan"]
    award: str | None
    """Null for a cap."""
    key: str | None
    """The cap's key."""
    expected: Any
    found: Any


class LedgerReport(Shown):
    """Claims, uses of caps and awards, computed anew from the entries."""

    valid: bool
    awards: int
    """How many were looked at."""
    differences: list[LedgerDifference]
    """At most 1,000."""
