"""Works beside the service: a courier for the outbox, duties and jobs by way of the queue. Any number at once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from app.logs import log
from app.services.courier import LEASE, Courier
from app.services.instants import now
from app.services.job_worker import JobWorker, policies_known, wait_for
from app.store.queue import STALLED_SECONDS, forget_failed, free_stalled, open_queue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from procrastinate import App

    from app.services.duties import Duty
    from app.services.office import Office
    from app.services.receivers import Receivers

POLL_SECONDS = 2.0
_PAUSE_SECONDS = 5.0
_STOP_SECONDS = 5.0
_FAILED_HOURS = 24 * 30

_log = log(__name__)


class Worker:
    """`office` has an engine of its own, so that neither the courier nor the duties take connections from requests."""

    def __init__(
        self,
        url: str,
        office: Office,
        receivers: Receivers,
        duties: Iterable[Duty],
        *,
        sender: str = "duixian",
        poll_seconds: float = POLL_SECONDS,
        lease: timedelta = LEASE,
    ) -> None:
        self._url = url
        self._office = office
        self._duties = tuple(duties)
        self._courier = Courier(office.engine, receivers, sender=sender, lease=lease)
        self._jobs = JobWorker(url, office, poll_seconds=poll_seconds)
        self._poll_seconds = poll_seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Until it is told to stop; what is under way then is let end."""
        await asyncio.gather(self._courier.run(stop), self._do_duties(stop), self._jobs.run(stop))

    async def _do_duties(self, stop: asyncio.Event) -> None:
        """Keeps a worker of the queue at work, whatever happens to the database."""
        # The library says at INFO all that it does; what matters of it we say ourselves.
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        await policies_known(self._office, stop)
        while not stop.is_set():
            try:
                await self._work(stop)
            except Exception as error:  # noqa: BLE001 - whatever it is, a later try may succeed
                _log.warning("the queue cannot be reached", error=type(error).__name__)
            if not stop.is_set():
                await wait_for(stop, _PAUSE_SECONDS)

    async def _work(self, stop: asyncio.Event) -> None:
        queue = open_queue(self._url)
        for duty in self._duties:
            register(queue, duty, self._office)
        async with queue.open_async():
            await free_stalled(queue)
            working = asyncio.create_task(
                queue.run_worker_async(
                    queues=["default"],
                    name="duties",
                    fetch_job_polling_interval=self._poll_seconds,
                    # LISTEN needs a session of its own, which PgBouncer does not give; duties can wait two seconds.
                    listen_notify=False,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=_STOP_SECONDS,
                )
            )
            tidying = asyncio.create_task(_tidy(queue, stop))
            stopping = asyncio.create_task(stop.wait())
            try:
                await asyncio.wait({working, tidying, stopping}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (stopping, tidying, working):
                    task.cancel()
                ended = await asyncio.gather(working, tidying, stopping, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error


def register(queue: App, duty: Duty, office: Office) -> None:
    """Make a duty a job of the queue: at its times once in the whole house, and never twice at once."""

    async def perform(timestamp: int) -> None:
        _ = timestamp  # the tick; what is due is found out anew
        try:
            done = await duty.perform(office, now())
        except Exception as error:
            _log.error("duty failed", duty=duty.name, error=type(error).__name__)
            raise
        if done:
            _log.info("duty", duty=duty.name, done=done)

    task = queue.task(name=f"duty.{duty.name}", lock=duty.name, queueing_lock=duty.name)(perform)
    queue.periodic(cron=duty.every)(task)


async def _tidy(queue: App, stop: asyncio.Event) -> None:
    # A cancellation that comes in the middle of a query may be lost there: the event is not.
    while True:
        await wait_for(stop, STALLED_SECONDS)
        if stop.is_set():
            return
        if await free_stalled(queue):
            _log.warning("a worker died at its job; its lock is free again")
        await forget_failed(queue, _FAILED_HOURS)
