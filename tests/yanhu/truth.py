"""Conditions of the oracle: leaves, all, any, and what a reader would say of each, in three values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Truth = bool | None


def conjunction(parts: Iterable[Truth]) -> Truth:
    seen = list(parts)
    return False if False in seen else None if None in seen else True


def disjunction(parts: Iterable[Truth]) -> Truth:
    seen = list(parts)
    return True if True in seen else None if None in seen else False


@dataclass(frozen=True)
class Leaf:
    code: str
    fact: str
    truth: Truth

    def failing(self) -> list[str]:
        return [self.code] if self.truth is False else []

    def holding(self) -> list[str]:
        return [self.code]

    def unknown(self) -> list[str]:
        return [self.code] if self.truth is None else []

    def asks(self) -> list[str]:
        return [self.fact] if self.truth is None else []


@dataclass(frozen=True)
class All:
    parts: tuple[Node, ...]

    @property
    def truth(self) -> Truth:
        return conjunction(part.truth for part in self.parts)

    def failing(self) -> list[str]:
        return [code for part in self.parts if part.truth is False for code in part.failing()]

    def holding(self) -> list[str]:
        return [code for part in self.parts for code in part.holding()]

    def unknown(self) -> list[str]:
        return [code for part in self.parts if part.truth is None for code in part.unknown()]

    def asks(self) -> list[str]:
        return [fact for part in self.parts if part.truth is None for fact in part.asks()]


@dataclass(frozen=True)
class Any:
    parts: tuple[Node, ...]
    code: str = ""
    """A named group speaks as one requirement."""

    @property
    def truth(self) -> Truth:
        return disjunction(part.truth for part in self.parts)

    def failing(self) -> list[str]:
        return [self.code] if self.code else [code for part in self.parts for code in part.failing()]

    def holding(self) -> list[str]:
        if self.code:
            return [self.code]
        return next(part.holding() for part in self.parts if part.truth is True)

    def unknown(self) -> list[str]:
        if self.code:
            return [self.code]
        return [code for part in self.parts if part.truth is None for code in part.unknown()]

    def asks(self) -> list[str]:
        return [fact for part in self.parts if part.truth is None for fact in part.asks()]


Node = Leaf | All | Any
