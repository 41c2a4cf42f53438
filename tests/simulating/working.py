"""Short ways to a simulation over HTTP."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg

from app.services.job_worker import JobWorker
from app.store.database import open_database
from tests.simulating.populations import AS_OF, ndjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.applications.desk import Desk

NDJSON = "application/x-ndjson"
PATH = "/v1/policies/yanhu-ip/simulations"
EIGHT = {"name": "eight grants", "parameters": {"patent-grants.granted_min": 8}}


def uploaded(desk: Desk, rows: Iterable[dict[str, Any]]) -> str:
    """The id of a population that was sent."""
    answer = desk.post(
        "admin", f"/v1/uploads?as_of={AS_OF}", content=ndjson(rows), headers={"Content-Type": NDJSON}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def ordered(desk: Desk, population: dict[str, Any], *scenarios: dict[str, Any], **more: Any) -> str:
    """The id of a job that waits."""
    body = {"population": population, "as_of": AS_OF, "scenarios": list(scenarios), **more}
    answer = desk.post("admin", PATH, body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/v1/jobs/{answer.json()['id']}"
    return str(answer.json()["id"])


def job_of(desk: Desk, job: str) -> dict[str, Any]:
    answer = desk.get("admin", f"/v1/jobs/{job}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def work_until(desk: Desk, until: Callable[[], bool], seconds: float = 60) -> None:
    """Run a worker of jobs until it is so."""

    async def run() -> None:
        stop = asyncio.Event()
        engine = open_database(desk.url, pool_size=3)
        office = replace(desk.app.state.office, engine=engine)
        running = asyncio.create_task(JobWorker(desk.url, office, poll_seconds=0.05).run(stop))
        deadline = time.monotonic() + seconds
        try:
            while not await asyncio.to_thread(until):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
        finally:
            stop.set()
            await running
            await engine.dispose()

    desk.run(run())


def finished(desk: Desk, job: str) -> dict[str, Any]:
    """The job once it is at its end."""

    def ended() -> bool:
        with psycopg.connect(desk.url) as connection:
            row = connection.execute("SELECT ended_at IS NOT NULL FROM jobs WHERE id = %s", [job]).fetchone()
        return row == (True,)

    work_until(desk, ended)
    return job_of(desk, job)
