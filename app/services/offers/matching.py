"""Match organisations: make the offers that are due, withdraw those that have lost their ground."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from app.rules.procedure.offers import Bar, Granted, OfferStatus
from app.services.offers import standing
from app.services.offers.looking import evidence, look_at, says_the_same
from app.store import bulk, offers, organisation_facts, organisation_register

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.services.offers.looking import Matching, Seen
    from app.store.offers import OfferRow

MADE, KEPT, WITHDRAWN, UNREADABLE = "made", "kept", "withdrawn", "unreadable"
"""What a tally counts, beside the bars."""
_ANSWERED = (OfferStatus.ACCEPTED, OfferStatus.DECLINED, OfferStatus.EXPIRED)


class Before(NamedTuple):
    """What there is of an organisation already."""

    offers: dict[str, OfferRow]
    """The open offer of each measure, or the last one."""
    applied: set[str]
    """Measures for which an application is being looked at."""


async def match_all(
    connection: AsyncConnection, matching: Matching, organisations: Sequence[str]
) -> Counter[str]:
    """Look at these organisations, all in the connection's transaction; they are locked first, in order of id.

    Returns how many offers were made, kept and withdrawn, and how often each bar stood in the way.
    """
    mode, policy = matching.mode, matching.published.policy.id
    await bulk.lock_all(connection, mode, organisations)
    rows = await organisation_facts.of_organisations(connection, mode, organisations, policy)
    facts = {row.organisation: row for row in rows if row.year == matching.year}
    registered = await organisation_register.find_all(connection, mode, organisations)
    earlier = await offers.of_year(connection, mode, organisations, policy, matching.year)
    applied = await offers.applied_for(connection, mode, organisations, policy, matching.year)
    tally: Counter[str] = Counter()
    for organisation in sorted(organisations):
        before = Before({one.measure: one for one in earlier[organisation]}, applied[organisation])
        if organisation not in facts:
            tally += await _withdraw(connection, matching, before.offers.values(), Bar.NO_FACTS)
            continue
        seen = await look_at(connection, matching, registered[organisation], facts[organisation])
        if seen is None:
            tally[UNREADABLE] += 1
            tally += await _withdraw(connection, matching, before.offers.values(), Bar.UNDETERMINED)
            continue
        tally += await _settle(connection, matching, seen, before)
    return tally


async def _settle(
    connection: AsyncConnection, matching: Matching, seen: Seen, before: Before
) -> Counter[str]:
    """Every measure of one organisation."""
    tally: Counter[str] = Counter()
    for measure in matching.measures:
        verdict = Bar.APPLIED if measure in before.applied else seen.verdicts[measure]
        tally[
            await _settle_one(connection, matching, seen, measure, verdict, before.offers.get(measure))
        ] += 1
    if matching.whole:
        others = [one for measure, one in before.offers.items() if measure not in matching.measures]
        tally += await _withdraw(connection, matching, others, Bar.INELIGIBLE)
    return tally


async def _settle_one(
    connection: AsyncConnection,
    matching: Matching,
    seen: Seen,
    measure: str,
    verdict: Granted | Bar,
    before: OfferRow | None,
) -> str:
    """Bring the offer of one measure to what is granted now; what was done, or what stands in the way."""
    if before is not None and before.status == OfferStatus.OFFERED:
        if isinstance(verdict, Granted):
            if says_the_same(before, verdict) and before.uscc == seen.organisation.uscc:
                return KEPT
            await standing.withdraw(connection, before, Bar.CHANGED, matching.now)
        else:
            await standing.withdraw(connection, before, verdict, matching.now)
            return WITHDRAWN
    elif before is not None and before.status in _ANSWERED and _repeats(before, verdict):
        return Bar.ANSWERED
    if isinstance(verdict, Bar):
        return verdict
    if seen.basis.stale:
        return Bar.STALE
    made = evidence(matching, seen, measure)
    if isinstance(made, Bar):
        return made
    await standing.make(connection, made)
    return MADE


def _repeats(before: OfferRow, verdict: Granted | Bar) -> bool:
    return isinstance(verdict, Granted) and says_the_same(before, verdict)


async def _withdraw(
    connection: AsyncConnection, matching: Matching, rows: Iterable[OfferRow], why: Bar
) -> Counter[str]:
    tally: Counter[str] = Counter()
    for row in rows:
        if row.status == OfferStatus.OFFERED and (matching.whole or row.measure in matching.measures):
            await standing.withdraw(connection, row, why, matching.now)
            tally[WITHDRAWN] += 1
    return tally
