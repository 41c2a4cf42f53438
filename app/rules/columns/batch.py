"""One batch of applicants while it is decided: its tables, and the general exclusions."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from app.rules.columns.conditions import Leaves
from app.rules.columns.ends import NotColumnar
from app.rules.columns.expressions import Terms
from app.rules.columns.history import Past
from app.rules.columns.tables import ROW, Population, Table

if TYPE_CHECKING:
    from datetime import date

    from app.rules.columns.rows import Rows
    from app.rules.columns.signatures import Patterns, Signature
    from app.rules.deciding.measures import Circumstances
    from app.rules.evaluation import Evaluator
    from app.rules.expression import Derived
    from app.rules.policy import Policy

BAR = "bar"


class Asked(NamedTuple):
    """What a whole run is asked."""

    policy: Policy
    evaluator: Evaluator
    rows: Rows
    patterns: Patterns
    year: int
    as_of: date


class Batch:
    """The applicants' table, the lists' tables as measures ask for them, and single rows as requests."""

    def __init__(self, asked: Asked, frame: pl.DataFrame) -> None:
        self.asked = asked
        self.population = Population(frame, asked.patterns)
        self.past = Past(self.population, asked.policy, asked.year)
        self.applicants = Terms(Table.of_applicants(self.population), asked.year, asked.as_of)
        self._circumstances: dict[int, Circumstances] = {}
        for name, derived in asked.policy.stand_ins:
            self.population.stand_in(name, self._worked_out(name, derived))
        self.columnar = True
        """Whether the general exclusions are: else every measure is decided row by row."""
        try:
            self._bar()
        except NotColumnar:
            self.columnar = False

    def items(self, list_name: str, word: str) -> Terms:
        """A table of a list's items for one measure, which adds columns of its own."""
        return self.applicants.over(Table.of_items(self.population, list_name, word))

    def alike(self) -> Batch:
        """The same applicants with a table of its own, so that measures can be decided side by side."""
        found = copy(self)
        found.applicants = self.applicants.alike()
        return found

    def part(self, rows: pl.Series) -> Batch:
        """Some of the applicants, by their rows in the population, with tables of their own."""
        found = copy(self)
        table = Table(self.population, pl.DataFrame([rows.alias(ROW)]), {})
        found.applicants = self.applicants.over(table)
        found._bar()  # noqa: SLF001 - a copy of itself
        return found

    def circumstances(self, row: int) -> Circumstances:
        """One row as the scalar measures see it."""
        found = self._circumstances.get(row)
        if found is None:
            request = self.asked.rows.request(self.population.frame.row(row, named=True))
            found = self._circumstances[row] = self.asked.evaluator.circumstances(request)
        return found

    def prepare(self, rows: pl.Series) -> None:
        """Read rows that will be asked for, all at once."""
        wanted = rows.filter(~rows.is_in(list(self._circumstances)))
        requests = map(self.asked.rows.request, self.population.frame[wanted].iter_rows(named=True))
        self._circumstances |= zip(wanted, map(self.asked.evaluator.circumstances, requests), strict=True)

    def _worked_out(self, name: str, derived: Derived) -> pl.Series:
        """The codes that stand in for a fact, null where they are not settled."""
        try:
            ends = self.applicants.derived(derived)
        except NotColumnar:
            request, evaluator = self.asked.rows.request, self.asked.evaluator
            rows = self.population.frame.iter_rows(named=True)
            return pl.Series(
                name, [evaluator.circumstances(request(row)).facts.get(name) for row in rows], pl.String
            )
        codes = dict(enumerate(derived.domain.codes))
        settled = pl.when(ends.low == ends.high).then(ends.low).replace_strict(codes, return_dtype=pl.String)
        return self.applicants.table.frame.select(settled.alias(name)).to_series()

    def _bar(self) -> None:
        """Whether money is barred: the column `bar`."""
        self._barring = [
            Leaves(self.applicants, money.block, f"exclusion{index}")
            for index, money in enumerate(self.asked.evaluator.exclusions.money)
        ]
        barred = [~leaves.truth for leaves in self._barring]
        truth = pl.any_horizontal(barred) if barred else pl.lit(value=False)
        table = self.applicants.table
        table.frame = table.frame.with_columns(truth.alias(BAR))

    def sign_bar(self, signature: Signature) -> None:
        """What is said of the exclusions depends on this."""
        for leaves in self._barring:
            leaves.sign(signature, self.applicants)
