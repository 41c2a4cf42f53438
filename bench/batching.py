"""`make bench ARGS=batch`: evaluations as NDJSON lines beside single requests, on one worker, in turn."""

from __future__ import annotations

import json
import statistics
import time
from itertools import cycle, islice
from typing import Any

import httpx

from bench.busy import requests
from bench.over_http import CONNECTIONS, EVALUATIONS, Served, database, drive, serving

LINES = 10_000
ROUNDS = 5


def measure() -> dict[str, Any]:
    """Evaluations a second, medians; and the server's processor time for one."""
    bodies = [json.dumps(request, ensure_ascii=False).encode() for request in requests()]
    lines = b"\n".join(islice(cycle(bodies), LINES))
    singles: list[float] = []
    batched: list[float] = []
    costs: dict[str, list[float]] = {"single": [], "batch": []}
    with database() as url, serving(url, 1024) as served:
        drive(served.port, EVALUATIONS, 1.0, bodies)
        _batch(served, lines)
        for _ in range(ROUNDS):
            before = served.cpu_seconds() or 0.0
            found = drive(served.port, EVALUATIONS, 2.0, bodies)
            between = served.cpu_seconds() or 0.0
            batched.append(_batch(served, lines))
            after = served.cpu_seconds() or 0.0
            singles.append(found["per_second"])
            costs["single"].append((between - before) / found["answers"] * 1e6)
            costs["batch"].append((after - between) / LINES * 1e6)
    return {
        "single": round(statistics.median(singles)),
        "batch": round(statistics.median(batched)),
        "ratio": round(statistics.median(b / s for s, b in zip(singles, batched, strict=True)), 2),
        "cpu_microseconds": {name: round(statistics.median(found)) for name, found in costs.items()},
        "connections": CONNECTIONS,
        "lines": LINES,
    }


def _batch(served: Served, lines: bytes) -> float:
    """Lines a second of one batch over one connection."""
    address = f"http://127.0.0.1:{served.port}{EVALUATIONS}/batch"
    began = time.perf_counter()
    answer = httpx.post(address, content=lines, headers={"Content-Type": "application/x-ndjson"}, timeout=120)
    seconds = time.perf_counter() - began
    summary = json.loads(answer.content.splitlines()[-1])["summary"]
    if summary != {"lines": LINES, "results": LINES, "errors": 0}:
        raise AssertionError(summary)
    return LINES / seconds


def show(found: dict[str, Any]) -> None:
    print(
        f"batch of {found['lines']:,} lines: {found['batch']:,} evaluations/s; single requests over "
        f"{found['connections']} connections: {found['single']:,}/s; ratio {found['ratio']} (goal 3); "
        f"processor time of one in µs: {found['cpu_microseconds']}"
    )
