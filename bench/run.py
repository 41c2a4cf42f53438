"""`make bench`: the engine in process and the service over HTTP, each beside its peers, in one run.

Prints tables and writes bench/results/latest.json. `make bench ARGS=drivers` measures the database drivers.
"""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import in_process, over_http

RESULTS = Path(__file__).parent / "results" / "latest.json"
PEERS = ("zen-engine", "openfisca-core", "fastapi", "pydantic", "uvicorn", "orjson")


def machine() -> dict[str, Any]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in PEERS},
    }


def show(found: dict[str, Any], title: str, figures: str, unit: str) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("contender")
    table.add_column(unit, justify="right")
    table.add_column("lowest to highest", justify="right")
    for name, value in found[figures].items():
        low, high = found["spread"][name]
        table.add_row(name, f"{value:,}", f"{low:,} to {high:,}")
    Console().print(table)


def main() -> None:
    inside = in_process.measure()
    show(
        inside,
        f"In process, {inside['inputs']} different requests a round, new ones every round",
        "microseconds",
        "µs",
    )
    print(
        f"duixian / zen-engine = {inside['share_of_zen']} for applicants never seen, "
        f"{inside['share_of_zen_again']} asked about again (goal 0.2); "
        f"duixian / openfisca-core = {inside['share_of_openfisca']} (goal 0.0667)"
    )
    outside = over_http.measure()
    show(outside, f"One uvicorn worker, {outside['connections']} connections", "per_second", "requests/s")
    print(
        f"evaluations / bare route = {outside['share_of_bare']} (goal {outside['goal']}); "
        f"by the server's processor time {outside['share_of_bare_by_cpu']}: {outside['cpu_microseconds']} µs"
    )
    RESULTS.parent.mkdir(exist_ok=True)
    everything = {"machine": machine(), "in_process": inside, "over_http": outside}
    RESULTS.write_text(json.dumps(everything, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"written to {RESULTS.relative_to(Path.cwd())}")
