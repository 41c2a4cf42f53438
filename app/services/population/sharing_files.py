"""One file of a population in, who gets what of a measure's budget or places out.

Applicants are decided a batch at a time; of those who may have a claim a few numbers and their names are kept, as
all of them must be ranked together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from app.rules import ENGINE_VERSION
from app.rules.columns.allotting import AMOUNT, GRANTED, OUTCOME, RANK, ROW, Claims
from app.rules.columns.deciding import Columns
from app.services.population.opening import open_population
from app.services.population.writing import Named, out_form_of, write_tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from app.rules.allotment import Allotment
    from app.rules.columns.allotting import AllotmentSum
    from app.rules.policy import Policy

UNDETERMINED = "undetermined"
SCHEMA = pl.Schema(
    {
        ROW: pl.Int64(),
        "ref": pl.String(),
        "uscc": pl.String(),
        RANK: pl.Int64(),
        OUTCOME: pl.String(),
        AMOUNT: pl.Int64(),
        GRANTED: pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What is to be shared, by what, into what."""

    source: Path
    out: Path
    policy: Policy
    measure: str
    allotment: Allotment
    year: int
    as_of: date
    batch_rows: int


@dataclass(frozen=True, slots=True)
class SharedOut:
    """What it came to."""

    sum: AllotmentSum
    rows: int
    bad_rows: int


def share_file(sharing: Sharing, progress: Callable[[int], None]) -> SharedOut:
    """Decide, share and write: a row for each applicant who has a claim or may have one, in the order of rank.

    The undetermined come last. Rows of the file are the order of arrival. `progress` hears how many rows are decided.
    Raises PopulationError and OSError.
    """
    form = out_form_of(sharing.out)
    asked = (sharing.measure,)
    population = open_population(
        sharing.source, sharing.policy, year=sharing.year, as_of=sharing.as_of, batch_rows=sharing.batch_rows,
        measures=asked,
    )  # fmt: skip
    columns = Columns(sharing.policy, year=sharing.year, as_of=sharing.as_of, measures=asked)
    claims, names = Claims(sharing.allotment), [pl.DataFrame(schema={"place": pl.Int64(), **_names()})]
    rows = bad = 0
    for batch in population:
        decided = columns.decide(batch.frame, scores=True)
        answers = decided.answers[sharing.measure].struct.unnest()
        claims.add(answers, decided.scores[sharing.measure])
        named = decided.answers.select("ref", "uscc").with_columns(batch.rows.alias(ROW), answers[AMOUNT])
        named = named.with_row_index("place", offset=rows).with_columns(pl.col("place").cast(pl.Int64))
        names.append(
            named.filter(answers["verdict"].cast(pl.String) != "ineligible").select("place", *_names())
        )
        rows += batch.frame.height
        bad += len({error.row for error in batch.errors})
        progress(rows)
    shared = claims.shared()
    write_tables(
        sharing.out,
        form,
        [Named("allotment", SCHEMA, [_told(shared.frame, pl.concat(names))])],
        _meta(sharing),
    )
    return SharedOut(shared.sum, rows, bad)


def _names() -> dict[str, pl.DataType]:
    return {ROW: pl.Int64(), "ref": pl.String(), "uscc": pl.String(), AMOUNT: pl.Int64()}


def _told(shared: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """By name; those without a claim at the end."""
    claims = shared.select(pl.col(ROW).alias("place"), RANK, OUTCOME, GRANTED).with_row_index("order")
    return (
        names.join(claims, on="place", how="left")
        .sort("order", "place", nulls_last=True)
        .with_columns(
            pl.col(OUTCOME).cast(pl.String).fill_null(UNDETERMINED),
            pl.col(GRANTED).fill_null(0),
            pl.col(AMOUNT).fill_null(0),
        )
        .select(SCHEMA.names())
        .cast(SCHEMA)
    )


def _meta(sharing: Sharing) -> dict[str, str]:
    """What it was made with."""
    policy = sharing.policy
    return {
        "policy": policy.id,
        "policy_version": policy.version,
        "policy_digest": policy.digest,
        "engine_version": ENGINE_VERSION,
        "as_of": sharing.as_of.isoformat(),
        "year": str(sharing.year),
        "measure": sharing.measure,
    }
