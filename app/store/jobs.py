"""Jobs: what was ordered, how far it is, what came of it; and their place in the queue."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, delete, insert, select, text, update

from app.store.tables.jobs import jobs as _jobs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

QUEUE, TASK = "jobs", "job"
"""Of the queue's library: long work has a queue of its own, so that no duty waits for it."""
UNFINISHED = ("queued", "running")


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job. `done` and `total` are rows of its population."""

    mode: str
    id: str
    kind: str
    status: str
    """queued, running, succeeded, failed or cancelled."""
    input: dict[str, Any]
    created_by: str
    created_at: datetime
    done: int = 0
    total: int | None = None
    result: dict[str, Any] | None = None
    """Of one that succeeded."""
    failure: dict[str, str] | None = None
    """Of one that failed: why, in both languages."""
    files: tuple[dict[str, Any], ...] = ()
    """`name`, `media_type` and `size` of each."""
    attempts: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED


_NAMES = tuple(field.name for field in fields(JobRow))
_COLUMNS = tuple(_jobs.c[name] for name in _NAMES)
# Without their results, which can be long.
_LISTED = tuple(_jobs.c[name] for name in _NAMES if name != "result")
_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :job, :job, CAST(:args AS jsonb), NULL)]"
    "::procrastinate_job_to_defer_v1[])"
)
_NOT_QUEUED = text(
    "SELECT j.id FROM jobs j WHERE j.status IN ('queued', 'running') AND NOT EXISTS ("
    "SELECT FROM procrastinate_jobs p WHERE p.queueing_lock = j.id AND p.status IN ('todo', 'doing'))"
    " ORDER BY j.id LIMIT 100 FOR UPDATE SKIP LOCKED"
)


async def add(connection: AsyncConnection, row: JobRow) -> None:
    """Keep a new job and queue it, both with the transaction."""
    await connection.execute(
        insert(_jobs).values(
            mode=row.mode,
            id=row.id,
            kind=row.kind,
            status=row.status,
            input=row.input,
            total=row.total,
            created_by=row.created_by,
            created_at=row.created_at,
        )
    )
    await _queue(connection, row.id)


async def _queue(connection: AsyncConnection, job: str) -> None:
    args = orjson.dumps({"job": job}).decode()
    await connection.execute(_DEFER, {"queue": QUEUE, "task": TASK, "job": job, "args": args})


async def queue_lost(connection: AsyncConnection) -> int:
    """Queue anew what is not finished and that no live worker has; how many. Their workers died, or were stopped."""
    found = list(await connection.scalars(_NOT_QUEUED))
    for job in found:
        await _queue(connection, job)
    return len(found)


async def find(connection: AsyncConnection, mode: str, job: str, *, lock: bool = False) -> JobRow | None:
    """One job."""
    wanted = select(*_COLUMNS).where(_jobs.c.mode == mode, _jobs.c.id == job)
    found = (await connection.execute(wanted.with_for_update() if lock else wanted)).one_or_none()
    return None if found is None else _row(found._asdict())


async def find_anywhere(connection: AsyncConnection, job: str) -> JobRow | None:
    """One job, of whatever mode the transaction sees."""
    found = (await connection.execute(select(*_COLUMNS).where(_jobs.c.id == job))).one_or_none()
    return None if found is None else _row(found._asdict())


async def page(
    connection: AsyncConnection, mode: str, *, status: str | None, after: str | None, limit: int
) -> list[JobRow]:
    """The latest first, without their results."""
    wanted = [_jobs.c.mode == mode]
    if status is not None:
        wanted.append(_jobs.c.status == status)
    if after is not None:
        wanted.append(_jobs.c.id < after)
    found = await connection.execute(select(*_LISTED).where(*wanted).order_by(_jobs.c.id.desc()).limit(limit))
    return [_row(row._asdict()) for row in found]


_CLAIM = (
    update(_jobs)
    .where(_jobs.c.id == bindparam("job"), _jobs.c.status.in_(UNFINISHED))
    .values(
        status="running",
        lease=bindparam("taken"),
        attempts=_jobs.c.attempts + 1,
        done=0,
        started_at=text("coalesce(started_at, :at)"),
    )
    .returning(*_COLUMNS)
)


async def claim(connection: AsyncConnection, job: str, lease: str, at: datetime) -> JobRow | None:
    """Take a job over, whoever had it before; None where it is finished or gone."""
    found = (await connection.execute(_CLAIM, {"job": job, "taken": lease, "at": at})).one_or_none()
    return None if found is None else _row(found._asdict())


async def tell(connection: AsyncConnection, job: str, lease: str, done: int, total: int | None) -> bool:
    """Note how far a job is; whether it is still ours: neither cancelled nor taken over."""
    found = await connection.execute(
        update(_jobs)
        .where(_jobs.c.id == job, _jobs.c.lease == lease, _jobs.c.status == "running")
        .values(done=done, total=total)
    )
    return found.rowcount == 1


async def succeed(
    connection: AsyncConnection,
    job: str,
    lease: str,
    *,
    result: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
    at: datetime,
    expires_at: datetime,
) -> bool:
    """Whether it was still ours to end."""
    values = {"result": dict(result), "files": [dict(one) for one in files]}
    return await _end(connection, job, lease, status="succeeded", at=at, expires_at=expires_at, **values)


async def fail(
    connection: AsyncConnection,
    job: str,
    lease: str,
    *,
    failure: Mapping[str, str],
    at: datetime,
    expires_at: datetime,
) -> bool:
    """Whether it was still ours to end."""
    return await _end(
        connection, job, lease, status="failed", failure=dict(failure), at=at, expires_at=expires_at
    )


async def _end(
    connection: AsyncConnection, job: str, lease: str, *, status: str, at: datetime, **values: object
) -> bool:
    found = await connection.execute(
        update(_jobs)
        .where(_jobs.c.id == job, _jobs.c.lease == lease, _jobs.c.status == "running")
        .values(status=status, ended_at=at, lease=None, **values)
    )
    return found.rowcount == 1


async def cancel(connection: AsyncConnection, job: str, at: datetime, expires_at: datetime) -> None:
    """End a locked job that is not finished; its worker finds out with its next batch."""
    await connection.execute(
        update(_jobs)
        .where(_jobs.c.id == job)
        .values(status="cancelled", ended_at=at, expires_at=expires_at, lease=None)
    )


async def remove_expired(connection: AsyncConnection, before: datetime, limit: int) -> list[str]:
    """Forget jobs whose time is over; their ids."""
    over = (
        select(_jobs.c.id)
        .where(_jobs.c.expires_at < before)
        .order_by(_jobs.c.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(await connection.scalars(over))
    await connection.execute(delete(_jobs).where(_jobs.c.id.in_(ids)))
    return ids


async def known(connection: AsyncConnection, ids: Sequence[str]) -> set[str]:
    """Those of the ids that have a row."""
    return set(await connection.scalars(select(_jobs.c.id).where(_jobs.c.id.in_(list(ids)))))


def _row(found: Mapping[str, Any]) -> JobRow:
    return JobRow(**{**found, "files": tuple(found["files"])})
