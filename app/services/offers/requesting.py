"""Matches on demand: asked for by an administrator, led by whoever works beside the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.rules.procedure.callers import Scope
from app.schemas.bodies import read_body
from app.schemas.matches import MatchBody
from app.services.applications.binding import check_year
from app.services.instants import new_id, say
from app.services.offers.standing import CHAIN
from app.services.offers.terms import offerable
from app.services.office import sight_of
from app.services.orders import Answer, Plan, unlocked
from app.services.refusals import NotFound, Refusal
from app.services.trail import record
from app.store import matches
from app.store.acting import acting
from app.store.matches import MatchRow
from app.store.records import latest_readings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.rules.procedure.callers import Caller
    from app.services.office import Office, Work

_FUTURE = Words("不能晚于今天", "cannot be later than today")
_ONE = Words("应列出至少一项措施", "must name at least one measure")
_TWICE = Words("已列出", "is listed twice")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A match that may be begun."""

    policy: str
    year: int
    as_of: date
    measures: tuple[str, ...] | None


def match_plan(policy: str) -> Plan[str, Wanted]:
    """The order that asks for a match of the register against a policy."""

    async def find(work: Work) -> str:
        work.office.policies.versions(policy)
        return policy

    async def read(work: Work, _found: str, body: object) -> Wanted:
        given = read_body(MatchBody, body)
        as_of = work.day if given.as_of is None else given.as_of
        measures = None if given.measures is None else tuple(given.measures)
        return wanted_of(work.office, policy, measures, as_of=as_of, year=given.year, today=work.day)

    async def act(work: Work, _found: str, wanted: Wanted) -> Answer:
        row = await begin(
            work.office,
            work.connection,
            wanted,
            mode=work.mode,
            by=work.caller.name,
            actor=work.caller.actor(Scope.ADMIN),
            now=work.now,
            today=work.day,
        )
        return Answer(202, match_form(row), {"Location": f"/v1/matches/{row.id}"})

    return Plan(find=find, lock=unlocked, read=read, act=act)


def wanted_of(
    office: Office,
    policy: str,
    measures: Sequence[str] | None,
    *,
    as_of: date,
    year: int | None,
    today: date,
) -> Wanted:
    """What is asked for, if it is possible. Raises InputErrors, NoSuchPolicy and NotInForce."""
    if as_of > today:
        raise InputErrors((InputError("/as_of", "range", _FUTURE),))
    year = as_of.year if year is None else year
    published = office.policies.in_force(policy, as_of).for_year(year, as_of)
    possible = offerable(published)
    if measures is None:
        return Wanted(policy, year, as_of, None)
    mistakes = [] if measures else [InputError("/measures", "required", _ONE)]
    for place, name in enumerate(measures):
        if name in measures[:place]:
            mistakes.append(InputError(f"/measures/{place}", "duplicate_id", _TWICE))
        elif name not in possible:
            mistakes.append(InputError(f"/measures/{place}", "choice", _not_offered(possible)))
    if mistakes:
        raise InputErrors(tuple(mistakes[:100]))
    return Wanted(policy, year, as_of, tuple(measures))


async def begin(
    office: Office,
    connection: AsyncConnection,
    wanted: Wanted,
    *,
    mode: str,
    by: str,
    actor: Mapping[str, str],
    now: datetime,
    today: date,
) -> MatchRow:
    """Write the match down for whoever leads it. Raises `outside-window` and `records-stale`."""
    check_year(office.policies.in_force(wanted.policy, wanted.as_of).policy, wanted.year, today)
    await _check_lists(office, connection, mode, now)
    row = MatchRow(
        mode=mode,
        id=new_id("mat"),
        policy=wanted.policy,
        year=wanted.year,
        as_of=wanted.as_of,
        measures=wanted.measures,
        occasion="demand",
        status="queued",
        tally={},
        requested_by=by,
        requested_at=now,
    )
    await matches.add(connection, row)
    data = {"match": row.id, "policy": row.policy, "year": row.year, "as_of": row.as_of.isoformat()}
    await record(connection, mode=mode, chain=CHAIN, kind="match.requested", at=now, actor=actor, data=data)
    return row


async def one(office: Office, caller: Caller, match: str) -> dict[str, Any]:
    """A match and how far it is. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        row = await matches.find(connection, caller.mode, match)
    if row is None:
        raise NotFound
    return match_form(row)


async def listed(
    office: Office, caller: Caller, filters: Mapping[str, Any], after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of matches, newest first, and the id to go on after; None on the last page."""
    async with acting(office.engine, sight_of(caller)) as connection:
        rows = await matches.page(connection, caller.mode, filters, after, limit + 1)
    return [match_form(row) for row in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None


def match_form(row: MatchRow) -> dict[str, Any]:
    """A match as the API shows it."""
    return {
        "id": row.id,
        "mode": row.mode,
        "policy": row.policy,
        "year": row.year,
        "as_of": row.as_of.isoformat(),
        "measures": None if row.measures is None else list(row.measures),
        "occasion": row.occasion,
        "status": row.status,
        "done": row.done,
        "total": row.total,
        "tally": row.tally,
        "failure": row.failure,
        "requested_by": row.requested_by,
        "requested_at": say(row.requested_at),
        "started_at": None if row.started_at is None else say(row.started_at),
        "ended_at": None if row.ended_at is None else say(row.ended_at),
    }


async def _check_lists(office: Office, connection: AsyncConnection, mode: str, now: datetime) -> None:
    """Nothing could be offered while a list was not read lately: say so before all are looked at."""
    readings = {row.list: row.queried_at for row in await latest_readings(connection, mode)}
    stale = [
        name
        for name in office.practice.punishment_lists
        if name not in readings or (now - readings[name]).days >= office.practice.list_days
    ]
    if stale:
        raise Refusal(
            Words(f"须先查询名单：{'、'.join(stale)}", f"These lists must be read first: {', '.join(stale)}"),
            kind="records-stale",
            lists=stale,
        )


def _not_offered(possible: Sequence[str]) -> Words:
    return Words(
        f"不能免申即享，可选：{'、'.join(possible)}",
        f"cannot be offered without application; these can: {', '.join(possible)}",
    )
