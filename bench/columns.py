"""`make bench ARGS=columns`: a million applicants, all measures; the four measures beside openfisca-core; files.

Every figure is a median of several runs in this one process; the contenders take turns.
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from app.rules.columns.deciding import Columns
from app.services.published_policies import PublishedPolicies
from app.services.sampling.registers import blocks
from app.settings import PACKAGED_POLICIES
from bench.openfisca_columns import MEASURES, OpenFiscaColumns

DAY = date(2026, 11, 23)
ROWS = 1_000_000
FILE_ROWS = 10_000_000
ROUNDS = 5


def _policy() -> Any:
    return PublishedPolicies.in_folder(PACKAGED_POLICIES).latest("yanhu-ip").policy


def _population(rows: int) -> pl.DataFrame:
    return pl.concat(list(blocks(_policy(), rows, 1))).rechunk()


def _known(population: pl.DataFrame) -> pl.DataFrame:
    """Without history: openfisca's four formulas know none."""
    return population.with_columns(history=None, other_funding=None).cast(population.schema)


def _timed(work: Any) -> float:
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_memory(rows: int = ROWS) -> dict[str, Any]:
    """Seconds for a population that is loaded."""
    policy, population = _policy(), _population(rows)
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    every = Columns(policy, year=2026, as_of=DAY)
    first = _timed(lambda: every.decide(population))
    again = [_timed(lambda: every.decide(population)) for _ in range(ROUNDS)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    bare = _known(population)
    four = Columns(policy, year=2026, as_of=DAY, measures=MEASURES)
    four.decide(bare)
    peer = OpenFiscaColumns(policy)
    _agree(four, peer, bare)
    ours, theirs, ready = [], [], []
    for _ in range(ROUNDS):
        ours.append(_timed(lambda: four.decide(bare)))
        theirs.append(_timed(lambda: peer.calculate(peer.inputs(bare))))
        inputs = peer.inputs(bare)
        ready.append(_timed(lambda made=inputs: peer.calculate(made)))
    return {
        "rows": rows,
        "all_measures_first": round(first, 2),
        "all_measures": round(median(again), 2),
        "loaded_bytes": loaded,
        "peak_bytes": peak,
        "four_measures": round(median(ours), 3),
        "openfisca_four_measures": round(median(theirs), 3),
        "openfisca_on_ready_arrays": round(median(ready), 3),
        "share_of_openfisca": round(median(a / b for a, b in zip(ours, theirs, strict=True)), 2),
    }


def _agree(four: Columns, peer: OpenFiscaColumns, population: pl.DataFrame) -> None:
    """Both say the same amounts wherever nothing is unknown."""
    answers = four.decide(population).answers
    theirs = peer.calculate(peer.inputs(population))
    for name in MEASURES:
        mine = answers[name].struct.unnest()
        settled = mine["verdict"].cast(pl.String) != "undetermined"
        whole = mine["missing"].list.len() == 0
        other = pl.Series(theirs[name.replace("-", "_")]).cast(pl.Int64)
        differ = (mine["amount"] != other).filter(settled & whole).sum()
        if differ:
            raise AssertionError(f"{name}: {differ} amounts differ")


def of_files(rows: int = FILE_ROWS) -> dict[str, Any]:
    """`duixian bulk` from Parquet to Parquet, in a process of its own: seconds and peak memory."""
    command = [str(Path(sys.executable).parent / "duixian")]
    with tempfile.TemporaryDirectory(prefix="duixian-bench-") as folder:
        given, out = Path(folder) / "in.parquet", Path(folder) / "out.parquet"
        subprocess.run([*command, "sample", "--rows", str(rows), str(given)], check=True, capture_output=True)
        began = time.perf_counter()
        used = subprocess.run(
            [sys.executable, "-c", _MEASURED, *command, "bulk", str(given), str(out), "--as-of", DAY.isoformat()],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        seconds = time.perf_counter() - began
        return {
            "rows": rows, "seconds": round(seconds, 1), "peak_bytes": json.loads(used.stdout.splitlines()[-1]),
            "in_bytes": given.stat().st_size, "out_bytes": out.stat().st_size,
        }  # fmt: skip


_MEASURED = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(json.dumps(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024))
"""


def show(found: dict[str, Any]) -> None:
    gib = 2**30
    print(
        f"{found['rows']:,} applicants, all measures, reasons and missing facts: {found['all_measures']} s "
        f"(the first time {found['all_measures_first']} s; goal 2 s); "
        f"peak {found['peak_bytes'] / gib:.2f} GiB, of which {found['loaded_bytes'] / gib:.2f} to load"
    )
    print(
        f"four measures of the same population: {found['four_measures']} s with reasons; openfisca-core "
        f"{found['openfisca_four_measures']} s for making, setting and calculating its inputs, of which "
        f"{found['openfisca_on_ready_arrays']} s on arrays made before; ratio {found['share_of_openfisca']} (goal 1)"
    )


def show_files(found: dict[str, Any]) -> None:
    mib = 2**20
    print(
        f"{found['rows']:,} applicants, Parquet ({found['in_bytes'] / mib:,.0f} MiB) to Parquet "
        f"({found['out_bytes'] / mib:,.0f} MiB): {found['seconds']} s, peak {found['peak_bytes'] / mib:,.0f} MiB"
    )
