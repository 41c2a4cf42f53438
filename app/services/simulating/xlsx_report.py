"""The report as a workbook: a sheet a table, numbers as numbers, charts beside them, headings in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import xlsxwriter

from app.rules.policy import Words
from app.services.simulating.palette import PALETTE
from app.services.simulating.tables import COUNT, TEXT, YUAN, tables_of

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from app.services.simulating.simulation import Simulated
    from app.services.simulating.tables import Cell, Table

_NO_CLOCK = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The same simulation gives the same bytes; and workbooks know no time zones."""
_NUMBERS = {COUNT: "#,##0", YUAN: "#,##0.00;[Red]-#,##0.00"}
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_MOST_NAME = 31
_HEAD_ROWS = 2
_CHARTED = {
    "cost": YUAN,
    "eligible": COUNT,
    "size": YUAN,
    "kind": YUAN,
    "distribution": COUNT,
    "budget": YUAN,
}
"""Table -> the kind of its columns that are charted; of the budget the amount, and the budget beside it."""


def write_workbook(done: Simulated, place: Path) -> None:
    """Write the file."""
    with xlsxwriter.Workbook(place, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        policy = done.outcomes[0].reading.policy
        book.set_properties(
            {"title": f"{policy.title.zh} {policy.title.en}", "comments": policy.digest, "created": _NO_CLOCK}
        )
        styles = _Styles(book)
        for table in tables_of(done):
            _sheet(book, styles, table)
        _about(book, styles, done)


class _Styles:
    """The looks of cells."""

    def __init__(self, book: Workbook) -> None:
        top = {"valign": "top", "text_wrap": True}
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.head: Format = book.add_format(
            {**top, "bold": True, "bg_color": "#E8F1EF", "bottom": 2, "bottom_color": "#1F9D8B"}
        )
        self.of_kind: dict[str, Format] = {
            TEXT: book.add_format(top),
            **{
                kind: book.add_format({"num_format": form, "valign": "top"})
                for kind, form in _NUMBERS.items()
            },
        }


def _sheet(book: Workbook, styles: _Styles, table: Table) -> None:
    sheet = book.add_worksheet(_name_of_sheet(table))
    sheet.write_string(0, 0, _both(table.title, " "), styles.title)
    first = _HEAD_ROWS
    for at, column in enumerate(table.columns):
        sheet.write_string(first - 1, at, _both(column.label, "\n"), styles.head)
        sheet.set_column(at, at, _width(table, at))
    for row, cells in enumerate(table.rows, first):
        for at, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
            _write(sheet, styles, row, at, cell, column.kind)
    sheet.freeze_panes(first, 1)
    if table.rows:
        sheet.autofilter(first - 1, 0, first + len(table.rows) - 1, len(table.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first - 1)
    if table.key in _CHARTED and table.rows:
        _chart(book, sheet, table)


def _write(sheet: Worksheet, styles: _Styles, row: int, column: int, cell: Cell, kind: str) -> None:
    style = styles.of_kind[kind]
    if cell is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell / 100 if kind == YUAN else cell, style)
    else:
        sheet.write_string(row, column, _both(cell, "\n") if isinstance(cell, Words) else cell, style)


def _chart(book: Workbook, sheet: Worksheet, table: Table) -> None:
    """Bars of the columns of one kind, under the table."""
    first, last = _HEAD_ROWS, _HEAD_ROWS + len(table.rows) - 1
    chart = book.add_chart({"type": "bar"})
    wanted = [at for at, column in enumerate(table.columns) if at and column.kind == _CHARTED[table.key]]
    if table.key in ("cost", "budget"):
        wanted = wanted[: 2 if table.key == "budget" else len(wanted) // 2]
    name = sheet.get_name()
    for place, at in enumerate(wanted):
        chart.add_series(
            {
                "name": [name, first - 1, at],
                "categories": [name, first, 0, last, 0],
                "values": [name, first, at, last, at],
                "fill": {"color": PALETTE[place % len(PALETTE)]},
                "gap": 60,
            }
        )
    chart.set_title({"name": _both(table.title, " "), "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis(
        {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}}
    )
    chart.set_legend({"position": "bottom"})
    height = 140 + 20 * len(table.rows) * max(1, len(wanted))
    chart.set_size({"width": 860, "height": min(1_400, max(280, height))})
    sheet.insert_chart(last + 2, 0, chart, {"description": _both(table.title, " ")})


def _about(book: Workbook, styles: _Styles, done: Simulated) -> None:
    """What it was made from."""
    sheet = book.add_worksheet("说明 About")
    told: list[tuple[Words, str | int]] = [
        (Words("政策", "Policy"), done.outcomes[0].reading.policy.id),
        (Words("计算日", "As of"), done.as_of.isoformat()),
        (Words("年度", "Year"), str(done.year)),
        (Words("已计算的申请人", "Applicants decided"), done.rows),
        (Words("无法读取的行", "Rows that could not be read"), done.bad_rows),
    ]
    for outcome in done.outcomes:
        reading = outcome.reading
        told.append((Words("方案", "Reading"), f"{reading.name} · {reading.policy.version}"))
        told.append((Words("摘要", "Digest"), reading.policy.digest))
        told += [
            (Words("参数", "Parameter"), f"{name} = {value}")
            for name, value in reading.scenario.parameters.items()
        ]
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    for row, (label, value) in enumerate(told):
        sheet.write_string(row, 0, _both(label, " "), styles.head)
        _write(sheet, styles, row, 1, value, COUNT if isinstance(value, int) else TEXT)


def _name_of_sheet(table: Table) -> str:
    """As a workbook takes it: at most 31 characters, none of its own."""
    return _NOT_IN_NAMES.sub(" ", _both(table.title, " "))[:_MOST_NAME].strip()


def _width(table: Table, at: int) -> int:
    if at == 0:
        return 34
    return {TEXT: 26, COUNT: 16, YUAN: 20}[table.columns[at].kind]


def _both(words: Words, between: str) -> str:
    return words.zh if words.zh == words.en else f"{words.zh}{between}{words.en}"
