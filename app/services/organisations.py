"""Organisations: who an applicant is, whatever code it has at the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.rules.facts import InputError
from app.rules.identifiers import normalise_uscc, uscc_mistake
from app.rules.input.mistakes import MOST_ERRORS, InputErrors
from app.rules.money import format_yuan
from app.rules.policy import Words
from app.rules.procedure.callers import Scope
from app.rules.procedure.offers import Bar
from app.schemas.bodies import read_body
from app.schemas.organisations import NewCode, OrganisationBody
from app.services.instants import new_id, say
from app.services.offers import standing
from app.services.office import sight_of
from app.services.orders import Answer, Plan, etag, unlocked
from app.services.organisation_facts import ReadFacts, Stated, Whose, at_policy, facts_form, read_facts
from app.services.recording import paged
from app.services.refusals import NotFound, PreconditionMissing, Refusal, Stale
from app.services.trail import record
from app.store import matches, merging, offers, organisation_facts, organisation_register, organisations
from app.store.acting import acting
from app.store.merging import Merge
from app.store.organisation_register import CodeRow, OrganisationRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.rules.procedure.callers import Caller
    from app.services.office import Office, Work
    from app.store.organisation_facts import FactsRow

CHAIN = "organisations"
_FUTURE = Words("不能晚于今天", "cannot be later than today")
_IF_MATCH = Words(
    '登记了事实的单位须带上 If-Match 标头，值为读到的 ETag，例如 "7"',
    'The register has facts of it: send If-Match with the ETag that you read, e.g. "7"',
)
_HAS_IT = Words("该单位已有这个代码", "The organisation has this code already")


class Entered(NamedTuple):
    """What is to be entered of an organisation."""

    body: OrganisationBody
    facts: tuple[ReadFacts, ...]
    removed: tuple[str, ...]
    """Policies whose facts go."""


def put_plan(given_code: str, if_match: str | None) -> Plan[OrganisationRow | None, Entered]:
    """The order that enters an organisation, or corrects its name, kind and facts.

    `if_match` is compared where it is sent, and needed where the register has facts of the organisation.
    """

    async def find(work: Work) -> OrganisationRow | None:
        known = await organisation_register.id_of_code(work.connection, work.mode, normalise_uscc(given_code))
        return None if known is None else await organisation_register.find(work.connection, work.mode, known)

    async def lock(work: Work, found: OrganisationRow | None) -> OrganisationRow | None:
        if found is not None:
            await organisations.lock(work.connection, work.mode, found.id)
            found = await organisation_register.find(work.connection, work.mode, found.id)
        await _check_version(work, found, if_match)
        return found

    async def read(work: Work, found: OrganisationRow | None, body: object) -> Entered:
        _check_code(given_code)
        return _read_entered(work, found, normalise_uscc(given_code), read_body(OrganisationBody, body))

    async def act(work: Work, _found: OrganisationRow | None, given: Entered) -> Answer:
        return await _put(work, normalise_uscc(given_code), given)

    return Plan(find=find, lock=lock, read=read, act=act, keyed=False)


def code_plan(given_code: str) -> Plan[OrganisationRow, NewCode]:
    """The order that records a changed code, or makes two organisations one."""

    async def find(work: Work) -> OrganisationRow:
        return await of_code(work.connection, work.mode, given_code)

    async def read(work: Work, _found: OrganisationRow, body: object) -> NewCode:
        given = read_body(NewCode, body)
        if given.from_ > work.day:
            raise InputErrors((InputError("/from", "range", _FUTURE),))
        return given

    return Plan(find=find, lock=unlocked, read=read, act=_take_code)


async def of_code(connection: AsyncConnection, mode: str, given_code: str) -> OrganisationRow:
    """The organisation that has or had a code, however it is written. Raises NotFound."""
    uscc = normalise_uscc(given_code)
    known = await organisation_register.id_of_code(connection, mode, uscc)
    found = None if known is None else await organisation_register.find(connection, mode, known)
    if found is None:
        raise NotFound(Words("没有登记这个单位", "There is no such organisation on record"))
    return found


async def page(
    office: Office, caller: Caller, wanted: dict[str, Any], *, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Organisations, the latest first, and the position to go on from. `wanted`: uscc, name, kind."""
    async with acting(office.engine, sight_of(caller)) as connection:
        organisation = None
        if "uscc" in wanted:
            organisation = await organisation_register.id_of_code(connection, caller.mode, wanted["uscc"])
            if organisation is None:
                return [], None
        found = await organisation_register.page(
            connection,
            caller.mode,
            after=after,
            limit=limit + 1,
            name=wanted.get("name"),
            kind=wanted.get("kind"),
            organisation=organisation,
        )
    return paged([organisation_form(row) for row in found], limit)


async def one(office: Office, caller: Caller, given_code: str) -> tuple[dict[str, Any], int]:
    """An organisation and its version. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        found = await of_code(connection, caller.mode, given_code)
        facts = await organisation_facts.of_organisations(connection, caller.mode, [found.id])
    return _whole_form(found, facts), found.version


def organisation_form(row: OrganisationRow) -> dict[str, Any]:
    """An organisation as the API shows it to officers."""
    return {
        "id": row.id,
        "uscc": row.uscc,
        "name": row.name,
        "kind": row.kind,
        "codes": [{"uscc": one.uscc, "from": _day(one.from_date), "reason": one.reason} for one in row.codes],
        "created_at": say(row.created_at),
        "updated_at": say(row.updated_at),
    }


def _whole_form(row: OrganisationRow, facts: Iterable[FactsRow]) -> dict[str, Any]:
    return {**organisation_form(row), "facts": {one.policy: facts_form(one) for one in facts}}


async def _check_version(work: Work, found: OrganisationRow | None, if_match: str | None) -> None:
    """Raises PreconditionMissing and Stale."""
    if found is None:
        if if_match is not None:
            raise Stale(etag(0))
        return
    if if_match is None:
        if await organisation_facts.of_organisations(work.connection, work.mode, [found.id]):
            raise PreconditionMissing(_IF_MATCH)
        return
    if etag(found.version) not in [part.strip() for part in if_match.split(",")]:
        raise Stale(etag(found.version))


def _read_entered(work: Work, found: OrganisationRow | None, uscc: str, body: OrganisationBody) -> Entered:
    """The facts read by their policies, all mistakes at once. Raises InputErrors."""
    owner = Whose(uscc if found is None else found.uscc, body.name, body.kind)
    read: list[ReadFacts] = []
    mistakes: list[InputError] = []
    stated = body.facts or {}
    for policy, one in stated.items():
        if one is None:
            continue
        told = Stated(policy, one.year, one.stated_on, one.source, one.applicant, one.facts)
        try:
            read.append(read_facts(work.office.policies, owner, told, work.day))
        except InputErrors as refused:
            mistakes += [at_policy(error, policy) for error in refused.errors]
    if mistakes:
        raise InputErrors(tuple(mistakes[:MOST_ERRORS]))
    return Entered(body, tuple(read), tuple(policy for policy, one in stated.items() if one is None))


async def _put(work: Work, uscc: str, entered: Entered) -> Answer:
    given = entered.body
    found = await organisations.of_code(
        work.connection, work.mode, uscc, name=given.name, kind=given.kind, new_id=new_id("org")
    )
    await organisations.lock(work.connection, work.mode, found.id)
    before = await organisation_register.find(work.connection, work.mode, found.id)
    assert before is not None
    changed = [name for name in ("name", "kind") if getattr(before, name) != getattr(given, name)]
    if changed:
        await organisation_register.rename(
            work.connection, found.id, name=given.name, kind=given.kind, at=work.now
        )
    facts = await _put_facts(work, found.id, entered, renamed=bool(changed))
    if facts and not found.made and not changed:
        await organisation_register.touch(work.connection, found.id, work.now)
    changed += ["facts"] if facts else []
    if found.made or changed:
        data: dict[str, Any] = {"organisation": found.id}
        data |= ({} if found.made else {"changed": changed}) | ({"facts": facts} if facts else {})
        kind = "organisation.recorded" if found.made else "organisation.changed"
        await _say(work, Scope.REVIEW, kind, data)
    return await _answer(work, found.id, 201 if found.made else 200)


async def _put_facts(
    work: Work, organisation: str, entered: Entered, *, renamed: bool
) -> dict[str, str | None]:
    """Keep what is new, and have the organisation matched again; policy -> digest, None where they were removed."""
    connection, mode = work.connection, work.mode
    before = {
        row.policy: row for row in await organisation_facts.of_organisations(connection, mode, [organisation])
    }
    new = [one for one in entered.facts if one.policy not in before or not one.same_as(before[one.policy])]
    gone = [policy for policy in entered.removed if policy in before]
    rows = [one.row(mode, organisation, by=work.caller.name, at=work.now) for one in new]
    await organisation_facts.put(connection, rows)
    for policy in gone:
        await organisation_facts.remove(connection, mode, organisation, policy)
    if new or gone or (renamed and before):
        await matches.mark(connection, mode, [organisation], "facts", work.now)
    return {one.policy: one.digest for one in new} | dict.fromkeys(gone)


async def _take_code(work: Work, found: OrganisationRow, given: NewCode) -> Answer:
    other = await _lock(work, found.id, given.uscc)
    if other == found.id:
        raise Refusal(_HAS_IT, kind="conflict")
    if other is None:
        code = CodeRow(given.uscc, found.id, given.from_, given.reason)
        await organisation_register.add_code(work.connection, work.mode, code, work.now)
        await matches.mark(work.connection, work.mode, [found.id], "codes", work.now)
        await _say(work, Scope.ADMIN, "organisation.code_recorded", {"organisation": found.id})
        return await _answer(work, found.id, 201)
    one = Merge(
        mode=work.mode,
        survivor=found.id,
        merged=other,
        uscc=given.uscc,
        from_date=given.from_,
        reason=given.reason,
        recorded_by=work.caller.name,
        at=work.now,
    )
    moved = await merging.merge(work.connection, one, new_id)
    for offer in await offers.open_of(work.connection, work.mode, other):
        await standing.withdraw(work.connection, offer, Bar.CHANGED, work.now)
    await organisation_facts.take_over(work.connection, work.mode, found.id, other)
    await offers.take_over(work.connection, work.mode, found.id, other)
    await matches.mark(work.connection, work.mode, [found.id], "merge", work.now)
    told: dict[str, Any] = moved._asdict() | {
        "raised": [
            {"limit": cap.limit_key, "cap": format_yuan(cap.cap), "used": format_yuan(cap.used)}
            for cap in moved.raised
        ]
    }
    await _say(
        work, Scope.ADMIN, "organisation.merged", {"organisation": found.id, "merged": other, "moved": told}
    )
    return await _answer(work, found.id, 201)


async def _lock(work: Work, survivor: str, uscc: str) -> str | None:
    """Lock the organisation, and the one that has the code, in order of id; whose the code is."""
    other = await organisation_register.id_of_code(work.connection, work.mode, uscc)
    for one in sorted({survivor, other} - {None}, key=str):
        await organisations.lock(work.connection, work.mode, str(one))
    return other


async def _answer(work: Work, organisation: str, status: int) -> Answer:
    row = await organisation_register.find(work.connection, work.mode, organisation)
    assert row is not None
    headers = {"ETag": etag(row.version)}
    if status == 201:
        headers["Location"] = f"/v1/organisations/{row.uscc}"
    facts = await organisation_facts.of_organisations(work.connection, work.mode, [organisation])
    return Answer(status, _whole_form(row, facts), headers)


async def _say(work: Work, scope: Scope, kind: str, data: dict[str, Any]) -> None:
    await record(
        work.connection,
        mode=work.mode,
        chain=CHAIN,
        kind=kind,
        at=work.now,
        actor=work.caller.actor(scope),
        data=data,
    )


def _check_code(given: str) -> None:
    """Raises InputErrors: the code stands in the path, so its pointer is empty."""
    wrong = uscc_mistake(given)
    if wrong is not None:
        raise InputErrors((InputError("", *wrong),))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
