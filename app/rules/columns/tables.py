"""A population taken apart: one table of applicants, one long table a list, and what each fact is called there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import column_of
from app.rules.expression import Fact, ItemField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.columns.ends import Ends
    from app.rules.columns.signatures import Patterns

ROW, POSITION = "row", "position"
FIELD = "field:"
_LISTS = "lists"


class Population:
    """One batch of applicants."""

    def __init__(self, frame: pl.DataFrame, patterns: Patterns) -> None:
        self.frame, self.patterns = frame, patterns
        self.height = frame.height
        self.rows = pl.int_range(self.height, dtype=pl.UInt32, eager=True).alias(ROW)
        self._facts: dict[str, pl.Series] = {}
        self._lists: dict[str, pl.DataFrame] = {}

    def fact(self, name: str) -> pl.Series:
        """A fact, or a whole list, by dotted name: one value a row, null where it is unknown."""
        if name not in self._facts:
            self._facts[name] = self.frame.select(column_of(name).alias(name)).to_series()
        return self._facts[name]

    def stand_in(self, name: str, worked_out: pl.Series) -> None:
        """Take these values of a fact where it is not stated."""
        self._facts[name] = self.fact(name).fill_null(worked_out)

    def known(self, list_name: str) -> pl.Series:
        """Whether a list is known, empty or not."""
        return self.fact(list_name).is_not_null()

    def items(self, list_name: str) -> pl.DataFrame:
        """A list as a long table: `row`, `position` in the list from 0, the fields. Unknown lists have no items."""
        if list_name not in self._lists:
            self._lists[list_name] = exploded(self.fact(list_name), self.rows)
        return self._lists[list_name]

    def past(self, name: str) -> pl.DataFrame:
        """`history` or `other_funding` as a long table."""
        if name not in self._lists:
            self._lists[name] = exploded(self.frame[name], self.rows)
        return self._lists[name]


def exploded(lists: pl.Series, rows: pl.Series) -> pl.DataFrame:
    """A column of lists of structs as `row`, `position` and each field as `field:<name>`."""
    long = pl.DataFrame([rows, lists.alias(_LISTS)]).filter(pl.col(_LISTS).list.len() > 0)
    each = pl.col(_LISTS).list.len()
    positions = long.select(pl.int_ranges(each, dtype=pl.UInt32).alias(POSITION)).to_series()
    inside = lists.dtype.inner  # type: ignore[attr-defined]
    return long.explode(_LISTS, empty_as_null=False, keep_nulls=False).select(
        ROW,
        pl.lit(positions.explode(empty_as_null=False, keep_nulls=False)).alias(POSITION),
        *(pl.col(_LISTS).struct.field(field.name).alias(f"{FIELD}{field.name}") for field in inside.fields),
    )


class Table:
    """Rows over which expressions are worked out: the applicants, or the items of a list, one row each.

    `words` says which item's fields are meant by a word, by the prefix of their columns. Columns are added as
    expressions name them.
    """

    def __init__(self, population: Population, frame: pl.DataFrame, words: Mapping[str, str]) -> None:
        self.population = population
        self.frame = frame
        self.words = words
        self.built_ins: dict[str, Ends] = {}
        self.whole = not words and frame.height == population.height
        """Whether its rows are those of the population, all of them in order."""
        self._count = 0

    @classmethod
    def of_applicants(cls, population: Population) -> Table:
        return cls(population, pl.DataFrame([population.rows]), {})

    @classmethod
    def of_items(cls, population: Population, list_name: str, word: str) -> Table:
        frame = population.items(list_name).rename(lambda name: name.replace(FIELD, f"item:{word}."))
        return cls(population, frame, {word: f"item:{word}."})

    @property
    def of_rows(self) -> bool:
        """Whether it has one row for each applicant."""
        return not self.words

    def column(self, fact: Fact | ItemField) -> str:
        """The name of the column that holds a fact."""
        if isinstance(fact, ItemField):
            return f"{self.words[fact.word]}{fact.field}"
        name = f"fact:{fact.name}"
        if name not in self.frame.columns:
            self.add(name, self.population.fact(fact.name))
        return name

    def known(self, list_name: str) -> str:
        """The name of the column that tells whether a list is known."""
        name = f"known:{list_name}"
        if name not in self.frame.columns:
            self.add(name, self.population.known(list_name))
        return name

    def add(self, name: str, of_applicants: pl.Series) -> None:
        """A column that has one value for each applicant."""
        found = of_applicants if self.whole else of_applicants.gather(self.frame[ROW])
        self.frame = self.frame.with_columns(found.alias(name))

    def fresh(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}:{self._count}"
