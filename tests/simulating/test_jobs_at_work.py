"""Jobs: none lost when a worker is killed, none done twice, each ended once; what is over is removed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest

from app.rules.policy import Words
from app.services import job_worker
from app.services.job_running import MOST_ATTEMPTS, Done, JobRefused, queue_lost, remove_expired, run_job
from app.store import jobs
from app.store.acting import EVERYWHERE, acting
from tests.applications.desk import secret_of
from tests.simulating.populations import firms
from tests.simulating.working import EIGHT, finished, job_of, ordered, uploaded, work_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.services.job_running import Progress
    from app.services.office import Office
    from app.store.jobs import JobRow
    from tests.applications.desk import Desk

ROWS = 3_000
"""Long enough to be killed at."""


def rows(url: str, question: str, *values: object) -> list[Any]:
    with psycopg.connect(url) as connection:
        found = connection.execute(question, values)
        return [] if found.description is None else found.fetchall()


def wait_until(holds: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)


def worker(desk: Desk, words: Path) -> subprocess.Popen[bytes]:
    """A worker as a process of its own."""
    with words.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "worker"],
            env={**os.environ, "DUIXIAN_DATABASE_URL": desk.url},
            stdout=log,
            stderr=log,
        )


def test_a_job_whose_worker_is_killed_is_taken_up_again_and_ends_the_same(desk: Desk, tmp_path: Path) -> None:
    upload = uploaded(desk, firms(ROWS))
    job = ordered(desk, {"upload": upload}, EIGHT, budget="2000000.00")
    first = worker(desk, tmp_path / "words")
    try:
        wait_until(lambda: rows(desk.url, "SELECT status FROM jobs") == [("running",)], first)
    finally:
        first.send_signal(signal.SIGKILL)
    first.wait(30)
    assert job_of(desk, job)["status"] == "running"
    # Its heart stood still long ago: nobody need wait for that here.
    rows(desk.url, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    second = worker(desk, tmp_path / "words")
    try:
        wait_until(lambda: rows(desk.url, "SELECT status FROM jobs") == [("succeeded",)], second)
    finally:
        second.send_signal(signal.SIGTERM)
    assert second.wait(30) == 0, (tmp_path / "words").read_text()
    assert rows(desk.url, "SELECT attempts FROM jobs") == [(2,)]
    undisturbed = finished(desk, ordered(desk, {"upload": upload}, EIGHT, budget="2000000.00"))
    assert job_of(desk, job)["result"] == undisturbed["result"]
    files = [
        [desk.get("audit", one["path"]).content for one in found["files"]]
        for found in (job_of(desk, job), undisturbed)
    ]
    assert files[0] == files[1]
    assert rows(desk.url, "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'jobs'") == [(0,)]


def endless(_office: Office, _row: JobRow, _place: Path, progress: Progress) -> Done:
    """A job that never ends by itself."""
    done = 0
    while True:
        done += 1
        progress(done, None)
        time.sleep(0.01)


def claimed(desk: Desk) -> str:
    """A job that runs; its place in the queue is taken."""
    job = ordered(desk, {"register": True})
    rows(desk.url, "DELETE FROM procrastinate_jobs WHERE queue_name = 'jobs'")
    return job


async def moves(office: Office, job: str) -> None:
    """Wait until the job says how far it is."""
    for _ in range(1_000):
        async with acting(office.engine, EVERYWHERE) as connection:
            row = await jobs.find(connection, "live", job)
        if row is not None and row.done > 0:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it does not move")


def test_a_job_at_work_ends_with_its_next_batch_once_it_is_cancelled(desk: Desk) -> None:
    job = claimed(desk)

    async def cancel() -> httpx.Response:
        office = desk.app.state.office
        running = asyncio.create_task(run_job(office, job, {"simulation": endless}))
        await moves(office, job)
        headers = {
            "Authorization": f"Bearer {secret_of('finance', 'live')}",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        transport = httpx.ASGITransport(app=desk.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            answer = await client.post(f"/v1/jobs/{job}/cancel", headers=headers)
        await asyncio.wait_for(running, 5)
        return answer

    answer = desk.run(cancel())
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert job_of(desk, job)["status"] == "cancelled"
    assert list(desk.app.state.office.bulk.root.iterdir()) == []


def test_a_job_is_the_last_ones_who_took_it(desk: Desk) -> None:
    """A worker that was taken for dead, and was not, changes nothing any more."""
    job = claimed(desk)

    def quick(_office: Office, _row: JobRow, place: Path, _progress: Progress) -> Done:
        (place / "report.json").write_text("{}")
        return Done(
            {"by": "the second"}, ({"name": "report.json", "media_type": "application/json", "size": 2},)
        )

    async def both() -> None:
        office = desk.app.state.office
        first = asyncio.create_task(run_job(office, job, {"simulation": endless}))
        await moves(office, job)
        await run_job(office, job, {"simulation": quick})
        await asyncio.wait_for(first, 5)

    desk.run(both())
    assert job_of(desk, job)["result"] == {"by": "the second"}
    assert desk.get("audit", f"/v1/jobs/{job}/files/report.json").content == b"{}"


def test_a_job_that_is_refused_or_fails_says_so_and_is_not_tried_again(desk: Desk) -> None:
    def refused(*_: object) -> Done:
        raise JobRefused(Words("不行", "it cannot be"))

    def broken(*_: object) -> Done:
        raise ZeroDivisionError

    for perform, said in ((refused, "it cannot be"), (broken, "The service failed at it")):
        job = claimed(desk)
        desk.run(run_job(desk.app.state.office, job, {"simulation": perform}))
        assert (job_of(desk, job)["status"], job_of(desk, job)["failure"]["en"]) == ("failed", said)
        desk.run(run_job(desk.app.state.office, job, {"simulation": endless}))  # it is over: nothing happens
    assert desk.run(queue_lost(desk.app.state.office)) == 0


def test_a_job_that_kills_its_workers_is_given_up(desk: Desk) -> None:
    job = claimed(desk)
    rows(
        desk.url, "UPDATE jobs SET attempts = %s, status = 'running', lease = 'of a dead one'", MOST_ATTEMPTS
    )
    assert desk.run(queue_lost(desk.app.state.office)) == 1
    assert desk.run(queue_lost(desk.app.state.office)) == 0
    work_until(desk, lambda: rows(desk.url, "SELECT ended_at IS NOT NULL FROM jobs") == [(True,)])
    assert job_of(desk, job)["status"] == "failed"
    assert "memory" in job_of(desk, job)["failure"]["en"]


def test_a_database_that_fails_leaves_the_job_for_another_attempt(desk: Desk) -> None:
    job = claimed(desk)

    def disk_full(*_: object) -> Done:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        desk.run(run_job(desk.app.state.office, job, {"simulation": disk_full}))
    assert job_of(desk, job)["status"] == "running"
    assert desk.run(queue_lost(desk.app.state.office)) == 1
    assert finished(desk, job)["status"] == "succeeded"


def test_a_worker_that_is_told_to_stop_leaves_its_job_for_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs that never end by themselves, and a worker that waits for them no longer than it must."""
    monkeypatch.setattr(job_worker, "KINDS", {"simulation": endless})
    monkeypatch.setattr(job_worker, "_STOP_SECONDS", 0.1)
    job = ordered(desk, {"register": True})
    work_until(desk, lambda: rows(desk.url, "SELECT done > 0 FROM jobs") == [(True,)])
    assert job_of(desk, job)["status"] == "running"
    assert list(desk.app.state.office.bulk.root.iterdir()) == []
    assert rows(desk.url, "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'jobs'") == [(0,)]
    monkeypatch.undo()
    assert finished(desk, job)["status"] == "succeeded"
    assert rows(desk.url, "SELECT attempts FROM jobs") == [(2,)]


def test_what_is_over_is_removed_with_its_files(desk: Desk) -> None:
    upload = uploaded(desk, firms(3))
    done = finished(desk, ordered(desk, {"upload": upload}))
    waiting = ordered(desk, {"register": True})
    bulk = desk.app.state.office.bulk
    office = desk.app.state.office
    stray, partial = bulk.upload("upl_" + "1" * 32), bulk.root / ".partial-of-a-dead-one"
    for place in (stray, partial):
        place.mkdir()
    now = datetime.now(UTC)
    assert desk.run(remove_expired(office, now)) == 0
    old = (now - timedelta(days=3)).timestamp()
    for place in (stray, partial):
        os.utime(place, (old, old))
    assert desk.run(remove_expired(office, now)) == 2
    assert not stray.exists()
    assert not partial.exists()
    assert desk.run(remove_expired(office, now + timedelta(days=8))) == 1
    assert not bulk.upload(upload).exists()
    assert desk.get("audit", done["files"][0]["path"]).status_code == 200
    assert desk.run(remove_expired(office, now + timedelta(days=31))) == 1
    assert not bulk.job(done["id"]).exists()
    assert [one["id"] for one in desk.get("audit", "/v1/jobs").json()["items"]] == [waiting]
