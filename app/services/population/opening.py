"""A population file of any form, opened: Parquet, Arrow, NDJSON, CSV, XLSX."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from app.rules.policy import Words
from app.services.population.batches import Batch, PopulationError
from app.services.population.checking import Checker
from app.services.population.columnar import ColumnarFile
from app.services.population.lines import LinesFile
from app.services.population.table_files import TableFiles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date
    from pathlib import Path

    from app.rules.policy import Policy

BATCH_ROWS = 50_000


class Form(StrEnum):
    PARQUET = "parquet"
    ARROW = "arrow"
    NDJSON = "ndjson"
    CSV = "csv"
    XLSX = "xlsx"


_ENDINGS = {
    ".parquet": Form.PARQUET,
    ".pq": Form.PARQUET,
    ".arrow": Form.ARROW,
    ".arrows": Form.ARROW,
    ".feather": Form.ARROW,
    ".ipc": Form.ARROW,
    ".ndjson": Form.NDJSON,
    ".jsonl": Form.NDJSON,
    ".csv": Form.CSV,
    ".txt": Form.CSV,
    ".xlsx": Form.XLSX,
}


class _Source(Protocol):
    """A file of one form."""

    rows: int | None
    files: tuple[Path, ...]

    def batches(self, start: int = 0) -> Iterator[Batch]: ...


@dataclass(frozen=True, slots=True)
class PopulationFile:
    """A population, read as often as it is iterated, in bounded memory."""

    form: Form
    _source: _Source

    @property
    def rows(self) -> int | None:
        """How many rows there are, where that is known without reading them."""
        return self._source.rows

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that is read: the main one first, then those of lists."""
        return self._source.files

    def __iter__(self) -> Iterator[Batch]:
        """Raises PopulationError where the file breaks off."""
        return self._source.batches()

    def batches(self, start: int) -> Iterator[Batch]:
        """The same without the first `start` batches, which are read but not looked at."""
        return self._source.batches(start)


def form_of(path: Path) -> Form:
    """The form that the name says; a folder is one of CSV files. Raises PopulationError."""
    if path.is_dir():
        return Form.CSV
    found = _ENDINGS.get(path.suffix.lower())
    if found is None:
        listed = ", ".join(_ENDINGS)
        raise PopulationError(
            Words(
                f"无法从文件名 {path.name} 看出格式，扩展名应为：{listed}",
                f"the name {path.name} does not say what form the file has; it ends in one of {listed}",
            )
        )
    return found


def open_population(
    path: Path,
    policy: Policy,
    *,
    year: int,
    as_of: date,
    batch_rows: int = BATCH_ROWS,
    form: Form | None = None,
    measures: Collection[str] | None = None,
) -> PopulationFile:
    """Open a population of `policy`, as it reads under the year's notice.

    `form` is told by the name unless it is given. `measures` are those of the run, for lines of NDJSON that name
    their own. Raises PopulationError for a file that cannot be read at all.
    """
    chosen = form or form_of(path)
    if not path.exists():
        raise PopulationError(Words(f"没有文件 {path}", f"there is no file {path}"))
    checker = Checker(policy, year=year, as_of=as_of)
    return PopulationFile(chosen, _opened(path, policy, chosen, checker, batch_rows, measures))


def _opened(
    path: Path,
    policy: Policy,
    form: Form,
    checker: Checker,
    batch_rows: int,
    measures: Collection[str] | None,
) -> _Source:
    if form is Form.NDJSON:
        return LinesFile(path, checker, batch_rows, measures)
    if form in (Form.CSV, Form.XLSX):
        return TableFiles(path, policy, checker, batch_rows, workbook=form is Form.XLSX)
    return ColumnarFile(path, checker, batch_rows, parquet=form is Form.PARQUET)
