"""One batch of applicants while it is decided: its tables, and the general exclusions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from app.rules.columns.conditions import Leaves
from app.rules.columns.expressions import Terms
from app.rules.columns.history import Past
from app.rules.columns.signatures import Signature
from app.rules.columns.tables import Population, Table

if TYPE_CHECKING:
    from datetime import date

    from app.rules.columns.rows import Rows
    from app.rules.deciding.measures import Circumstances
    from app.rules.evaluation import Evaluator
    from app.rules.policy import Policy

BAR = "bar"
BAR_KEY = "bar:key"


class Asked(NamedTuple):
    """What a whole run is asked."""

    policy: Policy
    evaluator: Evaluator
    rows: Rows
    year: int
    as_of: date


class Batch:
    """The applicants' table, the lists' tables as measures ask for them, and single rows as requests."""

    def __init__(self, asked: Asked, frame: pl.DataFrame) -> None:
        self.asked = asked
        self.population = Population(frame)
        self.past = Past(self.population, asked.policy, asked.year)
        self.applicants = Terms(Table.of_applicants(self.population), asked.year, asked.as_of)
        self._circumstances: dict[int, Circumstances] = {}
        self._bar()

    def items(self, list_name: str, word: str) -> Terms:
        """A table of a list's items for one measure, which adds columns of its own."""
        return self.applicants.over(Table.of_items(self.population, list_name, word))

    def circumstances(self, row: int) -> Circumstances:
        """One row as the scalar measures see it."""
        found = self._circumstances.get(row)
        if found is None:
            request = self.asked.rows.request(self.population.frame.row(row, named=True))
            found = self._circumstances[row] = self.asked.evaluator.circumstances(request)
        return found

    def _bar(self) -> None:
        """Whether money is barred: `bar`, and what is said of it depends on `bar:key`."""
        signature = Signature()
        barred: list[pl.Expr] = []
        for index, money in enumerate(self.asked.evaluator.exclusions.money):
            leaves = Leaves(self.applicants, money.block, f"exclusion{index}")
            leaves.sign(signature)
            barred.append(~leaves.truth)
        table = self.applicants.table
        columns = signature.columns(BAR_KEY)
        truth = pl.any_horizontal(barred) if barred else pl.lit(value=False)
        table.frame = table.frame.with_columns(truth.alias(BAR), **columns)
        self.bar_keys = tuple(columns)

    def sign_bar(self, signature: Signature) -> None:
        for name in self.bar_keys:
            signature.text(pl.col(name))
