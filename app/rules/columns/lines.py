"""Single items of a population: a row a line, wherever an answer would show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns import ends as of_ends
from app.rules.columns.batch import BAR
from app.rules.columns.conditions import Leaves
from app.rules.columns.ends import Ends, NotColumnar
from app.rules.columns.explaining import (
    REASONS,
    VERDICTS,
    EnginesDisagree,
    Explained,
    Explanations,
    codes_of,
)
from app.rules.columns.history import item_keys
from app.rules.columns.items import HIGH, ITEM, LOW
from app.rules.columns.measures import AMOUNT, ELIGIBLE, INELIGIBLE, VERDICT
from app.rules.columns.narrowing import requirements
from app.rules.columns.schema import REF
from app.rules.columns.tables import POSITION, ROW
from app.rules.deciding.measures import FIGURED
from app.rules.evaluation import SAME_PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.rules.columns.batch import Batch
    from app.rules.columns.explaining import Tell
    from app.rules.columns.expressions import Terms
    from app.rules.columns.items import ItemColumns
    from app.rules.results import MeasureResult

COUNTED, FLAGS, MEASURE = "counted", "flags", "measure"
ORDER = "order"
LINES = pl.Schema(
    [
        (REF, pl.String()), (ROW, pl.Int64()), (MEASURE, pl.String()), (ITEM, pl.String()),
        (VERDICT, pl.Enum(VERDICTS)), (AMOUNT, pl.Int64()), (COUNTED, pl.Int64()),
        (REASONS, pl.List(pl.String)), (FLAGS, pl.List(pl.String)),
    ]
)  # fmt: skip


class LineColumns:
    """The lines of one measure."""

    def __init__(self, columns: ItemColumns, order: int) -> None:
        self.columns, self._order = columns, order
        self._said = Explanations()
        self._named = {key: field for field, key in columns.of_item.excluded}
        """Key that exclusions of items go by -> the item's field."""

    def of(self, batch: Batch) -> pl.DataFrame:
        """`row`, `position`, what the line shows, and `key:<key>`: what the item names under a key of exclusions."""
        columns = self.columns
        terms, lines = columns.lines(batch)
        said = self._said.of(lines, batch.asked.patterns, self._tell(batch, lines))
        prefix = terms.table.words[columns.each.word]
        try:
            raised = self._flags(batch, terms)
        except NotColumnar:
            raised = pl.lit(self._flags_alone(batch, lines))
        shown = terms.table.frame.select(
            ROW,
            POSITION,
            pl.lit(self._order).alias(ORDER),
            ITEM,
            VERDICT,
            *self._figures(),
            raised.alias(FLAGS),
            *(pl.col(prefix + field).alias(f"key:{key}") for key, field in self._named.items()),
        ).with_columns(said[REASONS])
        applicants = batch.applicants.table.frame
        ended = pl.any_horizontal(
            pl.col(BAR).fill_null(value=False),
            ~pl.col(requirements(columns.measure.id)).fill_null(value=True),
        )
        looked_at = applicants.filter(~ended)[ROW]
        return shown.filter(pl.col(ROW).is_in(looked_at.implode()))

    def alone(self, results: Sequence[MeasureResult], batch: Batch) -> pl.DataFrame:
        """The same of a measure that was decided one by one."""
        found = []
        for row, result in enumerate(results):
            items = batch.circumstances(row).facts.get(self.columns.each.list_name) or ()
            assert isinstance(items, list | tuple)
            for position, line in enumerate(result.lines):
                named = {f"key:{key}": items[position].get(field) for key, field in self._named.items()}
                flags = [flag.code for flag in line.flags if flag is not SAME_PROJECT]
                found.append(
                    {
                        ROW: row, POSITION: position, ORDER: self._order, ITEM: line.item,
                        VERDICT: VERDICTS.index(line.verdict), AMOUNT: line.amount, COUNTED: line.counted,
                        FLAGS: flags, REASONS: list(codes_of(line.reasons)), **named,
                    }
                )  # fmt: skip
        types = [
            (ROW, pl.UInt32()), (POSITION, pl.UInt32()), (ORDER, pl.Int32()), (ITEM, pl.String()),
            (VERDICT, pl.UInt8()), (AMOUNT, pl.Int64()), (COUNTED, pl.Int64()), (FLAGS, pl.List(pl.String)),
            *((f"key:{key}", pl.String()) for key in self._named), (REASONS, pl.List(pl.String)),
        ]  # fmt: skip
        return pl.DataFrame(found, schema=pl.Schema(types))

    def _figures(self) -> tuple[pl.Expr, pl.Expr]:
        """`amount` and `counted`, fen."""
        columns, verdict = self.columns, pl.col(VERDICT)
        nothing = pl.lit(None, dtype=pl.Int64)
        scale = columns.of_item.scale
        worth = pl.col(LOW)
        if scale != 1:
            worth = of_ends.half_up(worth.cast(of_ends.WIDE), of_ends.constant(scale, of_ends.WIDE))
        figured = not columns.inner or columns.kind in FIGURED
        granted = (verdict == ELIGIBLE) & pl.lit(figured)
        shown = pl.when(verdict == INELIGIBLE).then(0).when(granted).then(worth).cast(pl.Int64)
        if columns.inner:
            return shown.alias(AMOUNT), nothing.alias(COUNTED)
        counted = nothing if columns.each.counts is None else shown
        return nothing.alias(AMOUNT), counted.alias(COUNTED)

    def _flags(self, batch: Batch, terms: Terms) -> pl.Expr:
        """The codes of the flags that stand, in the pack's order."""
        compiled = self.columns.of_item.flags
        if not compiled:
            return pl.lit([], dtype=pl.List(pl.String))
        table = terms.table
        table.built_ins = {"due": Ends(pl.col(LOW), pl.col(HIGH)), "paid": self._paid(batch, terms)}
        raised = []
        for index, (flag, when, block) in enumerate(compiled.conditions):
            truth = Leaves(terms, block, f"flag{index}").truth.fill_null(value=False)
            raised.append(pl.when(truth if when else ~truth).then(pl.lit(flag.code)))
        return pl.concat_list(raised).list.drop_nulls()

    def _flags_alone(self, batch: Batch, lines: pl.DataFrame) -> pl.Series:
        """The same by deciding each item alone: for conditions that no exact columns carry."""
        of_item, list_name = self.columns.of_item, self.columns.each.list_name
        batch.prepare(lines[ROW].unique())
        raised = []
        for row, position in lines.select(ROW, POSITION).iter_rows():
            c = batch.circumstances(row)
            items = c.facts[list_name]
            assert isinstance(items, list)
            line = of_item.decide(c, items[position], position, of_item.past(c)).line
            raised.append([flag.code for flag in line.flags])
        return pl.Series(raised, dtype=pl.List(pl.String))

    def _paid(self, batch: Batch, terms: Terms) -> Ends:
        """What history names for the item, fen."""
        paid = batch.past.paid(self.columns.measure.id)
        table = terms.table
        if paid.is_empty():
            table.frame = table.frame.with_columns(pl.lit(0, dtype=pl.Int64).alias("paid"))
        else:
            keys = item_keys(table.frame[ITEM])
            frame = table.frame.with_columns(keys.alias("key"))
            table.frame = frame.join(paid, on=[ROW, "key"], how="left", maintain_order="left").drop("key")
        known = pl.col("paid").fill_null(0)
        return Ends(known, known)

    def _tell(self, batch: Batch, lines: pl.DataFrame) -> Tell:
        """Explains lines by deciding each item alone."""
        of_item, list_name = self.columns.of_item, self.columns.each.list_name

        def one(row: int, position: int, verdict: int) -> Explained:
            c = batch.circumstances(row)
            items = c.facts[list_name]
            assert isinstance(items, list)
            found = of_item.decide(c, items[position], position, of_item.past(c))
            if found.line.verdict != VERDICTS[verdict]:
                raise EnginesDisagree(
                    f"{self.columns.measure.id}, row {row}, item {position}: "
                    f"columns {VERDICTS[verdict]}, alone {found.line.verdict}"
                )
            return Explained(codes_of(found.line.reasons), ())

        def tell(indices: pl.Series) -> Iterator[Explained]:
            asked = lines.select(ROW, POSITION, VERDICT)[indices]
            batch.prepare(asked[ROW].unique())
            return (one(*line) for line in asked.iter_rows())

        return tell


def all_lines(batch: Batch, parts: Sequence[pl.DataFrame], names: Sequence[str]) -> pl.DataFrame:
    """All lines, by applicant, then measure, then position, with the flag of items that name the same project."""
    if not parts:
        return pl.DataFrame(schema=LINES)
    every = pl.concat(parts, how="diagonal").sort(ROW, ORDER, POSITION)
    for key in [name for name in every.columns if name.startswith("key:")]:
        every = every.with_columns(item_keys(every[key]).alias(key))
        named = every.select(ROW, key).with_row_index("at").filter(pl.col(key).is_not_null())
        later = named.filter(~pl.struct(ROW, key).is_first_distinct())["at"]
        again = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(later.implode())
        more = pl.concat_list(FLAGS, pl.lit(SAME_PROJECT.code))
        every = every.with_columns(pl.when(again).then(more).otherwise(FLAGS).alias(FLAGS))
    of_measure = pl.Series(names, dtype=pl.String)
    refs = batch.population.frame[REF]
    return every.select(
        refs.gather(every[ROW]).alias(REF),
        pl.col(ROW).cast(pl.Int64),
        of_measure.gather(every[ORDER]).alias(MEASURE),
        ITEM,
        pl.col(VERDICT).cat.to(pl.Enum(VERDICTS)),
        AMOUNT,
        COUNTED,
        REASONS,
        FLAGS,
    )
