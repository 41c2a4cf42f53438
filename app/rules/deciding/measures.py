"""One measure compiled: subject and requirements, the award, its limits, in the order of work of measures.md.

A verdict is one Kleene conjunction: not barred, every requirement, not ended by a limit, an amount above zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.amount_points import AmountPoints
from app.rules.deciding.amounts import compile_award, compile_interval, rounded
from app.rules.deciding.conditions import ConditionBlock
from app.rules.deciding.flags import FlagSet
from app.rules.deciding.limits import MeasureLimits, Standing, cut, cut_uses
from app.rules.deciding.live_mentions import live_mentions
from app.rules.deciding.missing import missing_of
from app.rules.policy import AwardKind
from app.rules.results import MeasureResult, ObligationDue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from app.rules.deciding.conditions import Decision
    from app.rules.deciding.one_item import Item
    from app.rules.logic import Truth
    from app.rules.policy import Flag, Measure, Policy
    from app.rules.requests import HistoryEntry
    from app.rules.results import LimitUse, Line, Missing, Reason, Verdict

    Facts = Mapping[str, object]
    Bounds = tuple[int, int | None]

FIGURED = frozenset({AwardKind.FIXED, AwardKind.CALCULATED})
"""The kinds whose figure the text gives."""


class Bar(NamedTuple):
    """The general exclusions for one applicant: whether money is barred, and what to say of it."""

    truth: Truth
    reasons: tuple[Reason, ...]
    missing: tuple[Missing, ...]


FREE = Bar(False, (), ())
"""Money is not barred: always this one value."""


@dataclass(slots=True)
class Circumstances:
    """One request as the measures see it."""

    facts: Facts
    b: dict[str, object]
    """Built-ins: year, as_of; intervals such as `counted` are added where they are known."""
    year: int
    bar: Bar
    history: Mapping[str, list[HistoryEntry]]
    """Measure -> its entries."""
    supported: Mapping[str, Mapping[str, str]]
    """Key name -> item keys of what district funds or history already supported, with the name as given."""
    items: dict[str, Sequence[Item]] | None = None
    """Measure -> its items as decided, where groups look at them; those that were settled in one go are not in it."""


class Applicant(NamedTuple):
    """What requirements and flags say of the applicant."""

    decision: Decision
    said: tuple[Reason, ...]
    flags: tuple[Flag, ...]


@dataclass(slots=True)
class Look:
    """What a first look at one measure found, before anything is awarded."""

    c: Circumstances
    decision: Decision
    said: tuple[Reason, ...]
    """The decisive requirements."""
    standing: Standing
    flags: tuple[Flag, ...]
    lines: tuple[Line, ...] = ()
    line_uses: tuple[LimitUse, ...] = ()


class CompiledMeasure:
    """What all measures share; this class itself serves those without items."""

    def __init__(self, measure: Measure, policy: Policy) -> None:
        name = measure.id.replace("-", "_")
        self.measure = measure
        self.schema = policy.facts
        self.kind = measure.award.kind
        self.figured = self.kind in FIGURED
        self.pays = measure.pays
        self.block = ConditionBlock(measure.require, self.schema, name, measure.clause)
        self.limits = MeasureLimits(measure, self.schema)
        self.amount = compile_award(measure.award, self.schema, f"{name}_amount")
        self.flags = FlagSet(measure.flags, self.schema, name)
        self.obligations = [
            (
                duty,
                compile_interval(duty.at_least, self.schema, f"{name}_duty{index}"),
                duty.at_least.scale,
            )
            if duty.at_least is not None
            else (duty, None, 1)
            for index, duty in enumerate(measure.obligations)
        ]
        self.amount_points = AmountPoints(measure, self.amount, self.schema)

    def look(self, c: Circumstances) -> Look:
        """Requirements, limits and flags against what is known."""
        history = c.history.get(self.measure.id)
        decision, said, flags = self.applicant(c)
        limits = self.limits
        standing = (not history and limits.fresh) or limits.standing(history or (), c.facts, c.year)
        return Look(c, decision, said, standing, flags)

    def applicant(self, c: Circumstances) -> Applicant:
        """What the requirements and the flags say of the applicant."""
        truths, values = self.block.leaves(c.facts, None, c.b)
        decision = self.block.decide(truths)
        said = self.block.reasons(decision, values, c.facts, None, c.b, None)
        return Applicant(decision, said, self.flags.raised(c.facts, None, c.b) if self.flags else ())

    def evaluate(self, c: Circumstances) -> MeasureResult:
        """Decide this measure for one applicant."""
        look = self.look(c)
        if not self.pays:
            return self._service(look)
        if c.bar.truth is True or look.decision.truth is False:
            return self.ended(look)
        before = self.amount.fixed or self.amount.bounds(c.facts, None, c.b)
        if look.standing.ended is True:
            return self.ended(look, self.nothing(before), before)
        return self._awarded(look, before)

    def ended(self, look: Look, also: tuple[Reason, ...] = (), before: Bounds | None = None) -> MeasureResult:
        """Ineligible, with everything that fails and nothing missing.

        `before` is the amount before the limits, where it came to that.
        """
        reasons = [*look.said, *also] if look.decision.truth is False else [*also]
        if self.pays and look.c.bar.truth is True:
            reasons += look.c.bar.reasons
        standing = look.standing
        if standing.ended is True:
            reasons += standing.reasons
        reached = (
            standing.ended is True
            or before is not None
            or any(line.verdict != "ineligible" for line in look.lines)
        )
        uses = cut_uses(standing, before) if before else standing.uses
        none = 0 if self.pays else None
        return MeasureResult(
            self.measure, "ineligible", self.kind, none, None, none, tuple(reasons), (), look.lines,
            look.line_uses + (uses if reached else ()), (), look.flags,
        )  # fmt: skip

    def _service(self, look: Look) -> MeasureResult:
        if look.decision.truth is False:
            return self.ended(look)
        c, decision = look.c, look.decision
        verdict: Verdict = "eligible" if decision.truth else "undetermined"
        missing = distinct(self.block.missing(decision, c.facts, c.b)) if decision.unknown else ()
        return MeasureResult(
            self.measure, verdict, self.kind, None, None, None, look.said, missing, (), (), (), look.flags
        )

    def _awarded(self, look: Look, before: Bounds) -> MeasureResult:
        """Not ended yet: the amount between its bounds, cut by the annual cap, decides."""
        c = look.c
        low, high = after = cut(before, look.standing)
        if high == 0:
            return self.ended(look, self.nothing_left(look, before), before)
        settled = low == high if self.figured else self.above_nothing(low)
        eligible = settled and self.certain(look)
        reasons, missing = self.opening(look, eligible)
        if low != high and (self.amount.mentions or self.amount.beyond):
            live = live_mentions(self.amount.value, c.facts, None, c.b)
            unknown = list(missing_of(live, self.schema, c.facts, c.b))
            if not settled:
                reasons += self.amount_points.unknown(unknown, missing) + self.amount_points.undecided(c.b)
            missing += unknown
        close = self.granted if eligible else self.left_open
        return close(look, before, after, reasons, missing)

    def nothing(self, amount: Bounds) -> tuple[Reason, ...]:
        """The reason of an award that comes to 0.00 whatever is unknown, if it does."""
        return (self.amount_points.nothing_due,) if amount[1] == 0 else ()

    def nothing_left(self, look: Look, before: Bounds) -> tuple[Reason, ...]:
        """Why an award that limits do not end comes to 0.00 all the same: by itself, or by what is taken off."""
        if before[1] == 0:
            return self.nothing(before)
        return tuple(self.limits.cut_reasons(before, look.standing))

    def above_nothing(self, low: int | Fraction) -> bool:
        """Whether the award is certainly more than 0.00; where the text names no figure it always is."""
        return low > 0 or self.kind is AwardKind.UNSPECIFIED

    @staticmethod
    def certain(look: Look) -> bool:
        """Whether all that is asked of the applicant certainly holds and no limit ends it."""
        return look.decision.truth is True and look.c.bar.truth is False and look.standing.ended is False

    def opening(self, look: Look, eligible: bool) -> tuple[list[Reason], list[Missing]]:
        """What the requirements give to an answer that is not `ended`."""
        c, decision = look.c, look.decision
        speaks = decision.truth is None or eligible
        reasons = list(look.said) if speaks else []
        if not decision.unknown:
            return reasons, []
        return reasons, list(self.block.missing(decision, c.facts, c.b))

    def granted(
        self, look: Look, before: Bounds, after: Bounds, reasons: list[Reason], missing: list[Missing]
    ) -> MeasureResult:
        """Eligible, with figures by the kind of award; the amount is the lowest."""
        low, high = after
        standing = look.standing
        if low < before[0] and standing.cutting:
            reasons += self.limits.cut_reasons(before, standing)
        return MeasureResult(
            self.measure,
            "eligible",
            self.kind,
            low if self.figured else None,
            high if self.kind is AwardKind.UP_TO else None,
            high,
            tuple(reasons),
            distinct(missing) if missing else (),
            look.lines,
            look.line_uses + cut_uses(standing, before),
            self.due(look.c, low, look.lines) if self.obligations else (),
            look.flags,
        )

    def left_open(
        self, look: Look, before: Bounds, after: Bounds, reasons: list[Reason], missing: list[Missing]
    ) -> MeasureResult:
        """Undetermined, with what could still bar or end it."""
        bar, standing, high = look.c.bar, look.standing, after[1]
        if bar.truth is None:
            reasons += bar.reasons
            missing += bar.missing
        # A level that a requirement asks for already needs no second reason.
        for reason, facts in standing.open:
            if not all(fact in missing for fact in facts):
                reasons.append(reason)
                missing += facts
        ceiling = high if self.kind is AwardKind.UP_TO else None
        return MeasureResult(
            self.measure, "undetermined", self.kind, None, ceiling, high, tuple(reasons), distinct(missing),
            look.lines, look.line_uses + cut_uses(standing, before), (), look.flags,
        )  # fmt: skip

    def due(self, c: Circumstances, granted: int, lines: tuple[Line, ...]) -> tuple[ObligationDue, ...]:
        """What an award obliges to; one for each eligible line where the pack says per item."""
        found = []
        b = dict(c.b)
        for duty, bounds, scale in self.obligations:
            if bounds is None:
                found.append(ObligationDue(duty, None, None))
                continue
            amounts = (
                [(line.item, line.amount) for line in lines if line.verdict == "eligible"]
                if duty.per_item
                else [(None, granted)]
            )
            for item, amount in amounts:
                b["granted"] = (amount, amount)
                found.append(
                    ObligationDue(duty, item, rounded(bounds(c.facts, None, b)[0], scale, duty.rounding))
                )
        return tuple(found)


def distinct(missing: Iterable[Missing]) -> tuple[Missing, ...]:
    """Each fact once, in the order first met."""
    return tuple({(fact.name, fact.list_name, fact.position): fact for fact in missing}.values())
