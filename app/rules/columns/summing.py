"""What the answers of a population come to: counts and money, added batch by batch in bounded memory.

Money is whole fen and Python's own integers once it leaves a batch, so that no sum overflows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from app.rules.columns.schema import column_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.policy import Policy

UNKNOWN = "unknown"
"""The group of applicants of whom the fact is not known."""
GROUPED_BY = ("applicant.size", "applicant.kind")
"""Choices that sums are told by, where the policy has them."""
VERDICTS = ("eligible", "ineligible", "undetermined")
BANDS = tuple(yuan * 100 for yuan in (0, 10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000))
"""Upper ends of the bands of awards, in fen, each inclusive; the last band has none."""
_ROW, _AMOUNT, _CEILING, _AWARDS = "row", "amount", "ceiling", "awards"


class MeasureSum(NamedTuple):
    """One measure over all applicants; the three counts add up to all of them."""

    eligible: int
    ineligible: int
    undetermined: int
    amount: int
    """Of all rows, fen."""
    ceiling: int
    """The most that officials may grant to those who are eligible, fen."""


class Sum(NamedTuple):
    """A group of applicants."""

    applicants: int
    with_any_award: int
    """Eligible for at least one measure that pays."""
    amount: int
    discretionary_ceiling: int


class Band(NamedTuple):
    """Applicants whose amount is above `over` and at most `up_to`; `up_to` None: without end."""

    over: int | None
    """None: the band of those who get nothing."""
    up_to: int | None
    applicants: int
    amount: int


class Cover(NamedTuple):
    """What a budget comes to for amounts, in fen."""

    budget: int
    amount: int
    ceiling: int
    first_come: int
    """Applicants with an amount, in the order of rows, whom it pays in full until it first does not."""
    first_come_amount: int
    without: int
    """Applicants with an amount who come after."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One reading of the law over the whole population."""

    measures: Mapping[str, MeasureSum]
    totals: Sum
    by: Mapping[str, Mapping[str, Sum]]
    bands: tuple[Band, ...]
    cover: Cover | None


@dataclass(slots=True)
class Tally:
    """Adds answers batch by batch, in the order of the population."""

    policy: Policy
    budget: int | None = None
    _measures: dict[str, list[int]] = field(default_factory=dict)
    _totals: list[int] = field(default_factory=lambda: [0] * len(Sum._fields))
    _by: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    _bands: list[list[int]] = field(default_factory=lambda: [[0, 0] for _ in range(len(BANDS) + 1)])
    _spent: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Applicants paid in full, their amounts, applicants after them."""

    def add(self, population: pl.DataFrame, answers: pl.DataFrame) -> None:
        """Both have the same applicants in the same order."""
        self._add_measures(answers)
        standing = standings(self.policy, answers)
        _increase(self._totals, standing.select(_GROUP).row(0))
        self._add_groups(population, standing)
        self._add_bands(standing)
        if self.budget is not None:
            self._spend(standing, self.budget)

    def summary(self) -> Summary:
        """What was added so far."""
        edges = (None, *BANDS, None)
        return Summary(
            {name: MeasureSum(*found) for name, found in self._measures.items()},
            Sum(*self._totals),
            {
                name: {code: Sum(*groups[code]) for code in _in_order(self.policy, name, groups)}
                for name, groups in self._by.items()
            },
            tuple(Band(edges[at], edges[at + 1], *found) for at, found in enumerate(self._bands)),
            self._cover(),
        )

    def _add_measures(self, answers: pl.DataFrame) -> None:
        names = measures_of(answers)
        wanted = [part.alias(f"{name}\0{at}") for name in names for at, part in enumerate(_of_measure(name))]
        if not wanted:
            return
        found = answers.select(wanted).row(0)
        width = len(MeasureSum._fields)
        for at, name in enumerate(names):
            into = self._measures.setdefault(name, [0] * width)
            _increase(into, found[at * width : (at + 1) * width])

    def _add_groups(self, population: pl.DataFrame, standing: pl.DataFrame) -> None:
        for name in GROUPED_BY:
            if name not in self.policy.facts.facts:
                continue
            groups = self._by.setdefault(name, {})
            codes = population.select(column_of(name).fill_null(UNKNOWN).alias("code"))
            for code, *found in codes.hstack(standing).group_by("code").agg(_GROUP).iter_rows():
                _increase(groups.setdefault(code, [0] * len(Sum._fields)), found)

    def _add_bands(self, standing: pl.DataFrame) -> None:
        band = pl.sum_horizontal((pl.col(_AMOUNT) > edge).cast(pl.Int32) for edge in BANDS)
        grouped = standing.group_by(band.alias("band")).agg(pl.len(), _sum(pl.col(_AMOUNT)))
        for at, *found in grouped.iter_rows():
            _increase(self._bands[at], found)

    def _spend(self, standing: pl.DataFrame, budget: int) -> None:
        """First come, first served: whom it does not pay in full ends it, also for who would cost less."""
        spent = pl.col(_AMOUNT).cast(pl.Int128).cum_sum() + self._spent[1]
        asks = standing.filter(pl.col(_AMOUNT) > 0)
        if self._spent[2]:
            self._spent[2] += asks.height
            return
        paid = asks.filter(spent <= budget)
        self._spent[0] += paid.height
        self._spent[1] += paid.select(_sum(pl.col(_AMOUNT))).item() or 0
        self._spent[2] += asks.height - paid.height

    def _cover(self) -> Cover | None:
        if self.budget is None:
            return None
        totals = Sum(*self._totals)
        return Cover(self.budget, totals.amount, totals.discretionary_ceiling, *self._spent)


def measures_of(answers: pl.DataFrame) -> tuple[str, ...]:
    """The measures that answers are of, in their order."""
    return tuple(
        name
        for name, kind in answers.schema.items()
        if isinstance(kind, pl.Struct) and any(part.name == "verdict" for part in kind.fields)
    )


def standings(policy: Policy, answers: pl.DataFrame) -> pl.DataFrame:
    """What each applicant has in all: `amount`, `ceiling` (both fen), `awards` (eligible measures that pay)."""
    pays = {measure.id for measure in policy.measures if measure.pays}
    eligible = [_is(name, "eligible").cast(pl.Int64) for name in measures_of(answers) if name in pays]
    return answers.select(
        pl.col("totals").struct.field("amount").alias(_AMOUNT),
        pl.col("totals").struct.field("discretionary_ceiling").alias(_CEILING),
        (pl.sum_horizontal(eligible) if eligible else pl.repeat(0, pl.len(), dtype=pl.Int64)).alias(_AWARDS),
    )


def of_eligible(name: str, figure: str) -> pl.Expr:
    """A figure of a measure where it is eligible, else 0; what an official decides counts as 0 in `amount`."""
    found = pl.col(name).struct.field(figure)
    return pl.when(_is(name, "eligible")).then(found.fill_null(0)).otherwise(0)


def _of_measure(name: str) -> tuple[pl.Expr, ...]:
    return (
        *(_is(name, verdict).sum() for verdict in VERDICTS),
        _sum(pl.col(name).struct.field("amount")),
        _sum(of_eligible(name, "ceiling")),
    )


def _is(name: str, verdict: str) -> pl.Expr:
    return pl.col(name).struct.field("verdict") == verdict


def _sum(of: pl.Expr) -> pl.Expr:
    """In 128 bits: fifty thousand rows of the largest amounts are more than 64 hold."""
    return of.cast(pl.Int128).sum()


_GROUP = (
    pl.len().alias("applicants"),
    (pl.col(_AWARDS) > 0).sum().alias("with_any_award"),
    _sum(pl.col(_AMOUNT)).alias("sum of amounts"),
    _sum(pl.col(_CEILING)).alias("sum of ceilings"),
)


def _increase(into: list[int], found: Any) -> None:  # noqa: ANN401 - a row of Polars: whole numbers
    for at, more in enumerate(found):
        into[at] += more or 0


def _in_order(policy: Policy, name: str, groups: Mapping[str, object]) -> list[str]:
    """The codes as the policy lists them, then those it does not know, then the unknown."""
    known = [code for code, _ in policy.facts.facts[name].choices]
    others = sorted(code for code in groups if code not in known and code != UNKNOWN)
    return [code for code in (*known, *others, UNKNOWN) if code in groups]
