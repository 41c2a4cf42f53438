"""One measure as columns: verdict and figures of every row, and the key that its explanation depends on.

The same order of work as `deciding.measures`: barred, requirements, the award between its bounds, its limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns import ends as of_ends
from app.rules.columns.batch import BAR
from app.rules.columns.conditions import Leaves, sign_mentions, sign_value
from app.rules.columns.ends import Ends
from app.rules.columns.signatures import Signature
from app.rules.columns.tables import ROW
from app.rules.columns.values import fen
from app.rules.deciding.measures import FIGURED
from app.rules.policy import AwardKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.columns.batch import Batch
    from app.rules.columns.history import Standing
    from app.rules.deciding.measures import CompiledMeasure

VERDICT, AMOUNT, CEILING, POTENTIAL = "verdict", "amount", "ceiling", "potential"
ELIGIBLE, INELIGIBLE, UNDETERMINED = range(3)
"""As `VERDICTS` lists them."""
KEY = "key"


class MeasureColumns:
    """What all measures share; this class itself serves those without items."""

    def __init__(self, compiled: CompiledMeasure) -> None:
        self.compiled = compiled
        self.measure = compiled.measure
        self.kind = compiled.kind

    def decide(self, batch: Batch) -> pl.DataFrame:
        """`row`, `verdict` (a code), `amount`, `ceiling`, `potential` in fen and `key…`, one row an applicant."""
        signature = Signature()
        terms, table = batch.applicants, batch.applicants.table
        leaves = Leaves(terms, self.compiled.block, self.measure.id)
        leaves.sign(signature)
        if not self.compiled.pays:
            return table.frame.select(ROW, **self._service(leaves), **signature.columns(KEY))
        batch.sign_bar(signature)
        standing = batch.past.standing(self.measure, self.compiled.limits.own, table)
        for truth in standing.truths:
            signature.truth(truth)
        before, some = self.award(batch, signature)
        return self._decided(batch, leaves, standing, before, some, signature)

    def award(self, batch: Batch, signature: Signature) -> tuple[Ends, pl.Expr | None]:
        """The award before limits, and whether any item counts (None for a measure without items)."""
        sign_mentions(batch.applicants, self.compiled.amount.mentions, signature)
        value = self.measure.award.value
        if value is None:
            return Ends(of_ends.constant(0, of_ends.WHOLE), of_ends.unbounded(of_ends.WHOLE)), None
        sign_value(batch.applicants, value, signature)
        return fen(batch.applicants, value, self.measure.award.rounding), None

    def above_nothing(self, low: pl.Expr) -> pl.Expr:
        """Whether the award is certainly more than 0.00; where the text names no figure it always is."""
        return pl.lit(value=True) if self.kind is AwardKind.UNSPECIFIED else low > 0

    def settled(self, low: pl.Expr, high: pl.Expr) -> pl.Expr:
        """Whether the amount lets the verdict be eligible."""
        if self.kind in FIGURED:
            return (low == high).fill_null(value=False)
        return self.above_nothing(low)

    def some_after(self, some: pl.Expr, low: pl.Expr, high: pl.Expr) -> pl.Expr:  # noqa: ARG002 - for items only
        """Whether an item counts, once the caps are known."""
        return some

    @staticmethod
    def _service(leaves: Leaves) -> Mapping[str, pl.Expr]:
        truth = leaves.truth
        nothing = pl.lit(None, dtype=pl.Int64)
        verdict = pl.when(~truth).then(INELIGIBLE).when(truth).then(ELIGIBLE).otherwise(UNDETERMINED)
        return {VERDICT: verdict.cast(pl.UInt8), AMOUNT: nothing, CEILING: nothing, POTENTIAL: nothing}

    def _decided(
        self,
        batch: Batch,
        leaves: Leaves,
        standing: Standing,
        before: Ends,
        some: pl.Expr | None,
        signature: Signature,
    ) -> pl.DataFrame:
        table, name = batch.applicants.table, self.measure.id
        ended = pl.any_horizontal(standing.truths) if standing.truths else pl.lit(value=False)
        after = before if standing.left is None else _cut(before, standing.left)
        table.frame = table.frame.with_columns(leaves.truth.alias(f"{name}:requirements"))
        requirements = pl.col(f"{name}:requirements")
        columns = {
            "ended": ended,
            "before": before.low,
            "most": before.high,
            "low": after.low,
            "high": after.high,
            "some": pl.lit(value=True) if some is None else some,
        }
        # Constants stay what they are: a column of them would only be carried about.
        worked_out = {key: value for key, value in columns.items() if not value.meta.is_literal()}
        at = columns | {key: pl.col(f"{name}:{key}") for key in worked_out}
        low, high = at["low"], at["high"]
        some_left = self.some_after(at["some"], low, high)
        verdict = self._verdict(requirements, at["ended"], some_left, low, high)
        signature.code(pl.col(VERDICT), 3)
        signature.truth(some_left)
        for figure in (at["most"] == 0, high == 0, low == high):
            signature.truth(figure)
        signature.fact(low > 0)
        signature.fact(low < at["before"])
        return (
            table.frame.lazy()
            .with_columns(**{f"{name}:{key}": value for key, value in worked_out.items()})
            .with_columns(verdict.alias(VERDICT))
            .select(ROW, VERDICT, **self._figures(low, high), **signature.columns(KEY))
            .collect()
        )

    def _verdict(
        self, requirements: pl.Expr, ended: pl.Expr, some: pl.Expr, low: pl.Expr, high: pl.Expr
    ) -> pl.Expr:
        """One Kleene conjunction: not barred, every requirement, an item that counts, no limit, an amount above 0."""
        ineligible = pl.any_horizontal(
            pl.col(BAR).fill_null(value=False),
            ~requirements.fill_null(value=True),
            ended.fill_null(value=False),
            ~some.fill_null(value=True),
            (high == 0).fill_null(value=False),
        )
        sure = pl.all_horizontal(
            requirements.fill_null(value=False),
            ~pl.col(BAR).fill_null(value=True),
            ~ended.fill_null(value=True),
            some.fill_null(value=False),
            self.settled(low, high),
        )
        found = pl.when(ineligible).then(INELIGIBLE).when(sure).then(ELIGIBLE).otherwise(UNDETERMINED)
        return found.cast(pl.UInt8)

    def _figures(self, low: pl.Expr, high: pl.Expr) -> Mapping[str, pl.Expr]:
        """Amount, ceiling and potential as an answer shows them, whole fen in 64 bits."""
        verdict = pl.col(VERDICT)
        out, granted = verdict == INELIGIBLE, verdict == ELIGIBLE
        amount = pl.when(out).then(0).when(granted & pl.lit(self.kind in FIGURED)).then(low)
        ceiling = pl.lit(None, dtype=pl.Int64)
        if self.kind is AwardKind.UP_TO:
            ceiling = pl.when(~out).then(high)
        return {
            AMOUNT: amount.cast(pl.Int64),
            CEILING: ceiling.cast(pl.Int64),
            POTENTIAL: pl.when(out).then(0).otherwise(high).cast(pl.Int64),
        }


def _cut(before: Ends, left: pl.Expr) -> Ends:
    """Both ends to at most what the annual caps leave."""
    return Ends(pl.min_horizontal(before.low, left), pl.min_horizontal(before.high, left))
