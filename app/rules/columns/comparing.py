"""One reading of the law beside another, applicant by applicant: who gains, who loses, and how much."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from app.rules.columns.summing import measures_of, of_eligible, standings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.rules.policy import Policy

LARGEST = 10
"""How many of the largest changes are told."""
_IN_ALL = ("amount", "ceiling", "awards")
_ON_ONE = ("awards", "amount", "ceiling")
"""Figures in the order in which they tell more from less: in all, and on one measure."""
_BEFORE, _AFTER = "before", "after"


class Change(NamedTuple):
    """Gains, losses and the rest add up to all applicants."""

    gain: int
    lose: int
    same: int
    difference: int
    """Of all amounts, the other reading less the base, fen."""


class Moved(NamedTuple):
    """One applicant whose awards change."""

    row: int
    """In the population's file, from 1."""
    ref: str | None
    uscc: str | None
    before: int
    after: int
    ceiling_before: int
    ceiling_after: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A reading against the base. `measures` are those of either."""

    all: Change
    measures: Mapping[str, Change]
    largest_gains: tuple[Moved, ...]
    largest_losses: tuple[Moved, ...]


@dataclass(slots=True)
class Comparison:
    """Adds answers of both readings batch by batch.

    An applicant gains with a larger amount; with an equal one and a higher ceiling; with both equal and more measures
    that pay. On one measure likewise: eligible or not, then the amount, then the ceiling.
    """

    base: Policy
    other: Policy
    _all: list[int] = field(default_factory=lambda: [0] * len(Change._fields))
    _measures: dict[str, list[int]] = field(default_factory=dict)
    _gains: list[Moved] = field(default_factory=list)
    _losses: list[Moved] = field(default_factory=list)

    def add(self, rows: pl.Series, base: pl.DataFrame, other: pl.DataFrame) -> None:
        """Answers to the same applicants in the same order; `rows` are their rows in the file, from 1."""
        before = standings(self.base, base).rename(lambda name: f"{_BEFORE} {name}")
        after = standings(self.other, other).rename(lambda name: f"{_AFTER} {name}")
        both = pl.concat(
            [rows.rename("row").to_frame(), base.select("ref", "uscc"), before, after], how="horizontal"
        )
        change = _Order(_IN_ALL)
        _increase(self._all, both.select(change.counted()).row(0))
        self._gains = _largest(self._gains, both.filter(change.more), gain=True)
        self._losses = _largest(self._losses, both.filter(change.less), gain=False)
        self._add_measures(base, other)

    def compared(self) -> Compared:
        """What was added so far."""
        measures = {name: Change(*found) for name, found in self._measures.items()}
        return Compared(Change(*self._all), measures, tuple(self._gains), tuple(self._losses))

    def _add_measures(self, base: pl.DataFrame, other: pl.DataFrame) -> None:
        names = [measure.id for policy in (self.base, self.other) for measure in policy.measures]
        there = {*measures_of(base), *measures_of(other)}
        change = _Order(_ON_ONE)
        for name in dict.fromkeys(name for name in names if name in there):
            before, after = _worth(name, base, _BEFORE), _worth(name, other, _AFTER)
            found = pl.concat([before, after], how="horizontal").select(change.counted()).row(0)
            _increase(self._measures.setdefault(name, [0] * len(Change._fields)), found)


def _worth(name: str, answers: pl.DataFrame, side: str) -> pl.DataFrame:
    """What a measure gives each applicant; nothing where the reading does not have it."""
    if name not in answers.columns:
        return answers.select(
            pl.repeat(0, pl.len(), dtype=pl.Int64).alias(f"{side} {figure}") for figure in _ON_ONE
        )
    eligible = pl.col(name).struct.field("verdict") == "eligible"
    return answers.select(
        eligible.cast(pl.Int64).alias(f"{side} awards"),
        of_eligible(name, "amount").alias(f"{side} amount"),
        of_eligible(name, "ceiling").alias(f"{side} ceiling"),
    )


class _Order:
    """Which of two is more, by the first figure in which they differ."""

    def __init__(self, figures: Sequence[str]) -> None:
        more: pl.Expr = pl.lit(value=False)
        less: pl.Expr = pl.lit(value=False)
        for figure in reversed(figures):
            before, after = pl.col(f"{_BEFORE} {figure}"), pl.col(f"{_AFTER} {figure}")
            more = (after > before) | ((after == before) & more)
            less = (after < before) | ((after == before) & less)
        self.more = more
        self.less = less

    def counted(self) -> list[pl.Expr]:
        """Gain, lose, same, difference."""
        difference = pl.col(f"{_AFTER} amount").cast(pl.Int128) - pl.col(f"{_BEFORE} amount")
        return [
            self.more.sum().alias("gain"),
            self.less.sum().alias("lose"),
            (~(self.more | self.less)).sum().alias("same"),
            difference.sum().alias("difference"),
        ]


def _largest(kept: list[Moved], found: pl.DataFrame, *, gain: bool) -> list[Moved]:
    """The ten largest, by amount, then ceiling; of equal ones the first rows."""
    amount = pl.col(f"{_AFTER} amount") - pl.col(f"{_BEFORE} amount")
    ceiling = pl.col(f"{_AFTER} ceiling") - pl.col(f"{_BEFORE} ceiling")
    columns = ("row", "ref", "uscc", "before amount", "after amount", "before ceiling", "after ceiling")
    some = (
        found.select(*columns, amount.alias("by amount"), ceiling.alias("by ceiling"))
        .sort("by amount", "by ceiling", "row", descending=[gain, gain, False])
        .head(LARGEST)
    )
    both = [*kept, *(Moved(*row) for row in some.select(columns).iter_rows())]
    sign = -1 if gain else 1
    both.sort(
        key=lambda one: (
            sign * (one.after - one.before),
            sign * (one.ceiling_after - one.ceiling_before),
            one.row,
        )
    )
    return both[:LARGEST]


def _increase(into: list[int], found: Iterable[Any]) -> None:
    for at, more in enumerate(found):
        into[at] += more or 0
