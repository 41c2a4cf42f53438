"""Tables of answers as files: Parquet, CSV, NDJSON, XLSX. The same tables give the same bytes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import orjson
import polars as pl
import pyarrow.parquet as pq
import xlsxwriter

from app.rules.policy import Words
from app.services.population.answer_tables import arrow_form, flat, in_yuan
from app.services.population.batches import PopulationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    Frames = Iterable[pl.DataFrame]

MOST_SHEET_ROWS = 1_048_575
"""Of a sheet of XLSX, besides its headings."""
_LONGEST_CELL = 32_767
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook says when it was made, in no zone; ours never says
_BLOCK_ROWS = 65_536


class OutForm(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"
    NDJSON = "ndjson"
    XLSX = "xlsx"


_ENDINGS = {
    ".parquet": OutForm.PARQUET,
    ".pq": OutForm.PARQUET,
    ".csv": OutForm.CSV,
    ".ndjson": OutForm.NDJSON,
    ".jsonl": OutForm.NDJSON,
    ".xlsx": OutForm.XLSX,
}


class Named(NamedTuple):
    """A table to be written: its name as a sheet, its columns, its rows a piece at a time."""

    name: str
    schema: pl.Schema
    frames: Frames


def out_form_of(path: Path) -> OutForm:
    """The form that the name of a file asks for. Raises PopulationError."""
    found = _ENDINGS.get(path.suffix.lower())
    if found is None:
        listed = ", ".join(_ENDINGS)
        raise PopulationError(
            Words(
                f"无法从文件名 {path.name} 看出输出格式，扩展名应为：{listed}",
                f"the name {path.name} does not say what to write; it ends in one of {listed}",
            )
        )
    return found


def lines_path(out: Path, form: OutForm) -> Path | None:
    """Where the table of single items goes; None where it is another sheet of the same file."""
    return None if form is OutForm.XLSX else out.with_name(f"{out.name}.lines{out.suffix}")


def write_tables(out: Path, form: OutForm, tables: Sequence[Named], meta: Mapping[str, str]) -> None:
    """Write the answers and, where there are two tables, the single items; each file appears whole or not at all."""
    if form is OutForm.XLSX:
        _whole(out, lambda place: write_workbook(place, tables, meta))
        return
    write = _WRITERS[form]
    places = [out, lines_path(out, form)]
    for table, place in zip(tables, places, strict=False):
        assert place is not None
        _whole(place, _writing(write, table, meta))
    if form is not OutForm.PARQUET:
        told = orjson.dumps(dict(meta), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        _whole(meta_path(out), lambda place: _write_bytes(place, told))


def meta_path(out: Path) -> Path:
    """Where CSV and NDJSON, which cannot say it themselves, say what they were made with."""
    return out.with_name(f"{out.name}.meta.json")


def _writing(
    write: Callable[[Path, Named, Mapping[str, str]], None], table: Named, meta: Mapping[str, str]
) -> Callable[[Path], None]:
    return lambda place: write(place, table, meta)


def _whole(place: Path, write: Callable[[Path], None]) -> None:
    unfinished = place.with_name(f".{place.name}.unfinished")
    try:
        write(unfinished)
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)


def _write_bytes(place: Path, data: bytes) -> None:
    place.write_bytes(data)


def _write_parquet(place: Path, table: Named, meta: Mapping[str, str]) -> None:
    schema = arrow_form(table.schema, meta)
    with pq.ParquetWriter(place, schema, compression="zstd") as writer:
        for frame in table.frames:
            found = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
            writer.write_table(found, row_group_size=_BLOCK_ROWS)


def _write_csv(place: Path, table: Named, _meta: Mapping[str, str]) -> None:
    with place.open("wb") as file:
        flat(pl.DataFrame(schema=table.schema)).write_csv(file)
        for frame in table.frames:
            flat(frame).write_csv(file, include_header=False)


def _write_ndjson(place: Path, table: Named, _meta: Mapping[str, str]) -> None:
    with place.open("wb") as file:
        for frame in table.frames:
            in_yuan(frame).write_ndjson(file)


_WRITERS = {
    OutForm.PARQUET: _write_parquet,
    OutForm.CSV: _write_csv,
    OutForm.NDJSON: _write_ndjson,
}


def write_workbook(
    place: Path, tables: Sequence[Named], meta: Mapping[str, str], most_rows: int = MOST_SHEET_ROWS
) -> None:
    """A sheet for each table, and further ones for what does not fit."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(place), options) as book:
        book.set_properties({"created": _MADE})
        for name, value in meta.items():
            book.set_custom_property(name, value, "text")
        for table in tables:
            _write_sheets(book, table, most_rows)


def _write_sheets(book: xlsxwriter.Workbook, table: Named, most_rows: int) -> None:
    bold = book.add_format({"bold": True})
    headings = flat(pl.DataFrame(schema=table.schema)).columns
    number = 0

    def begin() -> xlsxwriter.worksheet.Worksheet:
        made = book.add_worksheet(table.name if number == 1 else f"{table.name} {number}")
        made.freeze_panes(1, 1)
        for at, heading in enumerate(headings):
            made.write_string(0, at, heading, bold)
        return made

    number = 1
    sheet, row = begin(), 0
    for frame in table.frames:
        for cells in flat(frame).iter_rows():
            if row == most_rows:
                number += 1
                sheet, row = begin(), 0
            row += 1
            _write_row(sheet, row, cells)


def _write_row(sheet: xlsxwriter.worksheet.Worksheet, row: int, cells: Sequence[object]) -> None:
    for at, cell in enumerate(cells):
        if isinstance(cell, int):
            sheet.write_number(row, at, cell)
        elif cell is not None:
            sheet.write_string(row, at, str(cell)[:_LONGEST_CELL])
