"""A budget or places shared over a whole population as columns: what `allotting.sharing` says, for millions of rows.

Held equal to it by a test. Sums and products are in 128 bits; of amounts and budgets within the bounds of the language
none passes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from app.rules.allotment import AllotBy, Last, Ties
from app.rules.allotting.claims import Outcome
from app.rules.columns.ends import NotColumnar

if TYPE_CHECKING:
    from app.rules.allotment import Allotment
    from app.rules.allotting.claims import Scores
    from app.rules.allotting.scoring import Scoring
    from app.rules.columns.batch import Batch

ROW, AMOUNT, RANK, OUTCOME, GRANTED = "row", "amount", "rank", "outcome", "granted"
OUTCOME_TYPE = pl.Enum([str(one) for one in Outcome])
_WIDE = pl.Int128()
_PLACE, _TAKES, _GONE, _BEFORE, _ALL, _SIZE = "place", "takes", "gone", "before", "all", "size"


class AllotmentSum(NamedTuple):
    """What an allotment comes to over a population; money in fen."""

    allotment: Allotment
    claims: int
    """Applicants who are certainly eligible and, where scores rank, of whom every score is known."""
    undetermined: int
    """Applicants who may have a claim; they are in no other figure."""
    demand: int
    granted: int
    """In full."""
    partly: int
    none: int
    open: int
    """Equals of whom not all get in: an official decides."""
    spent: int
    left: int
    """Of the budget, or of the places."""
    factor: Fraction | None
    cut_off: Scores | None


class Shared(NamedTuple):
    """`frame` has `row`, `amount`, the scores, `rank`, `outcome` and `granted`, a row a claim, in the order of rank."""

    frame: pl.DataFrame
    sum: AllotmentSum


def scores_of(batch: Batch, scoring: Scoring) -> pl.DataFrame:
    """A column for each score, null where an unknown fact leaves it open; one row an applicant."""
    allotment = scoring.allotment
    expressions = () if allotment is None else allotment.scores
    names = score_names(len(expressions))
    if not names:
        return pl.DataFrame()
    try:
        if not batch.columnar:
            raise NotColumnar
        work = batch.alike()
        ends = [work.applicants.ends(one) for one in expressions]
        found = [
            pl.when(one.low == one.high).then(one.low).cast(_WIDE).alias(name)
            for one, name in zip(ends, names, strict=True)
        ]
        return work.applicants.table.frame.select(found)
    except NotColumnar:
        rows = [scoring.of(batch.circumstances(row)) for row in range(batch.population.height)]
        nothing = (None,) * len(names)
        return pl.DataFrame(
            [row or nothing for row in rows], schema=dict.fromkeys(names, _WIDE), orient="row"
        )


def score_names(count: int) -> list[str]:
    return [f"score{index}" for index in range(count)]


@dataclass(slots=True)
class Claims:
    """The claims of a population under one measure, gathered batch by batch: a few whole numbers each."""

    allotment: Allotment
    _frames: list[pl.DataFrame] = field(default_factory=list)
    _rows: int = 0
    _undetermined: int = 0

    def add(self, answers: pl.DataFrame, scores: pl.DataFrame) -> None:
        """`answers` has `verdict` and `amount` of the measure; both have the same applicants in the same order.

        Rows come in the order of the population: by `arrival` the earlier row came first.
        """
        known = [pl.col(name).is_not_null() for name in scores.columns]
        both = answers.select(pl.col("verdict").cast(pl.String), AMOUNT).hstack(scores)
        both = both.with_row_index(ROW, offset=self._rows).with_columns(pl.col(ROW).cast(pl.Int64))
        sure = pl.all_horizontal(pl.col("verdict") == "eligible", *known)
        claims = both.filter(sure).select(ROW, pl.col(AMOUNT).fill_null(0), *scores.columns)
        self._frames.append(claims)
        self._rows += both.height
        self._undetermined += both.filter(pl.col("verdict") != "ineligible").height - claims.height

    def shared(self) -> Shared:
        """What becomes of all that were added."""
        names = score_names(len(self.allotment.scores))
        schema = {ROW: pl.Int64(), AMOUNT: pl.Int64(), **dict.fromkeys(names, _WIDE)}
        return shared(
            self.allotment, pl.concat([pl.DataFrame(schema=schema), *self._frames]), self._undetermined
        )


def shared(
    allotment: Allotment, claims: pl.DataFrame, undetermined: int = 0, whole: int | None = None
) -> Shared:
    """Share among claims with `row` (the order of arrival, each once), `amount` in fen and the scores.

    `whole`: what is left of the budget or the places, by default all of it.
    """
    there_is = allotment.whole if whole is None else whole
    demand = claims.select(pl.col(AMOUNT).cast(_WIDE).sum()).item() or 0
    factor: Fraction | None = None
    if allotment.by is AllotBy.SCALE:
        factor = Fraction(1) if demand <= there_is else Fraction(there_is, demand)
        found = _scaled(claims, there_is, demand)
    else:
        found = _in_order(allotment, claims, there_is)
    admitted = found.filter(pl.col(OUTCOME).is_in([str(Outcome.GRANTED), str(Outcome.PARTLY)]))
    spent = admitted.select(pl.col(GRANTED).cast(_WIDE).sum()).item() or 0
    gone = spent if allotment.in_money else admitted.height
    counts = dict(found.group_by(pl.col(OUTCOME).cast(pl.String)).len().iter_rows())
    cut_off = None
    if allotment.by is AllotBy.RANK and admitted.height:
        cut_off = admitted.select(score_names(len(allotment.scores))).row(-1)
    granted, partly, none, waiting = (
        counts.get(str(one), 0) for one in (Outcome.GRANTED, Outcome.PARTLY, Outcome.NONE, Outcome.OPEN)
    )
    left = max(0, there_is - gone)
    return Shared(
        found,
        AllotmentSum(
            allotment,
            claims.height,
            undetermined,
            demand,
            granted,
            partly,
            none,
            waiting,
            spent,
            left,
            factor,
            cut_off,
        ),
    )


def _outcome(outcome: Outcome) -> pl.Expr:
    return pl.lit(str(outcome), dtype=OUTCOME_TYPE)


def _scaled(claims: pl.DataFrame, budget: int, demand: int) -> pl.DataFrame:
    """Each by one exact ratio, rounded down."""
    granted = pl.col(AMOUNT)
    if demand > budget:
        ratio = pl.col(AMOUNT).cast(_WIDE) * pl.lit(budget, dtype=_WIDE) // pl.lit(demand, dtype=_WIDE)
        granted = ratio.cast(pl.Int64)
    less = pl.when(pl.col(GRANTED) > 0).then(_outcome(Outcome.PARTLY)).otherwise(_outcome(Outcome.NONE))
    outcome = _outcome(Outcome.GRANTED) if demand <= budget else less
    return (
        claims.sort(ROW)
        .with_columns(granted.alias(GRANTED))
        .with_columns(pl.lit(None, dtype=pl.Int64).alias(RANK), outcome.alias(OUTCOME))
    )


def _in_order(allotment: Allotment, claims: pl.DataFrame, whole: int) -> pl.DataFrame:
    """By `rank("min")` and running sums: of equals all are taken together."""
    key = [ROW] if allotment.by is AllotBy.ARRIVAL else score_names(len(allotment.scores))
    ranked = claims.sort(key, descending=allotment.by is AllotBy.RANK, maintain_order=False)
    takes = pl.col(AMOUNT).cast(_WIDE) if allotment.in_money else pl.lit(1, dtype=_WIDE)
    other = pl.any_horizontal(pl.col(name) != pl.col(name).shift(1) for name in key).fill_null(value=False)
    limit, edge = pl.lit(whole, dtype=_WIDE), pl.col(_BEFORE) + pl.col(_ALL)
    left = (limit - pl.col(_BEFORE)).cast(pl.Int64)
    return (
        ranked.with_columns(takes.alias(_TAKES), other.cast(pl.Int64).cum_sum().alias(_PLACE))
        .with_columns(pl.col(_TAKES).cum_sum().alias(_GONE))
        .with_columns(
            (pl.col(_GONE) - pl.col(_TAKES)).min().over(_PLACE).alias(_BEFORE),
            pl.col(_TAKES).sum().over(_PLACE).alias(_ALL),
            pl.len().over(_PLACE).alias(_SIZE),
            pl.col(_PLACE).rank("min").cast(pl.Int64).alias(RANK),
        )
        .with_columns(
            pl.when(edge <= limit)
            .then(_outcome(Outcome.GRANTED))
            .when(pl.col(_BEFORE) >= limit)
            .then(_outcome(Outcome.NONE))
            .when(pl.col(_SIZE) == 1)
            .then(_outcome(Outcome.PARTLY if allotment.last is Last.PARTIAL else Outcome.NONE))
            .otherwise(_outcome(_AT_EDGE[allotment.ties]))
            .alias(OUTCOME)
        )
        .with_columns(
            pl.when(pl.col(OUTCOME) == str(Outcome.GRANTED))
            .then(pl.col(AMOUNT))
            .when(pl.col(OUTCOME) == str(Outcome.PARTLY))
            .then(left)
            .otherwise(0)
            .alias(GRANTED)
        )
        .sort(RANK, ROW)
        .select(*claims.columns, RANK, OUTCOME, GRANTED)
    )


_AT_EDGE = {Ties.ADMIT: Outcome.GRANTED, Ties.REFUSE: Outcome.NONE, Ties.DECIDE: Outcome.OPEN}
"""What becomes of equals who together take more than is left."""
