"""Expressions of the policy language as a typed tree (language.md sections 3 and 5).

Every node knows its type; numbers are whole over a static `scale` (value = integer / scale):
money in fen (scale 1), percent 10^8, number 10^places, count 1. `reading` parses text into this tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as _field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from app.rules.policy import Words
    from app.rules.values import Value


@dataclass(frozen=True, slots=True)
class Expression:
    """Base of every node. `type`: bool count money percent number date choice text; `scale` for numbers."""

    type: str
    scale: int


@dataclass(frozen=True, slots=True)
class Domain:
    """What a fact may be: bounds in its own scale, a choice's codes (ordered: low to high), or none."""

    minimum: int = 0
    maximum: int | None = None
    codes: tuple[str, ...] = ()
    optional: bool = False
    ends: bool = True
    """Of what is worked out: whether it has a greatest end even where nothing is known."""


ANY = Domain()


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A constant: int (scaled), bool, ISO date as datetime.date, or a code/text as str."""

    value: object


@dataclass(frozen=True, slots=True)
class Fact(Expression):
    """A fact by dotted name (`patents.granted`, `applicant.kind`, derived names likewise)."""

    name: str
    domain: Domain = _field(default=ANY, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ItemField(Expression):
    """A field of the item named by `word` in the list `list_name`."""

    word: str
    list_name: str
    field: str
    domain: Domain = _field(default=ANY, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class BuiltIn(Expression):
    """`year` (count), `as_of` (date), `counted` (money), `items` (count), `granted`, `due` (money)."""

    name: str


@dataclass(frozen=True, slots=True)
class AwardOf(BuiltIn):
    """`award(m)`: what other measures of the policy award; `paid(m)`: what history says they paid. Money.

    `name` is the text as written, with the measure that asks, by which the built-ins hold its bounds.
    """

    measures: tuple[str, ...]
    """Whose awards, in catalogue order: one measure, or the members of a group."""
    paid: bool = False
    this_year: bool = False
    """`paid(m, year)`: of the year of the request alone."""
    own_item: bool = False
    """`paid(this)` of an item that has an `id`."""
    title: Words | None = _field(default=None, compare=False, repr=False)
    """Of the measure or group; None for the measure's own."""

    @property
    def word(self) -> str:
        """What reasons call it, where nothing else names them."""
        return "paid" if self.paid else "award"


@dataclass(frozen=True, slots=True)
class Derived(Expression):
    """A fact that the pack works out of others; no request states it.

    `value` is a condition where the type is bool, a number's value over the node's own scale, or, for a choice, the
    place of its code among `domain.codes`.
    """

    name: str
    value: Value = _field(compare=False, repr=False)
    domain: Domain = _field(default=ANY, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table by one key: by `date` the row in force from its day on, else the row of that very key.

    A row holds a number over the table's scale, or the rows by the next key. Ascending where keys are days or numbers.
    """

    by: str
    """date, year, text, or the name of a choice."""
    keys: tuple[date | int | str, ...]
    values: tuple[int | Rows, ...]
    until: date | None = None
    """By date: the last day that the table speaks of."""


@dataclass(frozen=True, slots=True)
class Lookup(Expression):
    """A row of a table of the pack. Where no row has the keys it is unknown, and no applicant can supply it."""

    table: str
    keys: tuple[Expression, ...]
    rows: Rows = _field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ReadingUse(Expression):
    """`reading.<id>`: the way a clause is read, as a choice; `chosen` None where nobody decided it yet."""

    name: str
    """The reading's id."""
    chosen: str | None = _field(compare=False)
    domain: Domain = _field(default=ANY, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ParameterUse(Expression):
    """A measure's parameter, its value already inlined; the name kept for simulations and words."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Arithmetic(Expression):
    """`+ - * /` on two numbers, `min max` on two or more, unary minus as `neg`; date + span as `shift`."""

    operator: str
    operands: tuple[Expression, ...]
    span_unit: str | None = None


@dataclass(frozen=True, slots=True)
class DateCall(Expression):
    """years months days (of two dates) and year month_start month_end year_start year_end (of one)."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Aggregate(Expression):
    """count any (value None) and sum all max min over the items of a list that meet `where`."""

    function: str
    word: str
    list_name: str
    value: Expression | None
    where: Expression | None
    otherwise: Expression | None = None


@dataclass(frozen=True, slots=True)
class Comparison(Expression):
    """`== != >= > <= <` on two values of one type (numbers of any scale)."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Membership(Expression):
    """`in` / `not in` a list of codes (a named set is already expanded; its name kept for words)."""

    left: Expression
    members: tuple[str, ...]
    negated: bool = False
    set_name: str | None = None


@dataclass(frozen=True, slots=True)
class Logic(Expression):
    """`and or not` inside one expression text."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A requirement as the pack wrote it: a leaf (`test`) or `all`, `any`, `not` over parts.

    `code` is the full reason code `<measure>.<word>`, unique in the measure, on every leaf that can be a
    reason and on named groups (whose parts then show in the trace only; `named` is True).
    A plain `a and b` / `a or b` / `not x` in one text is split into all/any/not here, so leaves are atomic.
    """

    kind: str
    code: str = ""
    clause: str = ""
    test: Expression | None = None
    parts: tuple[Condition, ...] = ()
    named: bool = False
    says: Words | None = None
