"""The queue of jobs in the database: procrastinate's, as the role that serves."""

from __future__ import annotations

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status
from sqlalchemy.engine import make_url

_CONNECTIONS = 2
_CONNECT_SECONDS = 5
_OPTIONS = (
    "-c role=duixian_service -c statement_timeout=15s -c lock_timeout=5s"
    " -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
)
STALLED_SECONDS = 30.0
"""A worker that gave no sign for so long is dead."""


def open_queue(url: str) -> App:
    """The queue; nothing connects before `open_async`."""
    connector = PsycopgConnector(
        conninfo=make_url(url).set(drivername="postgresql").render_as_string(hide_password=False),
        kwargs={
            "application_name": "duixian worker",
            "connect_timeout": _CONNECT_SECONDS,
            "options": _OPTIONS,
            "prepare_threshold": None,  # as everywhere: PgBouncer
        },
        min_size=1,
        max_size=_CONNECTIONS,
        timeout=_CONNECT_SECONDS,
        reconnect_timeout=0,  # whoever runs the worker tries again
    )
    return App(connector=connector)


async def free_stalled(queue: App) -> int:
    """Give up the jobs of workers that died at them, whose locks would keep their like from ever running; how many.

    They are not run again: each duty comes round by itself.
    """
    found = list(await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS))
    for job in found:
        if job.id is not None:
            await queue.job_manager.finish_job_by_id_async(job.id, status=Status.FAILED, delete_job=True)
    return len(found)


async def forget_failed(queue: App, hours: int) -> None:
    """Remove jobs that ended, well or not, more than so many hours ago."""
    await queue.job_manager.delete_old_jobs(nb_hours=hours, include_failed=True, include_aborted=True)
