"""Periods, complete on the corresponding day, inclusive (Civil Code, articles 201 and 202)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def shift(day: date, count: int, unit: str) -> date:
    """`day` moved by `count` days, months or years; where there is no such day, the month's last.

    Beyond the years 1 to 9999 the first or last day of the calendar.
    """
    if unit == "day":
        try:
            return day + timedelta(days=count)
        except OverflowError:
            return date.min if count < 0 else date.max
    if unit not in ("month", "year"):
        raise ValueError(unit)
    months = day.year * 12 + day.month - 1 + (count if unit == "month" else 12 * count)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        return date.min if year < 1 else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _complete(start: date, end: date, count: int, unit: str) -> int:
    """`count` or one less, whichever is complete; nothing has passed of a period that starts later."""
    return max(0, count - (shift(start, count, unit) > end))


def years(start: date, end: date) -> int:
    """Whole years from start to end; 0 when start is later."""
    return _complete(start, end, end.year - start.year, "year")


def months(start: date, end: date) -> int:
    """Whole months from start to end; 0 when start is later."""
    return _complete(start, end, 12 * (end.year - start.year) + end.month - start.month, "month")


def days(start: date, end: date) -> int:
    """Days from start to end; 0 when start is later."""
    return max(0, (end - start).days)


def last_day_meeting_years(as_of: date, count: int) -> date:
    """The last start from which `count` whole years are complete on `as_of`."""
    day = shift(as_of, -count, "year")
    later = shift(day, 1, "day")
    return later if count > 0 and years(later, as_of) >= count else day


def month_start(day: date) -> date:
    return day.replace(day=1)


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def year_start(day: date) -> date:
    return date(day.year, 1, 1)


def year_end(day: date) -> date:
    return date(day.year, 12, 31)
