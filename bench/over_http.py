"""One uvicorn worker: evaluations beside a bare route of the same process, under the same load."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx

from app.embedded import EmbeddedPostgres
from app.store.migrating import migrate
from bench.busy import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

EVALUATIONS = "/v1/policies/yanhu-ip/evaluations"
PATHS = {
    "evaluations, all measures": EVALUATIONS,
    "bare route, Pydantic": "/bare",
    "route that reads nothing": "/nothing",
}
CONNECTIONS = 16


class Served(NamedTuple):
    """A server under way."""

    port: int
    pid: int

    def cpu_seconds(self) -> float | None:
        """What its process has used of a processor so far; None where /proc does not tell."""
        try:
            told = Path(f"/proc/{self.pid}/stat").read_text("ascii")
        except OSError:
            return None
        user, system = told.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measure(rounds: int = 5, seconds: float = 2.0) -> dict[str, object]:
    """Requests a second, the median of `rounds`, the three routes in turn within each round.

    Beside it the processor time of the server for one request, which a slow client or neighbour changes less.
    """
    bodies = [json.dumps(request, ensure_ascii=False).encode() for request in requests()]
    rates: dict[str, list[float]] = {name: [] for name in PATHS}
    costs: dict[str, list[float]] = {name: [] for name in PATHS}
    with database() as url:
        with serving(url, size=1024) as served:
            size = round(drive(served.port, EVALUATIONS, 1.0, bodies)["bytes"])
        with serving(url, size) as served:
            for path in PATHS.values():
                drive(served.port, path, 1.0, bodies)
            for _ in range(rounds):
                for name, path in PATHS.items():
                    before = served.cpu_seconds()
                    found = drive(served.port, path, seconds, bodies)
                    after = served.cpu_seconds()
                    rates[name].append(found["per_second"])
                    if before is not None and after is not None:
                        costs[name].append((after - before) / found["answers"] * 1e6)
    medians = {name: round(statistics.median(found)) for name, found in rates.items()}
    spent = {name: round(statistics.median(found)) for name, found in costs.items() if found}
    service, bare, _ = PATHS
    return {
        "per_second": medians,
        "spread": {name: [round(min(found)), round(max(found))] for name, found in rates.items()},
        "share_of_bare": round(medians[service] / medians[bare], 3),
        "cpu_microseconds": spent,
        "share_of_bare_by_cpu": round(spent[bare] / spent[service], 3) if spent else None,
        "goal": 0.6,
        "answer_bytes": size,
        "body_bytes": round(statistics.mean(len(body) for body in bodies)),
        "connections": CONNECTIONS,
        "rounds": rounds,
    }


def drive(port: int, path: str, seconds: float, bodies: list[bytes]) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.load", str(port), path, str(seconds), str(CONNECTIONS)]
    done = subprocess.run(command, input=b"\n".join(bodies), capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    found: dict[str, float] = json.loads(done.stdout)
    return found


@contextlib.contextmanager
def database() -> Iterator[str]:
    """The address of a migrated database that lives as long as the block."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder))
        try:
            url = server.start()
            migrate(url)
            yield url
        finally:
            server.stop()


@contextlib.contextmanager
def serving(url: str, size: int) -> Iterator[Served]:
    """One uvicorn worker on a free port of 127.0.0.1, ended with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "bench.bare:create", "--factory", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-access-log", "--log-level", "warning"]
    environment = {**os.environ, "DUIXIAN_BENCH_BYTES": str(size), "DUIXIAN_DATABASE_URL": url}
    # A file takes the log, as it would in service: a terminal would slow every request.
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log)
        try:
            _wait_for(port, process)
            yield Served(port, process.pid)
        except RuntimeError:
            log.seek(0)
            sys.stderr.buffer.write(log.read()[-4000:])
            raise
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"uvicorn ended with {process.returncode}")
        with contextlib.suppress(httpx.HTTPError):
            httpx.post(f"http://127.0.0.1:{port}/nothing", timeout=5).raise_for_status()
            return
        time.sleep(0.1)
    raise RuntimeError("uvicorn did not answer within 20 seconds")
