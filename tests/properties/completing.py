"""Fill in what a request leaves unknown, with values a request may hold: for any pack."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

    from app.rules.facts import FactDeclaration, FactSchema

SKIPPED_TYPES = ("id", "text")
POOLS: dict[str, list[Any]] = {
    "bool": [True, False],
    "count": [0, 1, 4, 5, 9, 10, 11],
    "money": ["0.00", "0.01", "0.03", "1000.00", "400000.01", "999999.99"],
    "number": [0, 1, 5],
    "percent": [0, 1, 50],
    "date": ["2000-01-01", "2024-02-29", "2025-11-23", "2025-11-24", "2027-01-01"],
}


@dataclass(frozen=True)
class Unknown:
    """One unknown fact: its name as `missing` has it, and where it stands."""

    name: str
    path: tuple[str | int, ...]
    declaration: FactDeclaration


def unknowns(body: dict[str, Any], schema: FactSchema) -> list[Unknown]:
    """Every unknown scalar and list of a request, fields of items included."""
    found = []
    for name, declaration in schema.facts.items():
        if declaration.type in SKIPPED_TYPES or name.startswith("applicant.statistics"):
            continue
        path = tuple(name.split("."))
        path = path if path[0] == "applicant" else ("facts", *path)
        value = _at(body, path)
        if value is None:
            found.append(Unknown(name, path, declaration))
        elif declaration.type == "list":
            found += _of_items(name, path, value, declaration)
    return found


def _of_items(name: str, path: tuple[str | int, ...], items: list[Any], of: FactDeclaration) -> list[Unknown]:
    return [
        Unknown(f"{name}[{i}].{key}", (*path, i, key), field)
        for i, item in enumerate(items)
        for key, field in of.fields.items()
        if field.type not in SKIPPED_TYPES and item.get(key) is None
    ]


def complete(
    body: dict[str, Any], schema: FactSchema, chance: random.Random, only: Any = None
) -> dict[str, Any]:
    """The request with unknown facts filled at random; `only(unknown)` says which may be."""
    filled = copy.deepcopy(body)
    for unknown in unknowns(body, schema):
        if only is None or only(unknown):
            _put(filled, unknown.path, value_for(unknown.declaration, chance))
    return filled


def value_for(declaration: FactDeclaration, chance: random.Random) -> Any:
    """A value that the fact may have."""
    if declaration.type == "choice":
        return chance.choice([code for code, _ in declaration.choices])
    if declaration.type == "list":
        return [_item(declaration, i, chance) for i in range(chance.randint(0, 2))]
    return chance.choice(POOLS[declaration.type])


def _item(of: FactDeclaration, index: int, chance: random.Random) -> dict[str, Any]:
    item: dict[str, Any] = {}
    for key, field in of.fields.items():
        if field.type == "id":
            if not field.optional:
                item[key] = f"new-{index}"
        elif field.type != "text" and chance.random() < 0.9:
            item[key] = value_for(field, chance)
    return item


def _at(body: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        body = body[int(part)] if isinstance(body, list) else (body or {}).get(part)
    return body


def _put(body: Any, path: tuple[str | int, ...], value: Any) -> None:
    *way, last = path
    for part in way:
        if isinstance(body, dict) and body.get(str(part)) is None:
            body[str(part)] = {}
        body = body[part]
    body[last] = value
