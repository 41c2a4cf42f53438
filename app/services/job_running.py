"""Jobs at work: taken over by a worker, done in a thread, ended once. What dies with its worker is begun anew."""

from __future__ import annotations

import asyncio
import uuid
from concurrent.futures import CancelledError as FutureCancelled
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from app.logs import log
from app.rules.policy import Words
from app.services.instants import now
from app.store import jobs, uploads
from app.store.acting import EVERYWHERE, acting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from app.services.office import Office
    from app.store.jobs import JobRow

    Perform = Callable[[Office, JobRow, Path, "Progress"], "Done"]
    """Does a job in a thread, its files into the folder; raises JobRefused, and what the progress raises."""

MOST_ATTEMPTS = 5
"""A job whose worker died so often is what kills them."""
_STRAYS_KEPT = timedelta(days=1)
_AT_ONCE = 200
_KILLED = Words(
    f"任务中断 {MOST_ATTEMPTS} 次，不再重试：可能内存不足",
    f"The worker died at it {MOST_ATTEMPTS} times, and it is not tried again: memory may be short",
)
_OURS = Words("服务出错，任务未完成", "The service failed at it")

_log = log(__name__)


class JobRefused(Exception):
    """What was ordered cannot be done any more: another text of the law, a population that is gone."""

    def __init__(self, message: Words) -> None:
        super().__init__(message.en)
        self.message = message


class JobLost(Exception):
    """The job was cancelled, or another worker has it: whoever works on it stops."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job: JSON, and files that stand in its folder."""

    result: Mapping[str, Any]
    files: tuple[Mapping[str, Any], ...] = ()


@dataclass(slots=True)
class Progress:
    """How far a job is, told from the thread that works on it."""

    office: Office
    job: str
    lease: str
    loop: asyncio.AbstractEventLoop
    _stopped: bool = field(default=False)

    def __call__(self, done: int, total: int | None) -> None:
        """Raises JobLost when there is nothing left to do."""
        if self._stopped:
            raise JobLost
        try:
            still_ours = asyncio.run_coroutine_threadsafe(self._tell(done, total), self.loop).result()
        except (RuntimeError, FutureCancelled):  # the loop has ended
            raise JobLost from None
        if not still_ours:
            raise JobLost

    def stop(self) -> None:
        """The worker is told to end: the thread finds out at its next batch."""
        self._stopped = True

    async def _tell(self, done: int, total: int | None) -> bool:
        async with acting(self.office.engine, EVERYWHERE) as connection:
            return await jobs.tell(connection, self.job, self.lease, done, total)


async def run_job(office: Office, job: str, kinds: Mapping[str, Perform]) -> None:
    """Do a job that came out of the queue, unless it is finished. Raises what another attempt may mend."""
    lease = uuid.uuid4().hex
    async with acting(office.engine, EVERYWHERE) as connection:
        row = await jobs.claim(connection, job, lease, now())
    if row is None:
        return
    if row.attempts > MOST_ATTEMPTS:
        await _fail(office, row, lease, _KILLED)
        return
    progress = Progress(office, job, lease, asyncio.get_running_loop())
    try:
        # By what is in effect as it begins, to its end.
        await _carry_out(office.held(), row, lease, kinds[row.kind], progress)
    except asyncio.CancelledError:
        progress.stop()
        raise
    except JobLost:
        _log.info("job ended elsewhere", job=job)
    except JobRefused as refused:
        await _fail(office, row, lease, refused.message)
    except (SQLAlchemyError, OSError):
        raise  # the database or the disk: the job stays, and is queued anew
    except Exception as error:  # noqa: BLE001 - whatever it is, trying again would not mend it
        _log.error("job failed", job=job, kind=row.kind, error=type(error).__name__)
        await _fail(office, row, lease, _OURS)


async def _carry_out(office: Office, row: JobRow, lease: str, perform: Perform, progress: Progress) -> None:
    with office.bulk.making() as place:
        done = await asyncio.to_thread(perform, office, row, place, progress)
        # Before the row says so: a job that succeeded has its files.
        await asyncio.to_thread(office.bulk.keep, place, office.bulk.job(row.id))
    at = now()
    async with acting(office.engine, EVERYWHERE) as connection:
        ended = await jobs.succeed(
            connection,
            row.id,
            lease,
            result=done.result,
            files=done.files,
            at=at,
            expires_at=at + office.bulk.jobs_kept,
        )
    if ended:
        _log.info("job done", job=row.id, kind=row.kind, rows=done.result.get("population", {}).get("rows"))
    else:
        await _forget_files(office, row.id)


async def _forget_files(office: Office, job: str) -> None:
    """Of a job that was cancelled while its files were written; not of one that another worker has ended."""
    async with acting(office.engine, EVERYWHERE) as connection:
        row = await jobs.find_anywhere(connection, job)
    if row is None or row.status == "cancelled":
        await asyncio.to_thread(office.bulk.remove, office.bulk.job(job))


async def _fail(office: Office, row: JobRow, lease: str, why: Words) -> None:
    at = now()
    async with acting(office.engine, EVERYWHERE) as connection:
        await jobs.fail(
            connection,
            row.id,
            lease,
            failure={"zh": why.zh, "en": why.en},
            at=at,
            expires_at=at + office.bulk.jobs_kept,
        )


async def queue_lost(office: Office) -> int:
    """Queue anew what no live worker has; how many."""
    async with acting(office.engine, EVERYWHERE) as connection:
        return await jobs.queue_lost(connection)


async def remove_expired(office: Office, at: datetime) -> int:
    """A duty: jobs and populations whose time is over, and what was left lying about by those that died."""
    removed = 0
    for store, place_of in ((jobs, office.bulk.job), (uploads, office.bulk.upload)):
        some = _AT_ONCE
        while some == _AT_ONCE:
            async with acting(office.engine, EVERYWHERE) as connection:
                ids = await store.remove_expired(connection, at, _AT_ONCE)
            for one in ids:
                await asyncio.to_thread(office.bulk.remove, place_of(one))
            some = len(ids)
            removed += some
    return removed + await _sweep(office, at)


async def _sweep(office: Office, at: datetime) -> int:
    """Folders without a row, once no request or job can still be at them."""
    strays = await asyncio.to_thread(lambda: list(office.bulk.strays_before(at - _STRAYS_KEPT)))
    removed = 0
    for kind, place in strays:
        async with acting(office.engine, EVERYWHERE) as connection:
            kept = (
                await (jobs if kind == "jobs" else uploads).known(connection, [place.name])
                if kind != "partial"
                else set()
            )
        if not kept:
            await asyncio.to_thread(office.bulk.remove, place)
            removed += 1
    return removed
