"""Values and places as the JSON answer has them: money as text, dates ISO, pointers into the request."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from app.rules.money import format_yuan
from app.rules.words.wording import decimal, percent, whole_fen

if TYPE_CHECKING:
    from app.rules.facts import FactDeclaration, FactSchema

    Json = str | int | bool | list["Json"] | None

APPLICANT = "applicant."
TYPE_NAMES = {"bool": "boolean"}
"""What the answer calls a type that packs call otherwise."""


class Place(NamedTuple):
    """Where a fact stands: its dotted name, and the RFC 6901 pointer into the request."""

    fact: str
    pointer: str


def place(name: str, list_name: str | None, position: int | None) -> Place:
    """`patent_awards[0].amount` and `/facts/patent_awards/0/amount`; facts of the applicant lie outside `facts`."""
    if list_name is not None and position is not None:
        return Place(f"{list_name}[{position}].{name}", f"{_pointer(list_name)}/{position}/{name}")
    if list_name is not None:
        return Place(f"{list_name}.{name}", _pointer(list_name))
    return Place(name, _pointer(name))


def _pointer(name: str) -> str:
    path = name.replace(".", "/")
    return f"/{path}" if name.startswith(APPLICANT) else f"/facts/{path}"


def json_value(value: object, kind: str, scale: int = 1) -> Json:
    """A value in engine units as the answer has it.

    Counts are numbers, money is text with two decimals, percents and decimals are text, dates ISO, choices their
    code, the members of `in` a list.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, tuple):
        return [json_value(each, kind, scale) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | Fraction):
        return _number(value, kind, scale)
    raise TypeError(f"no value of an answer: {value!r}")


def _number(value: int | Fraction, kind: str, scale: int) -> str | int:
    if kind == "money":
        return format_yuan(whole_fen(value, scale))
    if kind == "percent":
        return percent(value, scale)
    if kind == "count" and scale == 1 and isinstance(value, int):
        return value
    return decimal(value, scale)


def scale_of(declaration: FactDeclaration) -> int:
    """What a stated value of this fact is divided by."""
    if declaration.type == "percent":
        return 10**8
    return 10**declaration.places if declaration.type == "number" else 1


def declaration_at(schema: FactSchema, fact: str) -> FactDeclaration:
    """The declaration behind a name as `missing` has it: `patents.granted`, `patent_awards[0].amount`."""
    listed, bracket, rest = fact.partition("[")
    if not bracket:
        return schema.facts[fact]
    return schema.facts[listed].fields[rest.partition("].")[2]]
