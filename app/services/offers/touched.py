"""Look again at the organisations that something has touched: their facts, records, awards, or an object of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.logs import log
from app.rules.procedure.callers import SYSTEM
from app.rules.procedure.offers import Bar
from app.services.instants import day_of
from app.services.offers import standing
from app.services.offers.looking import Matching
from app.services.offers.matching import match_all
from app.services.offers.terms import is_open, offerable
from app.services.published_policies import NoSuchPolicy, NotInForce
from app.store import matches, offers, organisation_facts, organisation_register, organisations
from app.store.acting import EVERYTHING, EVERYWHERE, Sight, acting
from app.store.failures import DatabaseRefused, is_collision, is_wait_over

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.services.office import Office
    from app.store.matches import Mark
    from app.store.organisation_facts import FactsRow

_AT_ONCE = 500

_log = log(__name__)


async def look_again(office: Office, now: datetime) -> int:
    """Look at every organisation that is marked; how many were. A duty, a transaction for each."""
    done = 0
    while True:
        async with acting(office.engine, EVERYWHERE) as connection:
            marked = await matches.marked(connection, _AT_ONCE)
        looked_at = [one for one in marked if await _look(office, one, now)]
        done += len(looked_at)
        if not looked_at:  # none is marked, or others hold those that are: the next time
            return done


async def _look(office: Office, mark: Mark, now: datetime) -> bool:
    """Whether it was looked at; what others hold for too long, or what fails, keeps its mark for the next time."""
    try:
        async with acting(office.engine, Sight(mark.mode, EVERYTHING)) as connection:
            await _look_at(connection, office, mark, now)
    except DatabaseRefused as error:
        if is_collision(error) or is_wait_over(error):
            _log.info("organisation is held by others", organisation=mark.organisation)
            return False
        raise
    except Exception as error:  # noqa: BLE001 - one organisation must not keep all others from being looked at
        _log.error(
            "organisation cannot be matched", organisation=mark.organisation, error=type(error).__name__
        )
        return False
    return True


async def _look_at(connection: AsyncConnection, office: Office, mark: Mark, now: datetime) -> None:
    mode, organisation = mark
    # First: a mark of what is committed from here on stays for the next look.
    marks = await matches.marks_of(connection, mode, organisation)
    registered = await organisation_register.find(connection, mode, organisation)
    if registered is not None and registered.codes:  # one that was merged has none
        await organisations.lock(connection, mode, organisation)
        rows = await organisation_facts.of_organisations(connection, mode, [organisation])
        for row in rows:
            matching = _matching(office, row, now)
            if matching is not None:
                await match_all(connection, matching, [organisation])
        await _withdraw_groundless(connection, mode, organisation, rows, now)
    await matches.forget_marks(connection, marks)


async def _withdraw_groundless(
    connection: AsyncConnection, mode: str, organisation: str, rows: tuple[FactsRow, ...], now: datetime
) -> None:
    """Offers of years and policies for which the register has no facts any more."""
    known = {(row.policy, row.year) for row in rows}
    for offer in await offers.open_of(connection, mode, organisation):
        if (offer.policy, offer.year) not in known:
            await standing.withdraw(connection, offer, Bar.NO_FACTS, now)


def _matching(office: Office, row: FactsRow, now: datetime) -> Matching | None:
    """None where nothing is offered today: offers that are open then run out by themselves."""
    day = day_of(now)
    try:
        version = office.policies.in_force(row.policy, day)
    except (NoSuchPolicy, NotInForce):
        return None
    published = version.for_year(row.year, day)
    measures = offerable(published)
    if not measures or not is_open(version.policy, row.year, day):
        return None
    return Matching(
        office=office,
        mode=row.mode,
        published=published,
        year=row.year,
        as_of=day,
        measures=measures,
        whole=True,
        match=None,
        by=SYSTEM["id"],
        now=now,
        day=day,
    )
