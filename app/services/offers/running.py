"""Lead matches to their end, a few organisations at a time: each piece is committed with how far it went.

Whoever comes after a restart goes on behind the last piece. Any number may be at one match: each piece is for one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from app.logs import log
from app.services.instants import day_of, now
from app.services.offers.looking import Matching
from app.services.offers.matching import match_all
from app.services.offers.terms import offerable
from app.services.published_policies import NoSuchPolicy, NotInForce
from app.store import matches, organisation_facts
from app.store.acting import EVERYTHING, EVERYWHERE, Sight, acting
from app.store.failures import DatabaseRefused, is_collision, is_wait_over

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.services.office import Office
    from app.store.matches import MatchRow

AT_ONCE = 20
"""Organisations of one piece: few, as all of them are locked until it is committed."""
_TIMES = 5

_log = log(__name__)


async def run_matches(office: Office, _now: datetime) -> int:
    """Lead every match that is under way to its end; how many organisations were looked at. A duty."""
    async with acting(office.engine, EVERYWHERE) as connection:
        waiting = await matches.under_way(connection)
    done = 0
    for row in waiting:
        ended = await run(office, row)
        done += 0 if ended is None else ended.done - row.done
    return done


async def run(
    office: Office, row: MatchRow, progress: Callable[[MatchRow], None] = lambda _: None
) -> MatchRow | None:
    """Lead one match to its end; None where somebody else is at it now. `progress` hears of every piece.

    All of it by what is in effect as it begins here.
    """
    office, failures = office.held(), 0
    while True:
        try:
            after = await _advance(office, row.mode, row.id)
        except DatabaseRefused as error:
            failures += 1
            if failures > _TIMES or not (is_collision(error) or is_wait_over(error)):
                raise
            continue
        if after is None:
            return None
        failures = 0
        progress(after)
        if after.ended_at is not None:
            _log.info("match", match=after.id, status=after.status, done=after.done, **after.tally)
            return after


async def _advance(office: Office, mode: str, match: str) -> MatchRow | None:
    """One piece: its offers and how far the match is, together. None: ended, or somebody else is at it."""
    moment = now()
    async with acting(office.engine, Sight(mode, EVERYTHING)) as connection:
        row = await matches.take(connection, match)
        if row is None:
            return None
        if row.total is None:
            total = await organisation_facts.count(connection, mode, row.policy, row.year)
            row = replace(row, status="running", total=total, started_at=moment)
        matching = _matching(office, row, moment)
        if isinstance(matching, str):
            row = replace(row, status="failed", failure=matching, ended_at=moment)
        else:
            row = await _piece(connection, matching, row)
        await matches.save(connection, row)
    return row


async def _piece(connection: AsyncConnection, matching: Matching, row: MatchRow) -> MatchRow:
    found = await organisation_facts.behind(connection, row.mode, row.policy, row.year, row.position, AT_ONCE)
    if not found:
        return replace(row, status="succeeded", ended_at=matching.now)
    tally = Counter(row.tally) + await match_all(connection, matching, found)
    done = row.done + len(found)
    return replace(
        row, done=done, total=max(row.total or 0, done), position=found[-1], tally=dict(sorted(tally.items()))
    )


def _matching(office: Office, row: MatchRow, moment: datetime) -> Matching | str:
    """What the match goes by; or why it cannot go on, which a start with other policies can bring about."""
    try:
        published = office.policies.in_force(row.policy, row.as_of).for_year(row.year, row.as_of)
    except (NoSuchPolicy, NotInForce):
        return "policy-not-in-force"
    possible = offerable(published)
    measures = possible if row.measures is None else tuple(one for one in possible if one in row.measures)
    if not measures:
        return "no-measures"
    return Matching(
        office=office,
        mode=row.mode,
        published=published,
        year=row.year,
        as_of=row.as_of,
        measures=measures,
        whole=row.measures is None,
        match=row.id,
        by=row.requested_by,
        now=moment,
        # The sandbox has days of its own.
        day=day_of(moment) if row.mode == "live" else row.as_of,
    )
