"""Expressions as straight-line Python: the tree is walked once, when a pack loads, never per request.

A generated function takes `(facts, item, b)`: the flat known facts, the item's known fields (None outside items), and
the built-ins (`year`, `as_of`, and intervals such as `counted`). Numbers become two variables, low and high, where a
high of None is unbounded. What is not written out here is evaluated by `intervals` on the tree itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.dates import years
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
    Membership,
    ParameterUse,
    ReadingUse,
)
from app.rules.language.intervals import derived_once, evaluate_interval
from app.rules.language.ranges import least

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.rules.facts import FactDeclaration, FactSchema

Named = Fact | ItemField | Derived | ReadingUse
"""What a pack declares with a label."""
NUMERIC = frozenset({"count", "money", "percent", "number"})
NEGATED = {"==": "!=", "!=": "==", ">=": "<", "<": ">=", ">": "<=", "<=": ">", "in": "not_in", "not_in": "in"}


def declaration_of(expression: Named, schema: FactSchema) -> FactDeclaration:
    """The declaration behind a fact, a derived fact, a reading or an item's field."""
    match expression:
        case Fact(name=name):
            return schema.facts[name]
        case Derived(name=name):
            return schema.derived[name]
        case ReadingUse(name=name):
            return schema.readings[name]
    return schema.facts[expression.list_name].fields[expression.field]


def constant(expression: Expression) -> bool:
    return isinstance(expression, Literal | ParameterUse)


def period(expression: Expression) -> tuple[Fact | ItemField, int] | None:
    """The date and the years of `years(date, as_of) >= n`, None for any other expression."""
    if not (
        isinstance(expression, Comparison) and expression.operator == ">=" and constant(expression.right)
    ):
        return None
    call = expression.left
    if not (isinstance(call, DateCall) and call.function == "years"):
        return None
    start, end = call.arguments
    if not (isinstance(start, Fact | ItemField) and isinstance(end, BuiltIn) and end.name == "as_of"):
        return None
    count = expression.right.value if isinstance(expression.right, Literal | ParameterUse) else 0
    assert isinstance(count, int)
    return start, count


def made(name: str, text: str, names: Mapping[str, object]) -> Callable[..., object]:
    """The function that a text defines, with these names known to it; its text is its `__doc__`, for who asks."""
    namespace = dict(names)
    exec(compile(text, f"<policy {name}>", "exec"), namespace)  # noqa: S102 - text made from the typed tree only
    function = namespace[name]
    assert callable(function)
    function.__doc__ = text
    return function


class Source:
    """One function being written: lines, constants, and the facts already loaded into variables."""

    def __init__(self, schema: FactSchema) -> None:
        self.schema = schema
        self.lines: list[str] = []
        self.names: dict[str, object] = {
            "years": years,
            "interval": evaluate_interval,
            "derived": derived_once,
        }
        self._loaded: dict[str, str] = {}
        self._count = 0

    def fresh(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    def emit(self, line: str) -> None:
        self.lines.append(f"    {line}")

    def assign(self, prefix: str, source: str) -> str:
        name = self.fresh(prefix)
        self.emit(f"{name} = {source}")
        return name

    def keep(self, prefix: str, value: object) -> str:
        """A constant object under a name of its own."""
        name = self.fresh(prefix)
        self.names[name] = value
        return name

    def function(self, name: str, result: str) -> Callable[..., object]:
        """Close the function with what it returns, and make it."""
        text = "\n".join([f"def {name}(facts, item, b):", *self.lines, f"    return {result}"])
        return self.made(name, text)

    def made(self, name: str, text: str) -> Callable[..., object]:
        """The function that a whole text defines, with the constants kept here."""
        return made(name, text, self.names)

    def load(self, expression: Fact | ItemField) -> str:
        """The variable that holds a fact, None where it is unknown."""
        if isinstance(expression, Fact):
            lookup = f"facts.get({expression.name!r})"
        else:
            lookup = f"item.get({expression.field!r})"
        if lookup not in self._loaded:
            self._loaded[lookup] = self.assign("v", lookup)
        return self._loaded[lookup]

    def code(self, expression: Expression) -> str:
        """The variable that holds a code, a text or a date, None where it is unknown."""
        if isinstance(expression, Fact | ItemField):
            return self.load(expression)
        return self.assign("v", f"interval({self.keep('tree', expression)}, facts, item, b)")

    def _derived(self, expression: Derived) -> str:
        """Code that works a derived fact out once for a request."""
        return f"derived({self.keep('tree', expression)}, facts, b)"

    def number(self, expression: Expression) -> tuple[str, str]:
        """Low and high of a number in its own scale."""
        match expression:
            case Literal(value=value) | ParameterUse(value=value):
                return repr(value), repr(value)
            case Fact() | ItemField():
                return self._fact(expression)
            case Derived():
                low, high = self.fresh("l"), self.fresh("h")
                self.emit(f"{low}, {high} = {self._derived(expression)}")
                return low, high
            case BuiltIn(name="year"):
                year = self.assign("y", "b['year']")
                return year, year
            case BuiltIn(name=name):
                low, high = self.fresh("l"), self.fresh("h")
                self.emit(f"{low}, {high} = b[{name!r}]")
                return low, high
            case Arithmetic(operator="+", operands=operands) if all(map(bounded_below, operands)):
                return self._sum(expression, operands)
            case Arithmetic(operator="*", operands=(left, right)) if self._inline_product(expression):
                return self._product(self.number(left), self.number(right))
        return self._walked(expression)

    def _fact(self, expression: Fact | ItemField) -> tuple[str, str]:
        declaration = declaration_of(expression, self.schema)
        known = self.load(expression)
        least, most = declaration.min or 0, declaration.max
        low = self.assign("l", f"{least} if {known} is None else {known}")
        high = known if most is None else self.assign("h", f"{most} if {known} is None else {known}")
        return low, high

    def _sum(self, expression: Expression, operands: tuple[Expression, ...]) -> tuple[str, str]:
        lows, highs = [], []
        for operand in operands:
            low, high = self.number(operand)
            factor = expression.scale // operand.scale
            times = "" if factor == 1 else f" * {factor}"
            lows.append(low + times)
            highs.append((high, times))
        low = self.assign("l", " + ".join(lows))
        open_ends = " or ".join(f"{high} is None" for high, _ in highs if not high.lstrip("-").isdigit())
        total = " + ".join(high + times for high, times in highs)
        return low, self.assign("h", f"None if {open_ends} else {total}" if open_ends else total)

    def _inline_product(self, expression: Arithmetic) -> bool:
        left, right = expression.operands
        return (
            left.scale * right.scale == expression.scale
            and self._not_negative(left)
            and self._not_negative(right)
        )

    def _not_negative(self, expression: Expression) -> bool:
        match expression:
            case Literal(value=value) | ParameterUse(value=value):
                return isinstance(value, int) and value >= 0
            case Fact() | ItemField():
                return (declaration_of(expression, self.schema).min or 0) >= 0
            case BuiltIn():
                return True
            case Arithmetic(operator="+" | "*" | "min" | "max", operands=operands):
                return all(map(self._not_negative, operands))
        return False

    def _product(self, left: tuple[str, str], right: tuple[str, str]) -> tuple[str, str]:
        low = self.assign("l", f"{left[0]} * {right[0]}")
        ends = [end for end in (left[1], right[1]) if not end.isdigit()]
        open_ends = " or ".join(f"{end} is None" for end in ends)
        zero = " or ".join(f"{end} == 0" for end in (left[1], right[1]) if end == "0" or not end.isdigit())
        product = f"{left[1]} * {right[1]}"
        if not open_ends:
            return low, self.assign("h", product)
        return low, self.assign("h", f"0 if {zero} else None if {open_ends} else {product}")

    def _walked(self, expression: Expression) -> tuple[str, str]:
        low, high = self.fresh("l"), self.fresh("h")
        self.emit(f"{low}, {high} = interval({self.keep('tree', expression)}, facts, item, b)")
        return low, high

    def truth(self, expression: Expression) -> tuple[str, str]:
        """The truth of a leaf (True, False, None) and the value a reason shows for it."""
        match expression:
            case Literal(type="bool", value=value):
                return repr(value), repr(value)
            case Fact(type="bool") | ItemField(type="bool"):
                known = self.load(expression)
                return known, known
            case Derived():
                truth = self.assign("t", self._derived(expression))
                return truth, truth
            case Membership(left=(Fact() | ItemField()) as left, members=members, negated=negated):
                known = self.load(left)
                among = self.keep("among", frozenset(members))
                within = "not in" if negated else "in"
                return self.assign("t", f"{self._unless_unknown(left)}{known} {within} {among}"), known
            case Comparison() if found := period(expression):
                known = self.load(found[0])
                return self.assign(
                    "t", f"None if {known} is None else years({known}, b['as_of']) >= {found[1]}"
                ), known
            case Comparison(operator=operator, left=(Fact() | ItemField()) as left, right=right) if (
                self._plain(left, operator, right)
            ):
                known = self.load(left)
                bound = right.value if isinstance(right, Literal | ParameterUse) else None
                other = repr(bound) if isinstance(bound, int | str) else self.keep("bound", bound)
                return self.assign("t", f"{self._unless_unknown(left)}{known} {operator} {other}"), known
            case Comparison(left=left, right=right) if (
                left.type in NUMERIC and bounded_below(left) and bounded_below(right)
            ):
                return self._compare(expression)
        tree = self.keep("tree", expression)
        value = "None"
        if isinstance(expression, Comparison | Membership) and expression.left.type not in NUMERIC:
            value = self.code(expression.left)
        return self.assign("t", f"interval({tree}, facts, item, b)"), value

    def _unless_unknown(self, fact: Fact | ItemField) -> str:
        """What settles a test of an unknown fact; an optional id that is absent means none, which is known."""
        return "" if fact.domain.optional else f"None if {self.load(fact)} is None else "

    def _plain(self, left: Fact | ItemField, operator: str, right: Expression) -> bool:
        """A fact against a constant of its own scale; ordered choices need their order and are walked."""
        return (
            constant(right)
            and left.scale == right.scale
            and (left.type != "choice" or operator in ("==", "!="))
        )

    def _compare(self, expression: Comparison) -> tuple[str, str]:
        left, right = expression.left, expression.right
        (a, b), (c, d) = self.number(left), self.number(right)
        if left.scale != right.scale:
            a, b = self._rescaled(a, b, right.scale)
            c, d = self._rescaled(c, d, left.scale)
        over = f"({_bounded(d)} and {a} {{}} {d})"
        under = f"({_bounded(b)} and {b} {{}} {c})"
        settled = f"({a} == {b} == {c} == {d})"
        apart = f"({over.format('>')} or {under.format('<')})"
        true, false = {
            ">=": (over.format(">="), under.format("<")),
            ">": (over.format(">"), under.format("<=")),
            "<=": (under.format("<="), over.format(">")),
            "<": (under.format("<"), over.format(">=")),
            "==": (settled, apart),
            "!=": (apart, settled),
        }[expression.operator]
        truth = self.assign("t", f"True if {true} else False if {false} else None")
        low, high = self.number(left)
        return truth, self.assign("w", f"{low} if {low} == {high} else None")

    def _rescaled(self, low: str, high: str, scale: int) -> tuple[str, str]:
        if scale == 1:
            return low, high
        return (
            self.assign("l", f"{low} * {scale}"),
            self.assign("h", f"{high} * {scale} if {_bounded(high)} else None"),
        )


def bounded_below(expression: Expression) -> bool:
    """Whether its low end is a number whatever is unknown, as straight-line code takes it to be."""
    match expression:
        case Arithmetic(operator="+" | "max" | "min" | "/", operands=operands):
            return all(map(bounded_below, operands))
        case Arithmetic() | Aggregate():
            return least(expression) >= 0
    return True


def _bounded(end: str) -> str:
    """Code that tells whether an end is bounded; a literal is, and Python warns of `10 is not None`."""
    return "True" if end.lstrip("-").isdigit() else f"{end} is not None"
