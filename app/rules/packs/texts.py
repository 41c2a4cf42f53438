"""The expressions of a pack: read with their places, their parameters noted, none of them below 0."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.rules.language.lexing import LanguageError
from app.rules.language.parsing import Parser, parameters_of, parse_condition, parse_expression
from app.rules.language.ranges import least
from app.rules.packs.errors import in_text, mistake, refuse
from app.rules.packs.node_reading import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.expression import Expression, ParameterUse
    from app.rules.language.naming import Scope
    from app.rules.language.syntax import Syntax
    from app.rules.packs.errors import Problems
    from app.rules.packs.yaml_nodes import Node, TextNode


@contextmanager
def reading(text: TextNode) -> Iterator[None]:
    """As `in_text`; half an expression inside [ ] or { } is told as what cut it."""
    with in_text(text):
        try:
            yield
        except LanguageError:
            if text.in_flow and not text.style and text.text.count("(") != text.text.count(")"):
                zh = "逗号把表达式截成了两段，请另起一行书写"
                en = "a comma cut an expression in two: write it on its own line"
                raise mistake(text, zh, en) from None
            raise


def condition_of(node: Node, scope: Scope) -> Expression:
    """A condition outside any measure."""
    text = text_of(node)
    with reading(text):
        return parse_condition(text.text, scope)


@dataclass(slots=True)
class Texts:
    """The texts of one measure (or of the policy itself), with what its names stand for."""

    problems: Problems
    scope: Scope
    uses: dict[str, dict[str, ParameterUse]] = field(default_factory=dict)
    """Parameter -> the types it is used as."""

    def within(self, item: tuple[str, str] | None = None, allow: frozenset[str] = frozenset()) -> Scope:
        """The names of one place: inside `each` its item's, and the built-ins that have a meaning there."""
        return replace(self.scope, item=item, allow=allow)

    def note(self, expression: Expression) -> None:
        """Remember the parameters it uses, in the type of their use."""
        for use in parameters_of(expression):
            self.uses.setdefault(use.name, {})[use.type] = use

    def syntax(self, node: Node) -> tuple[TextNode, Syntax]:
        """What a text says, before its names are resolved."""
        text = text_of(node)
        with reading(text):
            return text, Parser(text.text).whole()

    def value(self, node: Node, scope: Scope, expect: str | None) -> Expression:
        text = text_of(node)
        with reading(text):
            found = parse_expression(text.text, scope, expect)
        self.note(found)
        return found

    def money(self, node: Node, scope: Scope) -> Expression:
        """An amount, which may not come to less than 0."""
        return self.quantity(node, scope, "money")

    def quantity(self, node: Node, scope: Scope, expect: str) -> Expression:
        """A number of a type, which may not come to less than 0."""
        found = self.value(node, scope, expect)
        if least(found) < 0:
            zh = "结果可能小于 0：请用 max(0, ...) 或 less"
            en = "a value that may be below 0: wrap it in max(0, ...) or use `less`"
            refuse(node, zh, en, f"max(0, {text_of(node).text})")
        return found
