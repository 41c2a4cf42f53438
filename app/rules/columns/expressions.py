"""Expressions as columns: the tree that `language.intervals` walks for one applicant, for every row of a table.

Conditions are nullable booleans (Kleene), numbers two columns, dates, codes and texts one. What the columns cannot
carry exactly raises `NotColumnar`; the measure is then decided row by row.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns import ends as of_ends
from app.rules.columns.aggregates import bounded, quantified
from app.rules.columns.arithmetic import worked_out
from app.rules.columns.dates import passed, shifted, turned
from app.rules.columns.ends import Ends, NotColumnar
from app.rules.columns.fractions import compare_fractions, divisor_of, fractions
from app.rules.columns.looking_up import found_in
from app.rules.expression import (
    Aggregate,
    Arithmetic,
    BuiltIn,
    Comparison,
    DateCall,
    Derived,
    Expression,
    Fact,
    ItemField,
    Literal,
    Logic,
    Lookup,
    Membership,
    ParameterUse,
    ReadingUse,
)
from app.rules.language.bounds import compare
from app.rules.language.constancy import facts_of
from app.rules.language.intervals import Walk, domain_of
from app.rules.language.ranges import MOST, range_of
from app.rules.language.value_ranges import divides

if TYPE_CHECKING:
    from datetime import date

    from app.rules.columns.tables import Table

NUMERIC = frozenset({"count", "money", "percent", "number"})


class Terms:
    """Expressions over one table. Aggregates are worked out at once and kept as columns of the table."""

    def __init__(self, table: Table, year: int, as_of: date) -> None:
        self.table, self.year, self.as_of = table, year, as_of
        self._kept: dict[Aggregate, pl.Expr | Ends] = {}
        self._rows: dict[Lookup, str] = {}

    def over(self, table: Table) -> Terms:
        """The same day and year over another table."""
        return Terms(table, self.year, self.as_of)

    def alike(self) -> Terms:
        """The same with a table of its own, and what was worked out so far."""
        found = copy(self)
        found.table = copy(self.table)
        found.table.built_ins = {}
        found._kept, found._rows = dict(self._kept), dict(self._rows)  # noqa: SLF001 - a copy of itself
        return found

    def column(self, fact: Fact | ItemField) -> pl.Expr:
        return pl.col(self.table.column(fact))

    # Conditions

    def truth(self, expression: Expression) -> pl.Expr:
        """True, false, or null where it is unknown."""
        match expression:
            case Literal(value=bool(value)) | ParameterUse(value=bool(value)):
                return pl.lit(value)
            case Fact() | ItemField():
                return self.column(expression)
            case Derived():
                return self.derived_truth(expression)
            case Logic(operator="not", operands=(operand,)):
                return ~self.truth(operand)
            case Logic(operator=operator, operands=operands):
                combine = pl.all_horizontal if operator == "and" else pl.any_horizontal
                return combine([self.truth(operand) for operand in operands])
            case Membership(left=left, members=members, negated=negated):
                found = self.value(left).is_in(list(members))
                if _none_is_known(left):
                    found = found.fill_null(value=False)
                return ~found if negated else found
            case Comparison(left=left) if left.type in NUMERIC:
                return self._numbers(expression)
            case Comparison():
                return self._values(expression)
            case Aggregate():
                if expression not in self._kept:
                    self._kept[expression] = quantified(self, expression)
                kept = self._kept[expression]
                assert isinstance(kept, pl.Expr)
                return kept
        raise TypeError(expression)

    def _numbers(self, expression: Comparison) -> pl.Expr:
        left, right, operator = expression.left, expression.right, expression.operator
        plain = self._against_constant(left, operator, right)
        if plain is not None:
            return plain
        one, other = self.ends(left), self.ends(right)
        least, most = _range(left, right.scale, right, left.scale)
        if one.over is None and other.over is None:
            of = of_ends.type_for(least, most)
            return of_ends.compare(
                operator, of_ends.times(one, right.scale, of), of_ends.times(other, left.scale, of)
            )
        if max(-least, most) * max(divisor_of(left), divisor_of(right)) >= MOST:
            raise NotColumnar
        return compare_fractions(operator, fractions(one, right.scale), fractions(other, left.scale))

    def _against_constant(self, left: Expression, operator: str, right: Expression) -> pl.Expr | None:
        """The short way for most requirements: a fact against a constant of its own scale."""
        if not (
            isinstance(left, Fact | ItemField)
            and isinstance(right, Literal | ParameterUse)
            and left.scale == right.scale
            and isinstance(right.value, int)
        ):
            return None
        value = right.value
        known = self.column(left)
        found = {
            "==": known == value,
            "!=": known != value,
            ">=": known >= value,
            ">": known > value,
            "<=": known <= value,
            "<": known < value,
        }[operator]
        domain = left.domain
        unknown = compare(operator, (domain.minimum, domain.maximum), (value, value))
        return found if unknown is None else found.fill_null(unknown)

    def _values(self, expression: Comparison) -> pl.Expr:
        left, right, operator = expression.left, expression.right, expression.operator
        one, other = self.value(left), self.value(right)
        if operator in ("==", "!="):
            if _none_is_known(left) or _none_is_known(right):
                same = one.eq_missing(other)
                for side, column in ((left, one), (right, other)):
                    if not _none_is_known(side) and not isinstance(side, Literal | ParameterUse):
                        same = pl.when(column.is_not_null()).then(same)
            else:
                same = one == other
            return same if operator == "==" else ~same
        if left.type == "choice":
            codes = domain_of(left).codes
            one, other = (
                side.replace_strict(codes, range(len(codes)), default=None) for side in (one, other)
            )
        return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[operator]

    # Dates, codes and texts

    def value(self, expression: Expression) -> pl.Expr:
        """A date, a code or a text; null where it is unknown."""
        match expression:
            case Literal(value=value) | ParameterUse(value=value):
                return pl.lit(value)
            case Fact() | ItemField():
                return self.column(expression)
            case BuiltIn(name="as_of"):
                return pl.lit(self.as_of)
            case ReadingUse(chosen=chosen):
                return pl.lit(chosen, dtype=pl.String)
            case Derived(domain=domain):
                low, high = self.derived(expression)[:2]
                place = pl.when(low == high).then(low)
                return place.replace_strict(
                    range(len(domain.codes)), domain.codes, default=None, return_dtype=pl.String
                )
            case DateCall(function=function, arguments=(day,)):
                return turned(function, self.value(day))
            case Arithmetic(operator="shift", operands=(day, Literal(value=int(count))), span_unit=str(unit)):
                return shifted(self.value(day), count, unit)
        raise TypeError(expression)

    # Numbers

    def ends(self, expression: Expression) -> Ends:
        """Low and high over the expression's own scale."""
        of = self.type_of(expression)
        match expression:
            case Literal(value=int(value)) | ParameterUse(value=int(value)):
                fixed = of_ends.constant(value, of)
                return Ends(fixed, fixed)
            case Fact(domain=domain) | ItemField(domain=domain):
                known = self.column(expression).cast(of)
                high = known if domain.maximum is None else known.fill_null(domain.maximum)
                return Ends(known.fill_null(domain.minimum), high)
            case BuiltIn(name="year"):
                year = of_ends.constant(self.year, of)
                return Ends(year, year)
            case BuiltIn(name=name):
                if name not in self.table.built_ins:
                    raise NotColumnar
                return self.table.built_ins[name]
            case Derived() | Lookup():
                return (
                    self.derived(expression) if isinstance(expression, Derived) else self.row(expression)[0]
                )
            case DateCall(function="year", arguments=(day,)):
                found = self.value(day).dt.year().cast(of)
                return Ends(found.fill_null(0), found)
            case DateCall(function=function, arguments=(start, end)):
                found = passed(function, self.value(start), self.value(end)).cast(of)
                return Ends(found.fill_null(0), found)
            case Aggregate():
                if expression not in self._kept:
                    self._kept[expression] = bounded(self, expression)
                kept = self._kept[expression]
                assert isinstance(kept, Ends)
                return kept
            case Arithmetic():
                return worked_out(self, expression, of)
        raise TypeError(expression)

    def whole(self, expression: Expression) -> Ends:
        """The same of a number without a denominator of the row's own. Raises NotColumnar."""
        found = self.ends(expression)
        if found.over is not None:
            raise NotColumnar
        return found

    def column_of(self, found: pl.Expr) -> pl.Expr:
        """As a column of the table, so that what is named again and again is worked out once."""
        if not found.meta.root_names() or found.meta.is_column():
            return found
        name = self.table.fresh("kept")
        self.table.frame = self.table.frame.with_columns(found.alias(name))
        return pl.col(name)

    def derived(self, expression: Derived) -> Ends:
        """A number, or the place of a code, as columns of the table, worked out once; items have no part in it."""
        low, high = (f"derived:{expression.name}:{end}" for end in ("low", "high"))
        table = self.table
        if low not in table.frame.columns:
            from app.rules.columns.values import value_ends  # noqa: PLC0415 - values are made of expressions

            if divides(expression.value):
                raise NotColumnar
            found = value_ends(self, expression.value)
            table.frame = table.frame.with_columns(found.low.alias(low), found.high.alias(high))
        return Ends(pl.col(low), pl.col(high))

    def derived_truth(self, expression: Derived) -> pl.Expr:
        """A derived yes or no as a column of the table, worked out once."""
        name = f"derived:{expression.name}"
        if name not in self.table.frame.columns:
            assert isinstance(expression.value, Expression)
            truth = self.truth(expression.value)
            self.table.frame = self.table.frame.with_columns(truth.alias(name))
        return pl.col(name)

    def row(self, expression: Lookup) -> tuple[Ends, pl.Expr]:
        """The bounds of the rows that the keys can reach, and whether there is certainly none; worked out once."""
        if not any(facts_of(key) for key in expression.keys):
            return self._same_row(expression)
        name = self._rows.get(expression)
        if name is None:
            name = self._rows[expression] = self.table.fresh("lookup")
            keys = [self._key(key) for key in expression.keys]
            ends, none = found_in(expression.rows, keys, self.type_of(expression))
            made = {"low": ends.low, "high": ends.high, "none": none}
            self.table.frame = self.table.frame.with_columns(
                one.alias(f"{name}:{end}") for end, one in made.items()
            )
        return Ends(pl.col(f"{name}:low"), pl.col(f"{name}:high")), pl.col(f"{name}:none")

    def _same_row(self, expression: Lookup) -> tuple[Ends, pl.Expr]:
        """The row of keys that are the same for everyone: the day of the evaluation, its year."""
        low, high = Walk({}, None, {"year": self.year, "as_of": self.as_of}, {}).row(expression)
        if low is None:
            of = self.type_of(expression)
            return Ends(of_ends.constant(0, of), of_ends.unbounded(of)), pl.lit(value=True)
        least, most = (of_ends.constant(int(end or 0), self.type_of(expression)) for end in (low, high))
        return Ends(least, most), pl.lit(value=False)

    def _key(self, key: Expression) -> pl.Expr:
        """A key, null where it is unknown."""
        if key.type not in NUMERIC:
            return self.value(key)
        ends = self.whole(key)
        return pl.when(ends.low == ends.high).then(ends.low)

    @staticmethod
    def type_of(expression: Expression) -> pl.DataType:
        return of_ends.type_for(*range_of(expression))


def _range(left: Expression, by: int, right: Expression, by_other: int) -> tuple[int, int]:
    """Least and greatest of two numbers that are brought to one scale."""
    ends = [end * factor for one, factor in ((left, by), (right, by_other)) for end in range_of(one)]
    return min(ends), max(ends)


def _none_is_known(expression: Expression) -> bool:
    """An optional id that is absent means none."""
    return isinstance(expression, Fact | ItemField) and expression.domain.optional
