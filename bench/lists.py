"""Lists over a million applications: the time of each page, over HTTP, on one worker.

The rows are made by the database itself, then analysed; pages are asked one after the other, first ones and deep
ones, with every filter. Run with `make bench ARGS=lists`; `ROWS=` in the environment for another number.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.embedded import EmbeddedPostgres
from app.store.migrating import migrate
from tests.proofs.cast import engage
from tests.proofs.codes import code_of
from tests.proofs.filling import APPLICATIONS_EACH, fill
from tests.proofs.service import FAST, serving
from tests.proofs.speaking import Speaker

if TYPE_CHECKING:
    from tests.proofs.cast import Cast

ROWS = int(os.environ.get("ROWS", "1000000"))
PAGES, GOAL = 100, 50.0
"""Pages of each kind; milliseconds that 99 of 100 must stay under."""


def measure() -> dict[str, Any]:
    """Milliseconds of the pages of every kind of list."""
    with tempfile.TemporaryDirectory() as name:
        server = EmbeddedPostgres(Path(name), settings={**FAST, "maintenance_work_mem": "256MB"})
        url = server.start()
        try:
            migrate(url)
            with serving(url, DUIXIAN_WORKER="false") as service:
                speaker = Speaker(service.address)
                cast = engage(speaker)
                speaker.close()
                started = time.perf_counter()
                fill(url, ROWS)
                built = time.perf_counter() - started
                found = {kind: _pages(service.port, cast, who, path) for kind, (who, path) in kinds().items()}
        finally:
            server.stop()
    every = [one for times in found.values() for one in times]
    return {
        "rows": ROWS,
        "built_in_seconds": round(built),
        "milliseconds": {
            kind: {"median": round(statistics.median(times), 1), "worst": round(max(times), 1)}
            for kind, times in found.items()
        },
        "p99": round(statistics.quantiles(every, n=100)[98], 1),
        "pages": len(every),
        "goal": GOAL,
    }


def kinds() -> dict[str, tuple[str, str]]:
    """Kind of list -> who asks, and what. `{code}` and `{ref}` are of another row each time."""
    applications, awards = "/v1/applications?limit=50", "/v1/awards?limit=50"
    return {
        "applications, an officer": ("auditor", applications),
        "applications, a platform": ("platform-b", applications),
        "in a status": ("auditor", f"{applications}&status=accepted"),
        "in a status, a platform": ("platform-b", f"{applications}&status=draft"),
        "of a policy and year": ("auditor", f"{applications}&policy=yanhu-ip&year=2024"),
        "of a year and status": ("auditor", f"{applications}&year=2025&status=paid"),
        "of an applicant": ("auditor", applications + "&uscc={code}"),
        "of an applicant, a platform": ("platform-a", applications + "&uscc={code}"),
        "of a reference, a platform": ("platform-a", applications + "&external_ref={ref}"),
        "of a reference, an officer": ("auditor", applications + "&external_ref={ref}"),
        "no such status in a year": ("auditor", f"{applications}&year=2019"),
        "awards, an officer": ("auditor", awards),
        "awards, a platform": ("platform-b", awards),
        "awards of an organisation": ("auditor", awards + "&uscc={code}"),
        "awards of a measure and year": ("auditor", f"{awards}&measure=patent-grants&year=2024"),
        "awards in a state": ("auditor", f"{awards}&state=payable"),
        "awards of a measure in a state, a platform": (
            "platform-b",
            f"{awards}&measure=patent-grants&state=assessed",
        ),
        "awards in a rare state": ("auditor", f"{awards}&state=owed"),
        "organisations": ("auditor", "/v1/organisations?limit=50"),
        "the feed, an officer": ("auditor", "/v1/events?limit=50"),
        "the feed, a platform": ("platform-b", "/v1/events?limit=50"),
        "the feed of a type": ("auditor", "/v1/events?limit=50&type=application.submitted"),
        "the feed of a rare type": ("auditor", "/v1/events?limit=50&type=application.paid"),
    }


def _pages(port: int, cast: Cast, who: str, path: str) -> list[float]:
    """Page after page, or the same list for one row after the other; milliseconds of each."""
    chance = random.Random(0)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {cast[who].secret}"}
    times: list[float] = []
    after = ""
    for _ in range(PAGES):
        asked = path.format(
            code=code_of(chance.randint(1, ROWS // APPLICATIONS_EACH)), ref=f"R-{chance.randint(1, ROWS)}"
        )
        before = time.perf_counter()
        connection.request("GET", asked + after, headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        times.append((time.perf_counter() - before) * 1e3)
        if answer.status != 200:
            raise RuntimeError(f"{asked}: {answer.status} {data[:500]!r}")
        following = json.loads(data).get("next")
        after = f"&after={following}" if following and "{" not in path else ""
    connection.close()
    return times


def show(found: dict[str, Any]) -> None:
    """Print the figures."""
    for kind, times in found["milliseconds"].items():
        print(f"{kind:45} median {times['median']:8.1f} ms   worst {times['worst']:8.1f} ms")
    print(
        f"{found['rows']:,} applications, {found['pages']:,} pages: p99 = {found['p99']} ms (goal {found['goal']})"
    )


if __name__ == "__main__":
    show(measure())
