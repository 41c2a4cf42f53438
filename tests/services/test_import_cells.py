"""What people type into cells, and what spreadsheets make of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.money import format_yuan
from app.services.importing import cells
from app.services.importing.faults import CellFault


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("1234.50", 123_450),
        ("1,234.50", 123_450),
        ("１，２３４．５", 123_450),
        (" 12万 ", 12_000_000),
        ("1.5万元", 1_500_000),
        ("2亿", 20_000_000_000),
        ("￥3元", 300),
        ("0", 0),
        (12, 1_200),
        (0.1 + 0.2, 30),
        (1234.5, 123_450),
        (Decimal("1e3"), 100_000),
    ],
)
def test_money(cell: Any, fen: int) -> None:
    assert cells.money()(cell) == fen


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("-1", "format"),
        ("1,23", "format"),
        ("12,3456", "format"),
        ("1.001", "format"),
        ("0.1元5", "format"),
        ("十二万", "format"),
        ("1e5", "format"),
        ("9" * 17, "range"),
        ("9" * 400, "range"),
        (float("nan"), "format"),
        (1e15, "format"),
        (True, "type"),
        (None, "type"),
    ],
)
def test_no_money(cell: Any, code: str) -> None:
    with pytest.raises(CellFault) as fault:
        cells.money()(cell)
    assert fault.value.code == code


@given(st.integers(0, 10**14), st.booleans())
def test_every_amount_that_the_api_shows_is_read_back(fen: int, grouped: bool) -> None:
    shown = format_yuan(fen)
    if grouped:
        whole, _, decimals = shown.partition(".")
        shown = f"{int(whole):,}.{decimals}"
    assert cells.money()(shown) == fen


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-02",
        "2026/1/2",
        "2026.1.2",
        "2026年1月2日",
        "２０２６年０１月０２日",
        "20260102",
        "2026-01-02 00:00:00",
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, 4),  # noqa: DTZ001 - a cell of a sheet
        46_024,
        46_024.0,
        20_260_102,
    ],
)
def test_days(cell: Any) -> None:
    assert cells.day(cell) == date(2026, 1, 2)


@pytest.mark.parametrize("cell", ["2026-02-30", "26-1-2", "1月2日", "46024", "", 0.5, 60, True, "2026-1-2-3"])
def test_no_days(cell: Any) -> None:
    with pytest.raises(CellFault):
        cells.day(cell)


@given(st.dates(date(1900, 3, 1), date(2100, 12, 31)))
def test_the_serial_of_every_day(day: date) -> None:
    assert cells.day(float((day - date(1899, 12, 30)).days)) == day


@pytest.mark.parametrize(
    ("cell", "told"), [(121_408_024_060_000_511.0, "format"), (1.2e17, "format"), (True, "type")]
)
def test_a_code_that_became_a_number(cell: Any, told: str) -> None:
    with pytest.raises(CellFault) as fault:
        cells.uscc(cell)
    assert fault.value.code == told


@pytest.mark.parametrize(
    ("cell", "on"), [("是", True), ("TRUE", True), (True, True), ("否", False), (0, False), ("1", True)]
)
def test_switches(cell: Any, on: bool) -> None:
    assert cells.switch(cell) is on
