"""One item: its line, what it is worth, and what ends it or keeps it open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.amount_points import AmountPoints
from app.rules.deciding.amounts import (
    CompiledAmount,
    compile_award,
    compile_interval,
    constant_amount,
    half_up,
)
from app.rules.deciding.conditions import ConditionBlock
from app.rules.deciding.exclusions import item_point
from app.rules.deciding.flags import NEVER_PAID, FlagSet
from app.rules.deciding.limit_history import named_items
from app.rules.deciding.limits import paid_per_item
from app.rules.deciding.live_mentions import live_mentions
from app.rules.deciding.measures import FIGURED
from app.rules.deciding.missing import At, missing_of
from app.rules.deciding.referring import own_items, paid_of_item
from app.rules.identifiers import item_key
from app.rules.language.constancy import beyond_of, mentions_of
from app.rules.policy import AwardKind
from app.rules.results import LimitUse, Line, Missing, Point, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from app.rules.deciding.conditions import Decision
    from app.rules.deciding.limits import ItemLimit, MeasureLimits
    from app.rules.deciding.measures import Circumstances
    from app.rules.facts import FactSchema
    from app.rules.logic import Truth
    from app.rules.policy import Each, Exclusion, Flag, Measure
    from app.rules.results import Verdict

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


_NO_ENDS: tuple[tuple[Reason, ...], tuple[LimitUse, ...]] = ((), ())
NO_PAST = Past((), {}, ())


class OneItem:
    """The items of one measure, compiled."""

    def __init__(
        self,
        measure: Measure,
        each: Each,
        schema: FactSchema,
        of_items: Mapping[str, Exclusion],
        limits: MeasureLimits,
    ) -> None:
        name = measure.id.replace("-", "_")
        self.each = each
        self.inner = each.award is not None
        """Whether each item is awarded; else the total is."""
        self.figured = measure.award.kind in FIGURED
        self._unnamed = measure.award.kind is AwardKind.UNSPECIFIED
        self._measure_id, self._schema, self._limits = measure.id, schema, limits
        self.block = ConditionBlock(each.require, schema, f"{name}_item", measure.clause)
        self.flags = FlagSet(each.flags, schema, f"{name}_item")
        self._flags_read_amounts = self.flags.read_amounts
        self.figure = self._compile_figure(f"{name}_figure")
        self.scale = 1 if self.inner or each.counts is None else each.counts.scale
        """Of what an item is worth."""
        self._points = AmountPoints(measure, self.figure, schema)
        self.own = own_items(each)
        """What its texts ask of the item's own history."""
        self._excluded = [
            (item_point(exclusion, each.list_name, each.keys[key], schema), each.keys[key], key)
            for key, exclusion in of_items.items()
            if key in each.keys
        ]

    @property
    def excluded(self) -> tuple[tuple[str, str], ...]:
        """The item's field and the key that it publishes, for each exclusion of items."""
        return tuple((field, key) for _, field, key in self._excluded)

    def _compile_figure(self, name: str) -> CompiledAmount:
        """What one item is worth: its award in whole fen, what it adds to the total, or nothing."""
        if self.each.award is not None:
            return compile_award(self.each.award, self._schema, name)
        if self.each.counts is None:
            return constant_amount(0, 0)
        counts = self.each.counts
        return CompiledAmount(
            compile_interval(counts, self._schema, name), None, mentions_of(counts), counts, beyond_of(counts)
        )

    def _name(self, row: Facts, position: int) -> str:
        field = self.each.id_field
        return str(position) if field is None else str(row[field])

    def past(self, c: Circumstances) -> Past:
        """What this applicant was supported with before, `NO_PAST` where that names no item of this list."""
        history = c.history.get(self._measure_id, ())
        supported = [(p, f, c.supported[key]) for p, f, key in self._excluded if c.supported.get(key)]
        if not supported and not any(map(named_items, history)):
            return NO_PAST
        return Past(
            self._limits.on_items(history, c.year),
            paid_per_item(history) if self.flags else {},
            supported,
        )

    def seen(self, c: Circumstances, row: Facts, position: int) -> Circumstances:
        """The request as one item sees it: with what history paid for this very item, where its texts ask."""
        if not self.own:
            return c
        history, key = c.history.get(self._measure_id, ()), item_key(self._name(row, position))
        paid = {one.name: paid_of_item(history, key, c.year if one.this_year else None) for one in self.own}
        return replace(c, b={**c.b, **{name: (fen, fen) for name, fen in paid.items()}})

    def decide(self, c: Circumstances, row: Facts, position: int, past: Past) -> Item:
        """Any item, whatever is unknown of it and whatever history says."""
        c = self.seen(c, row, position)
        truths, values = self.block.leaves(c.facts, row, c.b)
        decision = self.block.decide(truths)
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
            reasons = self.block.reasons(decision, values, c.facts, row, c.b, position)
        elif worthless:
            reasons = (self._points.nothing_due_for(position),)
        flags = self._raised(c, row, name, figure, past) if self.flags else ()
        amount, counted = self._shown(verdict, low)
        return Item(Line(name, verdict, amount, counted, reasons + ends, flags, uses), truth, figure, missing)

    def worth(self, low: int | Fraction) -> bool:
        """Whether an item that qualifies is certainly awarded, or counts."""
        return not self.inner or low > 0 or self._unnamed

    def limited(
        self,
        item: Item,
        truth: Truth,
        figure: Figure,
        reasons: tuple[Reason, ...],
        missing: tuple[Missing, ...],
    ) -> Item:
        """An item after limits that look at all items: its verdict and figure anew, with what they say of it.

        What is `missing` of a settled item still matters to those that vie with it.
        """
        worthless = self.inner and figure[1] == 0
        verdict = self._verdict(truth, figure, worthless)
        line = item.line
        if verdict == "undetermined":
            missing = item.missing + missing
            # Of an item that was settled only what the limits say is open.
            said = line.reasons if line.verdict == "undetermined" else ()
            reasons = said + tuple(reason for reason in reasons if reason.outcome == "unknown")
        elif verdict == "eligible":
            reasons = line.reasons + tuple(reason for reason in reasons if reason.outcome == "limited")
        else:
            reasons = tuple(reason for reason in reasons if reason.outcome == "limited")
        amount, counted = self._shown(verdict, figure[0])
        line = line._replace(verdict=verdict, amount=amount, counted=counted, reasons=reasons)
        return Item(line, False if verdict == "ineligible" else truth, figure, missing)

    def _verdict(self, truth: Truth, figure: Figure, worthless: bool) -> Verdict:
        if truth is False or worthless:
            return "ineligible"
        low, high = figure
        settled = not self.inner or (low > 0 or self._unnamed)
        if truth is None or not settled or (self.figured and low != high):
            return "undetermined"
        return "eligible"

    def _shown(self, verdict: Verdict, low: int | Fraction) -> tuple[int | None, int | None]:
        """`amount` and `counted` of a line, fen."""
        if verdict == "undetermined":
            return None, None
        figure = 0
        if verdict == "eligible":
            figure = low if self.scale == 1 and isinstance(low, int) else half_up(low, self.scale)
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
        at = At(row, position, self.each.word)
        if decision.truth is None:
            reasons += self.block.reasons(decision, values, c.facts, row, c.b, position)
            missing = list(self.block.missing(decision, c.facts, c.b, at))
        if figure[0] != figure[1]:
            live = live_mentions(self.figure.value, c.facts, row, c.b)
            unknown = list(missing_of(live, self._schema, c.facts, c.b, at))
            reasons += self._points.unknown(unknown, missing) + self._points.undecided(c.b)
            missing += unknown
        return tuple(reasons), tuple(missing)

    def _raised(
        self, c: Circumstances, row: Facts, name: str, figure: Figure, past: Past
    ) -> tuple[Flag, ...]:
        if not past.paid:
            b = {**c.b, "due": figure, "paid": NEVER_PAID} if self._flags_read_amounts else c.b
            return self.flags.raised(c.facts, row, b, paid=False)
        paid = past.paid.get(item_key(name), 0)
        return self.flags.raised(c.facts, row, {**c.b, "due": figure, "paid": (paid, paid)})
