"""Names resolved and types checked: from what a text says to the typed tree (language.md section 3)."""

from __future__ import annotations

from dataclasses import replace
from math import lcm
from typing import TYPE_CHECKING

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
from app.rules.language import refusals
from app.rules.language.lexing import LanguageError, nearest
from app.rules.language.literals import constant_of, folded, product_type
from app.rules.language.naming import Scope, resolve, written
from app.rules.language.ranges import check_range, least
from app.rules.language.syntax import Binary, Call, Collect, Constant, Name, Shift, Syntax, Unary, Within

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.facts import FactDeclaration

    _Memo = dict[tuple[int, str | None], Expression]

NUMERIC = frozenset({"count", "money", "percent", "number"})
BARE = "bare"


def typed(syntax: Syntax, scope: Scope, expect: str | None = None) -> Expression:
    """The typed tree; every number in it is proven to fit 127 bits. Raises LanguageError."""
    return Typist(scope).of(syntax, expect)


def typed_condition(syntax: Syntax, scope: Scope) -> Expression:
    return Typist(scope).of(syntax, "bool")


class Typist:
    """Types one text. A demand is the type that a use asks of a bare number."""

    def __init__(self, scope: Scope, memo: _Memo | None = None) -> None:
        self.scope = scope
        self._memo: _Memo = {} if memo is None else memo

    def of(self, syntax: Syntax, demand: str | None = None) -> Expression:
        found = self._of(syntax, demand)
        if demand is not None and found.type != demand:
            raise refusals.not_expected(demand, found.type, syntax.offset)
        if found.type in NUMERIC:
            check_range(found, syntax.offset)
        return found

    def _of(self, syntax: Syntax, demand: str | None) -> Expression:
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
                return self._within(syntax)
            case Call():
                return self._call(syntax, demand)
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
                return BARE if written(self.scope, syntax).kind == "number" else self._of(syntax, None).type
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
        return self._of(syntax, None).type

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
        return self._of(syntax, None).type

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
        found = tuple(self._of(part, kind) for part in parts)
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
        left, right = (self._of(side, need) for side, need in zip(sides, demands, strict=True))
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
        right = self._of(syntax.right, "factor" if self.lean(syntax.right) == BARE else None)
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
        choice = self._choice(syntax.left)
        if choice is not None:
            return self._of_choice(syntax, *choice)
        word, known = syntax.right, {*self.scope.parameters, *self.scope.facts.facts}
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

    def _choice(self, syntax: Syntax) -> tuple[Fact | ItemField, FactDeclaration] | None:
        """A choice or text that is compared with codes, and its declaration."""
        if not isinstance(syntax, Name) or syntax.text in self.scope.parameters:
            return None
        found = self._of(syntax, None)
        if not isinstance(found, Fact | ItemField) or found.type != "choice":
            return None
        return found, self._declared(found)

    def _declared(self, found: Fact | ItemField) -> FactDeclaration:
        facts = self.scope.facts.facts
        return facts[found.name] if isinstance(found, Fact) else facts[found.list_name].fields[found.field]

    def _of_choice(self, syntax: Binary, left: Fact | ItemField, declared: FactDeclaration) -> Expression:
        if syntax.operator not in ("==", "!=") and declared.of not in self.scope.ordered:
            raise refusals.without_order(declared.of, syntax.offset)
        right = syntax.right
        if isinstance(right, Name) and "." in right.text:
            other = self._choice(right)
            if other is None or other[1].of != declared.of:
                raise refusals.not_of(right.text, declared.of, right.offset)
            return Comparison("bool", 1, syntax.operator, left, other[0])
        if isinstance(right, Name) or (isinstance(right, Constant) and right.kind == "string"):
            code = self._code(right, left, declared)
            return Comparison("bool", 1, syntax.operator, left, Literal("choice", 1, code))
        raise refusals.code_wanted(declared.of, right.offset)

    def _code(self, code: Name | Constant, left: Fact | ItemField, declared: FactDeclaration) -> str:
        if left.type == "text":
            if isinstance(code, Name):
                raise refusals.unquoted(code.text, code.offset)
        elif code.text not in left.domain.codes:
            close = nearest(code.text, left.domain.codes)
            raise refusals.no_code(code.text, declared.of, code.offset, close)
        return code.text

    def _within(self, syntax: Within) -> Expression:
        left = self._of(syntax.left, None)
        if not isinstance(left, Fact | ItemField) or left.type not in ("choice", "text"):
            raise LanguageError("`in` is for a choice or a text", "in 只用于选项或文字", syntax.left.offset)
        declared = self._declared(left)
        if isinstance(syntax.members, Name):
            name = syntax.members
            if name.text not in self.scope.sets:
                raise refusals.no_set(name.text, name.offset, nearest(name.text, self.scope.sets))
            of, members = self.scope.sets[name.text]
            if of != (declared.of if left.type == "choice" else "text"):
                raise refusals.set_of(name.text, of, name.offset)
            return Membership("bool", 1, left, members, syntax.negated, name.text)
        codes: list[str] = []
        for code in syntax.members:
            text = self._code(code, left, declared)
            if text in codes:
                raise LanguageError(f"{text!r} twice", f"{text} 重复", code.offset)
            codes.append(text)
        return Membership("bool", 1, left, tuple(codes), syntax.negated)

    # Calls

    def _call(self, syntax: Call, demand: str | None) -> Expression:
        name, arguments = syntax.function, syntax.arguments
        if name == "paid":
            if "paid" not in self.scope.allow:
                raise refusals.elsewhere("paid(this)", syntax.offset)
            return BuiltIn("money", 1, "paid")
        if name in ("min", "max"):
            parts = self._alike(arguments, demand, syntax.offset)
            if parts[0].type not in NUMERIC:
                raise LanguageError(f"{name}() is for numbers", f"{name}() 只用于数字", syntax.offset)
            return folded(Arithmetic(parts[0].type, lcm(*(p.scale for p in parts)), name, parts))
        dates = tuple(self.of(argument, "date") for argument in arguments)
        kind = "count" if name in ("years", "months", "days", "year") else "date"
        return DateCall(kind, 1, name, dates)

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
