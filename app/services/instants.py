"""Moments and legal days in Asia/Shanghai, and the ids that carry a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from uuid_utils import uuid7

if TYPE_CHECKING:
    from collections.abc import Callable

    Clock = Callable[[], datetime]

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def say(moment: datetime) -> str:
    """RFC 3339 with +08:00, to the microsecond, always of one length."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="microseconds")


def day_of(moment: datetime) -> date:
    """The legal day of a moment."""
    return moment.astimezone(SHANGHAI).date()


def new_id(kind: str) -> str:
    """A typed, time-ordered id: `app_` and 32 hexadecimal digits of a UUIDv7."""
    return f"{kind}_{uuid7().hex}"
