"""The form of a population: one row an applicant, as Polars types and as an Arrow schema that says its units.

`ref` (text, optional), `applicant` and `facts` (structs, nested as facts are named), `history` and `other_funding`
(lists of structs). Null is unknown. Money is whole fen, a percent whole 10^-8, a number whole 10^-places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.rules.facts import FactDeclaration
    from app.rules.policy import Policy

APPLICANT = "applicant"
REF = "ref"

TYPES: Mapping[str, type[pl.DataType]] = {
    "bool": pl.Boolean,
    "count": pl.Int64,
    "money": pl.Int64,
    "percent": pl.Int64,
    "number": pl.Int64,
    "date": pl.Date,
    "choice": pl.String,
    "text": pl.String,
    "id": pl.String,
}
ARROW_TYPES: Mapping[str, pa.DataType] = {
    "bool": pa.bool_(),
    "count": pa.int64(),
    "money": pa.int64(),
    "percent": pa.int64(),
    "number": pa.int64(),
    "date": pa.date32(),
    "choice": pa.string(),
    "text": pa.string(),
    "id": pa.string(),
}


class Tree(dict[str, "Tree | FactDeclaration"]):
    """Facts nested as their dotted names say."""


def path_of(name: str) -> tuple[str, ...]:
    """Where a fact stands in a row: (`applicant`, `kind`), (`facts`, `patents`, `granted`)."""
    parts = tuple(name.split("."))
    return parts if parts[0] == APPLICANT else ("facts", *parts)


def column_of(name: str) -> pl.Expr:
    """The expression that reads a fact from a row."""
    first, *rest = path_of(name)
    found = pl.col(first)
    for part in rest:
        found = found.struct.field(part)
    return found


def fact_tree(policy: Policy) -> Tree:
    """`applicant` and `facts`, with every fact of the pack at its place."""
    top = Tree({APPLICANT: Tree(), "facts": Tree()})
    for name, declaration in policy.facts.facts.items():
        *groups, last = path_of(name)
        at = top
        for group in groups:
            inner = at.setdefault(group, Tree())
            assert isinstance(inner, Tree)
            at = inner
        at[last] = declaration
    return top


def history_keys(policy: Policy) -> tuple[str, ...]:
    """The fields under `keys` of a history entry: what items publish, and what ledgers keep."""
    named = {key for measure in policy.measures for key in measure.history_keys}
    return tuple(sorted(named))


def population_schema(policy: Policy) -> pl.Schema:
    """The columns of a population, as Polars types."""
    arrow = arrow_schema(policy)
    return pl.Schema({field.name: _polars_type(field.type) for field in arrow})


def arrow_schema(policy: Policy) -> pa.Schema:
    """The same as Arrow; field metadata: `unit` (fen, 1e-8, 1e-<places>), `label_zh`, `label_en`, `choices`."""
    tree = fact_tree(policy)
    keys = history_keys(policy)
    entry = [
        pa.field("measure", pa.string(), nullable=False),
        pa.field("year", pa.int64(), nullable=False),
        pa.field("amount", pa.int64(), nullable=False, metadata={"unit": "fen"}),
        pa.field("item", pa.string()),
        pa.field("items", pa.list_(pa.string())),
        *([pa.field("keys", pa.struct([pa.field(key, pa.string()) for key in keys]))] if keys else []),
    ]
    funding = [
        pa.field("source", pa.string(), nullable=False),
        pa.field("project", pa.string()),
        pa.field("amount", pa.int64(), nullable=False, metadata={"unit": "fen"}),
    ]
    return pa.schema(
        [
            pa.field(REF, pa.string()),
            *(pa.field(name, _struct(group)) for name, group in tree.items() if isinstance(group, Tree)),
            pa.field("history", pa.list_(pa.struct(entry))),
            pa.field("other_funding", pa.list_(pa.struct(funding))),
        ],
        metadata={"policy": policy.id, "version": policy.version, "digest": policy.digest},
    )


def _struct(group: Tree) -> pa.DataType:
    return pa.struct(list(_fields(group)))


def _fields(group: Mapping[str, Tree | FactDeclaration]) -> Iterator[pa.Field]:
    for name, inside in group.items():
        if isinstance(inside, Tree):
            yield pa.field(name, _struct(inside))
        elif inside.type == "list":
            items = pa.list_(pa.struct(list(_fields(inside.fields))))
            yield pa.field(name, items, metadata=_metadata(inside))
        else:
            required = inside.type == "id" and not inside.optional
            yield pa.field(name, ARROW_TYPES[inside.type], nullable=not required, metadata=_metadata(inside))


def _metadata(declaration: FactDeclaration) -> dict[str, str]:
    found = {"type": declaration.type, "label_zh": declaration.label.zh, "label_en": declaration.label.en}
    units = {"money": "fen", "percent": "1e-8"}
    if declaration.type == "number":
        units["number"] = f"1e-{declaration.places}"
    if declaration.type in units:
        found["unit"] = units[declaration.type]
    if declaration.choices:
        found["choices"] = ",".join(code for code, _ in declaration.choices)
    return found


def _polars_type(of: pa.DataType) -> pl.DataType:
    if pa.types.is_struct(of):
        return pl.Struct([pl.Field(field.name, _polars_type(field.type)) for field in of])
    if pa.types.is_list(of):
        return pl.List(_polars_type(of.value_type))
    found = next(ours for name, ours in TYPES.items() if ARROW_TYPES[name] == of)
    return found()
