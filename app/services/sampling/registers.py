"""Registers block by block: that of Yanhu for its policy, rows at random for any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.services.sampling.any_policy import SAMPLE_DAY, random_population
from app.services.sampling.assembling import assembled
from app.services.sampling.codes import MOST_CODES
from app.services.sampling.draws import Draws
from app.services.sampling.yanhu import past, rights
from app.services.sampling.yanhu.organisations import Organisations
from app.services.sampling.yanhu.standing import standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from app.rules.policy import Policy

YANHU = "yanhu-ip"
BLOCK = 50_000
MOST_ROWS = MOST_CODES


def register(
    policy: Policy, rows: int, seed: int, *, start: int = 0, as_of: date = SAMPLE_DAY
) -> pl.DataFrame:
    """Rows `start` to `start + rows - 1` of the register of this seed, in the form of `population_schema`.

    Row by row the same whatever the size: the first rows of a large register are those of a small one.
    """
    if policy.family == YANHU:
        return yanhu_register(policy, rows, seed, start=start, as_of=as_of)
    return random_population(policy, rows, seed, start=start, as_of=as_of)


def blocks(
    policy: Policy, rows: int, seed: int, *, as_of: date = SAMPLE_DAY, block: int = BLOCK
) -> Iterator[pl.DataFrame]:
    """A whole register in blocks of at most so many rows."""
    for start in range(0, rows, block):
        yield register(policy, min(block, rows - start), seed, start=start, as_of=as_of)


def yanhu_register(
    policy: Policy, rows: int, seed: int, *, start: int = 0, as_of: date = SAMPLE_DAY
) -> pl.DataFrame:
    """Organisations of Yanhu District; facts that the policy does not have are left out, those it adds are unknown."""
    numbers = pl.int_range(start, start + rows, dtype=pl.Int64, eager=True)
    of = Organisations.of(Draws(seed, numbers))
    columns = {
        **of.columns(numbers, seed),
        **rights.patents(of),
        "patent_awards": rights.patent_awards(of, as_of),
        "navigation_projects": rights.navigation_projects(of),
        "pledge_loans": rights.pledge_loans(of),
        "gi_trademarks": rights.gi_trademarks(of),
        **standing(of, as_of),
    }
    refs = "YH" + (numbers + 1).cast(pl.String).str.zfill(9)
    asks = past.asked(columns)
    before = {
        "history": past.history_of(policy, of, asks, as_of.year),
        "other_funding": past.funding_of(of, asks),
    }
    return assembled(policy, refs, columns, before)
