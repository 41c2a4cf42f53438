"""A cluster of two processes says what one process says, and goes on where it broke off."""

from __future__ import annotations

import json
import os
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pytest
from distributed import Client, LocalCluster

from app.rules.columns.deciding import Columns
from app.services.cluster.record_batches import Run, decide
from app.services.cluster.spreading import Piece, Tally, part_of, pieces, spread
from app.services.population.batches import PopulationError
from app.services.published_policies import PublishedPolicies, PublishedPolicy
from app.services.sampling.registers import register
from app.settings import PACKAGED_POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = date(2026, 11, 23)
ROWS = 6_000


@pytest.fixture(scope="module")
def published() -> PublishedPolicy:
    return PublishedPolicies.in_folder(PACKAGED_POLICIES).latest("yanhu-ip")


@pytest.fixture(scope="module")
def population(published: PublishedPolicy) -> pl.DataFrame:
    return register(published.policy, ROWS, 7)


@pytest.fixture(scope="module")
def answers(published: PublishedPolicy, population: pl.DataFrame) -> pl.DataFrame:
    """What one process says of all rows at once."""
    return Columns(published.policy, year=2026, as_of=DAY).decide(population).answers


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    )
    with cluster, Client(cluster, set_as_default=False) as found:
        yield found


@pytest.fixture
def files(population: pl.DataFrame, tmp_path: Path) -> list[Path]:
    """Two files of several row groups."""
    cut = ROWS // 3
    for name, part in (("a", population[:cut]), ("b", population[cut:])):
        part.write_parquet(tmp_path / f"{name}.parquet", row_group_size=700)
    return [tmp_path / "a.parquet", tmp_path / "b.parquet"]


def together(out: Path) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(part) for part in sorted(out.glob("part-*.parquet"))])


def alike(found: pl.DataFrame, wanted: pl.DataFrame) -> bool:
    """The same values: a file gives its texts back where the engine has codes of an enumeration."""
    return found.to_dicts() == wanted.to_dicts()


def test_pieces_are_whole_row_groups_and_cover_every_row(files: list[Path]) -> None:
    found = list(pieces(files, most_rows=1_500))
    assert sum(piece.rows for piece in found) == ROWS
    assert all(piece.rows <= 1_500 + 700 for piece in found)
    by_file = [[(p.first, p.end) for p in found if p.file == str(file)] for file in files]
    assert all(end == first for cuts in by_file for (_, end), (first, _) in pairwise(cuts))


def test_two_processes_say_what_one_says(
    client: Client, published: PublishedPolicy, files: list[Path], answers: pl.DataFrame, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    seen: list[Piece] = []
    given = list(pieces(files, most_rows=1_500))
    tally = spread(client, Run.of(published, 2026, DAY), given, out, lambda piece, _: seen.append(piece))
    assert alike(together(out), answers)
    assert sorted(seen) == sorted(given)
    eligible = answers.filter(pl.col("patent-grants").struct.field("verdict") == "eligible")
    granted = eligible["patent-grants"].struct.field("amount").sum()
    assert tally.rows == ROWS
    assert tally.measures["patent-grants"] == (eligible.height, granted)
    assert eligible.height > 0


def test_a_run_that_broke_off_does_only_what_is_left(
    client: Client, published: PublishedPolicy, files: list[Path], answers: pl.DataFrame, tmp_path: Path
) -> None:
    out, run = tmp_path / "out", Run.of(published, 2026, DAY)
    given = list(pieces(files, most_rows=1_500))
    first = spread(client, run, given, out)
    kept = part_of(out, 0)
    before = kept.stat().st_mtime_ns
    part_of(out, 1).unlink()
    assert spread(client, run, given, out) == first
    assert kept.stat().st_mtime_ns == before
    assert alike(together(out), answers)


def test_a_folder_of_another_run_is_refused(
    client: Client, published: PublishedPolicy, files: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    given = list(pieces(files[:1]))
    spread(client, Run.of(published, 2026, DAY), given, out)
    with pytest.raises(PopulationError) as refused:
        spread(client, Run.of(published, 2025, DAY), given, out)
    assert "another run" in refused.value.message.en
    assert json.loads((out / "run.json").read_text())["year"] == 2026


def test_a_lost_worker_costs_nothing_but_time(
    published: PublishedPolicy, files: list[Path], answers: pl.DataFrame, tmp_path: Path
) -> None:
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    )
    with cluster, Client(cluster, set_as_default=False) as client:
        pids = client.run(os.getpid)
        killed: list[int] = []

        def kill_one(_piece: Piece, _tally: Tally) -> None:
            if not killed:
                killed.append(next(iter(pids.values())))
                os.kill(killed[0], 9)

        given = list(pieces(files, most_rows=700))
        spread(client, Run.of(published, 2026, DAY), given, tmp_path / "out", kill_one)
    assert killed
    assert alike(together(tmp_path / "out"), answers)


def test_the_function_takes_a_batch_with_columns_left_out(
    published: PublishedPolicy, population: pl.DataFrame
) -> None:
    batch = population.head(50).drop("history", "other_funding").to_arrow().combine_chunks().to_batches()[0]
    found = decide(Run.of(published, 2026, DAY), batch)
    bare = population.head(50).with_columns(history=None, other_funding=None).cast(population.schema)
    wanted = Columns(published.policy, year=2026, as_of=DAY).decide(bare).answers
    assert alike(pl.DataFrame(pa.Table.from_batches([found])), wanted)
    unknown = batch.append_column("fcats", pa.array([1] * 50))
    with pytest.raises(PopulationError):
        decide(Run.of(published, 2026, DAY), unknown)
