"""Who gets the places: of items in an order those that come first, with what is unknown of order, key and verdict.

An item's rank is an interval, `soon` to `late`; ties go to the earlier one in the request. It is in for certain when
fewer than `places` can come before it, and out for certain when so many certainly do.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from app.rules.deciding.limit_history import Group
    from app.rules.logic import Truth

    Rank = float | int | Fraction
    Number = int | Fraction
    End = int | Fraction | None

SOONEST, LATEST = float("-inf"), float("inf")


@dataclass(slots=True)
class Vying:
    """An item that may still be awarded, while limits are applied. Amounts over the item's scale."""

    position: int
    certain: bool
    """Whether it certainly takes what it gets: it qualifies, and is worth something."""
    low: Number
    """0 while it may not qualify."""
    high: End
    soon: Rank = 0
    late: Rank = 0
    group: Group | None = ()
    """None: not known."""
    apart: bool = False
    """It has no value of what the limit counts by: the limit does not touch it."""


@dataclass(slots=True)
class Share:
    """What the items of one group come to together."""

    low: Number = 0
    high: End = 0
    certain: int = 0
    """How many are awarded, or count, for certain; and how many may be."""
    possible: int = 0


@dataclass(slots=True)
class _Queue:
    """The ranks of a group's items, sorted: of all, and of those that are certain."""

    soon: list[tuple[Rank, int]] = field(default_factory=list)
    late: list[tuple[Rank, int]] = field(default_factory=list)

    def add(self, one: Vying) -> None:
        self.soon.append((one.soon, one.position))
        if one.certain:
            self.late.append((one.late, one.position))

    def sorted(self) -> _Queue:
        self.soon.sort()
        self.late.sort()
        return self


class Queues:
    """The items of one request in their groups."""

    def __init__(self, items: Sequence[Vying]) -> None:
        self._of: dict[Group, _Queue] = {}
        self._nowhere, self._all = _Queue(), _Queue()
        for one in items:
            queue = self._nowhere if one.group is None else self._of.setdefault(one.group, _Queue())
            queue.add(one)
            self._all.add(one)
        for queue in (*self._of.values(), self._nowhere, self._all):
            queue.sorted()

    def is_in(self, one: Vying, least: int, most: int) -> Truth:
        """Whether it gets one of its group's places, of which there are from `least` to `most`."""
        itself = (one.soon, one.position) < (one.late, one.position)
        late, soon = (one.late, one.position), (one.soon, one.position)
        if one.group is None:
            before, surely = bisect_left(self._all.soon, late) - itself, 0
        else:
            queue = self._of[one.group]
            before = bisect_left(queue.soon, late) - itself + bisect_left(self._nowhere.soon, late)
            surely = bisect_left(queue.late, soon)
        if before < least:
            return True
        return False if surely >= most else None


def groups_of(items: Iterable[Vying]) -> dict[Group | None, list[Vying]]:
    """The items by group; None: those whose group is not known."""
    found: dict[Group | None, list[Vying]] = {}
    for one in items:
        found.setdefault(one.group, []).append(one)
    return found


def greatest(numbers: Iterable[Number], most: int) -> Number:
    """The sum of the greatest so many."""
    return sum(sorted(numbers, reverse=True)[:most])


def greatest_ends(ends: Sequence[End], most: int) -> End:
    """The same of upper ends; None where one of them has no bound."""
    if most <= 0:
        return 0
    return None if None in ends else greatest((end for end in ends if end is not None), most)


def added(ends: Iterable[End]) -> End:
    """The sum of upper ends."""
    found = list(ends)
    return None if None in found else sum(end for end in found if end is not None)


@dataclass(slots=True)
class _Before:
    """What items earlier in the request come to: at least, and at most."""

    low: Number = 0
    high: End = 0

    def add(self, one: Vying) -> None:
        self.low += one.low
        self.high = added((self.high, one.high))


class Purse:
    """Money that items share in the order of the request, each group its own."""

    def __init__(self, amounts: Mapping[Group | None, tuple[int, int]], *, less: bool) -> None:
        """What is left of a cap for each group, at least and at most; or (`less`) what was paid and is taken off."""
        self._amounts, self._less = amounts, less
        self._before: dict[Group | None, _Before] = {}
        self._all, self._nowhere = _Before(), _Before()

    def of(self, one: Vying, figure: tuple[Number, End]) -> tuple[Number, End]:
        """What an item comes to, if it qualifies; items are asked for in the order of the request."""
        if one.group is None:
            low_before: Number = 0
            high_before = self._all.high
        else:
            same = self._before.get(one.group, _Before())
            low_before, high_before = same.low, added((same.high, self._nowhere.high))
        least, most = self._amounts[one.group]
        for sum_ in (self._before.setdefault(one.group, _Before()), self._all):
            sum_.add(one)
        if one.group is None:
            self._nowhere.add(one)
        low, high = figure
        if self._less:
            kindest = 0 if high_before is None else max(0, least - high_before)
            return max(0, low - max(0, most - low_before)), None if high is None else max(0, high - kindest)
        left = 0 if high_before is None else max(0, least - high_before)
        may = max(0, most - low_before)
        return min(low, left), may if high is None else min(high, may)
