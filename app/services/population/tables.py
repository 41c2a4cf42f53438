"""Tables as they stand in files: rows of text under headings, a piece at a time. CSV in UTF-8 or GB18030, and XLSX."""

from __future__ import annotations

import codecs
import csv
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from python_calamine import CalamineError, CalamineWorkbook

from app.rules.policy import Words
from app.services.population.batches import PopulationError, RowError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_DELIMITERS = (",", "\t", ";", "，")
_READ_BYTES = 1024 * 1024
_DIGITS = 15
"""A spreadsheet keeps no more digits of a number."""
_MOST_UNPACKED = 4 * 1024**3
"""Bytes that a workbook may unpack to."""
_ROUNDED = Words(
    "单元格是数值，超过 15 位的数字已丢失：请把该列设为文本后重新填写",
    "the cell is a number, and digits past the 15th are lost: make the column text and enter it anew",
)
_WIDE = Words("单元格多于表头的列", "there are more cells than headings")


class TableRow(NamedTuple):
    """One row that is not empty."""

    number: int
    cells: Sequence[str]


class Table(Protocol):
    """A table of one file or one sheet."""

    name: str
    """For people: the file's or the sheet's."""
    path: Path

    def rows(self) -> Iterator[TableRow | RowError]:
        """The rows in order, headings first. Raises PopulationError where it breaks off."""
        ...


@dataclass(slots=True)
class Piece:
    """Rows that follow on each other, below the headings."""

    numbers: list[int] = field(default_factory=list)
    rows: list[Sequence[str]] = field(default_factory=list)
    lost: list[RowError] = field(default_factory=list)

    def columns(self, positions: Sequence[int]) -> list[list[str]]:
        """The texts at these positions, a column each."""
        return [[row[position] for row in self.rows] for position in positions]


def headings_of(table: Table) -> Sequence[str]:
    """The first row. Raises PopulationError where there is none."""
    for row in table.rows():
        if isinstance(row, TableRow):
            return row.cells
    raise PopulationError(
        Words(
            f"{table.name} 是空的：第一行应为表头", f"{table.name} is empty: its first row has the headings"
        )
    )


def pieces_of(table: Table, size: int) -> Iterator[Piece]:
    """The rows below the headings, `size` at a time; short rows are filled up, long ones are lost."""
    width: int | None = None
    piece = Piece()
    for row in table.rows():
        if isinstance(row, RowError):
            piece.lost.append(row)
            continue
        if width is None:
            width = len(row.cells)
            continue
        cells = row.cells
        if len(cells) != width:
            if any(cell.strip() for cell in cells[width:]):
                piece.lost.append(RowError(row.number, "", shown(cells[width]), "length", _WIDE))
                continue
            cells = [*cells[:width], *[""] * (width - len(cells))]
        piece.numbers.append(row.number)
        piece.rows.append(cells)
        if len(piece.rows) == size:
            yield piece
            piece = Piece()
    if piece.rows or piece.lost:
        yield piece


class CsvTable:
    """A CSV file."""

    def __init__(self, path: Path) -> None:
        """Raises PopulationError: it is neither UTF-8 nor GB18030."""
        self.path, self.name = path, path.name
        self._encoding = _encoding(path)
        with path.open(encoding=self._encoding, newline="") as file:
            first = file.readline(_READ_BYTES)
        self._delimiter = max(_DELIMITERS, key=first.count)

    def rows(self) -> Iterator[TableRow | RowError]:
        number = 0
        try:
            with self.path.open(encoding=self._encoding, newline="") as file:
                reader = csv.reader(file, delimiter=self._delimiter, strict=True)
                while True:
                    number += 1
                    try:
                        cells = next(reader)
                    except StopIteration:
                        return
                    except csv.Error as error:
                        words = Words(f"该行不是完好的 CSV：{error}", f"the row is not sound CSV: {error}")
                        yield RowError(number, "", None, "format", words)
                        continue
                    if any(cells) and not "".join(cells).isspace():
                        yield TableRow(number, cells)
        except OSError as error:
            raise _unreadable(self.name, error) from error


def _encoding(path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_READ_BYTES):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        except OSError as error:
            raise _unreadable(path.name, error) from error
        return encoding
    raise PopulationError(
        Words(f"{path.name} 的编码既不是 UTF-8 也不是 GB18030", f"{path.name} is neither UTF-8 nor GB18030")
    )


def _unreadable(name: str, error: OSError) -> PopulationError:
    told = error.strerror or str(error)
    return PopulationError(Words(f"无法读取 {name}：{told}", f"cannot read {name}: {told}"))


class SheetTable:
    """A sheet of a workbook, which is in memory while its rows are read."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def rows(self) -> Iterator[TableRow | RowError]:
        with _workbook(self.path) as book:
            try:
                sheet = book.get_sheet_by_name(self.name)
            except CalamineError as error:
                raise _not_sound(self.path) from error
            top = 0 if sheet.start is None else sheet.start[0]
            for number, cells in enumerate(sheet.iter_rows(), 1 + top):
                texts = [_text(cell) for cell in cells]
                if None in texts:
                    lost = cells[texts.index(None)]
                    yield RowError(number, "", shown(str(lost)), "format", _ROUNDED)
                    continue
                told = [text for text in texts if text is not None]
                if any(told) and not "".join(told).isspace():
                    yield TableRow(number, told)


def sheets_of(path: Path) -> list[str]:
    """The sheets that hold anything, in their order. Raises PopulationError."""
    with _workbook(path) as book:
        return [name for name in book.sheet_names if book.get_sheet_by_name(name).start is not None]


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise PopulationError(
                Words(
                    f"{path.name} 解压后过大", f"{path.name} unpacks to more than 4 GiB: use CSV or Parquet"
                )
            )
        return CalamineWorkbook.from_path(str(path))
    except (zipfile.BadZipFile, CalamineError) as error:
        raise _not_sound(path) from error
    except OSError as error:
        raise _unreadable(path.name, error) from error


def _not_sound(path: Path) -> PopulationError:
    return PopulationError(
        Words(
            f"{path.name} 不是完好的 XLSX 工作簿（加密的不接受）",
            f"{path.name} is not a sound XLSX workbook (encrypted ones are not taken)",
        )
    )


def _text(cell: Any) -> str | None:  # noqa: ANN401 - what calamine finds in a cell
    """A cell as a person sees it; None for a number whose last digits are lost."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float):
        if abs(cell) >= 10**_DIGITS or cell != cell:
            return None
        return format(Decimal(format(cell, f".{_DIGITS}g")).normalize(), "f")
    return str(cell)
