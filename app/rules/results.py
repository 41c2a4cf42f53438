"""What an evaluation answers, as values: figures in fen, reasons as points with values, words left to `rendering`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from app.rules.expression import Condition
    from app.rules.facts import FactDeclaration
    from app.rules.limits import Group, Limit, LimitKind
    from app.rules.logic import Truth
    from app.rules.policy import AwardKind, Flag, Measure, Obligation, Words

Verdict = Literal["eligible", "ineligible", "undetermined"]
Outcome = Literal["met", "not_met", "unknown", "excluded", "limited"]


class PointKind(StrEnum):
    """What a reason speaks of; `rendering` chooses its sentence by it."""

    CONDITION = "condition"
    PERIOD = "period"
    GROUP = "group"
    LIST = "list"
    AMOUNT = "amount"
    EXCLUSION = "exclusion"
    LIMIT = "limit"

    __hash__ = str.__hash__  # Enum's own is Python, and these are looked up for every answer


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The static half of a reason: made once when a policy is compiled, compared by identity.

    `fact` is a dotted fact name, a list's name, or (with `list_name`) the field of an item of that list; None for
    limits. `type` says how value and required are read: bool count money percent number date choice text, or
    `count` for lists and once-limits. `required` is None where it depends on the request.
    """

    code: str
    clause: str
    kind: PointKind
    fact: str | None
    list_name: str | None
    type: str
    operator: str
    required: object = None
    declaration: FactDeclaration | None = None
    says: Words | None = None
    condition: Condition | None = None
    """Groups: the conditions under the name."""
    scale: int = 1
    """Numbers and percents: value = integer / scale."""
    limit: Limit | None = None
    group: Group | None = None
    """Limits of a group: whose."""


class Reason(NamedTuple):
    """One decisive point. Values are in engine units: fen, 10^-8, whole numbers, dates, codes, booleans.

    A limit that ended an award: value = used, operator `<`, required = cap. An annual cap that only cut it: operator
    `<=` in `operator`, value = the amount before, required = what remained.
    """

    point: Point
    outcome: Outcome
    value: object
    required: object
    position: int | None
    """The item's index from 0, None outside items."""
    operator: str


class Missing(NamedTuple):
    """An unknown fact that can still change the verdict or the amount; field of item `position` if `list_name`."""

    name: str
    list_name: str | None
    position: int | None
    declaration: FactDeclaration


class LimitUse(NamedTuple):
    """In whole awards, or in fen where the kind counts money."""

    kind: LimitKind
    item: str | None
    cap: int
    used: int | None
    """None of an allotment: nobody knows here what other applicants take."""
    remaining: int
    reduced_by: int


class ObligationDue(NamedTuple):
    obligation: Obligation
    item: str | None
    at_least: int | None
    """Fen; None where it is no matter of an amount."""


class Line(NamedTuple):
    """One item. `amount` where each item is awarded, `counted` where the total is; fen, None while unknown."""

    item: str
    verdict: Verdict
    amount: int | None
    counted: int | None
    reasons: tuple[Reason, ...]
    flags: tuple[Flag, ...]
    limits: tuple[LimitUse, ...] = ()


class Trace(NamedTuple):
    """A node of the whole tree, for `?trace=true`."""

    code: str
    clause: str
    outcome: Outcome
    value: object
    required: object
    operator: str | None
    type: str
    of: tuple[Trace, ...]
    scale: int = 1


class PlannedPart(NamedTuple):
    """The places of an instalment and of a payee, and fen; None where the amount is not settled."""

    instalment: int
    payee: int
    amount: int | None


class PaymentPlan(NamedTuple):
    """How an award will be paid."""

    parts: tuple[PlannedPart, ...]
    names: tuple[str | None, ...]
    """What each payee is called in the request."""
    held: Truth
    """Whether payment is held; None where that is not known."""


class MeasureResult(NamedTuple):
    """The answer for one measure; amounts in fen, None as api.md and details.md 9-11 say."""

    measure: Measure
    verdict: Verdict
    kind: AwardKind
    amount: int | None
    ceiling: int | None
    potential: int | None
    reasons: tuple[Reason, ...]
    missing: tuple[Missing, ...]
    lines: tuple[Line, ...]
    limits: tuple[LimitUse, ...]
    obligations: tuple[ObligationDue, ...]
    flags: tuple[Flag, ...]
    trace: Trace | None = None
    plan: PaymentPlan | None = None
    """Where the measure says how it is paid, and may be."""
    kept: dict[str, bytes] | None = None
    """Where this very answer is remembered and comes again: what was made of it, by who made it."""


class Totals(NamedTuple):
    """Fen, over all measures of the answer; `unbounded` names those whose potential has no bound."""

    amount: int
    discretionary_ceiling: int
    potential: int
    unbounded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    measures: tuple[MeasureResult, ...]
    totals: Totals = field(default=Totals(0, 0, 0, ()))
