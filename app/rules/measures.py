"""One measure compiled: subject and requirements, the award, its limits, in the order of work of measures.md.

A verdict is one Kleene conjunction: not barred, every requirement, not ended by a limit, an amount above zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.rules.amounts import CompiledAmount, compile_award, round_up
from app.rules.conditions import ConditionBlock, missing_of
from app.rules.expression import Fact, ItemField
from app.rules.limits import MeasureLimits, Standing
from app.rules.policy import AwardKind, LimitKind
from app.rules.results import MeasureResult, Missing, ObligationDue, Point, PointKind, Reason
from app.rules.source import Source, declaration_of
from app.rules.tracing import trace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.rules.conditions import Decision
    from app.rules.facts import FactSchema
    from app.rules.logic import Truth
    from app.rules.policy import Flag, Measure, Policy
    from app.rules.requests import HistoryEntry
    from app.rules.results import LimitUse, Line, Trace, Verdict

    Facts = Mapping[str, object]
    Bounds = tuple[int, int | None]

CONSTANT_BOUNDS = frozenset({AwardKind.FIXED, AwardKind.CALCULATED})


@dataclass(slots=True)
class Circumstances:
    """One request as the measures see it."""

    facts: Facts
    b: dict[str, object]
    """Built-ins: year, as_of; intervals such as `counted` are added where they are known."""
    year: int
    barred: Truth
    bar_reasons: tuple[Reason, ...]
    bar_missing: tuple[Missing, ...]
    history: Mapping[str, list[HistoryEntry]]
    supported: Mapping[str, Mapping[str, str]]
    """Key name -> item keys of what district funds or history already supported, with the name as given."""
    traced: bool


class FlagSet:
    """The flags of a measure or of its items: raised by their condition alone, whatever the verdict."""

    def __init__(self, flags: tuple[Flag, ...], schema: FactSchema, name: str) -> None:
        self._flags = [
            (flag, flag.when is not None, ConditionBlock((condition,), schema, f"{name}_flag{index}", ""))
            for index, flag in enumerate(flags)
            if (condition := flag.when or flag.unless) is not None
        ]

    def __bool__(self) -> bool:
        return bool(self._flags)

    def raised(self, facts: Facts, item: Facts | None, b: Facts) -> tuple[Flag, ...]:
        """`when` raises if certainly true, `unless` raises unless certainly true."""
        found = []
        for flag, when, block in self._flags:
            truths, _ = block.leaves(facts, item, b)
            if (block.decide(truths).truth is True) is when:
                found.append(flag)
        return tuple(found)


class CompiledMeasure:
    """What all measures share; this class itself serves those without items."""

    def __init__(self, measure: Measure, policy: Policy) -> None:
        name = measure.id.replace("-", "_")
        self.measure = measure
        self.schema = policy.facts
        self.kind = measure.award.kind
        self.block = ConditionBlock(measure.require, self.schema, name, measure.clause)
        self.limits = MeasureLimits(measure, self.schema)
        self.amount = compile_award(measure.award, self.schema, f"{name}_amount")
        self.flags = FlagSet(measure.flags, self.schema, name)
        self.obligations = [
            (duty, _interval(duty.at_least, self.schema, f"{name}_{index}"), duty.at_least.scale)
            for index, duty in enumerate(measure.obligations)
        ]
        self.amount_point = amount_point(measure, self.amount, self.schema)

    def evaluate(self, c: Circumstances) -> MeasureResult:
        """Decide this measure for one applicant."""
        truths, values = self.block.leaves(c.facts, None, c.b)
        decision = self.block.decide(truths)
        history = c.history.get(self.measure.id)
        standing = self.limits.standing(history, c.facts, c.year) if history else self.limits.fresh
        flags = self.flags.raised(c.facts, None, c.b) if self.flags else ()
        trace = trace_of(self.block, self.measure, truths, values, c) if c.traced else None
        barred = c.barred if self.measure.pays else False
        if barred is True or decision.truth is False or standing.ended is True:
            return self.ended(c, decision, values, standing, flags, trace)
        if not self.measure.pays:
            return self._service(c, decision, values, flags, trace)
        return self.awarded(c, decision, values, standing, flags, trace)

    def ended(
        self,
        c: Circumstances,
        decision: Decision,
        values: tuple[object, ...],
        standing: Standing,
        flags: tuple[Flag, ...],
        trace: Trace | None,
        lines: tuple[Line, ...] = (),
        line_uses: tuple[LimitUse, ...] = (),
        also: tuple[Reason, ...] = (),
    ) -> MeasureResult:
        """Ineligible, with everything that fails (details.md 15) and nothing missing."""
        reasons: list[Reason] = []
        if decision.truth is False:
            reasons += self.block.reasons(decision, values, c.facts, None, c.b, None)
        reasons += also
        if self.measure.pays and c.barred is True:
            reasons += (reason for reason in c.bar_reasons if reason.outcome == "excluded")
        reasons += (reason for reason in standing.reasons if reason.outcome == "limited")
        reached = standing.ended is True or bool(
            lines and any(line.verdict != "ineligible" for line in lines)
        )
        pays = self.measure.pays
        return MeasureResult(
            self.measure, "ineligible", self.kind, 0 if pays else None, None, 0 if pays else None,
            tuple(reasons), (), lines, (standing.uses if reached else ()) + line_uses, (), flags, trace,
        )  # fmt: skip

    def _service(
        self,
        c: Circumstances,
        decision: Decision,
        values: tuple[object, ...],
        flags: tuple[Flag, ...],
        trace: Trace | None,
    ) -> MeasureResult:
        verdict: Verdict = "eligible" if decision.truth else "undetermined"
        reasons = tuple(self.block.reasons(decision, values, c.facts, None, c.b, None))
        missing = distinct(self.block.missing(decision, c.facts, None, None)) if decision.unknown else ()
        return MeasureResult(
            self.measure, verdict, self.kind, None, None, None, reasons, missing, (), (), (), flags, trace
        )

    def awarded(
        self,
        c: Circumstances,
        decision: Decision,
        values: tuple[object, ...],
        standing: Standing,
        flags: tuple[Flag, ...],
        trace: Trace | None,
    ) -> MeasureResult:
        """Not ended yet: the amount between its bounds, cut by the annual cap, decides."""
        before = self.amount.fixed or self.amount.bounds(c.facts, None, c.b)
        low, high = cut(before, standing)
        if high == 0:
            zero = Reason(self.amount_point, "not_met", 0, 0, None, ">")
            return self.ended(c, decision, values, standing, flags, trace, also=(zero,))
        settled = self.kind not in CONSTANT_BOUNDS or low == high
        certain = decision.truth is True and c.barred is False and standing.ended is False
        reasons = (
            self.block.reasons(decision, values, c.facts, None, c.b, None)
            if decision.truth in (None, certain)
            else []
        )
        missing: list[Missing] = (
            list(self.block.missing(decision, c.facts, None, None)) if decision.unknown else []
        )
        if low != high and self.amount.mentions:
            unknown = list(missing_of(self.amount.mentions, self.schema, c.facts, None, None))
            if not settled:
                reasons += unknown_amounts(self.measure, unknown, missing)
            missing += unknown
        return self.closed(
            c, before, low, high, certain and settled, reasons, missing, standing, flags, trace
        )

    def closed(
        self,
        c: Circumstances,
        before: Bounds,
        low: int,
        high: int | None,
        eligible: bool,
        reasons: list[Reason],
        missing: list[Missing],
        standing: Standing,
        flags: tuple[Flag, ...],
        trace: Trace | None,
        lines: tuple[Line, ...] = (),
        line_uses: tuple[LimitUse, ...] = (),
    ) -> MeasureResult:
        """Eligible or undetermined, with figures by the kind of award (details.md 9-11)."""
        figured = self.kind in CONSTANT_BOUNDS
        if eligible:
            if standing.remaining is not None and low < before[0]:
                reasons.append(cap_cut(self.limits.cap_point, before[0], standing.remaining))
            obligations = self.due(c, low, lines) if self.obligations else ()
        else:
            reasons += standing.reasons
            missing += standing.missing
            obligations = ()
            if c.barred is None:
                reasons += c.bar_reasons
                missing += c.bar_missing
        uses = standing.uses
        if standing.remaining is not None:
            reduced = before[0] - low
            uses = tuple(
                use._replace(reduced_by=reduced) if use.kind is LimitKind.ANNUAL_CAP else use for use in uses
            )
        return MeasureResult(
            self.measure,
            "eligible" if eligible else "undetermined",
            self.kind,
            low if eligible and figured else None,
            high if self.kind is AwardKind.UP_TO else None,
            high,
            tuple(reasons),
            distinct(missing) if missing else (),
            lines,
            uses + line_uses,
            obligations,
            flags,
            trace,
        )

    def due(self, c: Circumstances, granted: int, lines: tuple[Line, ...]) -> tuple[ObligationDue, ...]:
        """What an award obliges to; one for each eligible line where the pack says per item (details.md 13)."""
        found = []
        for duty, bounds, scale in self.obligations:
            if not duty.per_item:
                low = bounds(c.facts, None, {**c.b, "granted": (granted, granted)})[0]
                found.append(ObligationDue(duty, None, round_up(low, scale)))
                continue
            for line in lines:
                if line.verdict == "eligible":
                    low = bounds(c.facts, None, {**c.b, "granted": (line.amount, line.amount)})[0]
                    found.append(ObligationDue(duty, line.item, round_up(low, scale)))
        return tuple(found)


def _interval(expression: object, schema: FactSchema, name: str) -> Callable[..., Bounds]:
    source = Source(schema)
    low, high = source.number(expression)  # type: ignore[arg-type]
    return source.function(name, f"({low}, {high})")  # type: ignore[return-value]


def amount_point(measure: Measure, amount: CompiledAmount, schema: FactSchema) -> Point:
    """The point of an award that comes to nothing: `<measure>.amount`, required > 0.00."""
    first = amount.mentions[0] if amount.mentions else None
    fact: str | None = None
    list_name: str | None = None
    declaration = None
    if isinstance(first, Fact | ItemField):
        fact = first.name if isinstance(first, Fact) else first.field
        list_name = None if isinstance(first, Fact) else first.list_name
        declaration = declaration_of(first, schema)
    elif first is not None:
        fact, declaration = first, schema.facts[first]
    elif measure.each is not None:
        fact, declaration = measure.each.list_name, schema.facts[measure.each.list_name]
    return Point(
        code=f"{measure.id}.amount", clause=measure.clause, kind=PointKind.AMOUNT, fact=fact, list_name=list_name,
        type="money", operator=">", required=0, declaration=declaration,
    )  # fmt: skip


def cut(before: Bounds, standing: Standing) -> Bounds:
    """Both ends to at most what the annual cap leaves."""
    left = standing.remaining
    if left is None:
        return before
    low, high = before
    return min(low, left), left if high is None else min(high, left)


def cap_cut(point: Point | None, before: int, remaining: int) -> Reason:
    """The reason for an amount that a cap reduced."""
    assert point is not None
    return Reason(point, "limited", before, remaining, None, "<=")


def unknown_amounts(measure: Measure, unknown: list[Missing], already: Iterable[Missing]) -> list[Reason]:
    """Reasons for an amount that unknown facts leave open; facts that a requirement already asks for aside."""
    asked = {(fact.name, fact.list_name, fact.position) for fact in already}
    return [
        Reason(
            Point(
                code=f"{measure.id}.{fact.name.rsplit('.', 1)[-1]}", clause=measure.clause, kind=PointKind.AMOUNT,
                fact=fact.name, list_name=fact.list_name, type=fact.declaration.type, operator=">", required=None,
                declaration=fact.declaration,
            ), "unknown", None, None, fact.position, ">",
        )
        for fact in unknown
        if (fact.name, fact.list_name, fact.position) not in asked
    ]  # fmt: skip


def distinct(missing: Iterable[Missing]) -> tuple[Missing, ...]:
    """Each fact once, in the order first met."""
    return tuple({(fact.name, fact.list_name, fact.position): fact for fact in missing}.values())
