"""What is wrong with a pack: every mistake with its file, line and column, gathered and told at once."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from app.rules.language.lexing import LanguageError
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.yaml_nodes import Node

MOST_ERRORS = 100


class PackError(NamedTuple):
    """One mistake. `line` and `column` count from 1, in characters; `suggestion` is the nearest right text."""

    file: str
    line: int
    column: int
    message: Words
    suggestion: str | None = None


class PackErrors(ValueError):
    """The pack is no policy. `errors` are in the order of files, lines and columns, at most 100."""

    def __init__(self, errors: tuple[PackError, ...]) -> None:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{first.file}:{first.line}:{first.column}: {first.message.en}{more}")
        self.errors = errors


class Mistake(Exception):
    """A mistake that ends the reading of one part; `Problems.gather` goes on with the next part."""

    def __init__(self, error: PackError) -> None:
        super().__init__(error.message.en)
        self.error = error


def mistake(
    node: Node, zh: str, en: str, suggestion: str | None = None, offset: int | None = None
) -> Mistake:
    """A mistake at a node, or `offset` characters into its text."""
    line, column = node.place(offset)
    return Mistake(PackError(node.source.path, line, column, Words(zh, en), suggestion))


def refuse(
    node: Node, zh: str, en: str, suggestion: str | None = None, offset: int | None = None
) -> NoReturn:
    raise mistake(node, zh, en, suggestion, offset)


def not_yet(node: Node, what: str) -> Mistake:
    """The language has it, this engine does not build it yet."""
    return mistake(node, f"尚不支持 {what}", f"{what} is not supported yet")


@contextmanager
def in_text(node: Node) -> Iterator[None]:
    """What the language refuses in a node's text becomes a mistake at its place in the file."""
    try:
        yield
    except LanguageError as refused:
        raise mistake(node, refused.zh, refused.message, refused.suggestion, refused.offset) from None


@dataclass(slots=True)
class Problems:
    """The mistakes found so far."""

    found: list[PackError] = field(default_factory=list)

    def tell(self, found: Mistake) -> None:
        self.found.append(found.error)

    def gather(self) -> _Gathering:
        """`with problems.gather():` notes a mistake in this part and goes on after it."""
        return _Gathering(self)

    def stop(self) -> None:
        """Raise PackErrors if there are any."""
        if self.found:
            # A misspelt key is unknown, and what it should have been is missing: one of the two says it all.
            apart: dict[object, PackError] = {}
            for error in self.found:
                apart.setdefault((*_place(error), error.suggestion or error.message), error)
            raise PackErrors(tuple(sorted(apart.values(), key=_place)[:MOST_ERRORS]))


def _place(error: PackError) -> tuple[str, int, int]:
    return error.file, error.line, error.column


@dataclass(frozen=True, slots=True)
class _Gathering:
    problems: Problems

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, found: BaseException | None, trace: object) -> bool:
        if not isinstance(found, Mistake):
            return False
        self.problems.tell(found)
        return True
