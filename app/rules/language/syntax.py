"""What an expression says before names are resolved and types are known."""

from __future__ import annotations

from dataclasses import dataclass

ARGUMENTS = {"years": 2, "months": 2, "days": 2, "year": 1}
ARGUMENTS |= dict.fromkeys(("month_start", "month_end", "year_start", "year_end"), 1)
"""How many values each function of the calendar takes."""
AGGREGATES = frozenset({"count", "any", "sum", "all", "max", "min"})


@dataclass(frozen=True, slots=True)
class Syntax:
    """Base of every node; `offset` is its first character (an operator's own for two-sided nodes)."""

    offset: int


@dataclass(frozen=True, slots=True)
class Constant(Syntax):
    """`kind`: number percent date string."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Name(Syntax):
    text: str


@dataclass(frozen=True, slots=True)
class Unary(Syntax):
    """`not` or `-`."""

    operator: str
    operand: Syntax


@dataclass(frozen=True, slots=True)
class Binary(Syntax):
    """`and or`, a comparison, or `+ - * /`."""

    operator: str
    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class Shift(Syntax):
    """A date and a span: `count` is negative for minus; `unit` is day, month or year."""

    day: Syntax
    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Within(Syntax):
    """`in` a named set (`members` is a Name) or listed codes."""

    left: Syntax
    members: Name | tuple[Name | Constant, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Call(Syntax):
    function: str
    arguments: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Referred(Syntax):
    """`award(m)` or `paid(m)`; `of` is `this`, or the id of a measure or group."""

    function: str
    of: str
    of_offset: int
    this_year: bool


@dataclass(frozen=True, slots=True)
class Collect(Syntax):
    """An aggregate over a list."""

    function: str
    word: Name
    list_name: Name
    value: Syntax | None
    where: Syntax | None
    otherwise: Syntax | None
