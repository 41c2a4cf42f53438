"""What the day brings: the register is matched once a night, and offers that nobody answered run out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.procedure.callers import SYSTEM
from app.rules.procedure.offers import OfferStatus
from app.services.instants import SHANGHAI, day_of, new_id
from app.services.offers import standing
from app.services.offers.terms import offerable, open_years
from app.services.published_policies import NotInForce
from app.store import matches, offers, organisation_facts, organisations
from app.store.acting import EVERYTHING, Sight, acting
from app.store.failures import DatabaseRefused, is_collision, is_wait_over
from app.store.matches import MatchRow

if TYPE_CHECKING:
    from datetime import datetime

    from app.services.office import Office

_MODES = ("live", "test")
_AT_ONCE = 500


async def plan_tonight(office: Office, now: datetime) -> int:
    """From the hour of the setting on, the day's matches: each once. How many were new. A duty."""
    hour = office.practice.match_hour
    if hour is None or now.astimezone(SHANGHAI).hour < hour:
        return 0
    day = day_of(now)
    made = 0
    for policy in office.policies.ids:
        try:
            version = office.policies.in_force(policy, day)
        except NotInForce:
            continue
        for year in open_years(version.policy, day):
            if not offerable(version.for_year(year, day)):
                continue
            for mode in _MODES:
                async with acting(office.engine, Sight(mode, EVERYTHING)) as connection:
                    if await organisation_facts.count(connection, mode, policy, year):
                        made += await matches.add_nightly(connection, _tonight(mode, policy, year, now))
    return made


def _tonight(mode: str, policy: str, year: int, now: datetime) -> MatchRow:
    return MatchRow(
        mode=mode,
        id=new_id("mat"),
        policy=policy,
        year=year,
        as_of=day_of(now),
        measures=None,
        occasion="nightly",
        status="queued",
        tally={},
        requested_by=SYSTEM["id"],
        requested_at=now,
    )


async def expire_offers(office: Office, now: datetime) -> int:
    """Offers whose days are over; how many. A duty. The sandbox's go by its own time and are left to it."""
    mode = "live"
    async with acting(office.engine, Sight(mode, EVERYTHING)) as connection:
        overdue = await offers.overdue(connection, mode, now, _AT_ONCE)
    done = 0
    for one in overdue:
        try:
            async with acting(office.engine, Sight(mode, EVERYTHING)) as connection:
                await organisations.lock(connection, mode, one.organisation)
                row = await offers.find(connection, mode, one.id, lock=True)
                if row is not None and row.status == OfferStatus.OFFERED:
                    await standing.expire(connection, row, now)
                    done += 1
        except DatabaseRefused as error:
            if not (is_collision(error) or is_wait_over(error)):
                raise
    return done
