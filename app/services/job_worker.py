"""Takes jobs out of their queue, one at a time; apart from the duties, which must not wait for long work."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from app.logs import log
from app.services.job_kinds import KINDS
from app.services.job_running import queue_lost, run_job
from app.store.jobs import QUEUE, TASK
from app.store.queue import STALLED_SECONDS, free_stalled, open_queue

if TYPE_CHECKING:
    from procrastinate import App

    from app.services.office import Office

_PAUSE_SECONDS = 5.0
_LOOK_SECONDS = 0.2
_STOP_SECONDS = 5.0

_log = log(__name__)


class JobWorker:
    """Any number at once, in any number of processes."""

    def __init__(self, url: str, office: Office, *, poll_seconds: float) -> None:
        self._url = url
        self._office = office
        self._poll_seconds = poll_seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Until it is told to stop, whatever happens to the database. A job under way is left for the next worker."""
        # The library says at INFO all that it does; what matters of it we say ourselves.
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        await policies_known(self._office, stop)
        while not stop.is_set():
            try:
                await self._work(stop)
            except Exception as error:  # noqa: BLE001 - whatever it is, a later try may succeed
                _log.warning("the queue of jobs cannot be reached", error=type(error).__name__)
            await wait_for(stop, _PAUSE_SECONDS)

    async def _work(self, stop: asyncio.Event) -> None:
        queue = open_queue(self._url)
        self._register(queue)
        async with queue.open_async():
            await free_stalled(queue)
            await queue_lost(self._office)
            tasks = [
                asyncio.create_task(
                    queue.run_worker_async(
                        queues=[QUEUE],
                        name="jobs",
                        fetch_job_polling_interval=self._poll_seconds,
                        # As for duties: LISTEN needs a session of its own.
                        listen_notify=False,
                        install_signal_handlers=False,
                        # What is lost is queued anew by its row: nothing in the queue need be kept.
                        delete_jobs="always",
                        shutdown_graceful_timeout=_STOP_SECONDS,
                    )
                ),
                asyncio.create_task(self._tidy(queue, stop)),
                asyncio.create_task(stop.wait()),
            ]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                ended = await asyncio.gather(*tasks, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    def _register(self, queue: App) -> None:
        async def perform(job: str) -> None:
            await run_job(self._office, job, KINDS)

        queue.task(name=TASK, queue=QUEUE)(perform)

    async def _tidy(self, queue: App, stop: asyncio.Event) -> None:
        # A cancellation that comes in the middle of a query may be lost there: the event is not.
        while True:
            await wait_for(stop, STALLED_SECONDS)
            if stop.is_set():
                return
            await free_stalled(queue)
            if found := await queue_lost(self._office):
                _log.warning("jobs had lost their worker and are queued anew", jobs=found)


async def policies_known(office: Office, stop: asyncio.Event) -> None:
    """Wait until it is known what was published: nothing is decided by the packs of the image instead."""
    while not (office.served.current or stop.is_set()):
        await wait_for(stop, _LOOK_SECONDS)


async def wait_for(stop: asyncio.Event, seconds: float) -> None:
    """Until it is told to stop, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
