"""Working days as the State Council moved them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.services.working_days import CalendarUnknown, add_working_days, is_working_day

WORKED_SUNDAY = date(2026, 1, 4)
"""A Sunday that was worked in return for the New Year's bridge day."""


def test_weekends_and_public_holidays_are_not_counted() -> None:
    assert add_working_days(date(2026, 11, 25), 5) == date(2026, 12, 2)
    # 1 to 7 October 2026 are holidays, and Saturday the 10th is worked.
    assert add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert add_working_days(date(2026, 9, 30), 5) == date(2026, 10, 13)


def test_a_weekend_that_is_worked_counts() -> None:
    assert WORKED_SUNDAY.weekday() == 6
    assert is_working_day(WORKED_SUNDAY)


def test_from_a_holiday_the_first_working_day_is_the_first() -> None:
    assert add_working_days(date(2026, 11, 28), 1) == date(2026, 11, 30)


@pytest.mark.parametrize("count", [0, -1])
def test_no_days_are_no_question(count: int) -> None:
    with pytest.raises(ValueError, match=str(count)):
        add_working_days(date(2026, 11, 25), count)


def test_a_year_that_is_not_announced_is_refused_and_named() -> None:
    with pytest.raises(CalendarUnknown) as refused:
        is_working_day(date(2099, 3, 2))
    assert refused.value.more["year"] == 2099
    assert "2099" in refused.value.message.zh
    assert "2099" in refused.value.message.en


def test_every_day_of_a_year_is_either() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(map(is_working_day, days)) == 248
