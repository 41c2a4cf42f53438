"""Runs as they are read, and done again from what they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules import ENGINE_VERSION
from app.services.allocations.claiming import kept_inputs, result_of, with_cap
from app.services.allocations.forms import line_form, run_form
from app.services.applications.binding import by_digest
from app.services.applications.reading import difference
from app.services.office import sight_of
from app.services.refusals import NotFound
from app.store import allocations
from app.store.acting import acting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.rules.allotment import Allotment
    from app.rules.policy import Policy
    from app.rules.procedure.callers import Caller
    from app.services.office import Office
    from app.store.allocations import RunRow

Page = tuple[list[dict[str, Any]], str | None]


async def listed(
    office: Office, caller: Caller, filters: Mapping[str, Any], after: str | None, limit: int
) -> Page:
    """Runs, the latest first, and the position to go on from."""
    async with acting(office.engine, sight_of(caller)) as connection:
        rows = await allocations.page(connection, caller.mode, filters, after, limit + 1)
        forms = [run_form(row, *(await _text(office, connection, row))) for row in rows[:limit]]
    return forms, rows[limit - 1].id if len(rows) > limit else None


async def one(office: Office, caller: Caller, run: str) -> dict[str, Any]:
    """A run. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        row = await _found(connection, caller, run)
        return run_form(row, *(await _text(office, connection, row)))


async def lines(
    office: Office, caller: Caller, run: str, filters: Mapping[str, Any], after: str | None, limit: int
) -> Page:
    """What a run says of each application, in its order. Raises NotFound."""
    start = 0 if after is None else int(after)
    async with acting(office.engine, sight_of(caller)) as connection:
        row = await _found(connection, caller, run)
        found = await allocations.lines(connection, row.id, filters, start, limit + 1)
        allotment, policy = await _text(office, connection, row)
    shown = found[:limit]
    forms = [line_form(line, row, allotment, policy) for line in shown]
    return forms, str(shown[-1].position) if len(found) > limit else None


async def replay(office: Office, caller: Caller, run: str) -> dict[str, Any]:
    """Share again from what the run keeps, by the version it was made by, and compare. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        row = await _found(connection, caller, run)
        kept = await allocations.lines(connection, row.id, {}, 0, None)
        allotment, _ = await _text(office, connection, row)
    inputs = kept_inputs(with_cap(allotment, row.cap), row.cap - row.used, row.precedence, kept)
    result = result_of(inputs)
    then = [[line.application, line.rank, line.outcome, line.granted] for line in kept]
    now = [list(line) for line in result.lines]
    digests = inputs.digest(), result.digest()
    return {
        "allocation": row.id,
        "identical": digests == (row.input_digest, row.result_digest) and then == now,
        "input_digest": row.input_digest,
        "replayed_input_digest": digests[0],
        "result_digest": row.result_digest,
        "replayed_result_digest": digests[1],
        "engine_version": {"then": row.engine_version, "now": ENGINE_VERSION},
        "difference": difference(then, now),
    }


async def _found(connection: AsyncConnection, caller: Caller, run: str) -> RunRow:
    row = await allocations.find(connection, caller.mode, run)
    if row is None:
        raise NotFound
    return row


async def _text(office: Office, connection: AsyncConnection, row: RunRow) -> tuple[Allotment, Policy]:
    """The allotment, and the policy that has it, as the run read them."""
    version = await by_digest(office, connection, row.policy_digest)
    policy = version.bound(row.notice, row.year, row.as_of).policy
    measure = policy.measure(row.measure)
    assert measure is not None
    assert measure.allotment is not None
    return measure.allotment, policy
