"""Periods and turns of the calendar as columns: the same rules as `app.rules.dates`, for every row."""

from __future__ import annotations

from datetime import date

import polars as pl

_MOST = {"day": 3_700_000, "month": 12 * 9_999, "year": 9_999}
_UNITS = {"day": "d", "month": "mo", "year": "y"}


def shifted(day: pl.Expr, count: int, unit: str) -> pl.Expr:
    """`day` moved by days, months or years; the month's last where there is no such day; within the years 1 to 9999."""
    most = _MOST[unit]
    step = max(-most, min(most, count))
    return day.dt.offset_by(f"{step}{_UNITS[unit]}").clip(date.min, date.max)


def passed(function: str, start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Whole years, months or days from start to end; 0 when start is later; null where either is unknown."""
    if function == "days":
        found = (end - start).dt.total_days()
    else:
        years = end.dt.year().cast(pl.Int64) - start.dt.year()
        months = end.dt.month().cast(pl.Int64) - start.dt.month()
        # The corresponding day, or the last of the month where there is none.
        short = end.dt.day() < pl.min_horizontal(start.dt.day(), end.dt.month_end().dt.day())
        if function == "months":
            found = 12 * years + months - short.cast(pl.Int64)
        else:
            found = years - ((months < 0) | ((months == 0) & short)).cast(pl.Int64)
    known = start.is_not_null() & end.is_not_null()
    return pl.when(known).then(pl.max_horizontal(found, pl.lit(0, dtype=pl.Int64)))


def turned(function: str, day: pl.Expr) -> pl.Expr:
    """The first or the last day of its month or year."""
    match function:
        case "month_start":
            return day.dt.month_start()
        case "month_end":
            return day.dt.month_end()
        case "year_start":
            return pl.date(day.dt.year(), 1, 1)
    return pl.date(day.dt.year(), 12, 31)
