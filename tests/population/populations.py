"""Populations to read and write, and values that may not stand in them."""

from __future__ import annotations

import random
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from app.rules.columns.schema import population_schema
from app.rules.reading import compile_reader
from app.services.population.bodies import Bodies
from app.services.population.opening import open_population
from app.services.published_policies import PublishedPolicies, PublishedPolicy
from app.services.sampling.any_policy import random_population

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.policy import Policy
    from app.rules.requests import EvaluationRequest
    from app.services.population.batches import Batch, RowError
    from app.services.population.opening import PopulationFile

DAY = date(2026, 11, 23)
YEAR = 2026
CODES = ("91140802MA0GT0018G", "91140802MA0GT0026B", "92140802MA0KT00387", "93140802MA0CT00496")

ODD: dict[type[pl.DataType], tuple[Any, ...]] = {
    pl.Int64: (-1, 0, 1, 10**9, 10**9 + 1, 10**14, 10**14 + 1, -(2**63), 2**63 - 1, 1999, 2101),
    pl.Date: (date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)),
    pl.Boolean: (True, False),
    pl.String: (
        "",
        " ",
        "  x",
        "x ",
        "a\u3000",
        "\u00a0b",
        "e\u0301",
        "\u00e9",
        "x\x00y",
        "x\ny",
        "\x85",
        "\u200bz",
        "x" * 200,
        "x" * 201,
        "é" * 200,
        "e\u0301" * 101,
        "Ａ-1",
        "a1",
        "A 1",
        "a—1",
        "ﬁ",
        "\U0001f600",
        "national",
        "NATIONAL",
        "enterprise",
        "patent-grants",
        "navigation",
        "district",
        "140802",
        "14080",
        "１４０８０２",
        "91140802MA0GT0018G",
        "91140802ma0gt0018g",
        "９１140802MA0GT0018G",
        "91140802 MA0GT0018G",
        "91140802MA0GT0018H",
        "911408O2MA0GT0018G",
        "140802060000511",
    ),
}


@cache
def published() -> PublishedPolicy:
    """The first policy, without a notice."""
    return PublishedPolicies.in_folder(Path("app/policies")).in_force("yanhu-ip", DAY)


def sample(policy: Policy, rows: int, seed: int) -> pl.DataFrame:
    """Rows that are all good."""
    return random_population(policy, rows, seed)


def mutated(policy: Policy, rows: int, seed: int, share: float = 0.6) -> pl.DataFrame:
    """Rows of which many have a value, a list or a group that may not stand there."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    found = [
        _mutate(row, chance) if chance.random() < share else row
        for row in sample(policy, rows, seed).iter_rows(named=True)
    ]
    return pl.DataFrame(found, schema=population_schema(policy), orient="row")


def _mutate(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        places = list(_places(row))
        holder, key = chance.choice(places)
        holder[key] = _other(holder[key], chance)
    return row


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a row below its top columns."""
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inside in list(parts):
        if key != "ref":
            yield value, key
        if isinstance(inside, dict | list):
            yield from _places(inside)


def _other(value: Any, chance: random.Random) -> Any:
    match value:
        case bool():
            return chance.choice((None, not value))
        case int():
            return chance.choice((None, *ODD[pl.Int64]))
        case str():
            return chance.choice((None, *ODD[pl.String]))
        case date():
            return chance.choice((None, *ODD[pl.Date]))
        case list():
            return chance.choice(([], None, [*value, *value], value * 40, [*value, None], value[::-1]))
        case dict():
            return chance.choice((None, dict.fromkeys(value), value))
    return None


def opened(path: Path, **more: Any) -> PopulationFile:
    """A file of the first policy's population."""
    return open_population(path, published().policy, year=YEAR, as_of=DAY, **more)


def read_all(path: Path, **more: Any) -> tuple[pl.DataFrame, list[int], list[RowError]]:
    """Everything of a file: rows, where they stand, and errors."""
    batches: list[Batch] = list(opened(path, **more))
    frame = pl.concat([batch.frame for batch in batches])
    rows = [row for batch in batches for row in batch.rows]
    return frame, rows, [error for batch in batches for error in batch.errors]


def requests(policy: Policy, frame: pl.DataFrame) -> list[EvaluationRequest]:
    """What each row states. Raises InputErrors for a row that is no request."""
    read = compile_reader(policy)
    return [read(body | {"year": YEAR}, DAY) for body in Bodies(policy).bodies(frame)]


def told(errors: list[RowError]) -> list[tuple[int, str, str]]:
    """Row, column and code of each."""
    return [(error.row, error.column, error.code) for error in errors]
