"""Text to typed expressions: the grammar by recursive descent; `typing_` then resolves names and types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.language.constancy import facts_of, parameters_of, settles
from app.rules.language.lexing import LanguageError, Token, nearest, tokens_of
from app.rules.language.naming import Scope
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
from app.rules.language.typing_ import typed, typed_condition

if TYPE_CHECKING:
    from app.rules.expression import Expression

COMPARISONS = frozenset({"==", "!=", ">=", ">", "<=", "<"})
OPERATORS = frozenset({"and", "or", "not", "+", "-", "*", "/"})
SPANS = {"day": "day", "days": "day", "month": "month", "months": "month", "year": "year", "years": "year"}
NAMES = {
    "a set or [": "集合或 [",
    "a code": "代码",
    "this or a measure": " this 或措施的编号",
    "a measure": "措施或组的编号",
    "year": " year",
    "the word for an item": "项目的代称",
    "a list": "列表",
}
"""What a name may be asked for, in English and Chinese."""
DEEPEST = 40
LONGEST = 100
"""Operators of one text: past that it is no text that anyone reads beside the law."""


def parse_expression(text: str, scope: Scope, expect: str | None = None) -> Expression:
    """The typed tree of a value; `expect` is the type that its use demands. Raises LanguageError."""
    return typed(Parser(text).whole(), scope, expect)


def parse_condition(text: str, scope: Scope) -> Expression:
    """The typed tree of a condition (type bool). Raises LanguageError."""
    return typed_condition(Parser(text).whole(), scope)


class Parser:
    """One text, read once from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens_of(text)
        self.place = 0
        self.depth = 0
        operators = [token for token in self.tokens if token.text in OPERATORS]
        if len(operators) > LONGEST:
            place = operators[LONGEST].offset
            raise LanguageError(f"more than {LONGEST} operators", f"运算符超过 {LONGEST} 个", place)

    def whole(self) -> Syntax:
        found = self.disjunction()
        token = self.here
        if token.kind != "end":
            raise LanguageError(f"unexpected {token.text!r}", f"这里不应有 {token.text!r}", token.offset)
        return found

    @property
    def here(self) -> Token:
        return self.tokens[self.place]

    def take(self, *texts: str) -> Token | None:
        """The next token if it is one of these operators or keywords."""
        token = self.here
        if token.kind in ("operator", "keyword") and token.text in texts:
            self.place += 1
            return token
        return None

    def expect(self, text: str) -> Token:
        token = self.take(text)
        if token is None:
            shown = repr(self.here.text) if self.here.text else "the end"
            raise LanguageError(
                f"expected {text!r}, found {shown}", f"这里应为 {text!r}{_found(self.here)}", self.here.offset
            )
        return token

    def name(self, what: str, dotted: bool = True) -> Name:
        token = self.here
        if token.kind != "name" or (not dotted and "." in token.text):
            raise LanguageError(f"expected {what}", f"这里应为{NAMES[what]}", token.offset)
        self.place += 1
        return Name(token.offset, token.text)

    def disjunction(self) -> Syntax:
        self.depth += 1
        if self.depth > DEEPEST:
            raise LanguageError("nested too deeply", "嵌套过深", self.here.offset)
        left = self.conjunction()
        while token := self.take("or"):
            left = Binary(token.offset, "or", left, self.conjunction())
        self.depth -= 1
        return left

    def conjunction(self) -> Syntax:
        left = self.negation()
        while token := self.take("and"):
            left = Binary(token.offset, "and", left, self.negation())
        return left

    def negation(self) -> Syntax:
        signs = []
        while token := self.take("not"):
            signs.append(token)
        found = self.comparison()
        for token in reversed(signs):
            found = Unary(token.offset, "not", found)
        return found

    def comparison(self) -> Syntax:
        left = self.sum()
        token = self.take(*COMPARISONS)
        if token:
            found: Syntax = Binary(token.offset, token.text, left, self.sum())
        elif self.here.text in ("not", "in") and self.here.kind == "keyword":
            token = self.here
            negated = self.take("not") is not None
            self.expect("in")
            found = Within(token.offset, left, self.members(), negated)
        else:
            return left
        if self.here.text in COMPARISONS or (self.here.kind == "keyword" and self.here.text in ("in", "not")):
            raise LanguageError(
                "comparisons are not chained: join two with `and`",
                "比较不能连写，请用 and 连接两个比较",
                self.here.offset,
            )
        return found

    def members(self) -> Name | tuple[Name | Constant, ...]:
        if self.take("[") is None:
            return self.name("a set or [")
        found = [self.code()]
        while self.take(","):
            found.append(self.code())
        self.expect("]")
        return tuple(found)

    def code(self) -> Name | Constant:
        token = self.here
        if token.kind == "string":
            self.place += 1
            return Constant(token.offset, "string", token.text[1:-1])
        return self.name("a code", dotted=False)

    def sum(self) -> Syntax:
        left = self.term()
        while token := self.take("+", "-"):
            following = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
            if self.here.kind == "number" and following.kind == "name":
                left = self.span(left, token)
            else:
                left = Binary(token.offset, token.text, left, self.term())
        return left

    def span(self, day: Syntax, sign: Token) -> Syntax:
        number, unit = self.here, self.tokens[self.place + 1]
        if unit.text not in SPANS:
            raise LanguageError(
                f"unknown span {unit.text!r}",
                f"未知的期间单位 {unit.text}",
                unit.offset,
                nearest(unit.text, SPANS) or "days",
            )
        if "." in number.text or len(number.text) > 6:
            raise LanguageError(
                "a span is a whole number of days, months or years", "期间是整数的日、月或年", number.offset
            )
        self.place += 2
        count = int(number.text) * (-1 if sign.text == "-" else 1)
        return Shift(sign.offset, day, count, SPANS[unit.text])

    def term(self) -> Syntax:
        left = self.unary()
        divided = False
        while token := self.take("*", "/"):
            if divided:
                raise LanguageError(
                    "a division stands once, last in its chain",
                    "连乘中只能有一个除号，且在最后",
                    token.offset,
                )
            divided = token.text == "/"
            left = Binary(token.offset, token.text, left, self.unary())
        return left

    def unary(self) -> Syntax:
        token = self.take("-")
        return Unary(token.offset, "-", self.atom()) if token else self.atom()

    def atom(self) -> Syntax:
        token = self.here
        if self.take("("):
            found = self.disjunction()
            self.expect(")")
            return found
        if token.kind in ("number", "percent", "date", "string"):
            self.place += 1
            text = token.text[1:-1] if token.kind == "string" else token.text
            return Constant(token.offset, token.kind, text)
        if token.kind != "name":
            shown = repr(token.text) if token.text else "the end"
            raise LanguageError(
                f"expected a value, found {shown}", f"这里应有一个值{_found(token)}", token.offset
            )
        self.place += 1
        if self.here.text == "(" and self.here.kind == "operator":
            return self.call(token)
        return Name(token.offset, token.text)

    def call(self, function: Token) -> Syntax:
        name = function.text
        if name in ("award", "paid"):
            return self.referred(function)
        self.expect("(")
        if name in ("count", "any"):
            return self.collect(function, None)
        first = self.disjunction()
        if name in AGGREGATES and self.take("for"):
            return self.collect(function, first)
        arguments = [first]
        while self.take(","):
            arguments.append(self.disjunction())
        if name in ("sum", "all"):
            self.expect("for")
        self.expect(")")
        if name not in AGGREGATES and name not in ARGUMENTS:
            # A table of the pack, or a mistake: the names of the pack tell.
            return Call(function.offset, name, tuple(arguments))
        wanted = ARGUMENTS.get(name)
        if (wanted and len(arguments) != wanted) or (wanted is None and len(arguments) < 2):
            raise LanguageError(
                f"{name}() takes {wanted or 'two or more'} values",
                f"{name}() 需要{f' {wanted} ' if wanted else '两个以上的'}值",
                function.offset,
            )
        return Call(function.offset, name, tuple(arguments))

    def referred(self, function: Token) -> Syntax:
        """`award(m)`, `paid(m)`, `paid(m, year)`: the one place where an id with hyphens stands in an expression."""
        paid = function.text == "paid"
        self.expect("(")
        first = self.name("this or a measure" if paid else "a measure", dotted=False)
        words, end = [first.text], first.offset + len(first.text)
        while self.here.text == "-" and self.here.offset == end:
            self.place += 1
            part = self.here
            if part.kind not in ("name", "number", "keyword") or "." in part.text or part.offset != end + 1:
                raise LanguageError("expected a measure", "这里应为措施或组的编号", part.offset)
            self.place += 1
            words.append(part.text)
            end = part.offset + len(part.text)
        this_year = paid and self.take(",") is not None
        if this_year and self.name("year", dotted=False).text != "year":
            raise LanguageError("expected year", "这里应为 year", self.tokens[self.place - 1].offset, "year")
        self.expect(")")
        return Referred(function.offset, function.text, "-".join(words), first.offset, this_year)

    def collect(self, function: Token, value: Syntax | None) -> Syntax:
        word = self.name("the word for an item", dotted=False)
        self.expect("in")
        list_name = self.name("a list")
        where = self.disjunction() if self.take("where") else None
        otherwise = self.disjunction() if value is not None and self.take("else") else None
        self.expect(")")
        return Collect(function.offset, function.text, word, list_name, value, where, otherwise)


def _found(token: Token) -> str:
    return f"，却是 {token.text!r}" if token.text else "，文字却到此为止"


__all__ = [
    "LanguageError",
    "Scope",
    "facts_of",
    "parameters_of",
    "parse_condition",
    "parse_expression",
    "settles",
]
