"""What a simulation comes to."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from app.schemas.catalogue import AllotmentWay
from app.schemas.words import NOT_ALWAYS, Shown

Count = Annotated[int, Field(ge=0)]
SignedMoney = Annotated[
    str,
    Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", description="Yuan with two decimals.", examples=["-200000.00"]),
]


class ReadingPolicy(Shown):
    """Which text was read. The digest of an altered one begins with `altered:`."""

    id: str
    version: str
    status: str
    digest: str


class SimulatedPopulation(Shown):
    rows: Count
    """Applicants that were decided."""
    bad_rows: Count
    """Rows that could not be read, and are in no figure."""


class AllotmentFactor(Shown):
    exact: Annotated[str, Field(pattern=r"^[0-9]+/[0-9]+$", examples=["2/3"])]
    decimal: Annotated[str, Field(pattern=r"^[01]\.[0-9]{10}$")]
    """Rounded down."""


class AllotmentFigures(Shown):
    """What a budget or places of a measure come to; granted, partly, none and needs_decision add up to the claims."""

    by: AllotmentWay
    """By arrival the rows of the population stand for the order of arrival."""
    budget: SignedMoney | None
    places: Count | None
    claims: Count
    """Applicants who are certainly eligible and whose scores are all known."""
    undetermined: Count
    """Applicants who may have a claim; they are in no other figure."""
    demand: SignedMoney
    granted: Count
    """In full."""
    partly: Count
    none: Count
    needs_decision: Count
    """Equals of whom not all get in."""
    spent: SignedMoney
    left: SignedMoney | Count
    """Money of a budget, or a number of places."""
    factor: AllotmentFactor | None
    """Where all are scaled alike."""
    cut_off: list[int | str] | None
    """The lowest scores that got in, where scores rank and anyone did."""


class MeasureFigures(Shown):
    """Applicants by verdict, which add up to all of them."""

    eligible: Count
    ineligible: Count
    undetermined: Count
    amount: SignedMoney
    """Of all rows."""
    ceiling: SignedMoney
    """The most that officials may grant to those who are eligible."""
    allotment: AllotmentFigures | SkipJsonSchema[None] = NOT_ALWAYS
    """Where a budget or places are shared; `amount` is before it, and the totals are without it."""


class GroupFigures(Shown):
    applicants: Count
    with_any_award: Count
    """Eligible for at least one measure that pays."""
    amount: SignedMoney
    discretionary_ceiling: SignedMoney


class AmountBand(Shown):
    """Applicants whose amount is above `over`, at most `up_to`."""

    over: SignedMoney | None
    """Null: those who get nothing."""
    up_to: SignedMoney | None
    """Null: without end."""
    applicants: Count
    amount: SignedMoney


class ChangeFigures(Shown):
    """Applicants who gain, lose or neither, which add up to all of them; and the difference in amounts."""

    gain: Count
    lose: Count
    same: Count
    difference: SignedMoney


class ChangedApplicant(Shown):
    """One whose awards change."""

    row: Count
    ref: str | None
    uscc: str | None
    """Masked."""
    before: SignedMoney
    after: SignedMoney
    difference: SignedMoney
    ceiling_before: SignedMoney
    ceiling_after: SignedMoney


class AgainstBase(ChangeFigures):
    """A scenario against the law as it is."""

    measures: dict[str, ChangeFigures]
    largest_gains: Annotated[list[ChangedApplicant], Field(max_length=10)]
    largest_losses: Annotated[list[ChangedApplicant], Field(max_length=10)]


class FirstCome(Shown):
    """Applicants with an amount in the order of rows: those paid in full, until the budget first falls short."""

    covered: Count
    covered_amount: SignedMoney
    not_covered: Count


Share = Annotated[str, Field(pattern=r"^[01]\.[0-9]{4}$")]


class BudgetFigures(Shown):
    budget: SignedMoney
    enough: bool
    share_covered: Share
    """Rounded down."""
    share_covered_with_ceilings: Share
    """If officials grant all that they may."""
    first_come: FirstCome


class SimulatedLaw(Shown):
    """One reading of the law over the population."""

    name: str
    policy: ReadingPolicy
    parameters: dict[str, str]
    measures: dict[str, MeasureFigures]
    totals: GroupFigures
    by: dict[str, dict[str, GroupFigures]]
    """Fact -> choice -> its applicants; those of whom it is not known under `unknown`."""
    distribution: list[AmountBand]
    budget: BudgetFigures | SkipJsonSchema[None] = NOT_ALWAYS
    """Where the order has a budget."""


class SimulatedScenario(SimulatedLaw):
    """A scenario beside the law as it is."""

    against_base: AgainstBase


class SimulationResult(Shown):
    """The law as it is, and each scenario in the order given."""

    policy: ReadingPolicy
    as_of: date
    year: int
    population: SimulatedPopulation
    base: SimulatedLaw
    scenarios: list[SimulatedScenario]
