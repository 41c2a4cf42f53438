"""Submits a second on one worker, assessment included, beside what the same server takes of three plain inserts.

The inserts are as large as what a submit writes: its assessment, its event and its kept answer. There are
applications in the database already, as there are in an office: on empty tables the planner knows nothing. Run with
`make bench ARGS=submit`. The server syncs every commit. Client, worker and server share the machine, so the processor
time of both is told beside the rates.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg

from app.embedded import EmbeddedPostgres
from app.store.migrating import migrate
from bench import drivers
from tests.proofs.asking import Asked, Grants, Outlet, Prize
from tests.proofs.crowd import Crowd, Ready
from tests.proofs.filling import fill
from tests.proofs.races import prepared
from tests.proofs.service import serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proofs.service import Service
    from tests.proofs.speaking import Call

CONNECTIONS, ROUNDS, ORDERS = 16, 5, 500
THERE = 20_000
"""Applications that are there before."""
GOAL, SERVICE_GOAL = 0.25, 0.6
"""Of pgbench; of the bare driver."""
SUBMIT = "submit, one worker"
_SIZES = """
    SELECT (SELECT avg(octet_length(a::text)) FROM assessments a),
           (SELECT avg(octet_length(e::text)) FROM events e WHERE e.type = 'application.submitted'
               AND e.prev_hash <> repeat('0', 64)),
           (SELECT avg(octet_length(k.body) + octet_length(k.headers::text)) FROM idempotency_keys k
             WHERE k.route LIKE '%submit')
"""


def measure() -> dict[str, Any]:
    """The median rates of all ways, in turn within each round, and how submit stands to them."""
    with tempfile.TemporaryDirectory() as name:
        server = EmbeddedPostgres(Path(name))
        url = server.start()
        try:
            migrate(url)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(drivers.TABLES)
            with serving(url, DUIXIAN_WORKER="false") as service:
                return asyncio.run(_measure(service, server, Path(name)))
        finally:
            server.stop()


async def _measure(service: Service, server: EmbeddedPostgres, folder: Path) -> dict[str, Any]:
    address = service.address
    await asyncio.to_thread(fill, server.url(), THERE)
    crowd = Crowd(address, await asyncio.to_thread(prepared, address))
    used = Used(service, folder)
    rates: dict[str, list[float]] = {}
    slowest: list[float] = []
    year = (datetime.now(UTC) + timedelta(hours=8)).year
    try:
        await _submit(crowd, address, await _drafts(crowd, year, ROUNDS + 1, 100))
        bodies = _as_large(server.url())
        url = server.url()
        ways: dict[str, Callable[[], float]] = {
            "pgbench": lambda: drivers.pgbench(server, folder, bodies),
            "bare psycopg": lambda: asyncio.run(drivers.bare_psycopg(url, bodies=bodies)),
            "bare asyncpg": lambda: asyncio.run(drivers.bare_asyncpg(url, bodies=bodies)),
        }
        for number in range(1, ROUNDS + 1):
            drafts = await _drafts(crowd, year, number, ORDERS)
            used.begin()
            found = await _submit(crowd, address, drafts)
            used.end()
            rates.setdefault(SUBMIT, []).append(ORDERS / found["seconds"])
            slowest += found["milliseconds"]
            for name, way in ways.items():
                rates.setdefault(name, []).append(await asyncio.to_thread(way))
    finally:
        await crowd.close()
    medians = {name: round(statistics.median(found), 1) for name, found in rates.items()}
    return {
        "per_second": medians,
        "spread": {name: [round(min(found)), round(max(found))] for name, found in rates.items()},
        "share_of": {
            name: round(medians[SUBMIT] / rate, 3) for name, rate in medians.items() if name != SUBMIT
        },
        "milliseconds": {
            "median": round(statistics.median(slowest), 1),
            "p99": round(statistics.quantiles(slowest, n=100)[98], 1),
        },
        "microseconds_used": used.each(ORDERS),
        "bytes_inserted": [len(body) for body in bodies],
        "connections": CONNECTIONS,
        "applications": THERE,
        "orders": ORDERS,
        "rounds": ROUNDS,
    }


class Used:
    """Processor time of the worker and of PostgreSQL with all its processes."""

    def __init__(self, service: Service, folder: Path) -> None:
        assert service.process is not None
        (pid,) = (path.read_text().split("\n", 1)[0] for path in folder.rglob("postmaster.pid"))
        self._roots = {
            "worker": psutil.Process(service.process.pid),
            "PostgreSQL": psutil.Process(int(pid)),
        }
        self._before: dict[str, float] = {}
        self._used: dict[str, list[float]] = {name: [] for name in self._roots}

    def begin(self) -> None:
        self._before = self._seconds()

    def end(self) -> None:
        for name, seconds in self._seconds().items():
            self._used[name].append(seconds - self._before[name])

    def each(self, orders: int) -> dict[str, int]:
        """Median microseconds of one order."""
        return {name: round(statistics.median(used) / orders * 1e6) for name, used in self._used.items()}

    def _seconds(self) -> dict[str, float]:
        return {
            name: sum(_seconds_of(one) for one in (root, *root.children(recursive=True)))
            for name, root in self._roots.items()
        }


def _seconds_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


async def _drafts(crowd: Crowd, year: int, number: int, count: int) -> list[Ready]:
    """Drafts of as many organisations, with three measures each."""
    first = 1 + number * 10_000
    return await crowd.drafted(
        [
            (one, Asked((Grants(), Prize(f"A{one}", 1_000_000), Outlet())))
            for one in range(first, first + count)
        ],
        year,
    )


async def _submit(crowd: Crowd, address: str, drafts: list[Ready]) -> dict[str, Any]:
    """Submit all of them, once each, from a client in a process of its own."""
    calls = [crowd.action(draft, "submit", "platform-a") for draft in drafts]
    found: dict[str, Any] = await asyncio.to_thread(drive, address, calls)
    if set(found["statuses"]) != {"200"}:
        raise RuntimeError(f"submits answered {found['statuses']}")
    return found


def drive(address: str, calls: list[Call], connections: int = CONNECTIONS) -> dict[str, Any]:
    """What `bench.orders` found for these calls. Raises RuntimeError with what it said."""
    requests = [
        [call.method, call.path, call.headers(), None if call.body is None else json.dumps(call.body)]
        for call in calls
    ]
    command = [sys.executable, "-m", "bench.orders", address.rsplit(":", 1)[1], str(connections)]
    done = subprocess.run(command, input=json.dumps(requests).encode(), capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _as_large(url: str) -> list[str]:
    """Three bodies of the size of what a submit keeps; of random digits, so that nothing compresses them away."""
    with psycopg.connect(url) as connection:
        sizes = connection.execute(_SIZES).fetchone()
    assert sizes is not None
    frame = len(json.dumps({"body": ""}))
    return [json.dumps({"body": secrets.token_hex(int(size))[: int(size) - frame]}) for size in sizes]


def show(found: dict[str, Any]) -> None:
    """Print the figures."""
    for name, rate in found["per_second"].items():
        low, high = found["spread"][name]
        print(f"{name:20} {rate:8,.0f} transactions/s   ({low:,} to {high:,})")
    shares = found["share_of"]
    print(f"processor time of one submit in µs: {found['microseconds_used']}")
    print(f"bytes of the three inserts: {found['bytes_inserted']}; answers in ms: {found['milliseconds']}")
    print(
        f"submit / pgbench = {shares['pgbench']} (goal {GOAL}); submit / bare psycopg = {shares['bare psycopg']} "
        f"(goal {SERVICE_GOAL}); submit / bare asyncpg = {shares['bare asyncpg']}"
    )


if __name__ == "__main__":
    show(measure())
