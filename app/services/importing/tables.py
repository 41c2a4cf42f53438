"""A file as rows: CSV in UTF-8 or GB18030, XLSX, NDJSON."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from app.rules.input.strict_json import NotJson, parse_json
from app.rules.policy import Words
from app.services.importing.faults import BadRows, Fault
from app.services.importing.headings import FIELDS, column_of, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from python_calamine import CalamineSheet

    from app.services.importing.cells import Cell
    from app.services.importing.headings import Column, ImportKind

MOST_ROWS = 1_000_000
_MOST_UNPACKED = 1024**3
"""Bytes that a workbook may unpack to."""
_DELIMITERS = (",", "\t", ";", "，")


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    NDJSON = "ndjson"


class Row(NamedTuple):
    """One row that is not empty: its number, and the cells of its columns."""

    number: int
    cells: tuple[tuple[Column, Cell], ...]


def rows_of(place: Path, form: Format, kind: ImportKind) -> Iterator[Row | Fault]:
    """The rows of a file, and what is wrong with single ones. Raises BadRows when it cannot be read at all."""
    if form is Format.XLSX:
        return _of_table(_workbook(place), kind)
    data = place.read_bytes()
    if form is Format.CSV:
        return _of_table(_csv(data), kind)
    return _ndjson(data, kind)


def _refused(zh: str, en: str, row: int = 0) -> BadRows:
    return BadRows([Fault(row, None, None, "format", Words(zh, en))])


def _of_table(table: Iterable[tuple[int, list[Any]]], kind: ImportKind) -> Iterator[Row | Fault]:
    """Rows under their headings; the first row that is not empty has the headings."""
    columns: dict[int, Column] | None = None
    width = 0
    for number, cells in table:
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
            continue
        if columns is None:
            columns = columns_of(kind, [str(cell or "") for cell in cells], number)
            width = len(cells)
            continue
        beyond = [cell for cell in cells[width:] if cell not in (None, "")]
        if beyond:
            words = Words("单元格多于表头的列", "has more cells than there are headings")
            yield Fault(number, None, str(beyond[0]), "length", words)
            continue
        found = (
            (column, cells[position] if position < len(cells) else None)
            for position, column in columns.items()
        )
        yield Row(number, tuple(found))
    if columns is None:
        raise _refused("文件是空的：第一行应为表头", "is empty: the first row must have the headings")


def _csv(data: bytes) -> Iterator[tuple[int, list[Any]]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error as error:
        raise _refused(f"不是完好的 CSV：{error}", f"is not sound CSV: {error}", number + 1) from None


def _decoded(data: bytes) -> str:
    """UTF-8, with or without its mark, or GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("编码既不是 UTF-8 也不是 GB18030", "is neither UTF-8 nor GB18030")


def _workbook(place: Path) -> Iterator[tuple[int, list[Any]]]:
    """The one sheet of a workbook that holds anything."""
    try:
        with zipfile.ZipFile(place) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise _refused("工作簿解压后过大", "unpacks to more than a gibibyte")
        with CalamineWorkbook.from_path(str(place)) as book:
            yield from _rows_in(_only_sheet(book))
    except (zipfile.BadZipFile, CalamineError, OSError) as error:
        raise _refused(
            "不是完好的 XLSX 工作簿（加密的不接受）",
            "is not a sound XLSX workbook (encrypted ones are not taken)",
        ) from error


def _only_sheet(book: CalamineWorkbook) -> CalamineSheet:
    sheets = [
        book.get_sheet_by_name(meta.name)
        for meta in book.sheets_metadata
        if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
    ]
    full = [sheet for sheet in sheets if sheet.total_height]
    if not full:
        raise _refused("工作簿是空的", "is a workbook without anything in it")
    if len(full) > 1:
        names = "、".join(sheet.name for sheet in full)
        raise _refused(
            f"不止一张工作表有内容（{names}）：请只保留一张", f"has more than one sheet with content: {names}"
        )
    return full[0]


def _rows_in(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    top = 0 if sheet.start is None else sheet.start[0]
    for number, cells in enumerate(sheet.iter_rows(), 1 + top):
        yield number, [None if cell == "" else _known(cell) for cell in cells]


def _known(cell: Any) -> Any:  # noqa: ANN401 - what calamine finds in a cell
    """Texts, numbers, switches and days as they are; times of day as text, which no column takes."""
    return cell if isinstance(cell, str | int | float | bool | date | datetime) else str(cell)


def _ndjson(data: bytes, kind: ImportKind) -> Iterator[Row | Fault]:
    """A JSON object a line, by the API's names or by headings."""
    known: dict[str, Column | None] = {}
    empty = True
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        empty = False
        try:
            found = parse_json(line)
        except NotJson as error:
            yield Fault(number, None, None, "format", error.message)
            continue
        if isinstance(found, dict):
            yield _of_object(number, found, kind, known)
        else:
            words = Words("每行应为一个 JSON 对象", "must be a JSON object")
            yield Fault(number, None, None, "type", words)
    if empty:
        raise _refused("文件是空的", "is empty")


def _of_object(
    number: int, found: dict[str, Any], kind: ImportKind, known: dict[str, Column | None]
) -> Row | Fault:
    """A row of its members; `known` remembers the names met so far."""
    cells: dict[str, tuple[Column, Cell]] = {}
    for name, value in found.items():
        if not isinstance(value, str | int | float | bool | Decimal | None):
            words = Words("应为文字、数字或 true、false", "must be text, a number, true or false")
            return Fault(number, name, None, "type", words)
        if name not in known:
            column = column_of(kind, name)
            if isinstance(column, Words):
                return Fault(number, name, None, "unknown_field", column)
            known[name] = column
        column = known[name]
        if column is None:
            continue
        if column.field.name in cells:
            words = Words("同一字段给出了两次", "is given twice, by two names")
            return Fault(number, name, None, "duplicate_id", words)
        cells[column.field.name] = (column, value)
    for field in FIELDS[kind]:
        if field.required and field.name not in cells:
            return Fault(number, field.name, None, "required", Words("必填", "is required"))
    return Row(number, tuple(cells.values()))
