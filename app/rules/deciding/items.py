"""Measures that count items: each item a line, awarded on its own or counted in one total (language.md section 6)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.amount_points import AmountPoints
from app.rules.deciding.amounts import (
    CompiledAmount,
    compile_award,
    compile_interval,
    constant_amount,
    half_up,
    mentions_of,
)
from app.rules.deciding.conditions import ConditionBlock, missing_of
from app.rules.deciding.exclusions import item_point
from app.rules.deciding.flags import NEVER_PAID, FlagSet
from app.rules.deciding.limits import paid_per_item
from app.rules.deciding.measures import CompiledMeasure, cut
from app.rules.identifiers import item_key
from app.rules.policy import AwardKind
from app.rules.results import LimitUse, Line, Missing, Point, PointKind, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.deciding.conditions import Decision
    from app.rules.deciding.limits import ItemLimit
    from app.rules.deciding.measures import Circumstances, Look
    from app.rules.language.bounds import End
    from app.rules.logic import Truth
    from app.rules.policy import Each, Exclusion, Flag, Measure, Policy
    from app.rules.results import MeasureResult, Outcome, Verdict

    Facts = Mapping[str, object]
    Figure = tuple[int | Fraction, int | Fraction | None]


class Past(NamedTuple):
    """What history says of this measure's items."""

    limits: tuple[ItemLimit, ...]
    paid: Mapping[str, int]
    supported: Sequence[tuple[Point, str, Mapping[str, str]]]
    """Exclusion, the item's field, and the keys that are supported already."""


class Item(NamedTuple):
    """One item decided: its line, whether it qualifies, its own figure, and the unknown facts that keep it open."""

    line: Line
    truth: Truth
    figure: Figure
    missing: tuple[Missing, ...]


class Sums(NamedTuple):
    """The items together."""

    truth: Truth
    """Whether at least one is awarded, or counts."""
    low: int | Fraction
    high: int | Fraction | None
    certain: int
    """How many are awarded, or count, for certain."""
    possible: int | None
    """How many may; None for a list that is unknown."""


_NO_ENDS: tuple[tuple[Reason, ...], tuple[LimitUse, ...]] = ((), ())
_NO_PAST = Past((), {}, ())


class CompiledItems(CompiledMeasure):
    """A measure with `each`."""

    def __init__(self, measure: Measure, policy: Policy, of_items: Mapping[str, Exclusion]) -> None:
        super().__init__(measure, policy)
        assert measure.each is not None
        self.each: Each = measure.each
        each, schema, name = self.each, self.schema, measure.id.replace("-", "_")
        self.inner = each.award is not None
        self.item_block = ConditionBlock(each.require, schema, f"{name}_item", measure.clause)
        self.item_flags = FlagSet(each.flags, schema, f"{name}_item")
        self.flags_read_amounts = self.item_flags.read_amounts
        self.figure = self._compile_figure(f"{name}_figure")
        self.figure_scale = 1 if self.inner or each.counts is None else each.counts.scale
        self.item_points = AmountPoints(measure, self.figure.mentions, schema)
        self.excluded = [
            (item_point(exclusion, each.list_name, each.keys[key], schema), each.keys[key], key)
            for key, exclusion in of_items.items()
            if key in each.keys
        ]
        self.list_point = Point(
            code=f"{measure.id}.{each.list_name}", clause=measure.clause, kind=PointKind.LIST,
            fact=each.list_name, list_name=None, type="count", operator=">=", required=1,
            declaration=schema.facts[each.list_name],
        )  # fmt: skip
        self.list_missing = Missing(each.list_name, None, None, schema.facts[each.list_name])

    def _compile_figure(self, name: str) -> CompiledAmount:
        """What one item is worth: its award in whole fen, what it adds to the total, or nothing."""
        if self.each.award is not None:
            return compile_award(self.each.award, self.schema, name)
        if self.each.counts is None:
            return constant_amount(0, 0)
        counts = self.each.counts
        return CompiledAmount(compile_interval(counts, self.schema, name), None, mentions_of(counts))

    def evaluate(self, c: Circumstances) -> MeasureResult:
        """Decide this measure: the applicant first, then its items, then what they come to."""
        look = self.look(c)
        if c.bar.truth is True or look.decision.truth is False:
            return self.ended(look)
        items = self._items(c)
        if items:
            look.lines = tuple(item.line for item in items)
            look.line_uses = tuple(use for line in look.lines for use in line.limits)
        sums = self._sums(items)
        before = self._amount(c, sums)
        ended = look.standing.ended is True
        if sums.truth is False:
            return self.ended(look, (self._summary(sums, "not_met"),), before if ended else None)
        if ended:
            return self.ended(look, self.nothing(before), before)
        return self._of_items(look, items, sums, before)

    # Items

    def _items(self, c: Circumstances) -> list[Item] | None:
        """Every item in order; None when the list is unknown."""
        rows = c.facts.get(self.each.list_name)
        if rows is None:
            return None
        assert isinstance(rows, list | tuple)
        past = self._past(c) if c.history or c.supported else _NO_PAST
        return [self._item(c, row, position, past) for position, row in enumerate(rows)]

    def _name(self, row: Facts, position: int) -> str:
        field = self.each.id_field
        return str(position) if field is None else str(row[field])

    def _past(self, c: Circumstances) -> Past:
        history = c.history.get(self.measure.id, ())
        supported = [(p, f, c.supported[key]) for p, f, key in self.excluded if c.supported.get(key)]
        if not history and not supported:
            return _NO_PAST
        return Past(
            self.limits.on_items(history, c.year),
            paid_per_item(history) if self.item_flags else {},
            supported,
        )

    def _item(self, c: Circumstances, row: Facts, position: int, past: Past) -> Item:
        truths, values = self.item_block.leaves(c.facts, row, c.b)
        decision = self.item_block.decide(truths)
        low, high = figure = self.figure.fixed or self.figure.bounds(c.facts, row, c.b)
        name = self._name(row, position)
        ends, uses = self._ends(row, name, position, past) if past.limits or past.supported else _NO_ENDS
        truth = False if ends else decision.truth
        worthless = self.inner and high == 0
        verdict = self._verdict(truth, figure, worthless)
        reasons: tuple[Reason, ...] = ()
        missing: tuple[Missing, ...] = ()
        if verdict == "undetermined":
            reasons, missing = self._open(c, row, position, decision, values, figure)
        elif verdict == "eligible" or decision.truth is False:
            reasons = self.item_block.reasons(decision, values, c.facts, row, c.b, position)
        elif worthless:
            reasons = (self.item_points.nothing_due_for(position),)
        flags = self._item_flags(c, row, name, figure, past) if self.item_flags else ()
        amount, counted = self._shown(verdict, low)
        return Item(Line(name, verdict, amount, counted, reasons + ends, flags, uses), truth, figure, missing)

    def _verdict(self, truth: Truth, figure: Figure, worthless: bool) -> Verdict:
        if truth is False or worthless:
            return "ineligible"
        low, high = figure
        settled = not self.inner or self.above_nothing(low)
        if truth is None or not settled or (self.figured and low != high):
            return "undetermined"
        return "eligible"

    def _shown(self, verdict: Verdict, low: int | Fraction) -> tuple[int | None, int | None]:
        """`amount` and `counted` of a line, fen."""
        if verdict == "undetermined":
            return None, None
        figure = 0
        if verdict == "eligible":
            figure = (
                low if self.figure_scale == 1 and isinstance(low, int) else half_up(low, self.figure_scale)
            )
        if self.inner:
            return (figure if verdict == "ineligible" or self.figured else None), None
        return None, (figure if self.each.counts is not None else None)

    def _ends(
        self, row: Facts, name: str, position: int, past: Past
    ) -> tuple[tuple[Reason, ...], tuple[LimitUse, ...]]:
        """What ends an item: support before for what it names, and history of the item itself."""
        reasons: list[Reason] = []
        for point, field, supported in past.supported:
            given = row.get(field)
            if given is not None and item_key(str(given)) in supported:
                reasons.append(Reason(point, "excluded", given, given, position, point.operator))
        uses: list[LimitUse] = []
        if past.limits and self.each.id_field is not None:
            key = item_key(name)
            for limit in past.limits:
                if (use := limit.use(key, name)) is not None:
                    reasons.append(Reason(limit.point, "limited", use.used, use.cap, position, "<"))
                    uses.append(use)
        return tuple(reasons), tuple(uses)

    def _open(
        self,
        c: Circumstances,
        row: Facts,
        position: int,
        decision: Decision,
        values: tuple[object, ...],
        figure: Figure,
    ) -> tuple[tuple[Reason, ...], tuple[Missing, ...]]:
        """Why an item is undetermined, and the facts that would tell."""
        reasons: list[Reason] = []
        missing: list[Missing] = []
        if decision.truth is None:
            reasons += self.item_block.reasons(decision, values, c.facts, row, c.b, position)
            missing = list(self.item_block.missing(decision, c.facts, row, position))
        if figure[0] != figure[1]:
            unknown = list(missing_of(self.figure.mentions, self.schema, c.facts, row, position))
            reasons += self.item_points.unknown(unknown, missing)
            missing += unknown
        return tuple(reasons), tuple(missing)

    def _item_flags(
        self, c: Circumstances, row: Facts, name: str, figure: Figure, past: Past
    ) -> tuple[Flag, ...]:
        if not past.paid:
            b = {**c.b, "due": figure, "paid": NEVER_PAID} if self.flags_read_amounts else c.b
            return self.item_flags.raised(c.facts, row, b, paid=False)
        paid = past.paid.get(item_key(name), 0)
        return self.item_flags.raised(c.facts, row, {**c.b, "due": figure, "paid": (paid, paid)})

    # The items together

    def _sums(self, items: list[Item] | None) -> Sums:
        if items is None:
            return Sums(None, 0, None, 0, None)
        low: int | Fraction = 0
        highs: list[End] = []
        certain = possible = 0
        for item in items:
            if item.line.verdict == "ineligible":
                continue
            possible += 1
            highs.append(item.figure[1])
            if item.truth is True:
                low += item.figure[0]
            certain += item.line.verdict == "eligible" if self.inner else item.truth is True
        truth = True if certain else None if possible else False
        high = None if None in highs else sum(end for end in highs if end is not None)
        return Sums(truth, low, high, certain, possible)

    def _amount(self, c: Circumstances, sums: Sums) -> tuple[int, int | None]:
        """The award before the measure's limits, in fen."""
        if self.inner:
            return int(sums.low), None if sums.high is None else int(sums.high)
        if self.amount.fixed is not None:
            return self.amount.fixed
        scale = self.figure_scale
        counted = (sums.low, sums.high)
        if scale != 1:
            counted = Fraction(sums.low) / scale, None if sums.high is None else Fraction(sums.high) / scale
        b = {**c.b, "counted": counted, "items": (sums.certain, sums.possible)}
        return self.amount.bounds(c.facts, None, b)

    def _summary(self, sums: Sums, outcome: Outcome) -> Reason:
        value = None if sums.possible is None else sums.certain
        return Reason(self.list_point, outcome, value, 1, None, ">=")

    def _of_items(
        self, look: Look, items: list[Item] | None, sums: Sums, before: tuple[int, int | None]
    ) -> MeasureResult:
        """Not ended, and at least one item may still be awarded."""
        c = look.c
        low, high = after = cut(before, look.standing)
        if high == 0:
            return self.ended(look, self.nothing(after))
        above = self.inner or self.above_nothing(low)
        eligible = sums.truth is True and above and self.certain(look)
        reasons, missing = self.opening(look, eligible)
        if eligible:
            reasons.append(self._summary(sums, "met"))
        elif sums.truth is None or not above:
            reasons.append(self._summary(sums, "unknown"))
        if self._matter(sums, after):
            if items is None:
                missing.append(self.list_missing)
            missing += (fact for item in items or () for fact in item.missing)
        if low != high and self.amount.mentions:
            missing += missing_of(self.amount.mentions, self.schema, c.facts, None, None)
        return self.closed(look, before, after, eligible, reasons, missing)

    def _matter(self, sums: Sums, after: tuple[int, int | None]) -> bool:
        """Whether unknown facts of the items can still change the verdict, the amount or the ceiling."""
        if sums.truth is None:
            return True
        if self.figured or (self.inner and self.kind is AwardKind.UP_TO):
            return after[0] != after[1]
        return False
