"""Which mutants of a pack its cases notice."""

from __future__ import annotations

import os
from collections import defaultdict, deque
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

from app.rules.loading import PackErrors
from app.rules.packs.errors import Problems
from app.services.answer_locally import LocalPolicy
from app.services.pack_cases import differences
from app.services.workshop.case_files import placed_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from app.services.pack_cases import Case
    from app.services.workshop.mutants import Mutant

MOST_PROCESSES = 8
CHUNK = 16
RECENT = 4
"""Of the cases that told of a change, so many are asked first about the next."""


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a pack, by the measures that they look at."""

    every: tuple[Case, ...]
    by_measure: Mapping[str, tuple[Case, ...]]

    @classmethod
    def of(cls, files: Mapping[str, str]) -> Cases:
        """Raises PackErrors when a file of cases cannot be read."""
        problems = Problems()
        every = tuple(placed.case for placed in placed_cases(files, problems))
        problems.stop()
        by: defaultdict[str, list[Case]] = defaultdict(list)
        for case in every:
            for measure in case.expect:
                by[measure].append(case)
        return cls(every, {measure: tuple(cases) for measure, cases in by.items()})

    def feeling(self, mutant: Mutant) -> tuple[Case, ...]:
        """Those whose answer the change can reach: of its measure first, then all others.

        Another measure may read what this one awards, and a project that it supports is barred elsewhere; the
        cases of its own measure nearly always tell, so that the others are seldom run.
        """
        if mutant.measure is None:
            return self.every
        own = self.by_measure.get(mutant.measure, ())
        return own + tuple(case for case in self.every if mutant.measure not in case.expect)


def notices(
    files: Mapping[str, str], cases: Cases, mutant: Mutant, today: date, recent: deque[Case] | None = None
) -> bool:
    """Whether a case fails under the mutant, or the pack no longer loads.

    `recent` are cases that told of others, which are asked first, as they nearly always tell of changes nearby; who
    told is put in front.
    """
    try:
        changed = LocalPolicy(mutant.applied(files))
    except PackErrors:
        return True
    for case in (*(recent or ()), *cases.feeling(mutant)):
        if differences(changed, case, today):
            if recent is not None and case not in recent:
                recent.appendleft(case)
            return True
    return False


def unnoticed(
    files: Mapping[str, str],
    mutants: Sequence[Mutant],
    today: date,
    *,
    processes: int | None = None,
    told: Callable[[int], object] = lambda _: None,
) -> list[Mutant]:
    """The mutants that every case passes, in their order. `told` hears how many were tried, again and again."""
    wanted = min(processes or os.cpu_count() or 1, MOST_PROCESSES)
    chunks = [mutants[start : start + CHUNK] for start in range(0, len(mutants), CHUNK)]
    if wanted == 1 or len(chunks) == 1:
        cases = Cases.of(files)
        return [one for chunk in chunks for one in _tell(_survivors(files, cases, chunk, today), chunk, told)]
    return list(_in_processes(files, chunks, today, wanted, told))


def _tell(found: list[Mutant], chunk: Sequence[Mutant], told: Callable[[int], object]) -> list[Mutant]:
    told(len(chunk))
    return found


def _survivors(
    files: Mapping[str, str], cases: Cases, mutants: Sequence[Mutant], today: date
) -> list[Mutant]:
    recent: deque[Case] = deque(maxlen=RECENT)
    return [mutant for mutant in mutants if not notices(files, cases, mutant, today, recent)]


def _in_processes(
    files: Mapping[str, str],
    chunks: Sequence[Sequence[Mutant]],
    today: date,
    processes: int,
    told: Callable[[int], object],
) -> Iterator[Mutant]:
    with ProcessPoolExecutor(processes, get_context("spawn"), _prepare, (dict(files), today)) as pool:
        for chunk, found in zip(chunks, pool.map(_try, chunks), strict=True):
            told(len(chunk))
            yield from found


class _Here:
    """What one process of the pool works on."""

    files: Mapping[str, str]
    cases: Cases
    today: date


def _prepare(files: Mapping[str, str], today: date) -> None:
    _Here.files, _Here.cases, _Here.today = files, Cases.of(files), today


def _try(chunk: Sequence[Mutant]) -> list[Mutant]:
    return _survivors(_Here.files, _Here.cases, chunk, _Here.today)
