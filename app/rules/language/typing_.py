"""Names resolved and types checked: from what a text says to the typed tree (language.md section 3)."""

from __future__ import annotations

from dataclasses import replace
from math import lcm
from typing import TYPE_CHECKING

from app.rules.expression import (
    Aggregate,
    Arithmetic,
    Comparison,
    DateCall,
    Expression,
    Fact,
    ItemField,
    Literal,
    Logic,
    Lookup,
    ParameterUse,
)
from app.rules.language import refusals
from app.rules.language.choosing import Choices
from app.rules.language.lexing import LanguageError, nearest
from app.rules.language.literals import constant_of, folded, product_type
from app.rules.language.naming import Scope, resolve, written
from app.rules.language.ranges import check_range, least
from app.rules.language.referring import referred
from app.rules.language.syntax import (
    AGGREGATES,
    ARGUMENTS,
    Binary,
    Call,
    Collect,
    Constant,
    Name,
    Referred,
    Shift,
    Syntax,
    Unary,
    Within,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.language.naming import Table

    _Memo = dict[tuple[int, str | None], Expression]

NUMERIC = frozenset({"count", "money", "percent", "number"})
BARE = "bare"
KEY_TYPES = {"date": "date", "year": "count", "text": "text"}
"""The type of a table's key where it is not a choice."""


def typed(syntax: Syntax, scope: Scope, expect: str | None = None) -> Expression:
    """The typed tree; every number in it is proven to fit 127 bits. Raises LanguageError."""
    return Typist(scope).of(syntax, expect)


def typed_condition(syntax: Syntax, scope: Scope) -> Expression:
    return Typist(scope).of(syntax, "bool")


class Typist(Choices):
    """Types one text. A demand is the type that a use asks of a bare number."""

    def __init__(self, scope: Scope, memo: _Memo | None = None) -> None:
        self.scope = scope
        self._memo: _Memo = {} if memo is None else memo

    def of(self, syntax: Syntax, demand: str | None = None) -> Expression:
        found = self.untyped(syntax, demand)
        if demand is not None and found.type != demand:
            raise refusals.not_expected(demand, found.type, syntax.offset)
        if found.type in NUMERIC:
            check_range(found, syntax.offset)
        return found

    def untyped(self, syntax: Syntax, demand: str | None) -> Expression:
        """Each part is typed once for each demand: without the memo a chain doubles the work at every link."""
        key = id(syntax), demand
        if key not in self._memo:
            self._memo[key] = self._typed(syntax, demand)
        return self._memo[key]

    def _typed(self, syntax: Syntax, demand: str | None) -> Expression:
        match syntax:
            case Constant():
                return constant_of(syntax, demand)
            case Name():
                return resolve(self.scope, syntax, demand)
            case Unary():
                return self._unary(syntax, demand)
            case Binary(operator="and" | "or"):
                return Logic("bool", 1, syntax.operator, tuple(self._joined(syntax, syntax.operator)))
            case Binary(operator="+" | "-"):
                left, right = self._alike((syntax.left, syntax.right), demand, syntax.offset)
                if left.type not in NUMERIC:
                    raise refusals.no_operation(left.type, syntax.operator, syntax.offset)
                scale = lcm(left.scale, right.scale)
                return folded(Arithmetic(left.type, scale, syntax.operator, (left, right)))
            case Binary(operator="*"):
                return self._product(syntax, demand)
            case Binary(operator="/"):
                return self._quotient(syntax, demand)
            case Binary():
                return self._comparison(syntax)
        return self._phrase(syntax, demand)

    def _unary(self, syntax: Unary, demand: str | None) -> Expression:
        if syntax.operator == "not":
            return Logic("bool", 1, "not", (self.of(syntax.operand, "bool"),))
        value = self._number(syntax.operand, demand)
        return folded(Arithmetic(value.type, value.scale, "neg", (value,)))

    def _phrase(self, syntax: Syntax, demand: str | None) -> Expression:
        match syntax:
            case Shift(day=day, count=count, unit=unit):
                value = self.of(day, "date")
                return Arithmetic("date", 1, "shift", (value, Literal("count", 1, count)), unit)
            case Within():
                return self.within(syntax)
            case Call():
                return self._call(syntax, demand)
            case Referred():
                return referred(syntax, self.scope)
            case Collect():
                return self._collect(syntax, demand)
        raise LanguageError("not of the language", "不属于本语言", syntax.offset)

    def _joined(self, syntax: Syntax, operator: str) -> Iterable[Expression]:
        if isinstance(syntax, Binary) and syntax.operator == operator:
            yield from self._joined(syntax.left, operator)
            syntax = syntax.right
        yield self.of(syntax, "bool")

    def _number(self, syntax: Syntax, demand: str | None) -> Expression:
        value = self.of(syntax, demand if demand in NUMERIC else None)
        if value.type not in NUMERIC:
            raise refusals.no_number(value.type, syntax.offset)
        return value

    def lean(self, syntax: Syntax) -> str:
        """The type a text has by itself; `bare` where only its use can tell."""
        match syntax:
            case Constant(kind="number"):
                return BARE
            case Name(text=text) if text in self.scope.parameters:
                return (
                    BARE if written(self.scope, syntax).kind == "number" else self.untyped(syntax, None).type
                )
            case Unary(operator="-", operand=operand):
                return self.lean(operand)
            case Binary(operator="+" | "-"):
                return self._lean_of((syntax.left, syntax.right))
            case Call(function="min" | "max", arguments=arguments):
                return self._lean_of(arguments)
            case Collect(value=Syntax() as value) if syntax.function not in ("count", "any", "all"):
                inner = self._inside(syntax)
                return inner.lean(value)
            case Binary(operator="*" | "/"):
                return self._lean_of_product(syntax)
        return self.untyped(syntax, None).type

    def _lean_of(self, parts: Iterable[Syntax]) -> str:
        kinds = [self.lean(part) for part in parts]
        return "money" if "money" in kinds else next((kind for kind in kinds if kind != BARE), BARE)

    def _lean_of_product(self, syntax: Binary) -> str:
        left, right = self.lean(syntax.left), self.lean(syntax.right)
        if syntax.operator == "/":
            return left
        if "money" in (left, right):
            return "money"
        if BARE in (left, right):
            return left if right == BARE else right
        return self.untyped(syntax, None).type

    def _takes_money(self, syntax: Syntax) -> bool:
        """Whether a bare number in it can become money: `3000 * layouts`."""
        match syntax:
            case Binary(operator="*", left=left, right=right):
                return self._takes_money(left) or self._takes_money(right)
            case Binary(operator="/", left=left):
                return self._takes_money(left)
        return self.lean(syntax) in (BARE, "money")

    # Numbers

    def _alike(
        self, parts: tuple[Syntax, ...], demand: str | None, offset: int, any_type: bool = False
    ) -> tuple[Expression, ...]:
        kind = self._lean_of(parts)
        if kind == BARE or (demand == "money" and all(self._takes_money(part) for part in parts)):
            kind = demand if demand in NUMERIC else BARE
        if kind == BARE:
            raise LanguageError("a number whose type nothing tells", "无从得知这个数字的类型", offset)
        if not any_type and kind not in NUMERIC and kind != "date":
            raise refusals.no_number(kind, offset)
        found = tuple(self.untyped(part, kind) for part in parts)
        for part, one in zip(parts, found, strict=True):
            if one.type != kind:
                raise refusals.not_alike(kind, one.type, part.offset)
        return found

    def _product(self, syntax: Binary, demand: str | None) -> Expression:
        sides = [syntax.left, syntax.right]
        for side in sides:
            if isinstance(side, Binary) and side.operator == "/":
                raise LanguageError("a division stands last in its chain", "除号要在连乘的最后", side.offset)
        kinds = [self.lean(side) for side in sides]
        demands: list[str | None] = ["factor" if kind == BARE else None for kind in kinds]
        if demand == "money" and "money" not in kinds:
            index = next((i for i in (0, 1) if self._takes_money(sides[i])), None)
            if index is not None:
                demands[index] = "money"
        elif kinds == [BARE, BARE] and demand in NUMERIC:
            demands[0] = demand
        left, right = (self.untyped(side, need) for side, need in zip(sides, demands, strict=True))
        for side, one in zip(sides, (left, right), strict=True):
            if one.type not in NUMERIC:
                raise refusals.no_number(one.type, side.offset)
        kind = product_type(left.type, right.type, demand, syntax.offset)
        found = Arithmetic(kind, left.scale * right.scale, "*", (left, right))
        check_range(found, syntax.offset)
        return folded(found)

    def _quotient(self, syntax: Binary, demand: str | None) -> Expression:
        if isinstance(syntax.left, Binary) and syntax.left.operator == "/":
            raise LanguageError("a division stands once in its chain", "连乘中只能有一个除号", syntax.offset)
        fits = self.lean(syntax.left) in (BARE, demand)
        fits = fits or (demand == "money" and self._takes_money(syntax.left))
        left = self._number(syntax.left, demand if fits else None)
        right = self.untyped(syntax.right, "factor" if self.lean(syntax.right) == BARE else None)
        if right.type not in ("count", "number"):
            raise refusals.no_divisor(right.type, syntax.right.offset)
        if not isinstance(right, Fact | ItemField | Literal | ParameterUse):
            raise refusals.varying_divisor(syntax.right.offset)
        if least(right) <= 0:
            raise LanguageError("a division by what may be 0", "除数可能为 0", syntax.right.offset)
        kind = "number" if left.type == "count" else left.type
        scale = left.scale
        if isinstance(right, Literal | ParameterUse) and isinstance(right.value, int):
            scale *= right.value
        return Arithmetic(kind, scale, "/", (left, right))

    # Conditions

    def _comparison(self, syntax: Binary) -> Expression:
        choice = self.choice(syntax.left)
        if choice is not None:
            return self.of_choice(syntax, *choice)
        word, known = syntax.right, {*self.scope.parameters, *self.scope.facts.facts, *self.scope.derived}
        if isinstance(word, Name) and word.text not in known and self.lean(syntax.left) == "text":
            raise refusals.unquoted(word.text, word.offset)
        left, right = self._alike((syntax.left, syntax.right), None, syntax.offset, any_type=True)
        if left.type == "text" and syntax.operator not in ("==", "!="):
            raise LanguageError("texts are equal or not, never less", "文字只能比较相等或不等", syntax.offset)
        if left.type in ("bool", "list"):
            raise refusals.stands_alone(syntax.offset)
        for one, other in ((left, right), (right, left)):
            if one.type in NUMERIC:
                check_range(one, syntax.offset, other.scale)
        return Comparison("bool", 1, syntax.operator, left, right)

    # Calls

    def _call(self, syntax: Call, demand: str | None) -> Expression:
        name, arguments = syntax.function, syntax.arguments
        if name in ("min", "max"):
            parts = self._alike(arguments, demand, syntax.offset)
            if parts[0].type not in NUMERIC:
                raise LanguageError(f"{name}() is for numbers", f"{name}() 只用于数字", syntax.offset)
            return folded(Arithmetic(parts[0].type, lcm(*(p.scale for p in parts)), name, parts))
        if name in self.scope.tables:
            return self._lookup(syntax, self.scope.tables[name])
        if name not in ARGUMENTS:
            known = (*AGGREGATES, *ARGUMENTS, "award", "paid", *self.scope.tables)
            raise refusals.no_function(name, syntax.offset, nearest(name, known))
        dates = tuple(self.of(argument, "date") for argument in arguments)
        kind = "count" if name in ("years", "months", "days", "year") else "date"
        return DateCall(kind, 1, name, dates)

    def _lookup(self, syntax: Call, table: Table) -> Expression:
        """A call of a table: each argument is of the kind that its rows are by."""
        if len(syntax.arguments) != len(table.by):
            raise refusals.keys_wanted(syntax.function, table.by, syntax.offset)
        keys = []
        for argument, by in zip(syntax.arguments, table.by, strict=True):
            if by in KEY_TYPES:
                keys.append(self.of(argument, KEY_TYPES[by]))
                continue
            choice = self.choice(argument)
            if choice is None or choice[1].of != by:
                raise refusals.choice_wanted(by, argument.offset)
            keys.append(choice[0])
        return Lookup(table.type, table.scale, syntax.function, tuple(keys), table.rows)

    def _inside(self, syntax: Collect) -> Typist:
        word, name = syntax.word.text, syntax.list_name.text
        declared = self.scope.facts.facts.get(name)
        if declared is None or declared.type != "list":
            lists = [key for key, one in self.scope.facts.facts.items() if one.type == "list"]
            raise refusals.no_list(name, syntax.list_name.offset, nearest(name, lists))
        if word in self.scope.lists() or word in self.scope.parameters or word in self.scope.facts.facts:
            raise LanguageError(f"the word {word!r} is taken", f"名称 {word} 已另有所指", syntax.word.offset)
        return Typist(replace(self.scope, inner={**self.scope.inner, word: name}), self._memo)

    def _collect(self, syntax: Collect, demand: str | None) -> Expression:
        inner = self._inside(syntax)
        name, word, list_name = syntax.function, syntax.word.text, syntax.list_name.text
        where = inner.of(syntax.where, "bool") if syntax.where else None
        if syntax.value is None or name == "all":
            value = inner.of(syntax.value, "bool") if syntax.value else None
            if syntax.otherwise:
                raise LanguageError(f"{name}() takes no else", f"{name}() 不带 else", syntax.otherwise.offset)
            return Aggregate("count" if name == "count" else "bool", 1, name, word, list_name, value, where)
        wanted = demand if inner.lean(syntax.value) == BARE or inner._takes_money(syntax.value) else None  # noqa: SLF001
        value = inner._number(syntax.value, wanted)  # noqa: SLF001 - a typist of the same text
        if name == "min" and syntax.otherwise is None:
            raise refusals.else_wanted(syntax.offset)
        if name == "sum" and syntax.otherwise is not None:
            raise LanguageError("sum() takes no else", "sum() 不带 else", syntax.otherwise.offset)
        other = self.of(syntax.otherwise, value.type) if syntax.otherwise else None
        scale = lcm(value.scale, other.scale if other else 1)
        return Aggregate(value.type, scale, name, word, list_name, value, where, other)
