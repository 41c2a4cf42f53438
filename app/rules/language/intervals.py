"""The reference evaluator: an expression walked over what is known, with bounds for what is not.

Numbers are `(low, high)` over the expression's scale, None where an end is unbounded; conditions are Kleene
truth; dates, codes and texts are their value, None where unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.rules import dates
from app.rules.expression import (
    Aggregate,
    Arithmetic,
    BuiltIn,
    Comparison,
    DateCall,
    Expression,
    Fact,
    ItemField,
    Literal,
    Logic,
    Membership,
    ParameterUse,
)
from app.rules.language.bounds import (
    Bounds,
    compare,
    greatest_high,
    greatest_low,
    inverse,
    least_high,
    least_low,
    less,
    multiply,
    times,
    total,
)
from app.rules.language.ranges import least
from app.rules.logic import Truth, all_of, any_of, negate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, object]

NUMERIC = frozenset({"count", "money", "percent", "number"})
PERIODS = {"years": dates.years, "months": dates.months, "days": dates.days}
TURNS = {
    "month_start": dates.month_start,
    "month_end": dates.month_end,
    "year_start": dates.year_start,
    "year_end": dates.year_end,
}


def evaluate_interval(expression: Expression, facts: Row, item: Row | None, builtins: Row) -> Any:  # noqa: ANN401 - what it returns follows from the expression's type
    """Bounds of a number, truth of a condition, or the value of a date, code or text (None: unknown)."""
    return Walk(facts, item, builtins, {}).of(expression)


@dataclass(frozen=True, slots=True)
class Walk:
    """What is known while one expression is walked; `rows` are the items that aggregates are at."""

    facts: Row
    item: Row | None
    builtins: Row
    rows: Mapping[str, Row]

    def of(self, expression: Expression) -> Any:  # noqa: ANN401 - as evaluate_interval
        if expression.type == "bool":
            return self.truth(expression)
        if expression.type in NUMERIC:
            return self.bounds(expression)
        return self.value(expression)

    def known(self, expression: Fact | ItemField) -> Any:  # noqa: ANN401 - any fact
        if isinstance(expression, Fact):
            return self.facts.get(expression.name)
        row = self.rows.get(expression.word, self.item)
        return None if row is None else row.get(expression.field)

    def value(self, expression: Expression) -> Any:  # noqa: ANN401 - a date, a code or a text
        match expression:
            case Literal(value=value) | ParameterUse(value=value):
                return value
            case Fact() | ItemField():
                return self.known(expression)
            case BuiltIn(name=name):
                return self.builtins.get(name)
            case DateCall(function=function, arguments=(day,)):
                found = self.value(day)
                return None if found is None else TURNS[function](found)
            case Arithmetic(operator="shift", operands=(day, Literal(value=int(count))), span_unit=str(unit)):
                found = self.value(day)
                return None if found is None else dates.shift(found, count, unit)
        raise TypeError(expression)

    # Conditions

    def truth(self, expression: Expression) -> Truth:
        match expression:
            case Literal(value=bool(value)) | ParameterUse(value=bool(value)):
                return value
            case Fact() | ItemField():
                known = self.known(expression)
                return None if known is None else bool(known)
            case Logic(operator="not", operands=(operand,)):
                return negate(self.truth(operand))
            case Logic(operator=operator, operands=operands):
                combine = all_of if operator == "and" else any_of
                return combine(self.truth(operand) for operand in operands)
            case Membership(left=left, members=members, negated=negated):
                found = self.value(left)
                if found is None and not _none_is_known(left):
                    return None
                return (found in members) is not negated
            case Comparison():
                return self._comparison(expression)
            case Aggregate():
                return self._quantified(expression)
        raise TypeError(expression)

    def _comparison(self, expression: Comparison) -> Truth:
        left, right, operator = expression.left, expression.right, expression.operator
        if left.type in NUMERIC:
            return compare(
                operator, times(self.bounds(left), right.scale), times(self.bounds(right), left.scale)
            )
        one, other = self.value(left), self.value(right)
        if (one is None and not _none_is_known(left)) or (other is None and not _none_is_known(right)):
            return None
        if operator in ("==", "!="):
            return (one == other) is (operator == "==")
        if left.type == "choice":
            codes = left.domain.codes if isinstance(left, Fact | ItemField) else ()
            one, other = codes.index(one), codes.index(other)
        return bool({"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[operator])

    def _quantified(self, expression: Aggregate) -> Truth:
        rows = self._listed(expression)
        if rows is None:
            return None
        if expression.function == "any":
            return any_of(self._counts(expression, row) for row in rows)
        value = expression.value
        if value is None:
            raise TypeError(expression)
        return all_of(
            any_of((negate(self._counts(expression, row)), self._at(expression, row).truth(value)))
            for row in rows
        )

    def _listed(self, expression: Aggregate) -> Sequence[Row] | None:
        found: Any = self.facts.get(expression.list_name)
        return found  # type: ignore[no-any-return]

    def _at(self, expression: Aggregate, row: Row) -> Walk:
        return replace(self, rows={**self.rows, expression.word: row})

    def _counts(self, expression: Aggregate, row: Row) -> Truth:
        """Whether an item meets the aggregate's condition."""
        return True if expression.where is None else self._at(expression, row).truth(expression.where)

    # Numbers

    def bounds(self, expression: Expression) -> Bounds:
        match expression:
            case Literal(value=int(value)) | ParameterUse(value=int(value)):
                return value, value
            case Fact(domain=domain) | ItemField(domain=domain):
                known = self.known(expression)
                return (domain.minimum, domain.maximum) if known is None else (known, known)
            case BuiltIn(name=name):
                found: Any = self.builtins[name]
                return found if isinstance(found, tuple) else (found, found)
            case DateCall(function="year", arguments=(day,)):
                found = self.value(day)
                return (0, None) if found is None else (found.year, found.year)
            case DateCall(function=function, arguments=(start, end)):
                first, last = self.value(start), self.value(end)
                if first is None or last is None:
                    return 0, None
                passed = PERIODS[function](first, last)
                return passed, passed
            case Aggregate(function="count"):
                return self._count(expression)
            case Aggregate():
                return self._collected(expression)
            case Arithmetic():
                return self._arithmetic(expression)
        raise TypeError(expression)

    def _arithmetic(self, node: Arithmetic) -> Bounds:
        ends = [self.bounds(operand) for operand in node.operands]
        if node.operator == "*":
            return multiply(ends[0], ends[1])
        if node.operator == "/":
            by = node.operands[1]
            whole = times(ends[0], by.scale)
            return whole if isinstance(by, Literal | ParameterUse) else multiply(whole, inverse(ends[1]))
        ends = [times(end, node.scale // one.scale) for end, one in zip(ends, node.operands, strict=True)]
        lows, highs = [low for low, _ in ends], [high for _, high in ends]
        match node.operator:
            case "+":
                return total(lows), total(highs)
            case "-":
                return less(lows[0], highs[1]), less(highs[0], lows[1])
            case "neg":
                return less(0, highs[0]), less(0, lows[0])
            case "min":
                return least_low(lows), least_high(highs)
            case "max":
                return greatest_low(lows), greatest_high(highs)
        raise TypeError(node)

    def _count(self, expression: Aggregate) -> Bounds:
        rows = self._listed(expression)
        if rows is None:
            return 0, None
        truths = [self._counts(expression, row) for row in rows]
        return truths.count(True), len(truths) - truths.count(False)

    def _collected(self, expression: Aggregate) -> Bounds:
        rows, value = self._listed(expression), expression.value
        if value is None:
            raise TypeError(expression)
        if rows is None:
            return (0 if least(value) >= 0 else None), None
        certain: list[Bounds] = []
        possible: list[Bounds] = []
        for row in rows:
            truth = self._counts(expression, row)
            if truth is False:
                continue
            ends = times(self._at(expression, row).bounds(value), expression.scale // value.scale)
            (certain if truth else possible).append(ends)
        if expression.function == "sum":
            lows = [low for low, _ in certain] + [least_low([0, low]) for low, _ in possible]
            return total(lows), total([h for _, h in certain] + [greatest_high([0, h]) for _, h in possible])
        return self._extreme(expression, certain, possible)

    def _extreme(self, expression: Aggregate, certain: list[Bounds], possible: list[Bounds]) -> Bounds:
        """`max` or `min` of the items that count; with none certain the value over none is possible too."""
        every = certain + possible
        if not certain:
            other = expression.otherwise
            none = (0, 0) if other is None else times(self.bounds(other), expression.scale // other.scale)
            every = [*every, none]
            lows, highs = [low for low, _ in every], [high for _, high in every]
            return least_low(lows), greatest_high(highs)
        if expression.function == "max":
            return greatest_low([low for low, _ in certain]), greatest_high([high for _, high in every])
        return least_low([low for low, _ in every]), least_high([high for _, high in certain])


def _none_is_known(expression: Expression) -> bool:
    """An optional id that is absent means none."""
    return isinstance(expression, Fact | ItemField) and expression.domain.optional
