"""Measures that count items: each item a line, awarded on its own or counted in one total (language.md section 6)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.limits import cut
from app.rules.deciding.line_limits import LineLimits, cut_items
from app.rules.deciding.line_places import Request
from app.rules.deciding.live_mentions import live_mentions
from app.rules.deciding.measures import CompiledMeasure
from app.rules.deciding.missing import missing_of
from app.rules.deciding.one_item import NO_PAST, OneItem
from app.rules.deciding.reads import key_of, reads_of
from app.rules.deciding.rows import compile_rows
from app.rules.policy import AwardKind
from app.rules.results import Missing, Point, PointKind, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.deciding.measures import Applicant, Circumstances, Look
    from app.rules.deciding.one_item import Item, Past
    from app.rules.deciding.rows import Settled
    from app.rules.deciding.vying import Share
    from app.rules.language.bounds import End
    from app.rules.logic import Truth
    from app.rules.policy import Each, Exclusion, Measure, Policy
    from app.rules.results import LimitUse, MeasureResult, Outcome

    Facts = Mapping[str, object]


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


MOST_APPLICANTS = 1024


class CompiledItems(CompiledMeasure):
    """A measure with `each`."""

    def __init__(self, measure: Measure, policy: Policy, of_items: Mapping[str, Exclusion]) -> None:
        super().__init__(measure, policy)
        assert measure.each is not None
        self.each: Each = measure.each
        each, schema, name = self.each, self.schema, measure.id.replace("-", "_")
        self.item = OneItem(measure, each, schema, of_items, self.limits)
        self.inner = self.item.inner
        reads = reads_of((measure.require, measure.flags))
        self._key = reads and key_of(reads, f"{name}_key")
        self._applicants: dict[tuple[object, ...], Applicant] = {}
        chosen = self.limits.chosen
        self.line_limits = LineLimits(each, chosen, schema, self.item) if chosen else None
        alone = not (chosen or self.item.own or (self.inner and self._each_matters(policy)))
        self.settled = compile_rows(self.item, schema, f"{name}_rows") if alone else None
        self.list_point = Point(
            code=f"{measure.id}.{each.list_name}", clause=measure.clause, kind=PointKind.LIST,
            fact=each.list_name, list_name=None, type="count", operator=">=", required=1,
            declaration=schema.facts[each.list_name],
        )  # fmt: skip
        self.list_missing = Missing(each.list_name, None, None, schema.facts[each.list_name])

    def applicant(self, c: Circumstances) -> Applicant:
        """Remembered by what it is told from, where that is not a whole list."""
        if self._key is None:
            return super().applicant(c)
        key = self._key(c.facts, c.b)
        found = self._applicants.get(key)
        if found is None:
            if len(self._applicants) >= MOST_APPLICANTS:
                self._applicants.clear()
            found = self._applicants[key] = super().applicant(c)
        return found

    def evaluate(self, c: Circumstances) -> MeasureResult:
        """Decide this measure: the applicant first, then its items, then what they come to."""
        look = self.look(c)
        if c.bar.truth is True or look.decision.truth is False:
            return self.ended(look)
        rows = c.facts.get(self.each.list_name)
        assert rows is None or isinstance(rows, list)
        past = self.item.past(c) if c.supported or self.measure.id in c.history else NO_PAST
        settled = self.settled(c.facts, rows, c.b) if self.settled and rows and past is NO_PAST else None
        return self._one_by_one(look, rows, past) if settled is None else self._settled(look, settled)

    def _each_matters(self, policy: Policy) -> bool:
        """Whether something is taken off the items, or may be, by what each is worth."""
        if any(limit.kind.in_money for limit in self.limits.own):
            return True
        return not self.figured and bool(policy.groups_of(self.measure.id))

    def _settled(self, look: Look, settled: Settled) -> MeasureResult:
        """Every item is certain, and so are their sums; most often all else is too, and the award is granted."""
        lines, certain, total = settled
        look.lines = tuple(lines)
        sums = Sums(certain > 0, total, total, certain, certain)
        if certain and self.certain(look):
            before = (total, total) if self.inner else self._amount(look.c, sums)
            low, high = after = cut(before, look.standing)
            if low == high and low > 0:
                return self.granted(look, before, after, [*look.said, self._summary(certain, "met")], [])
        return self._summed(look, (), sums)

    def _one_by_one(self, look: Look, rows: Sequence[Facts] | None, past: Past) -> MeasureResult:
        """Any list, with what history ends and what is unknown; None for a list that is unknown itself."""
        if rows is None:
            return self._summed(look, None, Sums(None, 0, None, 0, None))
        items = [self.item.decide(look.c, row, position, past) for position, row in enumerate(rows)]
        share: Share | None = None
        uses: tuple[LimitUse, ...] = ()
        if self.line_limits is not None:
            history = look.c.history.get(self.measure.id, ())
            request = Request(rows, look.c.facts, history, look.c.year)
            items, share, uses = self.line_limits.apply(items, request)
        look.lines = tuple([item.line for item in items])
        look.line_uses = tuple([use for line in look.lines for use in line.limits]) + uses
        sums = self._sums(items)
        return self._summed(look, items, sums if share is None else self._shared(sums, share))

    def _shared(self, sums: Sums, share: Share) -> Sums:
        """The sums within what the items come to together where they vie with each other."""
        if sums.truth is False:
            return sums
        high = (
            share.high
            if sums.high is None
            else sums.high
            if share.high is None
            else min(sums.high, share.high)
        )
        low = max(sums.low, share.low)
        certain = max(sums.certain, int(low > 0) if self.inner else share.certain)
        possible = sums.possible if sums.possible is None else min(sums.possible, share.possible)
        return Sums(True if certain else None, low, high, certain, possible)

    def _summed(self, look: Look, items: Sequence[Item] | None, sums: Sums) -> MeasureResult:
        before = self._amount(look.c, sums)
        ended = look.standing.ended is True
        if sums.truth is False:
            return self.ended(look, (self._summary(sums.certain, "not_met"),), before if ended else None)
        if ended:
            return self.ended(look, self.nothing(before), before)
        return self._of_items(look, items, sums, before)

    def _sums(self, items: list[Item]) -> Sums:
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
        return self.amount.bounds(c.facts, None, self._with_items(c, sums))

    def _with_items(self, c: Circumstances, sums: Sums) -> dict[str, object]:
        """The built-ins, with `counted` in fen and `items`."""
        scale = self.item.scale
        counted = (sums.low, sums.high)
        if scale != 1:
            counted = Fraction(sums.low) / scale, None if sums.high is None else Fraction(sums.high) / scale
        return {**c.b, "counted": counted, "items": (sums.certain, sums.possible)}

    def _summary(self, value: int | None, outcome: Outcome) -> Reason:
        """How many items count for certain, None for a list that is unknown."""
        return Reason(self.list_point, outcome, value, 1, None, ">=")

    def _of_items(
        self, look: Look, items: Sequence[Item] | None, sums: Sums, before: tuple[int, int | None]
    ) -> MeasureResult:
        """Not ended, and at least one item may still be awarded."""
        c = look.c
        low, high = after = cut(before, look.standing)
        if high == 0:
            return self.ended(look, self.nothing_left(look, before), before)
        cutting = self.inner and look.standing.cutting
        if cutting and self.figured and after != before and items is not None:
            items = cut_items(self.item, items, self.limits.purses(look.standing))
            look.lines = tuple([item.line for item in items])
            granted = sum(line.verdict == "eligible" for line in look.lines)
            sums = sums._replace(certain=max(granted, int(low > 0)))
            if low == high:  # whatever the items come to, the cap is reached
                sums = sums._replace(truth=True)
        if c.items is not None and items:
            c.items[self.measure.id] = items
        above = self.above_nothing(low) if cutting or not self.inner else True
        eligible = sums.truth is True and above and self.certain(look)
        reasons, missing = self.opening(look, eligible)
        if eligible:
            reasons.append(self._summary(sums.certain, "met"))
        elif sums.truth is None or not above:
            reasons.append(self._summary(None if items is None else sums.certain, "unknown"))
        if self._matter(sums, after):
            if items is None:
                missing.append(self.list_missing)
            missing += (fact for item in items or () for fact in item.missing)
        if low != high and (self.amount.mentions or self.amount.beyond):
            b = self._with_items(c, sums)
            live = live_mentions(self.amount.value, c.facts, None, b)
            missing += missing_of(live, self.schema, c.facts, b)
            if not eligible:
                reasons += self.amount_points.undecided(b)
        close = self.granted if eligible else self.left_open
        return close(look, before, after, reasons, missing)

    def _matter(self, sums: Sums, after: tuple[int, int | None]) -> bool:
        """Whether unknown facts of the items can still change the verdict, the amount or the ceiling."""
        if sums.truth is None:
            return True
        if self.figured or (self.inner and self.kind is AwardKind.UP_TO):
            return after[0] != after[1]
        return False
