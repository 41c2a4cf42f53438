"""What history says of a limit: how often, and how much, was awarded under each value of what the limit counts by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.identifiers import item_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from app.rules.limits import Limit
    from app.rules.requests import HistoryEntry

    Group = tuple[str, ...]
    """The values of what a limit counts by, the item first; the empty tuple where it counts by nothing but years."""


class Times(NamedTuple):
    """What was awarded before."""

    awards: int
    amount: int
    """Fen."""


NEVER = Times(0, 0)


def named_items(entry: HistoryEntry) -> Collection[str]:
    """The keys of the items that an entry paid or counted, each once."""
    if entry.item is None and not entry.items:
        return ()
    return {item_key(item) for item in (entry.item, *entry.items) if item is not None}


def of_years(limit: Limit, history: Iterable[HistoryEntry], year: int) -> list[HistoryEntry]:
    """The entries that count: of the request's year, or all; of others only where the limit is for anyone."""
    return [
        entry
        for entry in history
        if (entry.year == year or not limit.yearly) and (entry.own or limit.for_anyone)
    ]


def grouped(
    limit: Limit, history: Sequence[HistoryEntry], year: int, *, by_counted: bool = False
) -> Mapping[Group, Times]:
    """Awards and fen by group; nothing for a limit by what history does not keep.

    `by_counted`: an award takes a place for each item that it counted.
    """
    if limit.within_request:
        return {}
    found: dict[Group, Times] = {}
    for entry in of_years(limit, history, year):
        for group in _groups_of(limit, entry):
            before = found.get(group, NEVER)
            places = len(named_items(entry)) if by_counted else 1
            found[group] = Times(before.awards + places, before.amount + entry.amount)
    return found


def _groups_of(limit: Limit, entry: HistoryEntry) -> Iterator[Group]:
    """The groups that an entry is of: one for each item that it names, none where it lacks a key."""
    if limit.key is not None:  # a level: what the entry calls its item
        if entry.item is not None:
            yield (item_key(entry.item),)
        return
    values: list[str] = []
    for key in limit.keys:
        given = entry.keys.get(key.kept_as or "")
        if given is None:
            return
        values.append(item_key(given))
    if not limit.per_item:
        yield tuple(values)
        return
    for item in named_items(entry):
        yield (item, *values)


def most_of(found: Iterable[Times]) -> Times:
    """The most that any of these groups has had."""
    groups = list(found)
    return Times(
        max((one.awards for one in groups), default=0), max((one.amount for one in groups), default=0)
    )


def possible(found: Mapping[Group, Times], group: Sequence[str | None]) -> Times:
    """The most that a group may have had of which some values (None) are not known."""
    return most_of(
        times
        for name, times in found.items()
        if all(given is None or given == value for given, value in zip(group, name, strict=True))
    )
