"""Text of the policy language to tokens, each with its place, and the error that every later step raises."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class LanguageError(ValueError):
    """An expression that the language does not know. `offset` counts characters of the text from 0."""

    def __init__(self, message: str, offset: int, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: number percent date string name keyword operator end."""

    kind: str
    text: str
    offset: int


KEYWORDS = frozenset({"and", "or", "not", "in", "where", "for", "else"})
PATTERN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))"
    r"|(?P<percent>[0-9]+(?:\.[0-9]+)?%)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)"
    r"|(?P<string>'[^'\n]*')"
    r"|(?P<operator>==|!=|>=|<=|[<>+\-*/()\[\],])"
)
MISTAKES = {
    "=": ("one = compares nothing", "=="),
    "&": ("& is no operator", "and"),
    "|": ("| is no operator", "or"),
    "!": ("! is no operator", "not"),
    '"': ("text stands in single quotes", "'"),
    "'": ("a text without its closing quote", "'"),
    "×": ("× is no operator", "*"),
    "÷": ("÷ is no operator", "/"),
    "％": ("a full-width percent sign", "%"),
    "≥": ("≥ is no operator", ">="),
    "≤": ("≤ is no operator", "<="),
    "≠": ("≠ is no operator", "!="),
    "（": ("a full-width bracket", "("),
    "）": ("a full-width bracket", ")"),
    "，": ("a full-width comma", ","),
}


def tokens_of(text: str) -> tuple[Token, ...]:
    """All tokens and an `end`. Raises LanguageError at the first character that begins none."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = PATTERN.match(text, place)
        if match is None:
            message, instead = MISTAKES.get(text[place], (f"{text[place]!r} is not of the language", None))
            raise LanguageError(message, place, instead)
        kind = match.lastgroup or ""
        if kind != "space":
            _joined(text, match.end(), kind)
            word = match.group()
            found.append(Token("keyword" if word in KEYWORDS else kind, word, place))
        place = match.end()
    return (*found, Token("end", "", len(text)))


def _joined(text: str, end: int, kind: str) -> None:
    """Refuse `10x`, `1_000`, `1.` and `2024-1-1` where a number runs into something else."""
    if kind not in ("number", "percent", "date", "name") or end >= len(text):
        return
    follower = text[end]
    if follower in "._" or follower.isalnum():
        what = "a name" if kind == "name" else "a number"
        raise LanguageError(f"{follower!r} cannot continue {what}", end)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name most like `word`, None when none is."""
    return next(iter(difflib.get_close_matches(word, sorted(known), 1, 0.6)), None)
