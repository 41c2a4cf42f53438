"""The rule itself: who gets what of a budget or of places.

Claims stand in one order; equals are looked at together. Whoever does not fit ends it, also for those after who would
cost less: nobody is passed over for a smaller claim.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from app.rules.allotment import AllotBy, Last, Ties
from app.rules.allotting.claims import Allotted, Claim, Outcome, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from app.rules.allotment import Allotment


def share(allotment: Allotment, claims: Iterable[Claim], whole: int | None = None) -> Allotted:
    """What each claim gets. `whole`: what is left of the budget or the places, by default all of it.

    The order of `claims` does not matter. Raises ValueError where two have one id, or one place of arrival that
    decides.
    """
    there_is = allotment.whole if whole is None else whole
    found = sorted(claims, key=lambda claim: claim.id)
    _check_unique([claim.id for claim in found], "id")
    demand = sum(claim.amount for claim in found)
    factor: Fraction | None = None
    if allotment.by is AllotBy.SCALE:
        factor = Fraction(1) if demand <= there_is else Fraction(there_is, demand)
        shares = [_scaled(claim, there_is, demand) for claim in found]
    else:
        if allotment.by is AllotBy.ARRIVAL:
            _check_unique([claim.arrival for claim in found], "place of arrival")
        shares = list(_in_order(allotment, found, there_is))
    admitted = [one for one in shares if one.outcome in (Outcome.GRANTED, Outcome.PARTLY)]
    spent = sum(one.granted for one in admitted)
    cut_off = admitted[-1].claim.scores if admitted and allotment.by is AllotBy.RANK else None
    gone = spent if allotment.in_money else len(admitted)
    waiting = sum(one.outcome is Outcome.OPEN for one in shares)
    left = max(0, there_is - gone)
    return Allotted(tuple(shares), there_is, demand, factor, cut_off, spent, len(admitted), left, waiting)


def _check_unique(values: Sequence[object], what: str) -> None:
    if len(set(values)) < len(values):
        raise ValueError(f"two claims have one {what}")


def _scaled(claim: Claim, budget: int, demand: int) -> Share:
    """Rounded down to the fen, so that all together are never more than the budget."""
    if demand <= budget:
        return Share(claim, None, Outcome.GRANTED, claim.amount)
    granted = claim.amount * budget // demand
    return Share(claim, None, Outcome.PARTLY if granted else Outcome.NONE, granted)


def _in_order(allotment: Allotment, claims: Sequence[Claim], whole: int) -> Iterator[Share]:
    """Equals together: all in, all out, or those at the edge as the text says."""
    rank, gone = 1, 0
    for equals in _equals(allotment, claims):
        takes = sum(claim.amount for claim in equals) if allotment.in_money else len(equals)
        if gone + takes <= whole:
            yield from (Share(claim, rank, Outcome.GRANTED, claim.amount) for claim in equals)
        elif gone >= whole:
            yield from (Share(claim, rank, Outcome.NONE, 0) for claim in equals)
        else:
            yield from (at_edge(allotment, claim, rank, len(equals), whole - gone) for claim in equals)
        gone += takes
        rank += len(equals)


def _equals(allotment: Allotment, claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Claims in their order, those of one place together."""
    if allotment.by is AllotBy.ARRIVAL:
        yield from ([claim] for claim in sorted(claims, key=lambda claim: claim.arrival))
        return
    # A stable sort: equals stay in the order of their ids.
    ranked = sorted(claims, key=lambda claim: claim.scores, reverse=True)
    for _, equals in groupby(ranked, key=lambda claim: claim.scores):
        yield sorted(equals, key=lambda claim: claim.id)


def at_edge(allotment: Allotment, claim: Claim, rank: int, equals: int, left: int) -> Share:
    """One of the claims that together take more than the `left` that there is (above 0)."""
    if equals == 1:
        # Places are whole: only money can be crossed by one.
        if allotment.last is Last.PARTIAL:
            return Share(claim, rank, Outcome.PARTLY, left)
        return Share(claim, rank, Outcome.NONE, 0)
    match allotment.ties:
        case Ties.ADMIT:
            return Share(claim, rank, Outcome.GRANTED, claim.amount)
        case Ties.REFUSE:
            return Share(claim, rank, Outcome.NONE, 0)
    return Share(claim, rank, Outcome.OPEN, 0)
