"""One fact as JSON Schema 2020-12: what a request may hold for it, with labels, unit and clauses.

A schema never refuses what the reader takes; what only the reader can see (a calendar, a check character) it leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.facts import MOST_TEXT
from app.rules.input.words import PERCENT_PLACES, limits_of
from app.rules.policy import Words

if TYPE_CHECKING:
    from app.rules.facts import FactDeclaration

    Schema = dict[str, Any]

NULL: Schema = {"type": "null"}
TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": MOST_TEXT}
DATE: Schema = {"type": "string", "format": "date"}

_UNITS = {"money": Words("元", "yuan"), "percent": Words("%", "%")}
_NAMED: dict[str, Schema] = {
    "applicant.uscc": {**TEXT, "examples": ["91140802MA0GT0018G"]},
    "applicant.division": {"type": "string", "pattern": r"^\s*[0-9]{6}\s*$", "examples": ["140802"]},
}


def value_schemas(declaration: FactDeclaration) -> list[Schema]:
    """The forms that a value may have, null aside; a choice by its codes."""
    match declaration.type:
        case "bool":
            return [{"type": "boolean"}]
        case "count":
            low, high = limits_of(declaration)
            return [{"type": "integer", "minimum": low, "maximum": high}]
        case "money":
            return _decimal(declaration, 2, "^", "$")
        case "percent":
            return _decimal(declaration, PERCENT_PLACES, "^", "%$")
        case "number":
            return _decimal(declaration, declaration.places, "^", "$")
        case "date":
            return [DATE]
        case "choice":
            return [choice_schema(declaration)]
    return [_NAMED.get(declaration.name, TEXT)]


def choice_schema(declaration: FactDeclaration) -> Schema:
    """The codes, and under `x-choices` what each is called."""
    return {
        "type": "string",
        "enum": [code for code, _ in declaration.choices],
        "x-choices": [{"code": code, **in_both(label)} for code, label in declaration.choices],
    }


def _decimal(declaration: FactDeclaration, places: int, before: str, after: str) -> list[Schema]:
    """A text of digits, or a JSON number by value."""
    low, high = limits_of(declaration)
    sign = "-?" if low < 0 else ""
    part = rf"(\.[0-9]{{1,{places}}})?" if places else ""
    return [
        {"type": "string", "pattern": f"{before}{sign}[0-9]+{part}{after}"},
        {"type": "number", "minimum": _end(low, places), "maximum": _end(high, places)},
    ]


def _end(value: int, places: int) -> int | float:
    """An end of a range as a JSON number; schemas hold no other kind."""
    one: int = 10**places
    return value // one if value % one == 0 else value / one


def notes_of(declaration: FactDeclaration, clauses: tuple[str, ...]) -> Schema:
    """What people read: the label in both languages, the unit, and the clauses that ask for it."""
    unit = declaration.unit or _UNITS.get(declaration.type)
    return {
        **labels(declaration.label),
        **({} if unit is None else {"x-unit": in_both(unit)}),
        **({"x-clauses": list(clauses)} if clauses else {}),
    }


def labels(label: Words) -> Schema:
    return {"title": label.zh, "description": label.en, "x-label": in_both(label)}


def in_both(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
