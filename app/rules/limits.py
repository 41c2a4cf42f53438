"""What an award may come to, and how often: limits of measures and of groups, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.rules.policy import Words


class LimitKind(StrEnum):
    ONCE = "once"
    ONCE_PER_YEAR = "once_per_year"
    ONCE_PER_ITEM = "once_per_item"
    """Once per item of `each`, or per level."""
    AT_MOST = "at_most"
    """So many awards, or once by several keys."""
    BEST = "best"
    FIRST = "first"
    ANNUAL_CAP = "annual_cap"
    LIFETIME_CAP = "lifetime_cap"
    ITEM_CAP = "item_cap"
    """An amount for each item, or for each value of a key."""
    TOPPED_UP = "topped_up"
    """What was paid before is taken off."""
    GROUP = "group"
    GROUP_CAP = "group_cap"
    """How an answer calls the limits of groups, whatever their own kind: in awards, and in money."""
    BUDGET = "budget"
    QUOTA = "quota"
    """How an answer names an allotment that is still to come: what there is for all applicants together."""

    __hash__ = str.__hash__  # Enum's own is Python, and these are looked up for every answer

    @property
    def in_money(self) -> bool:
        """Whether it counts fen, not awards."""
        return self in _IN_MONEY


_IN_MONEY = frozenset(
    {
        LimitKind.ANNUAL_CAP,
        LimitKind.LIFETIME_CAP,
        LimitKind.ITEM_CAP,
        LimitKind.TOPPED_UP,
        LimitKind.GROUP_CAP,
        LimitKind.BUDGET,
    }
)


@dataclass(frozen=True, slots=True)
class LimitKey:
    """What a limit counts by, beside year and item: a fact of the applicant, or a field of the item."""

    name: str
    """The dotted fact, or the field."""
    of_item: bool
    kept_as: str | None = None
    """What history calls it under `keys`; None where history has it not."""
    choice: bool = True
    """Whether its values are codes; else they are ids or texts, and compare by their item key."""


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """A value that the ledger keeps of every award, so that limits of later years can count by it."""

    kept_as: str
    name: str
    """The dotted fact, or the item's field."""
    of_item: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit. ONCE_PER_ITEM: per item of `each` (key None) or per level (key = the choice fact's name)."""

    kind: LimitKind
    cap: int = 1
    """Awards, or fen where the kind counts money; 0 where nothing is said (topped up)."""
    key: str | None = None
    per_year: bool = False
    """Counts within the request's year; of kinds that do not say so by themselves."""
    for_anyone: bool = False
    text: str = ""
    keys: tuple[LimitKey, ...] = ()
    """What the kinds beside ONCE… and ANNUAL_CAP count by."""
    per_item: bool = False
    """Of the same kinds: by the item itself, too."""
    by: str | None = None
    """BEST and FIRST: the item's field that ranks; None: the amount, or the order in the request."""
    topped_up: bool = False
    """BEST and FIRST: history takes no places; what it paid is taken off by the limit that follows."""

    @property
    def yearly(self) -> bool:
        """Whether only what history names of the request's year counts."""
        return self.per_year or self.kind in (LimitKind.ONCE_PER_YEAR, LimitKind.ANNUAL_CAP)

    @property
    def within_request(self) -> bool:
        """Whether it counts by what history does not keep: then it holds among the items of one request."""
        return any(key.kept_as is None for key in self.keys)


@dataclass(frozen=True, slots=True)
class Group:
    """Measures whose awards share limits, in catalogue order."""

    id: str
    measures: tuple[str, ...]
    limits: tuple[Limit, ...]
    title: Words | None = None
