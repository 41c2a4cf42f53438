"""Columns by name put together as a population: nested as the policy's facts are, null where nobody made any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import REF, Tree, fact_tree, population_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.policy import Policy


def assembled(
    policy: Policy, refs: pl.Series, columns: Mapping[str, pl.Series], past: Mapping[str, pl.Series]
) -> pl.DataFrame:
    """A population. `columns`: facts and lists by dotted name; `past`: `history` and `other_funding`."""
    rows = len(refs)
    made = [refs.alias(REF)]
    made += [
        _group(columns, group, rows).alias(name)
        for name, group in fact_tree(policy).items()
        if isinstance(group, Tree)
    ]
    made += [column.alias(name) for name, column in past.items()]
    return pl.DataFrame(made).cast(population_schema(policy))


def _group(columns: Mapping[str, pl.Series], group: Tree, rows: int) -> pl.Series:
    fields: list[pl.Series] = []
    for name, inside in group.items():
        if isinstance(inside, Tree):
            fields.append(_group(columns, inside, rows).alias(name))
        else:
            column = columns.get(inside.name)
            fields.append(
                (pl.Series([None]).new_from_index(0, rows) if column is None else column).alias(name)
            )
    frame = pl.DataFrame(fields)
    something = pl.any_horizontal(pl.all().is_not_null())
    return frame.select(pl.when(something).then(pl.struct(pl.all()))).to_series()
