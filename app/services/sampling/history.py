"""What invented applicants were paid before: often enough for what they ask for now, so that limits bite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import history_keys
from app.rules.input.history import SOURCES, names_item, needed_keys
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
            columns.append(_keys(policy, paying, keys, inner, measures).alias("keys"))
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


def _items(policy: Policy, paying: list[Measure], draws: Draws, measures: pl.Series) -> pl.Series:
    """Levels by code, ids in any spelling; where an entry needs none, it mostly has none."""
    ids = some_id(draws, "item")
    needed = [measure.id for measure in paying if names_item(measure, policy)]
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


def _keys(
    policy: Policy, paying: list[Measure], keys: tuple[str, ...], draws: Draws, measures: pl.Series
) -> pl.Series:
    """`keys`: what an item published; nothing where the item itself is the key."""
    columns: list[pl.Series] = []
    for key in keys:
        same = [m.id for m in paying if m.each is not None and key in m.each.id_keys]
        needed = [m.id for m in paying if key in needed_keys(m, policy) and m.id not in same]
        none = draws.chance(f"key:{key}:none", 0.5) & ~measures.is_in(needed)
        values = some_id(draws, f"key:{key}")
        if codes := _codes_of(policy, key):
            values = draws.pick(f"code:{key}", pl.Series(codes))
        given = known(values, none | measures.is_in(same))
        columns.append(given.alias(key))
    struct = pl.DataFrame(columns).select(pl.struct(pl.all())).to_series()
    bound = [m.id for m in paying if needed_keys(m, policy)]
    return known(struct, draws.chance("keys:none", 0.2) & ~measures.is_in(bound))


def _codes_of(policy: Policy, key: str) -> list[str]:
    """The codes that a key of the ledger may be, where it keeps a choice."""
    for measure in policy.measures:
        for kept in measure.ledger_keys:
            facts = policy.facts.facts
            if kept.of_item and measure.each is not None:
                facts = facts[measure.each.list_name].fields
            if kept.kept_as == key and facts[kept.name].type == "choice":
                return [code for code, _ in facts[kept.name].choices]
    return []
