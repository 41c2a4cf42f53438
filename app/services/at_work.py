"""What works beside the requests of a process, for as long as it runs; or alone, as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from app.logs import log
from app.services.duties import duties
from app.services.heads_folder import heads_folder
from app.services.opening import open_office
from app.services.published_policies import PublishedPolicies
from app.services.publishing.following import Following
from app.services.receivers import Receivers
from app.services.served_policies import ServedPolicies
from app.services.worker import Worker
from app.store.database import open_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.services.office import Office
    from app.settings import Settings

_CONNECTIONS = 4
_STOP_SECONDS = 15.0
"""What is under way is let end for five seconds by the queues' workers and the courier each."""
_STOP_AT_ONCE_SECONDS = 5.0

_log = log(__name__)


@contextlib.asynccontextmanager
async def at_work(settings: Settings, office: Office) -> AsyncIterator[Receivers]:
    """Webhooks are delivered and duties done while the block runs, where the settings say so.

    Gives what calls receivers, which the registration of webhooks needs in any case.
    """
    receivers = Receivers(allow_private=settings.webhooks_allow_private)
    engine = _engine(settings)
    stop = asyncio.Event()
    tasks: list[asyncio.Task[None]] = []
    try:
        if settings.worker:
            worker = _worker(settings, replace(office, engine=engine), receivers)
            tasks.append(asyncio.create_task(worker.run(stop)))
        yield receivers
    finally:
        stop.set()
        await _ended(tasks)
        await receivers.close()
        await engine.dispose()


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    """Wait for them as long as a worker may take to stop, then stop them: the service must end whatever they do."""
    for seconds in (_STOP_SECONDS, _STOP_AT_ONCE_SECONDS):
        if not tasks:
            return
        done, left = await asyncio.wait(tasks, timeout=seconds)
        for task in done:
            if not task.cancelled() and (error := task.exception()) is not None:
                _log.warning("the worker had ended", error=type(error).__name__)
        tasks = list(left)
        for task in tasks:
            _log.warning("the worker does not end by itself")
            task.cancel()


async def work_alone(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    engine = _engine(settings)
    served = ServedPolicies(PublishedPolicies.in_folder(settings.policies))
    office = open_office(settings, engine, served)
    receivers = Receivers(allow_private=settings.webhooks_allow_private)
    following = Following(engine, served, look_seconds=settings.publish_look_seconds)
    await following.look()
    follows = asyncio.create_task(following.run())
    try:
        await _worker(settings, office, receivers).run(stop)
    finally:
        follows.cancel()
        await asyncio.gather(follows, return_exceptions=True)
        await receivers.close()
        await engine.dispose()


def _engine(settings: Settings) -> AsyncEngine:
    """Of its own: neither takes connections from the other."""
    assert settings.database_url is not None
    return open_database(
        settings.database_url,
        pool_size=_CONNECTIONS,
        statement_timeout_seconds=settings.statement_timeout_seconds,
        lock_timeout_seconds=settings.lock_timeout_seconds,
    )


def _worker(settings: Settings, office: Office, receivers: Receivers) -> Worker:
    assert settings.database_url is not None
    url = settings.database_url
    return Worker(
        url,
        office,
        receivers,
        duties(heads_folder(settings, url)),
        sender=f"duixian/{version('duixian')}",
        lease=timedelta(seconds=settings.webhook_lease_seconds),
    )
