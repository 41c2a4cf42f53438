"""Every expression that a part of a policy holds, wherever it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import TYPE_CHECKING

from app.rules.expression import Expression
from app.rules.language.constancy import field_names, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator


def every_node(part: object) -> Iterator[Expression]:
    """The nodes of all expressions in a part, left-most first."""
    for expression in expressions_in(part):
        yield from nodes(expression)


def expressions_in(part: object) -> Iterator[Expression]:
    """The outermost expressions of a dataclass, a tuple or a mapping."""
    if isinstance(part, Expression):
        yield part
        return
    inside: list[object] = []
    if is_dataclass(part) and not isinstance(part, type):
        inside = [getattr(part, name) for name in field_names(type(part))]
    elif isinstance(part, tuple):
        inside = list(part)
    elif isinstance(part, Mapping):
        inside = list(part.values())
    for one in inside:
        yield from expressions_in(one)
