"""The answer to an evaluation. The service renders it as bytes; these models describe it for clients."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from typing_extensions import TypeAliasType

from app.schemas.words import NOT_ALWAYS, Digest, Money, Shown, Words

# Named, so that clients get one type for each and not one for each place.
Verdict = TypeAliasType("Verdict", Literal["eligible", "ineligible", "undetermined"])
Outcome = TypeAliasType("Outcome", Literal["met", "not_met", "unknown", "excluded", "limited"])
AwardKind = TypeAliasType("AwardKind", Literal["fixed", "calculated", "up_to", "unspecified", "service"])
Operator = TypeAliasType("Operator", Literal["==", "!=", ">=", ">", "<=", "<", "in", "not_in"])
FactType = TypeAliasType(
    "FactType",
    Literal[
        "boolean", "count", "money", "percent", "number", "date", "choice", "text", "list", "table", "reading"
    ],
)
Value = bool | int | str | list[str] | None


class PolicyReference(Shown):
    """The policy version that decided."""

    id: str
    version: str
    status: str
    digest: Digest


class Assumption(Shown):
    fact: str
    """Dotted name, as in `missing`."""
    value: bool | int | str


class Totals(Shown):
    """Sums over all measures of the answer."""

    amount: Money
    """Eligible fixed and calculated awards, save those that a budget or places are still to be shared by."""
    discretionary_ceiling: Money
    """The most that officials may grant for eligible up_to awards; never an amount due."""
    potential: Money
    """The most that the unknown facts can still lead to, over measures that have a bound."""
    unbounded: list[str]
    """Measures whose potential has no bound."""
    currency: str


class Award(Shown):
    kind: AwardKind
    """Who decides the figure: the text (fixed, calculated) or an official (up_to, unspecified)."""
    amount: Money | None
    """Null while undetermined, and where an official decides it."""
    ceiling: Money | None
    """The most an official may grant; up_to only."""
    potential: Money | None
    """The most that this can still become; null where no bound exists."""


class Required(Shown):
    operator: Operator
    value: Value


class Reason(Shown):
    """One decisive point."""

    code: str
    """Stable: `<measure>.<word>`, `exclusion.<id>` or `limit.<kind>`."""
    outcome: Outcome
    clause: str
    fact: str | None
    pointer: str | None
    """RFC 6901, into the request."""
    value: Value
    required: Required | None
    shortfall: int | str | None
    """Counts as numbers, money as text; null elsewhere."""
    message: Words


class Choice(Shown):
    code: str
    label: Words


class Missing(Shown):
    """A fact that is unknown and can still change the verdict or the amount."""

    fact: str
    pointer: str
    label: Words
    type: FactType
    choices: list[Choice] | None


class Flag(Shown):
    """A point for the reviewer; never a bar."""

    code: str
    message: Words


class Line(Shown):
    """One item of a measure that counts items."""

    item: str
    verdict: Verdict
    amount: Money | None
    """Where each item is awarded."""
    counted: Money | None
    """Where the total is awarded: what this item adds to it."""
    reasons: list[Reason]
    flags: list[Flag]


class AwardsCounted(Shown):
    """A limit that counts awards; `remaining` is before this award."""

    item: str | None
    """What it is counted apart for: an item, a level, or the value of a key."""
    cap: int
    used: int
    remaining: int
    reduced_by: int
    """Awards that it takes away."""


class AmountsCounted(Shown):
    """A limit that counts amounts; `remaining` is before this award."""

    item: str | None
    """What it is counted apart for: an item, or the value of a key."""
    cap: Money
    used: Money
    remaining: Money
    reduced_by: Money


class OnceLimit(AwardsCounted):
    """Once for life."""

    kind: Literal["once"]


class OncePerYearLimit(AwardsCounted):
    kind: Literal["once_per_year"]


class OncePerItemLimit(AwardsCounted):
    """Once for an item or a level, named by `item`."""

    kind: Literal["once_per_item"]


class AtMostLimit(AwardsCounted):
    """So many awards, for life or for each year or key."""

    kind: Literal["at_most"]


class BestLimit(AwardsCounted):
    """The best items only; earlier awards take places."""

    kind: Literal["best"]


class FirstLimit(AwardsCounted):
    """The first items only; earlier awards take places."""

    kind: Literal["first"]


class AnnualCapLimit(AmountsCounted):
    """An amount for applicant and year."""

    kind: Literal["annual_cap"]


class LifetimeCapLimit(AmountsCounted):
    """An amount for applicant and life."""

    kind: Literal["lifetime_cap"]


class ItemCapLimit(AmountsCounted):
    """An amount for each item, or for each value of a key."""

    kind: Literal["item_cap"]


class ToppedUpLimit(AmountsCounted):
    """What was awarded before is taken off: `cap` is what is due, `used` what was awarded."""

    kind: Literal["topped_up"]


class GroupLimit(AwardsCounted):
    """So many awards, or the best, of a group of measures; `item` names the group, and the item where it is by item."""

    kind: Literal["group"]


class GroupCapLimit(AmountsCounted):
    """An amount for a group of measures; `used` has what measures before this one take of it."""

    kind: Literal["group_cap"]


class BudgetLimit(Shown):
    """A budget for all applicants together, still to be shared: it takes nothing off this answer."""

    kind: Literal["budget"]
    item: None
    cap: Money
    """The whole budget."""
    used: None
    """What other applicants take is not known here."""
    remaining: Money
    """Before it is shared: the whole."""
    reduced_by: Money


class QuotaLimit(Shown):
    """Places for all applicants together, still to be shared: they take nothing off this answer."""

    kind: Literal["quota"]
    item: None
    cap: int
    """All places."""
    used: None
    """How many other applicants take is not known here."""
    remaining: int
    """Before they are shared: all."""
    reduced_by: int


Limit = TypeAliasType(
    "Limit",
    Annotated[
        OnceLimit
        | OncePerYearLimit
        | OncePerItemLimit
        | AtMostLimit
        | BestLimit
        | FirstLimit
        | AnnualCapLimit
        | LifetimeCapLimit
        | ItemCapLimit
        | ToppedUpLimit
        | GroupLimit
        | GroupCapLimit
        | BudgetLimit
        | QuotaLimit,
        Field(discriminator="kind"),
    ],
)


class Obligation(Shown):
    """What an award obliges its receiver to."""

    code: str
    item: str | None
    at_least: Money | None
    """Null where it is no matter of an amount."""
    message: Words


class TraceNode(Shown):
    """A node of the whole decision, failed and passed alike."""

    code: str
    clause: str
    outcome: Outcome
    value: Value
    required: Required | None
    of: list[TraceNode]


class PlannedPayment(Shown):
    """One payment of an award."""

    instalment: int
    """From 1; the only one where the award is paid at once."""
    amount: Money | None
    """Null where the award is not settled, or an official decides it."""
    due: Words | None
    payee: Words | None
    """Null: the applicant."""
    payee_name: str | None
    """As the request states it."""


class PaymentHold(Shown):
    """What keeps an award from being paid once it is granted."""

    held: bool | None
    """Null where that is not known: nothing is paid then either."""
    message: Words


class PaymentPlan(Shown):
    """How an award is paid out: it changes neither verdict nor amount."""

    parts: list[PlannedPayment]
    hold: PaymentHold | None


class MeasureAnswer(Shown):
    id: str
    clause: str
    title: Words
    verdict: Verdict
    award: Award
    reasons: list[Reason]
    """The decisive ones: all that fails, what suffices, or what is unknown and matters."""
    missing: list[Missing]
    lines: list[Line]
    limits: list[Limit]
    obligations: list[Obligation]
    flags: list[Flag]
    payment: PaymentPlan | SkipJsonSchema[None] = NOT_ALWAYS
    """Where the measure is paid in instalments, to others, or may be held; not where it is ineligible."""
    trace: TraceNode | SkipJsonSchema[None] = NOT_ALWAYS
    """With `?trace=true` only."""


class EvaluationAnswer(Shown):
    """Same request, policy digest, engine and day: the same bytes, for ever."""

    policy: PolicyReference
    as_of: date
    year: int
    facts_digest: Digest
    """SHA-256 over the RFC 8785 form of the normalised request."""
    assumptions: list[Assumption]
    """What was assumed and used, sorted by fact."""
    totals: Totals
    measures: list[MeasureAnswer]
    """In catalogue order."""
