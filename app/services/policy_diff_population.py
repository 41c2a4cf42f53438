"""What a change of policy does to a population: who gains, who loses, and how much it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.columns.aligning import aligned
from app.rules.columns.comparing import Comparison
from app.rules.columns.deciding import Columns
from app.rules.columns.schema import population_schema
from app.rules.money import format_yuan
from app.services.population.opening import open_population

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from app.rules.columns.comparing import Change, Compared
    from app.rules.policy import Policy


def compare_over(
    population: Path, before: Policy, after: Policy, *, year: int, as_of: date
) -> tuple[Compared, int]:
    """Both policies over the population, which is of the form of `before`, and how many rows could not be read.

    Facts that only `after` knows are unknown there. Raises PopulationError for a file that cannot be read.
    """
    old, new = (policy.as_read(year, as_of) for policy in (before, after))
    sides = [(Columns(policy, year=year, as_of=as_of), population_schema(policy)) for policy in (old, new)]
    comparison, bad = Comparison(old, new), 0
    for batch in open_population(population, old, year=year, as_of=as_of):
        answers = [columns.decide(aligned(batch.frame, schema)).answers for columns, schema in sides]
        comparison.add(batch.rows, *answers)
        bad += len({error.row for error in batch.errors})
    return comparison.compared(), bad


def population_form(found: Compared, bad: int) -> dict[str, Any]:
    """For JSON; money in yuan."""
    changed = {name: one for name, one in found.measures.items() if one.gain or one.lose or one.difference}
    return {
        "all": _form(found.all),
        "bad_rows": bad,
        "measures": {name: _form(one) for name, one in changed.items()},
    }


def _form(change: Change) -> dict[str, Any]:
    return {
        "gain": change.gain,
        "lose": change.lose,
        "same": change.same,
        "difference": format_yuan(change.difference),
    }


def population_lines(found: Compared, bad: int, language: str) -> Iterator[str]:
    """A line for everyone, then one for each measure that changes for anybody."""
    form = population_form(found, bad)
    yield _line("全部申请人" if language == "zh" else "All applicants", form["all"], language)
    for name, one in form["measures"].items():
        yield f"  {_line(name, one, language)}"
    if bad:
        yield f"无法读取的行：{bad}" if language == "zh" else f"Rows that could not be read: {bad}"


def _line(name: str, one: dict[str, Any], language: str) -> str:
    if language == "zh":
        counts = f"增加 {one['gain']} 家，减少 {one['lose']} 家，不变 {one['same']} 家"
        return f"{name}：{counts}，金额差 {one['difference']} 元"
    return f"{name}: {one['gain']} gain, {one['lose']} lose, {one['same']} as before, difference {one['difference']}"
