"""Choices and texts compared with codes: `==`, `!=`, an order, `in` a list or a set."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from app.rules.expression import (
    Comparison,
    Derived,
    Expression,
    Fact,
    ItemField,
    Literal,
    Membership,
    ReadingUse,
)
from app.rules.language import refusals
from app.rules.language.lexing import LanguageError, nearest
from app.rules.language.syntax import Binary, Constant, Name, Syntax, Within

if TYPE_CHECKING:
    from app.rules.facts import FactDeclaration
    from app.rules.language.naming import Scope

Chosen = Fact | ItemField | Derived | ReadingUse
"""What may be compared with codes."""


class Choices(ABC):
    """The part of typing that knows codes."""

    scope: Scope

    @abstractmethod
    def untyped(self, syntax: Syntax, demand: str | None) -> Expression:
        """The tree of a part, whatever its type."""

    def choice(self, syntax: Syntax) -> tuple[Chosen, FactDeclaration] | None:
        """A choice or text that is compared with codes, and its declaration."""
        if not isinstance(syntax, Name) or syntax.text in self.scope.parameters:
            return None
        found = self.untyped(syntax, None)
        if not isinstance(found, Chosen) or found.type != "choice":
            return None
        return found, self._declared(found)

    def _declared(self, found: Chosen) -> FactDeclaration:
        facts = self.scope.facts.facts
        if isinstance(found, Derived):
            return self.scope.facts.derived[found.name]
        if isinstance(found, ReadingUse):
            return self.scope.facts.readings[found.name]
        return facts[found.name] if isinstance(found, Fact) else facts[found.list_name].fields[found.field]

    def of_choice(self, syntax: Binary, left: Chosen, declared: FactDeclaration) -> Expression:
        if syntax.operator not in ("==", "!=") and declared.of not in self.scope.ordered:
            raise refusals.without_order(declared.of, syntax.offset)
        right = syntax.right
        if isinstance(right, Name) and "." in right.text:
            other = self.choice(right)
            if other is None or other[1].of != declared.of:
                raise refusals.not_of(right.text, declared.of, right.offset)
            return Comparison("bool", 1, syntax.operator, left, other[0])
        if isinstance(right, Name) or (isinstance(right, Constant) and right.kind == "string"):
            code = self._code(right, left, declared)
            return Comparison("bool", 1, syntax.operator, left, Literal("choice", 1, code))
        raise refusals.code_wanted(declared.of, right.offset)

    def _code(self, code: Name | Constant, left: Chosen, declared: FactDeclaration) -> str:
        if left.type == "text":
            if isinstance(code, Name):
                raise refusals.unquoted(code.text, code.offset)
        elif code.text not in left.domain.codes:
            close = nearest(code.text, left.domain.codes)
            raise refusals.no_code(code.text, declared.of, code.offset, close)
        return code.text

    def within(self, syntax: Within) -> Expression:
        left = self.untyped(syntax.left, None)
        if not isinstance(left, Chosen) or left.type not in ("choice", "text"):
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
