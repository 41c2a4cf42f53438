"""Measures that count items as columns: each item a row of a long table, then what they come to together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from app.rules.columns import ends as of_ends
from app.rules.columns.conditions import Leaves, sign_mentions, sign_value
from app.rules.columns.ends import WIDE, Ends, NotColumnar
from app.rules.columns.history import item_keys
from app.rules.columns.measures import ELIGIBLE, INELIGIBLE, KEY, UNDETERMINED, VERDICT, MeasureColumns
from app.rules.columns.signatures import Signature
from app.rules.columns.tables import POSITION, ROW
from app.rules.columns.values import fen
from app.rules.deciding.measures import FIGURED
from app.rules.policy import AwardKind

if TYPE_CHECKING:
    from app.rules.columns.batch import Batch
    from app.rules.columns.expressions import Terms
    from app.rules.columns.tables import Table
    from app.rules.deciding.items import CompiledItems
    from app.rules.policy import Each

ITEM, COUNTS, LOW, HIGH = "item", "counts", "low", "high"


class Sums(NamedTuple):
    """The items together, as columns of the applicants' table."""

    some: pl.Expr
    ends: Ends
    certain: pl.Expr
    possible: pl.Expr


class ItemColumns(MeasureColumns):
    """A measure with `each`."""

    def __init__(self, compiled: CompiledItems) -> None:
        super().__init__(compiled)
        self.each: Each = compiled.each
        self.inner = compiled.inner
        self.of_item = compiled.item
        self._unnamed = self.kind is AwardKind.UNSPECIFIED

    def lines(self, batch: Batch) -> tuple[Terms, pl.DataFrame]:
        """Each item: `row`, `position`, `item` (its id), `verdict`, whether it `counts`, `low`, `high`, `key…`."""
        terms = batch.items(self.each.list_name, self.each.word)
        own = self.compiled.limits.own
        if self.compiled.limits.chosen or (self.inner and any(limit.kind.in_money for limit in own)):
            raise NotColumnar  # items vie with each other for places, or for what a cap leaves
        signature = Signature()
        leaves = Leaves(terms, self.of_item.block, f"{self.measure.id}:item")
        leaves.sign(signature)
        sign_mentions(terms, self.of_item.figure.mentions, signature)
        sign_value(terms, self.of_item.figure.value, signature)
        ended = self._ended(batch, terms, signature)
        figure = self._figure(terms)
        table = terms.table
        table.frame = table.frame.with_columns(
            pl.when(~ended).then(leaves.truth).otherwise(statement=False).alias(COUNTS),
            # A value for every row: a constant would be kept as one, which `when` does not stretch (Polars 2.1).
            (figure.low + pl.col(ROW).cast(pl.Int64) * 0).alias(LOW),
            (figure.high + pl.col(ROW).cast(pl.Int64) * 0).alias(HIGH),
        )
        low, high, truth = pl.col(LOW), pl.col(HIGH), pl.col(COUNTS)
        out = ~truth.fill_null(value=True)
        if self.inner:
            out = out | (high == 0).fill_null(value=False)
        settled = pl.lit(value=True) if not self.inner or self._unnamed else low > 0
        if self.kind in FIGURED:
            settled = settled & (low == high).fill_null(value=False)
        sure = truth.fill_null(value=False) & settled
        verdict = pl.when(out).then(INELIGIBLE).when(sure).then(ELIGIBLE).otherwise(UNDETERMINED)
        table.frame = table.frame.with_columns(verdict.cast(pl.UInt8).alias(VERDICT), self._named(terms))
        signature.code(pl.col(VERDICT), 3)
        signature.truth(high == 0)
        signature.truth(low == high)
        columns = signature.columns(KEY)
        return terms, table.frame.select(ROW, POSITION, ITEM, VERDICT, COUNTS, LOW, HIGH, **columns)

    def award(self, batch: Batch, signature: Signature) -> tuple[Ends, pl.Expr | None]:
        """The award of what counts before the measure's own limits."""
        sums = self._sums(batch, signature)
        if self.inner:
            return sums.ends, sums.some
        value = self.measure.award.value
        if value is None:
            return super().award(batch, signature)[0], sums.some
        if self.of_item.scale != 1:
            raise NotColumnar
        sign_mentions(batch.applicants, self.compiled.amount.mentions, signature)
        table = batch.applicants.table
        table.built_ins = {"counted": sums.ends, "items": Ends(sums.certain, sums.possible)}
        found = fen(batch.applicants, value, self.measure.award.rounding)
        sign_value(batch.applicants, value, signature)
        table.built_ins = {}
        return found, sums.some

    def settled(self, low: pl.Expr, high: pl.Expr) -> pl.Expr:  # noqa: ARG002 - a total looks at its lowest alone
        """One line that is settled above 0 is enough; a total is eligible once its lowest is above 0."""
        return pl.lit(value=True) if self.inner else self.above_nothing(low)

    def some_after(self, some: pl.Expr, low: pl.Expr, high: pl.Expr) -> pl.Expr:
        """Where a cap is reached whatever the items come to, the award is settled though none of them was."""
        if not self.inner or self.kind not in FIGURED:
            return some
        return (
            pl.when(((low == high) & (low > 0)).fill_null(value=False)).then(statement=True).otherwise(some)
        )

    def _named(self, terms: Terms) -> pl.Expr:
        """The item's id, or its position where it has none."""
        if self.each.id_field is None:
            return pl.col(POSITION).cast(pl.String).alias(ITEM)
        return pl.col(f"{terms.table.words[self.each.word]}{self.each.id_field}").alias(ITEM)

    def _figure(self, terms: Terms) -> Ends:
        """What one item is worth: its award in fen, or what it adds to the total over the scale of that."""
        award = self.each.award
        if award is not None:
            if award.value is None:
                return Ends(of_ends.constant(0, of_ends.WHOLE), of_ends.unbounded(of_ends.WHOLE))
            return fen(terms, award.value, award.rounding)
        if self.each.counts is None:
            return Ends(of_ends.constant(0, of_ends.WHOLE), of_ends.constant(0, of_ends.WHOLE))
        return terms.whole(self.each.counts)

    def _ended(self, batch: Batch, terms: Terms, signature: Signature) -> pl.Expr:
        """Ended by what history says of the item, or of what it names."""
        table = terms.table
        prefix = table.words[self.each.word]
        ends: list[pl.Expr] = []
        for index, (field, key) in enumerate(self.of_item.excluded):
            named = batch.past.supported(key).with_columns(times=1)
            ends.append(_named_often(table, f"supported{index}", prefix + field, named, 1))
        if self.each.id_field is not None:
            for index, limit in enumerate(self.compiled.limits.of_items):
                named = batch.past.times(self.measure.id, limit)
                column = prefix + self.each.id_field
                ends.append(_named_often(table, f"limit{index}", column, named, limit.cap))
        for end in ends:
            signature.fact(end)
        return pl.any_horizontal(ends) if ends else pl.lit(value=False)

    def _sums(self, batch: Batch, signature: Signature) -> Sums:
        _, lines = self.lines(batch)
        possible = pl.col(VERDICT) != INELIGIBLE
        counts = pl.col(COUNTS).fill_null(value=False)
        certain = possible & ((pl.col(VERDICT) == ELIGIBLE) if self.inner else counts)
        nothing = pl.lit(0, dtype=WIDE)
        high = pl.col(HIGH).cast(WIDE)
        unbounded = (possible & high.is_null()).any()
        grouped = lines.group_by(ROW).agg(
            certain=certain.sum().cast(pl.Int64),
            possible=possible.sum().cast(pl.Int64),
            low=pl.when(possible & counts).then(pl.col(LOW).cast(WIDE)).otherwise(nothing).sum(),
            high=pl.when(~unbounded).then(pl.when(possible).then(high).otherwise(nothing).sum()),
            open=(pl.col(VERDICT) == UNDETERMINED).any(),
        )
        table, name = batch.applicants.table, f"{self.measure.id}:items"
        grouped = grouped.rename({key: f"{name}:{key}" for key in grouped.columns if key != ROW})
        table.frame = table.frame.join(grouped, on=ROW, how="left", maintain_order="left")
        known = pl.col(table.known(self.each.list_name))
        none = pl.col(f"{name}:certain").is_null()
        at = {key: pl.col(f"{name}:{key}") for key in ("certain", "possible", LOW, HIGH)}
        self._sign_open(batch, lines, signature, name)
        signature.fact(known)
        nobody = known & (at["possible"].fill_null(0) == 0)
        some = pl.when(at["certain"] > 0).then(statement=True).when(nobody).then(statement=False)
        return Sums(
            some,
            Ends(
                at[LOW].fill_null(0),
                pl.when(~none).then(at[HIGH]).when(known).then(nothing),
            ),
            at["certain"].fill_null(0),
            pl.when(known).then(at["possible"].fill_null(0)),
        )

    @staticmethod
    def _sign_open(batch: Batch, lines: pl.DataFrame, signature: Signature, name: str) -> None:
        """Which items are open, and why: only for rows that have one."""
        open_rows = lines.filter(pl.col(VERDICT) == UNDETERMINED)[ROW].unique()
        column = f"{name}:open items"
        if open_rows.is_empty():
            signature.pattern(pl.lit(0, dtype=pl.UInt32))
            return
        keys = [column for column in lines.columns if column.startswith(KEY)]
        # Of items that are settled only their place matters.
        open_ = pl.col(VERDICT) == UNDETERMINED
        text = pl.when(open_).then(pl.concat_str(keys, separator=":")).otherwise(pl.lit(""))
        found = (
            lines.filter(pl.col(ROW).is_in(open_rows.implode()))
            .group_by(ROW, maintain_order=True)
            .agg(text.str.join(",").alias(column))
        )
        found = found.with_columns(batch.asked.patterns.number(found[column]))
        table = batch.applicants.table
        table.frame = table.frame.join(found, on=ROW, how="left", maintain_order="left")
        signature.pattern(pl.col(column))


def _named_often(table: Table, name: str, column: str, named: pl.DataFrame, cap: int) -> pl.Expr:
    """Whether `named` (`row`, `key`, `times`) has an item as often as the cap: false wherever nobody has any."""
    if named.is_empty():
        return pl.lit(value=False)
    theirs = table.frame.select(ROW, pl.col(column).alias("key")).with_row_index("at")
    theirs = theirs.filter(pl.col(ROW).is_in(named[ROW].unique().implode()), pl.col("key").is_not_null())
    often = theirs.with_columns(item_keys(theirs["key"])).join(
        named.filter(pl.col("times") >= cap), on=[ROW, "key"], how="semi"
    )
    at = pl.int_range(table.frame.height, dtype=pl.UInt32, eager=True)
    table.frame = table.frame.with_columns(at.is_in(often["at"].implode()).alias(name))
    return pl.col(name)
