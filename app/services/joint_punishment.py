"""Lists of joint punishment: who is on which, and when each was read."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.schemas.bodies import read_body
from app.schemas.records import LIST_PATTERN, MOST_LIST, PunishmentBody, ReadingBody
from app.services import recording
from app.services.instants import new_id, say
from app.services.office import sight_of
from app.services.orders import Answer, Plan, nothing, unlocked
from app.store.acting import acting
from app.store.records import (
    PUNISHMENT,
    PunishmentRow,
    ReadingRow,
    Seen,
    add_reading,
    latest_readings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from app.rules.procedure.callers import Caller
    from app.services.office import Office, Practice, Work

_LIST = re.compile(LIST_PATTERN.replace("$", r"\Z"))
_NO_LIST = Words(
    "名单的短名由小写字母、数字和连字符组成，例如 national",
    "A list's short name has small letters, digits and hyphens, e.g. national",
)
_LATER = Words("不能晚于现在", "cannot be later than now")


def punishment_plan() -> Plan[None, PunishmentBody]:
    """The order that records a listing, or replaces what was recorded."""
    return Plan(find=nothing, lock=unlocked, read=_read, act=_record)


def reading_plan(list_name: str) -> Plan[None, ReadingBody]:
    """The order that says a list was read."""

    async def read(work: Work, _found: None, body: object) -> ReadingBody:
        if len(list_name) > MOST_LIST or not _LIST.match(list_name):
            raise InputErrors((InputError("", "format", _NO_LIST),))
        given = read_body(ReadingBody, body)
        if given.queried_at > max(work.now, work.clock):
            raise InputErrors((InputError("/queried_at", "range", _LATER),))
        return given

    async def act(work: Work, _found: None, given: ReadingBody) -> Answer:
        return await _record_reading(work, list_name, given)

    return Plan(find=nothing, lock=unlocked, read=read, act=act, keyed=False)


async def one(office: Office, caller: Caller, record: str) -> dict[str, Any]:
    """A record. Raises NotFound."""
    return await recording.one(office, caller, PUNISHMENT, punishment_form, record)


async def page(
    office: Office, caller: Caller, wanted: dict[str, Any], *, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Records, the latest first, and the position to go on from. `wanted`: uscc, list, listed_on, counting."""
    where: dict[str, object] = {name: wanted[name] for name in ("list", "listed_on") if name in wanted}
    return await recording.page_of(
        office, caller, PUNISHMENT, punishment_form, wanted, where=where, after=after, limit=limit
    )


async def readings(office: Office, caller: Caller, now: datetime) -> list[dict[str, Any]]:
    """Each list that was ever read or must be, with its last reading."""
    async with acting(office.engine, sight_of(caller)) as connection:
        found = {row.list: row for row in await latest_readings(connection, caller.mode)}
    names = sorted({*found, *office.practice.punishment_lists})
    return [reading_form(name, found.get(name), office.practice, now) for name in names]


def punishment_form(seen: Seen[PunishmentRow]) -> dict[str, Any]:
    """A record as the API shows it."""
    row = seen.row
    return {
        "id": row.id,
        "uscc": row.uscc,
        "organisation": row.organisation,
        "list": row.list,
        "listed_on": row.listed_on.isoformat(),
        "removed_on": None if row.removed_on is None else row.removed_on.isoformat(),
        "source": row.source,
        "reference": row.reference,
        "supersedes": row.supersedes,
        "superseded_by": seen.superseded_by,
        "void": row.void,
        "recorded_by": row.recorded_by,
        "recorded_at": say(row.recorded_at),
    }


def reading_form(name: str, row: ReadingRow | None, practice: Practice, now: datetime) -> dict[str, Any]:
    """What is known of a list."""
    until = None if row is None else row.queried_at + timedelta(days=practice.list_days)
    return {
        "list": name,
        "required": name in practice.punishment_lists,
        "source": None if row is None else row.source,
        "queried_at": None if row is None else say(row.queried_at),
        "holds_until": None if until is None else say(until),
        "stale": until is None or now > until,
        "recorded_by": None if row is None else row.recorded_by,
        "recorded_at": None if row is None else say(row.recorded_at),
    }


async def _read(work: Work, _found: None, body: object) -> PunishmentBody:
    given = read_body(PunishmentBody, body)
    recording.refuse(_mistakes(work, given))
    return given


def _mistakes(work: Work, given: PunishmentBody) -> Iterable[InputError]:
    yield from recording.day_mistakes(given.listed_on, "/listed_on", work.day)
    if given.removed_on is not None and given.removed_on < given.listed_on:
        yield InputError("/removed_on", "relation", recording.ORDER)
    yield from recording.void_mistakes(given.supersedes, given.void)


async def _record(work: Work, _found: None, given: PunishmentBody) -> Answer:
    organisation = await recording.lock_organisation(work, given.uscc)
    await recording.check_replaced(work, PUNISHMENT, organisation, given.supersedes)
    row = PunishmentRow(
        mode=work.mode,
        id=new_id("jpr"),
        organisation=organisation,
        uscc=given.uscc,
        list=given.list,
        listed_on=given.listed_on,
        removed_on=given.removed_on,
        source=given.source,
        reference=given.reference,
        supersedes=given.supersedes,
        void=given.void,
        recorded_by=work.caller.name,
        recorded_at=work.now,
    )
    await PUNISHMENT.add(work.connection, row)
    data = {"record": row.id, "organisation": organisation, "list": row.list}
    await recording.say(
        work, "joint_punishment.recorded", data | {"supersedes": row.supersedes, "void": row.void}
    )
    headers = {"Location": f"/v1/joint-punishment/{row.id}"}
    return Answer(201, punishment_form(Seen(row, None)), headers)


async def _record_reading(work: Work, list_name: str, given: ReadingBody) -> Answer:
    latest = await latest_readings(work.connection, work.mode, list_name)
    row = latest[0] if latest else None
    if row is None or (row.source, row.queried_at) != (given.source, given.queried_at):
        told = ReadingRow(
            mode=work.mode,
            id=new_id("lrd"),
            list=list_name,
            source=given.source,
            queried_at=given.queried_at,
            recorded_by=work.caller.name,
            recorded_at=work.now,
        )
        await add_reading(work.connection, told)
        await recording.say(
            work, "list.read", {"reading": told.id, "list": list_name, "queried_at": say(told.queried_at)}
        )
        if row is None or told.queried_at >= row.queried_at:
            row = told
    return Answer(200, reading_form(list_name, row, work.office.practice, work.clock))
