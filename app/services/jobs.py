"""Jobs as their owners see them: ordered, looked at, cancelled, their files fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.policy import Words
from app.schemas.bodies import read_body
from app.services.applications.acting import NoFields
from app.services.instants import new_id, now, say
from app.services.office import sight_of
from app.services.orders import Answer, Plan
from app.services.refusals import NotFound, Refusal
from app.store import jobs
from app.store.acting import acting
from app.store.jobs import JobRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.rules.procedure.callers import Caller
    from app.services.office import Office, Work

CANCEL = "cancel"


async def create(work: Work, kind: str, ordered: Mapping[str, Any], total: int | None = None) -> JobRow:
    """Queue a new job, with the order's transaction. `ordered` is JSON, and all that its worker will know."""
    row = JobRow(
        mode=work.mode,
        id=new_id("job"),
        kind=kind,
        status="queued",
        input=dict(ordered),
        total=total,
        created_by=work.caller.name,
        created_at=work.now,
    )
    await jobs.add(work.connection, row)
    return row


async def one(office: Office, caller: Caller, job: str) -> dict[str, Any]:
    """A job as the API shows it. Raises NotFound."""
    return job_form(await _find(office, caller, job))


async def page(
    office: Office, caller: Caller, status: str | None, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Jobs, the latest first, without results; and the id to go on after, None on the last page."""
    async with acting(office.engine, sight_of(caller)) as connection:
        rows = await jobs.page(connection, caller.mode, status=status, after=after, limit=limit + 1)
    shown = rows[:limit]
    return [listed_form(row) for row in shown], shown[-1].id if len(rows) > limit else None


async def file_of(office: Office, caller: Caller, job: str, name: str) -> tuple[Path, str]:
    """A file of a job and its media type. Raises NotFound, also for one whose time is over."""
    row = await _find(office, caller, job)
    known = next((one for one in row.files if one["name"] == name), None)
    if known is None:
        listed = [one["name"] for one in row.files]
        raise NotFound(
            Words(
                f"没有这个文件，现有：{'、'.join(listed) or '无'}",
                f"There is no such file; there are: {', '.join(listed) or 'none'}",
            )
        )
    place = office.bulk.job(row.id) / name
    if not place.is_file():
        raise NotFound
    return place, known["media_type"]


def cancel_plan(job: str) -> Plan[JobRow, NoFields]:
    """The order that ends a job. One that runs ends with its next batch; one that is finished stays: 409."""

    async def find(work: Work) -> JobRow:
        return await _in(work, job, lock=False)

    async def lock(work: Work, _found: JobRow) -> JobRow:
        return await _in(work, job, lock=True)

    async def read(_work: Work, _found: JobRow, body: object) -> NoFields:
        return read_body(NoFields, body)

    async def act(work: Work, found: JobRow, _given: NoFields) -> Answer:
        if found.is_finished:
            words = Words(f"任务已结束：{found.status}", f"The job is finished: {found.status}")
            raise Refusal(words, kind="conflict", job_status=found.status)
        await jobs.cancel(work.connection, job, work.now, work.now + work.office.bulk.jobs_kept)
        return Answer(200, job_form(await _in(work, job, lock=False)))

    return Plan(find=find, lock=lock, read=read, act=act)


def job_form(row: JobRow) -> dict[str, Any]:
    """A job with what came of it."""
    return listed_form(row) | {"result": row.result}


def listed_form(row: JobRow) -> dict[str, Any]:
    """A job as lists show it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "status": row.status,
        "progress": {"done": row.done, "total": row.total},
        "input": row.input,
        "failure": row.failure,
        "files": [{**one, "path": f"/v1/jobs/{row.id}/files/{one['name']}"} for one in row.files],
        "created_by": row.created_by,
        "created_at": say(row.created_at),
        "started_at": None if row.started_at is None else say(row.started_at),
        "ended_at": None if row.ended_at is None else say(row.ended_at),
        "expires_at": None if row.expires_at is None else say(row.expires_at),
        "allowed_actions": [] if row.is_finished else [CANCEL],
    }


async def _find(office: Office, caller: Caller, job: str) -> JobRow:
    async with acting(office.engine, sight_of(caller)) as connection:
        row = await jobs.find(connection, caller.mode, job)
    if row is None or (row.expires_at is not None and row.expires_at < now()):
        raise NotFound
    return row


async def _in(work: Work, job: str, *, lock: bool) -> JobRow:
    row = await jobs.find(work.connection, work.mode, job, lock=lock)
    if row is None:
        raise NotFound
    return row
