"""Money of one award between accounts: promised, payable, paid, owed back, recovered, written off."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Account(StrEnum):
    FREE = "free"
    """Never promised, or released again: the world outside."""
    RESERVED = "reserved"
    PAYABLE = "payable"
    PAID = "paid"
    OWED = "owed"
    RECOVERED = "recovered"
    WRITTEN_OFF = "written_off"


class AwardState(StrEnum):
    ASSESSED = "assessed"
    INELIGIBLE = "ineligible"
    DECLINED = "declined"
    RESERVED = "reserved"
    RELEASED = "released"
    PAYABLE = "payable"
    PAYING = "paying"
    PAID = "paid"
    OWED = "owed"
    RECOVERED = "recovered"
    WRITTEN_OFF = "written_off"


WITHOUT_MONEY = (AwardState.ASSESSED, AwardState.INELIGIBLE, AwardState.DECLINED, AwardState.RELEASED)
"""The states of an award that holds nothing."""

_A = Account
POSTINGS = frozenset(
    {
        (_A.FREE, _A.RESERVED),
        (_A.RESERVED, _A.FREE),
        (_A.RESERVED, _A.PAYABLE),
        (_A.PAYABLE, _A.FREE),
        (_A.PAYABLE, _A.PAID),
        (_A.PAID, _A.PAYABLE),
        (_A.PAID, _A.OWED),
        (_A.OWED, _A.RECOVERED),
        (_A.OWED, _A.WRITTEN_OFF),
    }
)
"""The ways that money may move; a constraint of the ledger's table says the same."""
USED = frozenset({_A.RESERVED, _A.PAYABLE, _A.PAID, _A.OWED, _A.WRITTEN_OFF})
"""What counts against caps: money that came back does not, a debt that was given up does."""


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount` fen, above 0, leave one account of an award for another."""

    award: str
    origin: Account
    target: Account
    amount: int

    def __post_init__(self) -> None:
        if self.amount <= 0 or (self.origin, self.target) not in POSTINGS:
            raise ValueError(f"no such posting: {self}")

    @property
    def used(self) -> int:
        """How much more (or, negative, less) of a cap is used."""
        return self.amount * ((self.target in USED) - (self.origin in USED))


def balances(postings: Iterable[Posting]) -> Mapping[Account, int]:
    """What each account of one award holds, FREE aside; fen. Raises ValueError for a posting without cover."""
    held: dict[Account, int] = dict.fromkeys(Account, 0)
    del held[Account.FREE]
    for one in postings:
        if one.origin is not Account.FREE:
            held[one.origin] -= one.amount
            if held[one.origin] < 0:
                raise ValueError(f"not covered: {one}")
        if one.target is not Account.FREE:
            held[one.target] += one.amount
    return held


def used(held: Mapping[Account, int]) -> int:
    """Fen that count against caps."""
    return sum(amount for account, amount in held.items() if account in USED)
