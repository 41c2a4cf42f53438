"""A population at random for any policy, from nothing but its facts: boundary values, gaps and collisions everywhere.

It is not realistic, it is thorough: unknown groups, lists and fields, empty lists, long lists, ids in other spellings,
histories that hit limits. Every row is one that a request may state.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import APPLICANT, REF, Tree, fact_tree, population_schema
from app.services.sampling.boundaries import pools
from app.services.sampling.codes import credit_codes
from app.services.sampling.draws import Draws, known
from app.services.sampling.history import funding_of, history_of
from app.services.sampling.relating import without_contradictions
from app.services.sampling.spellings import id_at, some_id

if TYPE_CHECKING:
    from app.rules.facts import FactDeclaration
    from app.rules.policy import Policy

SAMPLE_DAY = date(2026, 11, 23)
"""The day around which samples put dates and years; another one is as good."""
GAPS = (0, 700, 3_000)
"""How many facts of a row are unknown, in parts of 10,000; each third of the rows has one of these."""
DIVISIONS = ("140802", "140800", "110000")
LIST_SIZES = (25, 30, 20, 12, 6, 4, 1)
LONG_LIST = 12
"""Ten and more items: position 10 stands behind position 2."""


def random_population(
    policy: Policy, rows: int, seed: int, *, start: int = 0, as_of: date = SAMPLE_DAY
) -> pl.DataFrame:
    """Rows `start` to `start + rows - 1` of the population of this seed, in the form of `population_schema`."""
    cells = pl.int_range(start, start + rows, dtype=pl.Int64, eager=True)
    random = _Random(policy, Draws(seed, cells), as_of)
    columns = [cells.cast(pl.String).alias(REF)]
    columns += [
        random.group(group, (name,)).alias(name)
        for name, group in fact_tree(policy).items()
        if isinstance(group, Tree)
    ]
    columns.append(history_of(policy, random.draws, as_of.year).alias("history"))
    columns.append(funding_of(random.draws).alias("other_funding"))
    frame = pl.DataFrame(columns).cast(population_schema(policy))
    return without_contradictions(frame, policy, as_of)


class _Random:
    """One block of rows."""

    def __init__(self, policy: Policy, draws: Draws, as_of: date) -> None:
        self.draws = draws
        self._pools = pools(policy, as_of)
        self._gaps = draws.pick("gaps", pl.Series(GAPS))

    def group(self, group: Tree, path: tuple[str, ...]) -> pl.Series:
        """A struct with all its facts; now and then it is null as a whole."""
        columns: list[pl.Series] = []
        for name, inside in group.items():
            made = self.group(inside, (*path, name)) if isinstance(inside, Tree) else self._fact(inside)
            columns.append(made.alias(name))
        struct = pl.DataFrame(columns).select(pl.struct(pl.all())).to_series()
        if len(path) == 1:
            return struct
        return known(struct, self._unknown(".".join(path), 3))

    def _unknown(self, name: str, among: int = 1) -> pl.Series:
        return self.draws.chance(f"{name}:unknown", self._gaps // among)

    def _fact(self, declaration: FactDeclaration) -> pl.Series:
        name = declaration.name
        if name == f"{APPLICANT}.uscc":
            numbers = self.draws.below("uscc", 2**31)
            return credit_codes(self.draws.pick("front", pl.Series(["91140802", "N1140802"])), numbers, 0)
        if name == f"{APPLICANT}.name":
            return self.draws.pick(name, pl.Series(["甲公司", "乙合作社", "C公司"]))
        if declaration.type == "list":
            return known(self._list(declaration), self._unknown(name))
        if name == f"{APPLICANT}.division":
            return known(self.draws.pick(name, pl.Series(DIVISIONS)), self._unknown(name))
        return known(self.draws.pick(name, pl.Series(list(self._pools[name]))), self._unknown(name))

    def _list(self, declaration: FactDeclaration) -> pl.Series:
        name = declaration.name
        sizes = self.draws.among(f"{name}:size", LIST_SIZES).cast(pl.Int64)
        sizes = sizes.replace(len(LIST_SIZES) - 1, LONG_LIST)
        rates = self._gaps

        def fields(draws: Draws, positions: pl.Series) -> list[pl.Series]:
            gaps = draws.pick("gaps", rates.unique().sort())
            return [
                self._field(draws, positions, f"{name}.{key}", field, gaps).alias(key)
                for key, field in declaration.fields.items()
            ]

        return self.draws.lists(name, sizes, fields)

    def _field(
        self, draws: Draws, positions: pl.Series, place: str, field: FactDeclaration, gaps: pl.Series
    ) -> pl.Series:
        if field.type == "id" and not field.optional:
            return id_at(draws, place, positions)
        column = (
            some_id(draws, place)
            if field.type == "id"
            else draws.pick(place, pl.Series(list(self._pools[place])))
        )
        return known(column, draws.chance(f"{place}:unknown", gaps if field.type != "id" else 0.4))
