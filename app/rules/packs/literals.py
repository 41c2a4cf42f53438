"""Constants that a notice writes: a parameter's new value in the type it had, and amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.language.lexing import TYPE_NAMES, LanguageError, tokens_of
from app.rules.language.literals import constant_of
from app.rules.language.syntax import Constant
from app.rules.packs.errors import in_text, refuse
from app.rules.packs.node_reading import text_of

if TYPE_CHECKING:
    from app.rules.packs.yaml_nodes import Node

WRITTEN = {"percent": "percent", "date": "date", "text": "string"}
"""Type -> how its constants are written; every other is a number."""


def same_type(node: Node, type_: str) -> object:
    """The value, in the unit of its type. Raises Mistake where it is none of this type."""
    text = text_of(node)
    wanted = WRITTEN.get(type_, "number")
    with in_text(text):
        tokens = tokens_of(text.text)
        token = tokens[0]
        if len(tokens) != 2 or token.kind != wanted:
            close = f"{text.text}%" if (wanted, token.kind) == ("percent", "number") else None
            message, zh = f"expected a constant of type {type_}", f"这里应为{TYPE_NAMES[type_]}常数"
            raise LanguageError(message, zh, 0, close)
        return constant_of(Constant(token.offset, token.kind, token.text.strip("'")), type_).value


def above_nothing(node: Node) -> int:
    """An amount above 0, in fen. Raises Mistake."""
    found = same_type(node, "money")
    assert isinstance(found, int)
    if found == 0:
        refuse(node, "金额须大于 0", "an amount is above 0")
    return found
