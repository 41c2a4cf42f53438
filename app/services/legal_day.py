"""The day it is where the policies are law."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_CHINA = ZoneInfo("Asia/Shanghai")


def legal_day() -> date:
    """Today in Asia/Shanghai: policies count days in China."""
    return datetime.now(_CHINA).date()
