"""Which rows of a population need deciding at all: of applicants who are alike in what a measure reads, one.

Most measures turn on a few yes-or-no facts and codes, and most applicants have no items of a list and no history. Such
rows are told apart by one key of their leaves' truths; the first of each kind is decided, and the rest say the same.
Rows with items, or with awards of the measure before, are decided on their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from app.rules.columns.conditions import Leaves, sign_mentions, sign_value
from app.rules.columns.signatures import Signature
from app.rules.columns.tables import ROW
from app.rules.deciding.items import CompiledItems
from app.rules.expression import Aggregate, BuiltIn, Expression
from app.rules.language.constancy import facts_of, nodes
from app.rules.values import Cases, Steps, Value, parts_of

if TYPE_CHECKING:
    from app.rules.columns.batch import Batch
    from app.rules.deciding.measures import CompiledMeasure

MOST_IN_A_TABLE = 2**22
_KEY = "kind"


class Narrowed(NamedTuple):
    """The rows to decide, ascending, and for every row of the population the place of its answer among these."""

    rows: pl.Series
    places: pl.Series


def requirements(measure_id: str) -> str:
    """The column of the applicants' table that says whether all requirements of a measure hold."""
    return f"{measure_id}:all requirements"


class Narrowing:
    """How one measure's rows are told apart; `possible` is false where its amount varies from row to row."""

    def __init__(self, compiled: CompiledMeasure) -> None:
        self._compiled = compiled
        self._each = compiled.each if isinstance(compiled, CompiledItems) else None
        value = compiled.measure.award.value
        self.possible = value is None or _chosen_by_codes(value)

    def of(self, batch: Batch) -> Narrowed | None:
        """None where too many rows must be decided on their own."""
        compiled, terms, table = self._compiled, batch.applicants, batch.applicants.table
        measure = compiled.measure
        signature = Signature()
        leaves = Leaves(terms, compiled.block, f"{measure.id}:kind")
        leaves.sign(signature)
        table.frame = table.frame.with_columns(leaves.truth.alias(requirements(measure.id)))
        if not self.possible:
            return None
        if compiled.pays:
            batch.sign_bar(signature)
            sign_mentions(terms, compiled.amount.mentions, signature)
            sign_value(terms, measure.award.value, signature)
        if self._each is not None:
            signature.fact(pl.col(table.known(self._each.list_name)))
        keys = table.frame.select(ROW, **signature.columns(_KEY)).drop(ROW)
        own = self._own(batch)
        if keys.width > 1 or 2 * len(own) > batch.population.height:
            return None
        return _narrowed(keys.to_series(), own)

    def _own(self, batch: Batch) -> pl.Series:
        """Rows with items of the measure's list, or with awards of the measure before."""
        paid = batch.past.of(self._compiled.measure.id)[ROW]
        if self._each is None:
            return paid.unique().sort()
        items = batch.population.items(self._each.list_name)[ROW]
        return pl.concat([paid, items]).unique().sort()


def _chosen_by_codes(value: Value) -> bool:
    """Whether an amount follows from which rows of tables, steps and cases are reached: from nothing in between."""
    if isinstance(value, Expression):
        return not facts_of(value) and not any(isinstance(node, Aggregate) for node in nodes(value))
    match value:
        case Steps(of=quantity):
            choosing = [quantity]
        case Cases(rows=rows):
            choosing = [row.when for row in rows]
        case _:
            choosing = []
    of_items = any(
        isinstance(node, BuiltIn) and node.name in ("counted", "items")
        for one in choosing
        for node in nodes(one)
    )
    return not of_items and all(map(_chosen_by_codes, parts_of(value)))


def _narrowed(keys: pl.Series, own: pl.Series) -> Narrowed:
    rows = pl.int_range(len(keys), dtype=pl.UInt32, eager=True)
    frame = pl.DataFrame([rows.alias(ROW), keys.alias(_KEY)])
    if not own.is_empty():
        alone = pl.repeat(value=False, n=len(keys), dtype=pl.Boolean, eager=True).scatter(own, values=True)
        frame = frame.filter(~alone)
    first = frame.lazy().group_by(_KEY).agg(pl.col(ROW).min()).collect()
    wanted = pl.concat([first[ROW], own]).sort()
    places = looked_up(keys, first[_KEY], wanted.search_sorted(first[ROW]).cast(pl.UInt32))
    if not own.is_empty():
        places = places.scatter(own, wanted.search_sorted(own).cast(pl.UInt32))
    return Narrowed(wanted, places)


def looked_up(keys: pl.Series, kinds: pl.Series, places: pl.Series) -> pl.Series:
    """The place of each key, null for a key that is of no kind: by a table where the keys are small numbers."""
    greatest = keys.max()
    if not isinstance(greatest, int) or greatest >= MOST_IN_A_TABLE:
        return keys.replace_strict(kinds, places, default=None, return_dtype=pl.UInt32)
    table = pl.zeros(greatest + 1, dtype=pl.UInt32, eager=True).scatter(kinds, places)
    return table.gather(keys)
