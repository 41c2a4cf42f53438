"""Limits against history as columns: what a measure was paid before, for every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from app.rules.columns.ends import NotColumnar
from app.rules.columns.tables import FIELD, ROW
from app.rules.deciding.exclusions import DISTRICT, PROJECT
from app.rules.deciding.plain_limits import PLAIN
from app.rules.identifiers import item_key
from app.rules.limits import LimitKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.columns.tables import Population, Table
    from app.rules.limits import Limit
    from app.rules.policy import Measure, Policy

ENTRY = "entry"
KEY = "key"


class Standing(NamedTuple):
    """Where a measure stands against its own limits."""

    truths: tuple[pl.Expr, ...]
    """Of each limit in order: whether it ends the award (null: a level that is unknown)."""
    left: pl.Expr | None
    """Fen that the annual caps leave; None without a cap."""


def item_keys(ids: pl.Series) -> pl.Series:
    """`item_key` of each id: plain ASCII by Polars, everything else one by one."""
    plain = ids.str.to_lowercase().str.replace_all(r"[- \t\n\x0b\x0c\r\x1c-\x1f]", "")
    others = ids.filter(ids.str.contains(r"[^\x00-\x7f]")).unique()
    if others.is_empty():
        return plain
    keys = pl.Series([item_key(one) for one in others], dtype=pl.String)
    exact = ids.replace_strict(others, keys, default=None, return_dtype=pl.String)
    return exact.zip_with(exact.is_not_null(), plain)


class Past:
    """`history` and `other_funding` of one batch."""

    def __init__(self, population: Population, policy: Policy, year: int) -> None:
        self._year = year
        self._population = population
        entries = population.past("history").rename(lambda name: name.removeprefix(FIELD))
        self.entries = entries.with_row_index(ENTRY)
        self._of = self.entries.partition_by("measure", as_dict=True)
        self._policy = policy

    def of(self, measure_id: str) -> pl.DataFrame:
        """The entries of one measure."""
        return self._of.get((measure_id,), self.entries.clear())

    def standing(self, measure: Measure, own: Iterable[Limit], table: Table) -> Standing:
        """The measure's own limits, as expressions over the applicants' table. Raises NotColumnar for other kinds."""
        own = tuple(own)
        if any(limit.kind not in PLAIN or limit.keys for limit in own):
            raise NotColumnar
        entries = self.of(measure.id)
        if entries.is_empty():
            caps = [limit.cap for limit in own if limit.kind is LimitKind.ANNUAL_CAP]
            fresh = pl.lit(min(caps), dtype=pl.Int64) if caps else None
            return Standing(tuple(pl.lit(value=False) for _ in own), fresh)
        truths: list[pl.Expr] = []
        left: pl.Expr | None = None
        for index, limit in enumerate(own):
            counted = entries.filter(pl.col("year") == self._year) if limit.yearly else entries
            name = f"{measure.id}:limit{index}"
            if limit.kind is LimitKind.ANNUAL_CAP:
                used = self._joined(table, name, counted, pl.col("amount").sum())
                remaining = pl.max_horizontal(pl.lit(0, dtype=pl.Int64), pl.lit(limit.cap) - used)
                truths.append(remaining == 0)
                left = remaining if left is None else pl.min_horizontal(left, remaining)
            elif limit.key is None:
                truths.append(self._joined(table, name, counted, pl.len().cast(pl.Int64)) >= limit.cap)
            else:
                truths.append(self._level(table, name, counted, limit, limit.key))
        return Standing(tuple(truths), left)

    @staticmethod
    def _joined(table: Table, name: str, entries: pl.DataFrame, used: pl.Expr) -> pl.Expr:
        found = entries.group_by(ROW).agg(used.alias(name))
        table.frame = table.frame.join(found, on=ROW, how="left", maintain_order="left")
        return pl.col(name).fill_null(0)

    def _level(self, table: Table, name: str, entries: pl.DataFrame, limit: Limit, fact: str) -> pl.Expr:
        """Once per level: ended by awards of this level; open while the level is unknown and there were awards."""
        levels = self._population.fact(fact)
        given = item_keys(levels.gather(entries[ROW]))
        same = (given == item_keys(entries["item"])).fill_null(value=False)
        paid = entries.with_columns(same.alias("same"))
        used = self._joined(table, name, paid, pl.col("same").sum().cast(pl.Int64))
        some = self._joined(table, f"{name}:some", entries, pl.len().cast(pl.Int64)) > 0
        unknown = f"{name}:unknown"
        table.add(unknown, levels.is_null())
        ends = pl.when(pl.col(unknown)).then(pl.when(~some).then(statement=False))
        return ends.otherwise(used >= limit.cap)

    def times(self, measure_id: str, limit: Limit) -> pl.DataFrame:
        """How often history names each item of the measure: `row`, `key`, `times`."""
        entries = self.of(measure_id)
        if limit.yearly:
            entries = entries.filter(pl.col("year") == self._year)
        return _named(entries).group_by(ROW, KEY).agg(pl.len().cast(pl.Int64).alias("times"))

    def paid(self, measure_id: str) -> pl.DataFrame:
        """Fen that history names for each item of the measure: `row`, `key`, `paid`."""
        entries = self.of(measure_id)
        amounts = entries.select(ENTRY, "amount")
        named = _named(entries).join(amounts, on=ENTRY)
        return named.group_by(ROW, KEY).agg(pl.col("amount").sum().alias("paid"))

    def supported(self, key: str) -> pl.DataFrame:
        """Item keys that district funding or a past award names under a key: `row`, `key`, each once."""
        parts = []
        if "keys" in self.entries.columns:
            given = self._given_keys(key)
            parts.append(given.filter(pl.col(KEY).is_not_null()))
        if key == PROJECT:
            funding = self._population.past("other_funding")
            of_district = funding.filter(
                (pl.col(f"{FIELD}source") == DISTRICT) & pl.col(f"{FIELD}project").is_not_null()
            )
            parts.append(of_district.select(ROW, pl.col(f"{FIELD}project").alias(KEY)))
        found = pl.concat(parts) if parts else pl.DataFrame(schema={ROW: pl.UInt32, KEY: pl.String})
        return found.with_columns(item_keys(found[KEY]).alias(KEY)).unique()

    def _given_keys(self, key: str) -> pl.DataFrame:
        """What entries name under a key; where it is the item's id itself, the item stands for it."""
        ids = [m.id for m in self._policy.measures if m.each is not None and key in m.each.id_keys]
        given = pl.col("keys").struct.field(key)
        stands = pl.when(pl.col("measure").is_in(ids)).then(pl.coalesce(given, pl.col("item")))
        return self.entries.select(ROW, stands.otherwise(given).alias(KEY))


def _named(entries: pl.DataFrame) -> pl.DataFrame:
    """The items that each entry paid or counted, each once: `row`, `entry`, `key`."""
    one = entries.filter(pl.col("item").is_not_null()).select(ROW, ENTRY, pl.col("item").alias(KEY))
    several = (
        entries.select(ROW, ENTRY, pl.col("items").alias(KEY))
        .filter(pl.col(KEY).list.len() > 0)
        .explode(KEY, empty_as_null=False, keep_nulls=False)
    )
    found = pl.concat([one, several])
    return found.with_columns(item_keys(found[KEY]).alias(KEY)).unique()
