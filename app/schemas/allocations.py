"""Runs that share a budget or places among applications."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.schemas.application_answers import Difference, EngineVersions
from app.schemas.bodies import Reason, Sent
from app.schemas.simulated import AllotmentFactor
from app.schemas.words import Digest, Money, Shown, Words

ApplicationId = Annotated[str, Field(max_length=100)]
AllocationOutcome = TypeAliasType(
    "AllocationOutcome", Literal["granted", "partly", "none", "needs_decision", "undetermined"]
)
Count = Annotated[int, Field(ge=0)]


class NewAllocation(Sent):
    """Which measure's budget or places are shared, among the applications of which year."""

    policy: Annotated[str, Field(max_length=100)]
    measure: Annotated[str, Field(max_length=100)]
    year: Annotated[int, Field(strict=True, ge=2000, le=2100)]
    precedence: Annotated[list[ApplicationId], Field(max_length=1_000)] | None = None
    """Among equals these applications go first, in this order: an official's decision, with its reason."""
    reason: Reason | None = None
    """Required with `precedence`."""


class AllocationPolicy(Shown):
    """The text that the run was made by."""

    id: str
    version: str
    digest: Digest
    notice: int | None


class AllocationCounts(Shown):
    """Applications by what became of them."""

    granted: Count
    """In full."""
    partly: Count
    none: Count
    needs_decision: Count
    """Equals of whom not all get in: say with `precedence` of a new run who goes first."""
    undetermined: Count
    """A fact that scores them is not known: they took no part."""


class Allocation(Shown):
    """One run. The last of a measure and year is the one that approvals go by."""

    id: str
    policy: AllocationPolicy
    year: int
    measure: str
    by: Literal["scale", "rank"]
    text: Words
    """How it is shared, by the text."""
    scores: list[Words]
    budget: Money | None
    places: Count | None
    used_before: Money | Count
    """What earlier approvals had taken; money of a budget, or a number of places."""
    left: Money | Count
    """What nobody got."""
    demand: Money
    spent: Money
    outcomes: AllocationCounts
    factor: AllotmentFactor | None
    """Where all are scaled alike."""
    cut_off: list[int | str] | None
    """The lowest scores that got in."""
    precedence: list[str]
    reason: str | None
    as_of: date
    engine_version: str
    input_digest: Digest
    """Over the rule, what there was to share, and every application's amount, scores and order."""
    result_digest: Digest
    run_by: str
    run_at: str


class AllocationList(Shown):
    items: list[Allocation]
    next: str | None
    """For `after`."""


class AllocationLine(Shown):
    """What became of one application."""

    position: int
    application: str
    award: str
    arrival: int
    """Its place in the order of submission."""
    amount: Money
    """As assessed; 0.00 where an official sets it."""
    scores: list[int | str] | None
    """Null where one is not known."""
    rank: int | None
    """From 1; equals share one. Null where all are scaled alike, and for who took no part."""
    outcome: AllocationOutcome
    granted: Money
    """The most that can be approved."""
    message: Words


class AllocationLineList(Shown):
    items: list[AllocationLine]
    next: str | None
    """For `after`."""


class AllocationReplay(Shown):
    """The run done again from what it keeps."""

    allocation: str
    identical: bool
    input_digest: Digest
    replayed_input_digest: Digest
    result_digest: Digest
    replayed_result_digest: Digest
    engine_version: EngineVersions
    difference: list[Difference]
