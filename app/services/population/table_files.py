"""Populations as CSV and XLSX: a main table, and one for each list, joined by `ref` or the credit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import REF
from app.rules.language.lexing import nearest
from app.rules.policy import Words
from app.services.population.assembling import assembled
from app.services.population.batches import PopulationError, RowError
from app.services.population.checking import Chunk
from app.services.population.joining import KEY, MAIN, NUMBER, Joined
from app.services.population.sections import MAIN_NAME, USCC, plain, sections_of
from app.services.population.table_reading import ReadTable
from app.services.population.tables import CsvTable, SheetTable, pieces_of, sheets_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from app.rules.policy import Policy
    from app.services.population.batches import Batch
    from app.services.population.checking import Checker
    from app.services.population.sections import Section
    from app.services.population.tables import Table

_ASIDE = ("说明", "notes", "choices")
"""Sheets that hold no rows."""
_MANY = Words(
    "这个编号不止一行使用，其列表无法分配", "more than one row has this key, so its list belongs to none"
)
_ORPHAN = Words("主表中没有这个单位", "the main table has no such applicant")


@dataclass(frozen=True, slots=True)
class _Found:
    """The tables of a population by their sections."""

    main: Table
    lists: tuple[tuple[Section, Table], ...]


class TableFiles:
    """A population of tables as batches."""

    def __init__(
        self, path: Path, policy: Policy, checker: Checker, batch_rows: int, *, workbook: bool
    ) -> None:
        """Raises PopulationError: no such files, or headings that mean nothing."""
        self._checker, self._batch_rows = checker, batch_rows
        main, lists = sections_of(policy)
        found = _in_workbook(path, lists) if workbook else _in_folder(path, main, lists)
        self._main = ReadTable(found.main, main)
        self._lists = tuple(ReadTable(table, section) for section, table in found.lists)
        for one in self._lists:
            _need_key(one)
        self.files = tuple(dict.fromkeys((found.main.path, *(table.path for _, table in found.lists))))
        self.rows: int | None = None

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """The batches from number `start` on, from 0. Raises PopulationError where a file breaks off."""
        if not self._lists:
            yield from self._batches(start, None)
            return
        with Joined(self._main, self._lists, self._batch_rows) as joined:
            yield from self._batches(start, joined)

    def _batches(self, start: int, joined: Joined | None) -> Iterator[Batch]:
        for number, piece in enumerate(pieces_of(self._main.table, self._batch_rows)):
            if number >= start:
                columns, faults = self._main.read(piece)
                chunk = Chunk(
                    pl.DataFrame(columns), pl.Series(piece.numbers, dtype=pl.Int64), faults, tuple(piece.lost)
                )
                yield self._checker.check(self._with_lists(number, chunk, joined))

    def _with_lists(self, number: int, chunk: Chunk, joined: Joined | None) -> Chunk:
        """The rows of the main table with their lists, in the form of a population."""
        columns: dict[str, pl.Series] = {}
        faults = {at: list(errors) for at, errors in chunk.faults.items()}
        lost = list(chunk.lost)
        if joined is not None:
            for one, rows in zip(self._lists, joined.of(number), strict=True):
                columns[one.section.place] = _listed(one, _own(rows), chunk, faults)
                lost += _orphans(one, rows)
            for at, key in joined.shared(number):
                told = RowError(chunk.rows[at], key, None, "duplicate_id", _MANY)
                faults.setdefault(at, []).append(told)
        height = chunk.rows.len()
        frame = chunk.frame.with_columns(**columns) if height else chunk.frame
        return Chunk(assembled(frame, self._checker.schema, height), chunk.rows, faults, tuple(lost))


def _own(rows: pl.DataFrame) -> pl.DataFrame:
    """Those that belong to a row of the main table, in its order."""
    return rows.filter(pl.col(MAIN).is_not_null()).sort(MAIN, NUMBER) if rows.width else rows


def _listed(one: ReadTable, rows: pl.DataFrame, chunk: Chunk, faults: dict[int, list[RowError]]) -> pl.Series:
    """The list of each row of the main table; one that no row of the list's table names has none, which is known."""
    listed = pl.List(one.section.dtype)
    height = chunk.rows.len()
    if not rows.height:
        return pl.Series([[]], dtype=listed).new_from_index(0, height)
    place = rows.select(pl.int_range(pl.len()).over(MAIN)).to_series()
    columns, wrong = one.read_frame(rows)
    for at, errors in wrong.items():
        main = rows[MAIN][at]
        name = f"{one.section.name}[{place[at]}]"
        faults.setdefault(main, []).extend(
            error._replace(row=chunk.rows[main], column=f"{name}.{error.column}") for error in errors
        )
    items = assembled(pl.DataFrame(columns), one.section.dtype, rows.height)
    grouped = (
        items.select(pl.struct(pl.all()).alias("items"), rows[MAIN])
        .group_by(MAIN, maintain_order=True)
        .agg("items")
    )
    every = pl.DataFrame({MAIN: pl.int_range(height, dtype=pl.UInt32, eager=True)})
    found = every.join(grouped, on=MAIN, how="left", maintain_order="left")["items"].cast(listed)
    return found.zip_with(found.is_not_null(), pl.Series([[]], dtype=listed).new_from_index(0, height))


def _orphans(one: ReadTable, rows: pl.DataFrame) -> Iterable[RowError]:
    """Rows of a list that no row of the main table asks for: told at their own row."""
    if not rows.width:
        return
    rows = rows.filter(pl.col(MAIN).is_null())
    column = f"{one.section.name}.{one.key}"
    for number, key in rows.select(NUMBER, KEY).iter_rows():
        yield RowError(number, column, key, "relation", _ORPHAN)


def _need_key(one: ReadTable) -> None:
    if not (one.has(REF) or one.has(USCC)):
        name = one.table.name
        raise PopulationError(
            Words(
                f"{name} 缺少 ref（编号）或 {USCC}（统一社会信用代码）列，无法归入各单位",
                f"{name} needs a column ref or {USCC}, by which its rows are joined",
            )
        )


def _in_workbook(path: Path, lists: Sequence[Section]) -> _Found:
    """The sheets by their names; the one that is no list is the main one."""
    found: list[tuple[Section, Table]] = []
    others: list[str] = []
    for name in sheets_of(path):
        section = next((one for one in lists if one.is_called(name)), None)
        if section is not None:
            found.append((section, SheetTable(path, name)))
        elif plain(name) not in _ASIDE:
            others.append(name)
    main = _only([name for name in others if not _is_near(name, lists)] or others, path.name, "sheet")
    wrong = [name for name in others if name != main]
    if wrong:
        raise PopulationError(_unknown_table(path.name, wrong[0], lists))
    return _Found(SheetTable(path, main), _once(found))


def _in_folder(path: Path, main: Section, lists: Sequence[Section]) -> _Found:
    """The files of a folder, or those beside the main file."""
    folder = path if path.is_dir() else path.parent
    found: list[tuple[Section, Table]] = []
    others: list[Path] = []
    for file in sorted(folder.glob("*.[cC][sS][vV]")):
        section = next((one for one in lists if one.is_called(file.stem)), None)
        if file == path:
            continue
        if section is not None:
            found.append((section, CsvTable(file)))
        elif not path.is_dir() and _is_near(file.stem, lists):
            raise PopulationError(_unknown_table(folder.name, file.name, lists))
        else:
            others.append(file)
    if not path.is_dir():
        return _Found(CsvTable(path), _once(found))
    named = [file for file in others if main.is_called(file.stem)] or others
    chosen = _only([str(file.name) for file in named], path.name, "file")
    wrong = [file.name for file in others if file.name != chosen]
    if wrong:
        raise PopulationError(_unknown_table(path.name, wrong[0], lists))
    return _Found(CsvTable(folder / chosen), _once(found))


def _only(names: Sequence[str], where: str, what: str) -> str:
    """The one table that is no list's."""
    if len(names) == 1:
        return names[0]
    listed = ", ".join(names)
    if not names:
        raise PopulationError(
            Words(f"{where} 中没有主表（每行一个单位）", f"{where} has no main {what}, one row an applicant")
        )
    raise PopulationError(
        Words(
            f"{where} 中不止一个主表：{listed}；请将主表命名为 {MAIN_NAME}",
            f"{where} has more than one main {what}: {listed}; call the right one {MAIN_NAME}",
        )
    )


def _once(found: list[tuple[Section, Table]]) -> tuple[tuple[Section, Table], ...]:
    seen: dict[str, Table] = {}
    for section, table in found:
        if section.name in seen:
            first = seen[section.name].name
            raise PopulationError(
                Words(
                    f"{first} 和 {table.name} 都是 {section.name}",
                    f"{first} and {table.name} are both {section.name}",
                )
            )
        seen[section.name] = table
    return tuple(found)


def _is_near(name: str, lists: Iterable[Section]) -> bool:
    return nearest(plain(name), [plain(one) for section in lists for one in section.names]) is not None


def _unknown_table(where: str, name: str, lists: Sequence[Section]) -> Words:
    names = [section.name for section in lists]
    near = nearest(plain(name.removesuffix(".csv")), names)
    if near is not None:
        return Words(
            f"{where}：没有名为 {name} 的列表；是否为 {near}？",
            f"{where}: there is no list called {name}; did you mean {near}?",
        )
    return Words(
        f"{where}：没有名为 {name} 的列表，可用：{'、'.join(names)}",
        f"{where}: there is no list called {name}; there are {', '.join(names)}",
    )
