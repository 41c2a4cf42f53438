"""One table of a population, read by its headings: typed columns, and what is wrong with single cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from app.rules.columns.schema import REF
from app.rules.policy import Words
from app.services.population.batches import PopulationError, RowError, shown
from app.services.population.cell_columns import read_cells
from app.services.population.sections import USCC
from app.services.population.tables import headings_of

if TYPE_CHECKING:
    from app.services.population.cell_columns import CellKind
    from app.services.population.sections import Column, Section
    from app.services.population.tables import Piece, Table

KEYS = (REF, USCC)


class _Used(NamedTuple):
    """A column that is there: where its cells stand in a row, and how they are read."""

    column: Column
    position: int
    kind: CellKind


class ReadTable:
    """A table under the headings of its section."""

    def __init__(self, table: Table, section: Section) -> None:
        """Raises PopulationError for headings that are unknown, ambiguous or there twice."""
        self.table, self.section = table, section
        self._used: dict[str, _Used] = {}
        for position, heading in enumerate(headings_of(table)):
            found = section.column(heading, table.name)
            if found is None:
                continue
            column, scale = found
            if column.name in self._used:
                raise PopulationError(_twice(table.name, heading, column))
            self._used[column.name] = _Used(column, position, column.kind(scale))

    def has(self, name: str) -> bool:
        """Whether there is such a column."""
        return name in self._used

    @property
    def key(self) -> str:
        """By which a list is joined: `ref` where it has it, else the code."""
        return REF if self.has(REF) else USCC

    def texts(self, piece: Piece) -> pl.DataFrame:
        """The cells as they stand there, the columns by name."""
        names = list(self._used)
        columns = piece.columns([self._used[name].position for name in names])
        return pl.DataFrame(
            {name: pl.Series(texts, dtype=pl.String) for name, texts in zip(names, columns, strict=True)}
        )

    def read(self, piece: Piece) -> tuple[dict[str, pl.Series], dict[int, list[RowError]]]:
        """Typed columns by their place in a row, and what could not be read by position."""
        found, faults = self.read_frame(self.texts(piece))
        for at, errors in faults.items():
            faults[at] = [error._replace(row=piece.numbers[at]) for error in errors]
        return found, faults

    def read_frame(self, texts: pl.DataFrame) -> tuple[dict[str, pl.Series], dict[int, list[RowError]]]:
        """The same of texts by column; the keys of a list are not among the columns, the rows of errors are 0."""
        found: dict[str, pl.Series] = {}
        faults: dict[int, list[RowError]] = {}
        for name, used in self._used.items():
            if self.section.place and name in KEYS:
                continue
            cells = texts[name]
            found[name], wrong = read_cells(cells, used.kind)
            for at, fault in wrong.items():
                told = RowError(0, name.removeprefix("facts."), shown(cells[at]), fault.code, fault.message)
                faults.setdefault(at, []).append(told)
        return found, faults


def _twice(where: str, heading: str, column: Column) -> Words:
    name = column.name.removeprefix("facts.")
    return Words(
        f"{where}：“{heading}”是 {name} 的第二列", f"{where}: {heading!r} is a second column for {name}"
    )
