"""Lists are brought to their rows however either is sorted, and however little may be in memory."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING

import polars as pl
import pytest

from app.services.population.joining import KEY, MAIN, NUMBER, Joined
from app.services.population.sections import sections_of
from app.services.population.table_reading import ReadTable
from app.services.population.tables import CsvTable
from tests.population.populations import published

if TYPE_CHECKING:
    from pathlib import Path

ROWS, BATCH = 500, 64
MAIN_SECTION, LISTS = sections_of(published().policy)
LOANS = next(one for one in LISTS if one.name == "pledge_loans")


def write(path: Path, rows: list[list[object]]) -> CsvTable:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return CsvTable(path)


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize(("part_bytes", "group_bytes"), [(10**9, 10**9), (1_000, 2_000)])
def test_every_item_comes_to_its_row_in_the_order_of_its_file(
    tmp_path: Path, shuffled: bool, part_bytes: int, group_bytes: int
) -> None:
    chance = random.Random(5)  # noqa: S311 - nothing secret
    refs = [f"r{number}" for number in range(ROWS)]
    items: list[list[object]] = [[ref, f"{ref}-{n}"] for ref in refs for n in range(chance.randrange(4))]
    items += [[f"nobody{number}", "x"] for number in range(50)]
    if shuffled:
        chance.shuffle(items)
        chance.shuffle(refs)
    main = ReadTable(write(tmp_path / "main.csv", [["ref"], *([ref] for ref in refs)]), MAIN_SECTION)
    loans = ReadTable(write(tmp_path / "loans.csv", [["ref", "loan_id"], *items]), LOANS)
    found: dict[str, list[str]] = {}
    orphans: list[int] = []
    with Joined(main, [loans], BATCH, part_bytes=part_bytes, group_bytes=group_bytes) as joined:
        for batch in range((ROWS + BATCH - 1) // BATCH):
            (rows,) = joined.of(batch)
            assert list(joined.shared(batch)) == []
            if not rows.width:
                continue
            orphans += rows.filter(pl.col(MAIN).is_null())[NUMBER].to_list()
            own = rows.filter(pl.col(MAIN).is_not_null()).sort(MAIN, NUMBER)
            for at, key, item in own.select(MAIN, KEY, "loan_id").iter_rows():
                assert refs[batch * BATCH + at] == key
                found.setdefault(key, []).append(item)
    wanted: dict[str, list[str]] = {}
    for ref, item in items:
        if not str(ref).startswith("nobody"):
            wanted.setdefault(str(ref), []).append(str(item))
    assert found == wanted
    assert sorted(orphans) == [n for n, (ref, _) in enumerate(items, 2) if str(ref).startswith("nobody")]


def test_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    main = ReadTable(write(tmp_path / "main.csv", [["ref"], ["a"]]), MAIN_SECTION)
    loans = ReadTable(write(tmp_path / "loans.csv", [["ref", "loan_id"], ["a", "1"]]), LOANS)
    with Joined(main, [loans], BATCH):
        assert list((tmp_path / "temporary").iterdir())
    assert list((tmp_path / "temporary").iterdir()) == []
