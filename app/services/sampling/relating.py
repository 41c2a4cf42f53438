"""Relations between facts kept: what would contradict itself is left unknown in part, as no request may state it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import column_of, path_of
from app.rules.expression import Fact
from app.rules.language.constancy import facts_of
from app.rules.language.intervals import evaluate_interval

if TYPE_CHECKING:
    from datetime import date

    from app.rules.facts import Relation
    from app.rules.policy import Policy


def without_contradictions(frame: pl.DataFrame, policy: Policy, as_of: date) -> pl.DataFrame:
    """The frame with the left-most fact of each broken relation unknown."""
    for relation in policy.facts.relations:
        broken, first = _broken(frame, relation, as_of)
        if broken.any():
            frame = _without(frame, path_of(first), broken)
    return frame


def _broken(frame: pl.DataFrame, relation: Relation, as_of: date) -> tuple[pl.Series, str]:
    """Where both sides are known and do not hold, and the left-most fact."""
    names = list(dict.fromkeys(fact.name for fact in facts_of(relation.test) if isinstance(fact, Fact)))
    stated = frame.select(column_of(name).alias(name) for name in names)
    built_in = {"year": as_of.year, "as_of": as_of}
    found = [
        None not in row
        and evaluate_interval(relation.test, dict(zip(names, row, strict=True)), None, built_in) is False
        for row in stated.iter_rows()
    ]
    return pl.Series(found, dtype=pl.Boolean), names[0]


def _without(frame: pl.DataFrame, path: tuple[str, ...], where: pl.Series) -> pl.DataFrame:
    """The frame with one nested field null in some rows."""
    top, *inner = path
    replaced = pl.when(~where).then(_field(pl.col(top), inner))
    for depth in reversed(range(len(inner))):
        outer = _field(pl.col(top), inner[:depth])
        changed = outer.struct.with_fields(replaced.alias(inner[depth]))
        replaced = pl.when(outer.is_not_null()).then(changed)
    return frame.with_columns(replaced.alias(top))


def _field(column: pl.Expr, path: list[str]) -> pl.Expr:
    for part in path:
        column = column.struct.field(part)
    return column
