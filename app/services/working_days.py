"""Working days in China: weekends, public holidays, and the weekends that are worked in return for them.

The State Council sets a year's holidays by a notice in the autumn before it. chinesecalendar is renewed after each of
these notices and refuses a year that has none yet. Libraries that compute the holidays of later years from the lunar
calendar answer all the same, without the days that are moved, and a legal day must not be guessed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import chinese_calendar

from app.rules.policy import Words
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from datetime import date


class CalendarUnknown(Refusal):
    """The holidays of the year are not announced, or this release does not know of them yet."""

    kind = "conflict"

    def __init__(self, year: int) -> None:
        super().__init__(
            Words(
                f"尚不知 {year} 年的放假安排，无法计算工作日；待国务院公布并更新日历后再办理",
                f"The public holidays of {year} are not known yet, so working days cannot be counted; "
                "go on once they are announced and the calendar is renewed",
            ),
            year=year,
        )


def is_working_day(day: date) -> bool:
    """Whether offices work on the day. Raises CalendarUnknown."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise CalendarUnknown(day.year) from None


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which is itself not counted; count >= 1. Raises CalendarUnknown."""
    if count < 1:
        raise ValueError(count)
    reached, left = day, count
    while left:
        reached += timedelta(days=1)
        left -= is_working_day(reached)
    return reached
