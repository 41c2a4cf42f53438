"""Periods on the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.dates import days, last_day_meeting_years, month_end, months, shift, years

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("start", "end", "whole"),
    [
        (date(2024, 2, 29), date(2025, 2, 27), 0),
        (date(2024, 2, 29), date(2025, 2, 28), 1),
        (date(2024, 2, 29), date(2028, 2, 28), 3),
        (date(2024, 2, 29), date(2028, 2, 29), 4),
        (date(2023, 6, 30), date(2024, 6, 30), 1),
        (date(2030, 1, 1), date(2024, 6, 30), 0),
    ],
)
def test_a_year_is_complete_on_the_corresponding_day(start: date, end: date, whole: int) -> None:
    assert years(start, end) == whole


def test_a_month_ends_on_its_last_day_where_there_is_no_other() -> None:
    assert months(date(2024, 1, 31), date(2024, 2, 29)) == 1
    assert months(date(2024, 1, 31), date(2024, 2, 28)) == 0
    assert shift(date(2024, 3, 31), -1, "month") == month_end(date(2024, 2, 1)) == date(2024, 2, 29)
    assert days(date(2024, 2, 28), date(2024, 3, 1)) == 2


@given(DAYS, st.integers(1, 40))
def test_the_last_day_that_meets_a_period_is_the_last(as_of: date, count: int) -> None:
    day = last_day_meeting_years(as_of, count)
    assert years(day, as_of) >= count
    assert years(day + timedelta(days=1), as_of) < count


@given(DAYS, DAYS, DAYS)
def test_an_earlier_start_never_has_fewer_years(one: date, two: date, end: date) -> None:
    assert years(min(one, two), end) >= years(max(one, two), end)
