"""Whether an award, its claims and its caps are what the entries of the ledger make of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from app.rules.procedure.claw_backs import PaidAward
from app.rules.procedure.ledger import WITHOUT_MONEY, Account, AwardState, Posting, balances, used

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from app.rules.procedure.claiming import Taking

What = Literal["state", "amounts", "entries", "claims", "caps", "usage", "orphan"]
_AFTER_PAYMENT = (Account.PAID, Account.OWED, Account.RECOVERED, Account.WRITTEN_OFF)


class Difference(NamedTuple):
    """Something that is not as the entries have it. JSON values; money in fen."""

    what: What
    award: str | None
    """None for a cap."""
    key: str | None
    """The cap's key."""
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class KeptAward:
    """An award as its rows have it; fen."""

    id: str
    state: str
    amount: int | None
    clawed_back: int
    recovered: int
    written_off: int
    restores_entitlement: bool | None
    limit_keys: frozenset[str]
    claims: frozenset[str]
    entries: tuple[tuple[str, str, int], ...]
    """From account, to account, amount; in the order in which they were entered."""


def check_award(kept: KeptAward, taking: Taking | None) -> Iterator[Difference]:
    """What differs. `taking`: what the award takes while it holds money; None where its measure is not known."""
    try:
        held = balances(_postings(kept))
        expected = _expected(held)
    except ValueError as error:
        yield Difference(
            "entries", kept.id, None, "entries that are covered, in an order that may be", str(error)
        )
        return
    if kept.state not in expected.states:
        yield Difference("state", kept.id, None, [str(one) for one in expected.states], kept.state)
    if expected.amounts is not None and _amounts(kept) != expected.amounts:
        yield Difference("amounts", kept.id, None, expected.amounts, _amounts(kept))
    holds = used(held) > 0 or (held[Account.RECOVERED] > 0 and not kept.restores_entitlement)
    if taking is None:
        if holds:
            yield Difference("orphan", kept.id, None, "the measure that it was awarded by", None)
        return
    claims = frozenset(taking.claims) if holds else frozenset()
    if claims != kept.claims:
        yield Difference("claims", kept.id, None, sorted(claims), sorted(kept.claims))
    caps = frozenset(one.limit_key for one in taking.uses)
    if holds and caps != kept.limit_keys:
        yield Difference("caps", kept.id, None, sorted(caps), sorted(kept.limit_keys))


class _Expected(NamedTuple):
    states: tuple[AwardState, ...]
    amounts: Mapping[str, int | None] | None
    """None: an award without money may keep what it was to be."""


def _expected(held: Mapping[Account, int]) -> _Expected:
    """What an award's row must say. Raises ValueError when its money is where it cannot be together."""
    total = sum(held.values())
    paid = sum(held[account] for account in _AFTER_PAYMENT)
    if not total:
        return _Expected(WITHOUT_MONEY, None)
    if held[Account.RESERVED] == total:
        return _Expected((AwardState.RESERVED,), _told(total))
    if held[Account.PAYABLE] == total:
        return _Expected((AwardState.PAYABLE, AwardState.PAYING), _told(total))
    if held[Account.PAYABLE] and held[Account.PAYABLE] + held[Account.PAID] == total:  # an instalment is left
        return _Expected((AwardState.PAYABLE, AwardState.PAYING), _told(total))
    if paid != total:
        raise ValueError("part of the award is paid, part is not")
    recovered, written_off = held[Account.RECOVERED], held[Account.WRITTEN_OFF]
    clawed_back = held[Account.OWED] + recovered + written_off
    state = PaidAward(total, clawed_back, recovered, written_off).state
    return _Expected((state,), _told(total, clawed_back, recovered, written_off))


def _told(
    amount: int | None, clawed_back: int = 0, recovered: int = 0, written_off: int = 0
) -> dict[str, int | None]:
    return {
        "amount": amount,
        "clawed_back": clawed_back,
        "recovered": recovered,
        "written_off": written_off,
    }


def _amounts(kept: KeptAward) -> dict[str, int | None]:
    return _told(kept.amount, kept.clawed_back, kept.recovered, kept.written_off)


def _postings(kept: KeptAward) -> Iterable[Posting]:
    return (
        Posting(kept.id, Account(origin), Account(target), amount) for origin, target, amount in kept.entries
    )
