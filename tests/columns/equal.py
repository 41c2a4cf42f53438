"""Both engines on the same applicants: `make equal ROWS=100000 SEED=1`. The figure comes last.

A register of yanhu-ip, a share of rows at random for it, and generated policies with rows of their own, each as it
reads at two moments, under a year's notice or not.
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.rules.loading import load_policy
from app.services.packs import read_pack
from app.services.sampling.any_policy import random_population
from app.services.sampling.registers import blocks
from app.settings import PACKAGED_POLICIES
from tests.columns.asking import Both, Difference
from tests.columns.packs import DAYS, YEAR, moments, random_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from app.rules.policy import Policy

ROWS, SEED = 100_000, 1
BLOCK = 10_000
ROWS_OF_A_PACK = 200
SHARE_OF_PACKS = 10
"""One applicant of a generated policy for so many of the register."""
SHARE_AT_RANDOM = 20
SHOWN = 5


@cache
def yanhu() -> Policy:
    return load_policy(read_pack(PACKAGED_POLICIES / "yanhu-ip"))


@dataclass
class Tally:
    """What was compared, and what was not equal."""

    tick: Callable[[int], object] = lambda _: None
    applicants: int = 0
    policies: int = 0
    measures: int = 0
    differences: int = 0
    told: list[str] = field(default_factory=list)

    def compare(self, both: Both, population: pl.DataFrame, where: str) -> None:
        """One block of applicants through both engines."""
        found = both.differences(population)
        self.applicants += population.height
        self.measures = len(both.columns.measures)
        self.differences += len(found)
        for one in found[: SHOWN - len(self.told)]:
            self.told.append(told(one, population, where))
        self.tick(population.height)


def told(difference: Difference, population: pl.DataFrame, where: str) -> str:
    """A difference in full, with the applicant that shows it."""
    row, measure, found, expected = difference
    applicant = population.row(row, named=True) if row >= 0 else None
    return "\n".join(
        [
            f"{where}, row {row}, {measure}",
            f"  columns: {found}",
            f"  alone:   {expected}",
            f"  row:     {json.dumps(applicant, ensure_ascii=False, default=str)}",
        ]
    )


def compare_register(tally: Tally, rows: int, seed: int) -> None:
    """The register of Yanhu, and rows at random."""
    both = Both.of(yanhu(), YEAR, DAYS[-1])
    for population in blocks(yanhu(), rows, seed, block=BLOCK):
        tally.compare(both, population, f"yanhu-ip, seed {seed}")
    for start, size in spans(rows // SHARE_AT_RANDOM):
        population = random_population(yanhu(), size, seed, start=start)
        tally.compare(both, population, f"yanhu-ip at random, seed {seed}")


def spans(rows: int) -> Iterator[tuple[int, int]]:
    for start in range(0, rows, BLOCK):
        yield start, min(BLOCK, rows - start)


def compare_pack(tally: Tally, seed: int, rows: int = ROWS_OF_A_PACK) -> None:
    """One generated policy, as it reads in two years and on two days, at the edges of what is dated in it."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    made = random_policy(chance)
    for half in (1, 2):
        year, as_of = moments(made, chance)
        policy = made.as_read(year, as_of)
        population = random_population(policy, rows // 2, seed * 2 + half, as_of=as_of)
        where = f"generated, seed {seed}, {year}, {as_of}"
        tally.compare(Both.of(policy, year, as_of), population, where)
    tally.policies += 1


def main() -> None:
    rows, seed = (int(given) for given in (sys.argv[1:] + [str(ROWS), str(SEED)][len(sys.argv[1:]) :])[:2])
    packs = -(-rows // (SHARE_OF_PACKS * ROWS_OF_A_PACK))
    total = rows + rows // SHARE_AT_RANDOM + packs * ROWS_OF_A_PACK
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("both engines", total=total)
        of_packs = Tally(lambda done: bar.update(task, advance=done))
        register = Tally(of_packs.tick)
        compare_register(register, rows, seed)
        for number in range(packs):
            compare_pack(of_packs, seed * 1_000_000 + number)
    wrong = register.differences + of_packs.differences
    for text in [*register.told, *of_packs.told]:
        sys.stdout.write(f"{text}\n")
    made = f"{of_packs.policies} policies, {of_packs.applicants} applicants"
    print(f"generated: {made}, {of_packs.differences} differences")
    print(
        f"equal: {register.applicants} applicants, {register.measures} measures, {register.differences} differences"
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
