"""What couriers promise: at least once, in order, tried again and given up, and nobody waits for a dead receiver."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.rules.procedure.delivering import DELAYS, delay_after
from app.services.courier import PLACES, Courier
from app.services.receivers import Receivers
from app.store.database import open_database
from tests.applications.receiving import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.applications.desk import Desk
    from tests.applications.receiving import Got

HOOKS = "/v1/webhooks"
LEASE_SECONDS = 60


@pytest.fixture(autouse=True)
def _no_worker_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Couriers are started by hand here."""
    monkeypatch.setenv("DUIXIAN_WORKER", "false")
    monkeypatch.setenv("DUIXIAN_WEBHOOKS_ALLOW_PRIVATE", "true")


def register(desk: Desk, receiver: Receiver) -> str:
    answer = desk.post("apply", HOOKS, {"url": receiver.url})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def ended(desk: Desk) -> str:
    """An application with three events."""
    application = str(desk.submitted(["patent-grants"])["id"])
    desk.done("apply", application, "withdraw")
    return application


def rows(url: str, question: str, *values: object) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(question, values).fetchall()


def change(url: str, statement: str, *values: object) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement, values)


def hurry(url: str) -> None:
    """What is to be tried again later is to be tried again now."""
    change(
        url, "UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 s' WHERE state = 'pending'"
    )


def states(url: str) -> dict[str, int]:
    return dict(rows(url, "SELECT state, count(*) FROM webhook_deliveries GROUP BY state"))


def with_couriers(
    desk: Desk, count: int, until: Callable[[], bool], *, patience: float = 10, seconds: float = 40
) -> None:
    """Run couriers, each with connections of its own, until it is so."""

    async def run() -> None:
        stop = asyncio.Event()
        engines = [open_database(desk.url, pool_size=4) for _ in range(count)]
        receivers = Receivers(allow_private=True, patience_seconds=patience)
        running: list[Awaitable[None]] = [
            asyncio.create_task(Courier(engine, receivers, look_seconds=0.05).run(stop)) for engine in engines
        ]
        deadline = time.monotonic() + seconds
        try:
            while not until():
                assert time.monotonic() < deadline, states(desk.url)
                await asyncio.sleep(0.02)
        finally:
            stop.set()
            await asyncio.gather(*running)
            await receivers.close()
            for engine in engines:
                await engine.dispose()

    desk.run(run())


def in_order(got: list[Got]) -> bool:
    """Whether each application's events came in the order of `seq`, what came again aside."""
    highest: Counter[str] = Counter()
    for one in got:
        application, seq = one.place
        if seq > highest[application] + 1:
            return False
        highest[application] = max(highest[application], seq)
    return True


def test_several_couriers_deliver_each_event_once_and_in_order(desk: Desk) -> None:
    with receiving() as receiver, receiving() as other:
        register(desk, receiver)
        register(desk, other)
        applications = [ended(desk) for _ in range(8)]
        with_couriers(desk, 3, lambda: states(desk.url) == {"delivered": 48})
        for one in (receiver, other):
            assert Counter(got.place for got in one.got) == Counter(
                (application, seq) for application in applications for seq in (1, 2, 3)
            )
            assert in_order(one.got)


def test_an_event_waits_for_the_earlier_ones_of_its_application_alone(desk: Desk) -> None:
    stuck = ended(desk)

    def answer(got: Got, _n: int) -> int:
        return 503 if got.place == (stuck, 1) else 204

    with receiving(Receiver(answer)) as receiver:
        webhook = register(desk, receiver)
        replayed(desk, webhook)
        free = ended(desk)
        with_couriers(desk, 2, lambda: len(receiver.got) >= 4 and states(desk.url).get("delivered") == 3)
        assert {got.place for got in receiver.got} == {(stuck, 1), (free, 1), (free, 2), (free, 3)}
        ((state, status, error, later),) = rows(
            desk.url,
            "SELECT state, last_status, last_error, next_attempt_at > now() FROM webhook_deliveries"
            " WHERE application = %s AND seq = 1",
            stuck,
        )
        assert (state, status, error, later) == ("pending", 503, "status", True)
        receiver.answer = lambda _got, _n: 200
        hurry(desk.url)
        with_couriers(desk, 2, lambda: states(desk.url) == {"delivered": 6})
        assert in_order(receiver.got)


def replayed(desk: Desk, webhook: str) -> None:
    answer = desk.post("apply", f"{HOOKS}/{webhook}/replay", {"after": "2026-01-01T00:00:00Z"})
    assert answer.status_code == 202


def test_after_ten_attempts_an_event_is_given_up_and_the_next_goes(desk: Desk) -> None:
    application = ended(desk)

    def answer(got: Got, _n: int) -> int:
        return 500 if got.place == (application, 1) else 204

    with receiving(Receiver(answer)) as receiver:
        replayed(desk, register(desk, receiver))
        for attempt in range(1, len(DELAYS) + 1):
            with_couriers(
                desk,
                1,
                lambda attempt=attempt: (
                    rows(  # type: ignore[misc]
                        desk.url,
                        "SELECT attempts >= %s AND (state = 'failed' OR next_attempt_at > now() + interval '1 s')"
                        " AND last_status = 500 FROM webhook_deliveries WHERE seq = 1",
                        attempt,
                    )
                    == [(True,)]
                ),
            )
            if attempt < len(DELAYS):
                hurry(desk.url)
        with_couriers(desk, 1, lambda: states(desk.url) == {"failed": 1, "delivered": 2})
        assert [got.place[1] for got in receiver.got] == [1] * 10 + [2, 3]
        assert len({got.headers["webhook-id"] for got in receiver.got[:10]}) == 1


def test_the_delays_are_those_of_the_standard_give_or_take_a_tenth() -> None:
    assert DELAYS == (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
    for attempts in range(1, 10):
        low, high = delay_after(attempts, 0.0), delay_after(attempts, 1.0)
        assert low is not None
        assert high is not None
        assert low == pytest.approx(DELAYS[attempts] * 0.9)
        assert high == pytest.approx(DELAYS[attempts] * 1.1)
    assert delay_after(10, 0.5) is None


def test_gone_switches_the_webhook_off_and_what_waits_goes_when_it_is_on_again(desk: Desk) -> None:
    with receiving(Receiver(lambda _got, _n: 410)) as receiver:
        webhook = register(desk, receiver)
        application = ended(desk)
        path = f"{HOOKS}/{webhook}"
        with_couriers(desk, 1, lambda: desk_says_off(desk.url))
        assert states(desk.url) == {"failed": 1, "pending": 2}
        found = desk.get("apply", path)
        assert (found.json()["enabled"], found.json()["disabled_reason"]) == (False, "gone")
        receiver.answer = lambda _got, _n: 204
        on = desk.ask(
            "apply", "PATCH", path, json={"enabled": True}, headers={"If-Match": found.headers["etag"]}
        )
        assert on.json()["disabled_reason"] is None
        with_couriers(desk, 1, lambda: states(desk.url) == {"failed": 1, "delivered": 2})
        assert [got.place for got in receiver.got] == [(application, 1), (application, 2), (application, 3)]


def desk_says_off(url: str) -> bool:
    return rows(url, "SELECT enabled FROM webhook_endpoints") == [(False,)]


def test_redirects_are_not_followed(desk: Desk) -> None:
    with receiving() as target, receiving(Receiver(lambda _got, _n: 307)) as receiver:
        receiver.redirects_to = target.url
        register(desk, receiver)
        desk.draft(["patent-grants"])
        with_couriers(desk, 1, lambda: errors(desk.url) == ["redirect"])
        assert target.got == []


def errors(url: str) -> list[str]:
    return [
        row[0] for row in rows(url, "SELECT last_error FROM webhook_deliveries WHERE last_error IS NOT NULL")
    ]


def test_an_answer_without_end_is_not_read_to_its_end(desk: Desk) -> None:
    with receiving() as receiver:
        receiver.body = b"x" * 50_000_000
        register(desk, receiver)
        desk.draft(["patent-grants"])
        began = time.monotonic()
        with_couriers(desk, 1, lambda: states(desk.url) == {"delivered": 1})
        assert time.monotonic() - began < 5


def test_a_dead_receiver_delays_nobody_else(desk: Desk) -> None:
    """One that never answers, with a long backlog, beside one that is well."""

    over = threading.Event()

    def hang(_got: Got, _n: int) -> int:
        over.wait(60)
        return 204

    with receiving(Receiver(hang)) as dead, receiving() as well:
        register(desk, dead)
        for _ in range(10):
            desk.draft(["patent-grants"])
        register(desk, well)
        mine = [ended(desk) for _ in range(5)]
        with_couriers(desk, 1, lambda: len(well.got) == 15, patience=30)
        assert len(dead.got) == PLACES
        assert {got.place[0] for got in well.got} == set(mine)
        hurry(desk.url)
        with_couriers(desk, 1, lambda: "timeout" in errors(desk.url), patience=1)
        over.set()


def test_what_a_killed_worker_had_in_hand_arrives_all_the_same(desk: Desk, tmp_path: Path) -> None:
    """The worker is killed outright while the receiver has its request; another one takes over when the lease is up."""
    with receiving() as receiver:
        register(desk, receiver)
        application = ended(desk)
        killed = worker(desk.url, tmp_path / "first.log")

        def kill(_got: Got, n: int) -> int:
            if n == 1:
                os.kill(killed.pid, signal.SIGKILL)
            return 204

        receiver.answer = kill
        receiver.wait_for(1)
        killed.wait(20)
        ((left,),) = rows(
            desk.url,
            "SELECT next_attempt_at - now() FROM webhook_deliveries WHERE attempts = 1 AND state = 'pending'",
        )
        assert LEASE_SECONDS / 2 < left.total_seconds() <= LEASE_SECONDS
        hurry(desk.url)
        second = worker(desk.url, tmp_path / "second.log")
        got = receiver.wait_for(4)
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
        assert [one.place for one in got] == [(application, n) for n in (1, 1, 2, 3)]
        assert states(desk.url) == {"delivered": 3}


def worker(url: str, log: Path) -> subprocess.Popen[bytes]:
    """`duixian worker` as a process."""
    with log.open("wb") as words:
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "worker"],
            env={
                **os.environ,
                "DUIXIAN_DATABASE_URL": url,
                "DUIXIAN_WEBHOOKS_ALLOW_PRIVATE": "true",
                "DUIXIAN_WEBHOOK_LEASE_SECONDS": str(LEASE_SECONDS),
            },
            stdout=words,
            stderr=words,
        )


def test_a_long_backlog_of_a_dead_receiver_is_set_aside(desk: Desk) -> None:
    """Only the first of each application stays due: a look at the outbox does not go through the backlog."""
    with receiving(Receiver(lambda _got, _n: 500)) as receiver:
        register(desk, receiver)
        for _ in range(3):
            ended(desk)
        with_couriers(desk, 1, lambda: len(receiver.got) >= 3 and due(desk.url) == 0)
        assert states(desk.url) == {"pending": 9}
        receiver.answer = lambda _got, _n: 204
        change(desk.url, "UPDATE webhook_deliveries SET next_attempt_at = now() WHERE seq = 1")
        with_couriers(desk, 1, lambda: states(desk.url) == {"delivered": 9}, seconds=4)
        assert in_order(receiver.got)


def due(url: str) -> int:
    ((count,),) = rows(
        url, "SELECT count(*) FROM webhook_deliveries WHERE state = 'pending' AND next_attempt_at <= now()"
    )
    return int(count)
