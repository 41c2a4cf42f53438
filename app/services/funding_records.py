"""Money that organisations had from elsewhere: other levels, other programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.facts import InputError
from app.rules.identifiers import item_key
from app.rules.money import format_yuan
from app.schemas.bodies import read_body
from app.schemas.records import FundingBody
from app.services import recording
from app.services.instants import new_id, say
from app.services.orders import Answer, Plan, nothing, unlocked
from app.store.records import FUNDING, FundingRow, Seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.procedure.callers import Caller
    from app.services.office import Office, Work


def funding_plan() -> Plan[None, FundingBody]:
    """The order that records funding, or replaces what was recorded."""
    return Plan(find=nothing, lock=unlocked, read=_read, act=_record)


async def one(office: Office, caller: Caller, record: str) -> dict[str, Any]:
    """A record. Raises NotFound."""
    return await recording.one(office, caller, FUNDING, funding_form, record)


async def page(
    office: Office, caller: Caller, wanted: dict[str, Any], *, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Records, the latest first, and the position to go on from. `wanted`: uscc,
    source, project, reference, counting.
    """
    where: dict[str, object] = {name: wanted[name] for name in ("source", "reference") if name in wanted}
    if "project" in wanted:
        where["project_key"] = item_key(wanted["project"])
    return await recording.page_of(
        office, caller, FUNDING, funding_form, wanted, where=where, after=after, limit=limit
    )


def funding_form(seen: Seen[FundingRow]) -> dict[str, Any]:
    """A record as the API shows it."""
    row = seen.row
    return {
        "id": row.id,
        "uscc": row.uscc,
        "organisation": row.organisation,
        "source": row.source,
        "project": row.project,
        "measure": row.measure,
        "amount": format_yuan(row.amount),
        "granted_on": row.granted_on.isoformat(),
        "reference": row.reference,
        "supersedes": row.supersedes,
        "superseded_by": seen.superseded_by,
        "void": row.void,
        "recorded_by": row.recorded_by,
        "recorded_at": say(row.recorded_at),
    }


async def _read(work: Work, _found: None, body: object) -> FundingBody:
    given = read_body(FundingBody, body)
    recording.refuse(_mistakes(work, given))
    return given


def _mistakes(work: Work, given: FundingBody) -> Iterable[InputError]:
    yield from recording.day_mistakes(given.granted_on, "/granted_on", work.day)
    if given.project is not None and not item_key(given.project):
        yield InputError("/project", "format", recording.NO_NAME)
    yield from recording.void_mistakes(given.supersedes, given.void)


async def _record(work: Work, _found: None, given: FundingBody) -> Answer:
    organisation = await recording.lock_organisation(work, given.uscc)
    await recording.check_replaced(work, FUNDING, organisation, given.supersedes)
    row = FundingRow(
        mode=work.mode,
        id=new_id("fnd"),
        organisation=organisation,
        uscc=given.uscc,
        source=given.source,
        project=given.project,
        project_key=None if given.project is None else item_key(given.project),
        measure=given.measure,
        amount=given.amount,
        granted_on=given.granted_on,
        reference=given.reference,
        supersedes=given.supersedes,
        void=given.void,
        recorded_by=work.caller.name,
        recorded_at=work.now,
    )
    await FUNDING.add(work.connection, row)
    data = {"record": row.id, "organisation": organisation, "source": row.source}
    await recording.say(work, "funding.recorded", data | {"supersedes": row.supersedes, "void": row.void})
    return Answer(201, funding_form(Seen(row, None)), {"Location": f"/v1/funding-records/{row.id}"})
