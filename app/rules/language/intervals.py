"""The reference evaluator: an expression walked over what is known, with bounds for what is not.

Numbers are `(low, high)` over the expression's scale, None where an end is unbounded; conditions are Kleene
truth; dates, codes and texts are their value, None where unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.rules import dates
from app.rules.expression import (
    ANY,
    Aggregate,
    Arithmetic,
    BuiltIn,
    Comparison,
    DateCall,
    Derived,
    Domain,
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
from app.rules.language.table_rows import NO_ROW, found_in
from app.rules.language.value_bounds import bounds_of_value
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


def derived_once(expression: Derived, facts: Row, b: dict[str, object]) -> Any:  # noqa: ANN401 - as the walk's
    """A derived fact, worked out once for a request: its built-ins remember it."""
    found = b.get(expression.name)
    if found is None:
        found = b[expression.name] = Walk(facts, None, b, {}).derived(expression)
    return found


def without_row(expression: Lookup, facts: Row, item: Row | None, b: Row) -> bool:
    """Whether a table has certainly no row for it: for this item, or for one of those that an aggregate goes over."""
    walk = Walk(facts, item, b, {})
    inner = {key.word: key.list_name for key in expression.keys if isinstance(key, ItemField)}
    for word, list_name in inner.items():
        rows: Any = facts.get(list_name)
        if item is None and rows is not None:
            return any(replace(walk, rows={word: row}).row(expression) == NO_ROW for row in rows)
    return walk.row(expression) == NO_ROW


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
            case ReadingUse():
                return self.builtins.get(reading_key(expression), expression.chosen)
            case Derived(domain=domain):
                low, high = self.derived(expression)
                return domain.codes[low] if low == high else None
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
            case Derived():
                found = self.derived(expression)
                return None if found is None else bool(found)
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
            codes = domain_of(left).codes
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
            case Derived():
                return self.derived(expression)  # type: ignore[no-any-return]
            case Lookup():
                row = self.row(expression)
                return (0, None) if row == NO_ROW else row
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

    def derived(self, expression: Derived) -> Any:  # noqa: ANN401 - bounds of a number or a code's place, truth
        """What was worked out for this request already, or what it is worked out of; items have no part in it."""
        found = self.builtins.get(expression.name)
        if found is not None:
            return found
        alone = Walk(self.facts, None, self.builtins, {})
        if isinstance(expression.value, Expression) and expression.type == "bool":
            return alone.truth(expression.value)
        return bounds_of_value(alone, expression.value)

    def row(self, expression: Lookup) -> Bounds:
        """The bounds of the rows that the keys can reach, NO_ROW where there is certainly none."""
        keys = [self.bounds(key) if key.type in NUMERIC else self.value(key) for key in expression.keys]
        return found_in(expression.rows, keys)

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


def reading_key(expression: ReadingUse) -> str:
    """What a reading is called among the built-ins, where a choice of its own is tried."""
    return f"reading.{expression.name}"


def domain_of(expression: Expression) -> Domain:
    """What the side of a comparison may be; of a constant, anything."""
    return getattr(expression, "domain", ANY)


def _none_is_known(expression: Expression) -> bool:
    """An optional id that is absent means none."""
    return isinstance(expression, Fact | ItemField) and expression.domain.optional
