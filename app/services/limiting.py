"""How often one may ask: token buckets in this process's memory, one for each holder, bounded in number.

A bucket holds as many requests as the quota allows in its time and fills evenly. Every worker has its own: with
several workers a holder may ask up to that many times as often.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_HOLDERS = 20_000
SECONDS = 60
"""The time of every quota: a minute."""


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests a minute."""

    name: str
    """Names the policy in the RateLimit headers."""
    requests: int
    """0: no limit."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a holder has left."""

    quota: Quota
    remaining: int
    """Requests that would be answered now."""
    resets: int
    """Seconds until the bucket is full again."""
    wait: int
    """Seconds until there is something in it: 0 where there is."""

    @property
    def headers(self) -> dict[str, str]:
        """RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers); none without a limit."""
        if not self.quota.requests:
            return {}
        return {
            "RateLimit-Policy": f'"{self.quota.name}";q={self.quota.requests};w={SECONDS}',
            "RateLimit": f'"{self.quota.name}";r={self.remaining};t={self.resets}',
        }


class Buckets:
    """The buckets of one quota. For one event loop's thread."""

    def __init__(
        self, quota: Quota, *, most: int = _MOST_HOLDERS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.quota = quota
        self._most = most
        self._clock = clock
        self._rate = quota.requests / SECONDS
        # What was in the bucket, and when. The longest unused goes first: a minute unused it is full anyway.
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """How many holders have one."""
        return len(self._held)

    def look(self, holder: str) -> Allowance:
        """What the holder has, untouched."""
        return self._allowance(self._level(holder, self._clock()))

    def take(self, holder: str) -> Allowance | None:
        """What is left once one request is taken out; None, and nothing is taken, where there is not one."""
        if not self.quota.requests:
            return Allowance(self.quota, 0, 0, 0)
        moment = self._clock()
        level = self._level(holder, moment)
        if level < 1:
            return None
        self._held[holder] = (level - 1, moment)
        self._held.move_to_end(holder)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return self._allowance(level - 1)

    def _level(self, holder: str, moment: float) -> float:
        full = float(self.quota.requests)
        level, at = self._held.get(holder, (full, moment))
        return min(full, level + (moment - at) * self._rate)

    def _allowance(self, level: float) -> Allowance:
        if not self.quota.requests:
            return Allowance(self.quota, 0, 0, 0)
        wait = 0 if level >= 1 else max(1, math.ceil((1 - level) / self._rate))
        return Allowance(self.quota, int(level), math.ceil((self.quota.requests - level) / self._rate), wait)
