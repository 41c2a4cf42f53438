"""Jobs: each at its time once however many workers there are, and none lost or stuck when a worker dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from croniter import croniter

from app.services.chain_heads import check_signature
from app.services.duties import Duty, duties, forget_idempotency_keys, remove_unused_documents, trim_webhooks
from app.services.heads_folder import HeadsFolder
from app.services.receivers import Receivers
from app.services.signing import SharedKey
from app.services.worker import Worker
from app.store.database import open_database
from app.store.queue import free_stalled, open_queue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.services.office import Office
    from tests.applications.desk import Desk

EVERY_SECOND = "* * * * * *"


@pytest.fixture(autouse=True)
def _no_worker_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers are started by hand here."""
    monkeypatch.setenv("DUIXIAN_WORKER", "false")


def rows(url: str, question: str, *values: object) -> list[Any]:
    with psycopg.connect(url) as connection:
        found = connection.execute(question, values)
        return [] if found.description is None else found.fetchall()


def with_workers(
    desk: Desk, count: int, some: list[Duty], until: Callable[[], bool], seconds: float = 60
) -> None:
    """Run workers until it is so."""

    async def run() -> None:
        stop = asyncio.Event()
        engines = [open_database(desk.url, pool_size=2) for _ in range(count)]
        receivers = Receivers(allow_private=True)
        office: Office = desk.app.state.office
        running = [
            asyncio.create_task(
                Worker(desk.url, replace(office, engine=engine), receivers, some, poll_seconds=0.1).run(stop)
            )
            for engine in engines
        ]
        deadline = time.monotonic() + seconds
        try:
            while not until():
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
        finally:
            stop.set()
            await asyncio.gather(*running)
            await receivers.close()
            for engine in engines:
                await engine.dispose()

    desk.run(run())


def test_of_several_workers_one_does_a_duty_at_its_time_and_never_two_at_once(desk: Desk) -> None:
    at_it, most, done = 0, 0, 0

    async def count(_office: Office, _now: datetime) -> int:
        nonlocal at_it, most, done
        at_it += 1
        most = max(most, at_it)
        await asyncio.sleep(0.3)
        at_it -= 1
        done += 1
        return 1

    began = time.time()
    with_workers(desk, 3, [Duty("count", EVERY_SECOND, count)], lambda: done >= 5)
    assert most == 1
    assert done <= time.time() - began + 2


def test_a_duty_that_fails_is_done_again_at_its_next_time(desk: Desk) -> None:
    tries = 0

    async def fail_once(_office: Office, _now: datetime) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError("the first time")
        return 1

    with_workers(desk, 1, [Duty("fail", EVERY_SECOND, fail_once)], lambda: tries >= 2)
    assert rows(
        desk.url, "SELECT status::text, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1"
    ) == [("failed", 1)]


def test_the_job_of_a_dead_worker_keeps_its_like_from_running_no_longer(desk: Desk) -> None:
    rows(desk.url, _DEAD)
    done = 0

    async def count(_office: Office, _now: datetime) -> int:
        nonlocal done
        done += 1
        return 1

    with_workers(desk, 1, [Duty("held", EVERY_SECOND, count)], lambda: done >= 1)


_DEAD = (
    "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id)"
    " INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id)"
    " SELECT 'default', 'duty.held', 'held', 'doing', id FROM dead"
)


@pytest.mark.anyio
async def test_the_queue_works_as_the_role_that_serves(database_url: str) -> None:
    queue = open_queue(database_url)
    async with queue.open_async():
        found = await queue.connector.execute_query_one_async("SELECT current_user AS name")
        assert found == {"name": "duixian_service"}
        assert await free_stalled(queue) == 0


def test_every_duty_has_a_name_of_its_own_and_comes_round_within_an_hour() -> None:
    found = duties(None)
    assert len({duty.name for duty in found}) == len(found)
    for duty in found:
        times = croniter(duty.every, datetime(2026, 1, 1, tzinfo=UTC))
        first, second = times.get_next(float), times.get_next(float)
        assert second - first <= 3_600


def test_keys_are_forgotten_after_seven_days(desk: Desk) -> None:
    for _ in range(3):
        desk.draft(["patent-grants"])
    old = timedelta(days=6, hours=23)
    assert perform(desk, forget_idempotency_keys, datetime.now(UTC) + old) == 0
    rows(
        desk.url,
        "UPDATE idempotency_keys SET created_at = created_at - interval '2 h' WHERE key = ("
        "SELECT min(key) FROM idempotency_keys)",
    )
    assert perform(desk, forget_idempotency_keys, datetime.now(UTC) + old) == 1
    assert rows(desk.url, "SELECT count(*) FROM idempotency_keys") == [(2,)]
    assert perform(desk, forget_idempotency_keys, datetime.now(UTC) + timedelta(days=8)) == 2


def perform(desk: Desk, duty: Callable[[Office, datetime], Any], at: datetime) -> int:
    return int(desk.run(duty(desk.app.state.office, at)))


def test_documents_that_nobody_took_are_removed_after_seven_days(desk: Desk) -> None:
    answer = desk.post(
        "apply", "/v1/documents", files={"file": ("a.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")}
    )
    assert answer.status_code == 201, answer.text
    assert perform(desk, remove_unused_documents, datetime.now(UTC) + timedelta(days=6)) == 0
    assert perform(desk, remove_unused_documents, datetime.now(UTC) + timedelta(days=8)) == 1
    assert desk.get("apply", f"/v1/documents/{answer.json()['id']}").status_code == 404


def test_the_log_of_webhooks_is_trimmed_and_what_is_pending_is_not(desk: Desk) -> None:
    webhook = (
        "INSERT INTO webhook_endpoints (mode, id, platform, url, secret, previous_secret, previous_until,"
    )
    rows(
        desk.url,
        f"{webhook} created_at, updated_at) VALUES ('live', 'whk_1', 'portal', 'https://x.test/', '1', '2', now(),"
        " now(), now())",
    )
    desk.submitted(["patent-grants"])
    rows(desk.url, "UPDATE webhook_deliveries SET state = 'delivered' WHERE seq = 1")
    assert perform(desk, trim_webhooks, datetime.now(UTC) + timedelta(days=29)) == 0
    assert perform(desk, trim_webhooks, datetime.now(UTC) + timedelta(days=31)) == 1
    assert rows(desk.url, "SELECT seq, state FROM webhook_deliveries") == [(2, "pending")]
    assert rows(desk.url, "SELECT secret, previous_secret FROM webhook_endpoints") == [(b"1", None)]


def test_heads_are_exported_once_a_day(desk: Desk, tmp_path: Path) -> None:
    desk.draft(["patent-grants"])
    signer = SharedKey(b"a key of the auditor")
    folder = HeadsFolder(desk.url, tmp_path / "heads", signer)
    noon = datetime(2026, 11, 25, 4, tzinfo=UTC)
    assert folder.export_of_day(noon) == 1
    assert folder.export_of_day(noon + timedelta(hours=2)) == 0
    assert folder.export_of_day(noon + timedelta(days=1)) == 1
    assert sorted(file.name for file in (tmp_path / "heads").iterdir()) == [
        "heads-2026-11-25.ndjson",
        "heads-2026-11-26.ndjson",
    ]
    with (tmp_path / "heads" / "heads-2026-11-25.ndjson").open("rb") as lines:
        assert check_signature(lines, signer) == 1


def test_a_worker_alone_withdraws_what_was_not_answered_and_stops_in_order(
    desk: Desk, tmp_path: Path
) -> None:
    application = desk.submitted(["patent-grants"])["id"]
    items = [{"pointer": "/facts", "message": "请补充"}]
    desk.done("review", application, "return", {"reason": "材料不全", "items": items})
    rows(desk.url, "UPDATE applications SET answer_by = '2026-01-01' WHERE id = %s", application)
    with (tmp_path / "worker.log").open("wb") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "worker"],
            env={**os.environ, "DUIXIAN_DATABASE_URL": desk.url},
            stdout=words,
            stderr=words,
        )
    try:
        deadline = time.monotonic() + 60
        while rows(desk.url, "SELECT status FROM applications") != [("withdrawn",)]:
            assert time.monotonic() < deadline, (tmp_path / "worker.log").read_text()
            assert process.poll() is None, (tmp_path / "worker.log").read_text()
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    last = desk.get("apply", f"/v1/applications/{application}/events").json()["items"][-1]
    assert (last["type"], last["actor"]["kind"]) == ("application.withdrawn", "system")
    assert rows(desk.url, "SELECT count(*) FROM procrastinate_workers") == [(0,)]


def test_a_worker_waits_for_its_database(desk: Desk) -> None:
    """Started before the database lets it in, it begins once it does."""
    done = 0

    async def count(_office: Office, _now: datetime) -> int:
        nonlocal done
        done += 1
        return 1

    rows(desk.url, "ALTER TABLE procrastinate_jobs RENAME TO away")
    back = time.monotonic() + 2

    def until() -> bool:
        nonlocal back
        if back and time.monotonic() > back:
            assert done == 0
            rows(desk.url, "ALTER TABLE away RENAME TO procrastinate_jobs")
            back = 0
        return done > 0

    with_workers(desk, 1, [Duty("late", EVERY_SECOND, count)], until)
