"""What invented applicants were paid before: often enough for what they ask for now, so that limits bite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import history_keys
from app.rules.input.history import SOURCES
from app.rules.policy import LimitKind
from app.services.sampling.draws import known
from app.services.sampling.spellings import some_id

if TYPE_CHECKING:
    from app.rules.policy import Measure, Policy
    from app.services.sampling.draws import Draws

AMOUNTS = pl.Series([1, 3, 100_00, 899_99, 900_00, 99_999_99, 200_000_00, 10**14])
"""Fen."""
ENTRIES = (50, 25, 15, 6, 3, 1)
FUNDS = (70, 18, 8, 4)


def history_of(policy: Policy, draws: Draws, year: int) -> pl.Series:
    """`history`: entries of the year and of those before it, under any measure that pays."""
    paying = [measure for measure in policy.measures if measure.pays]
    keys = history_keys(policy)

    def fields(inner: Draws, _: pl.Series) -> list[pl.Series]:
        measures = inner.pick("measure", pl.Series([measure.id for measure in paying], dtype=pl.String))
        columns = [
            measures.alias("measure"),
            (year - inner.among("year", (6, 2, 1, 1)).cast(pl.Int64)).alias("year"),
            inner.pick("amount", AMOUNTS).alias("amount"),
            _items(policy, paying, inner, measures).alias("item"),
            _counted(paying, inner, measures).alias("items"),
        ]
        if keys:
            columns.append(_keys(paying, keys, inner, measures).alias("keys"))
        return columns

    sizes = draws.among("history:size", ENTRIES).cast(pl.Int64)
    if not paying:
        sizes = sizes * 0
    return draws.lists("history", sizes, fields)


def funding_of(draws: Draws) -> pl.Series:
    """`other_funding` from anywhere, some of it for the projects that items name."""

    def fields(inner: Draws, _: pl.Series) -> list[pl.Series]:
        return [
            inner.pick("source", pl.Series([*SOURCES, "district", "district"])).alias("source"),
            known(some_id(inner, "project"), inner.chance("project:none", 0.2)).alias("project"),
            inner.pick("amount", pl.Series([0, 1, 50_000_00])).alias("amount"),
        ]

    return draws.lists("other_funding", draws.among("other_funding:size", FUNDS).cast(pl.Int64), fields)


def level_of(measure: Measure) -> str | None:
    """The choice fact by which a measure pays once per level."""
    return next((limit.key for limit in measure.limits if limit.key is not None), None)


def needs_item(measure: Measure) -> bool:
    """Whether an entry must name its item: it was paid on its own, once each."""
    each = measure.each
    if each is None or each.id_field is None or each.award is None:
        return False
    return any(limit.kind is LimitKind.ONCE_PER_ITEM and limit.key is None for limit in measure.limits)


def _items(policy: Policy, paying: list[Measure], draws: Draws, measures: pl.Series) -> pl.Series:
    """Levels by code, ids in any spelling; where an entry needs none, it mostly has none."""
    ids = some_id(draws, "item")
    needed = [measure.id for measure in paying if needs_item(measure)]
    found = known(ids, ~measures.is_in(needed) & draws.chance("item:none", 0.7))
    for measure in paying:
        if (level := level_of(measure)) is not None:
            codes = [code for code, _ in policy.facts.facts[level].choices]
            of_level = draws.pick(f"level:{measure.id}", pl.Series(codes))
            found = of_level.zip_with(measures == measure.id, found)
    return found


def _counted(paying: list[Measure], draws: Draws, measures: pl.Series) -> pl.Series:
    """`items`: what a total counted, each once."""
    totals = [
        m.id for m in paying if m.each is not None and m.each.id_field is not None and m.each.award is None
    ]
    first = some_id(draws, "counted", 3)
    second = draws.pick("other", pl.Series(["L-9", "ｌ 9", "KJ-2026-5"]))
    lists = pl.DataFrame({"a": first, "b": second, "size": draws.below("counted:size", 3)}).select(
        pl.concat_list("a", "b").list.head("size")
    )
    return known(lists.to_series(), ~measures.is_in(totals) | draws.chance("counted:none", 0.3))


def _keys(paying: list[Measure], keys: tuple[str, ...], draws: Draws, measures: pl.Series) -> pl.Series:
    """`keys`: what an item published; nothing where the item itself is the key."""
    columns: list[pl.Series] = []
    for key in keys:
        same = [m.id for m in paying if m.each is not None and key in m.each.id_keys]
        given = known(
            some_id(draws, f"key:{key}"), draws.chance(f"key:{key}:none", 0.5) | measures.is_in(same)
        )
        columns.append(given.alias(key))
    struct = pl.DataFrame(columns).select(pl.struct(pl.all())).to_series()
    return known(struct, draws.chance("keys:none", 0.2))
