"""Text of the policy language to tokens, each with its place, and the error that every later step raises."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class LanguageError(ValueError):
    """An expression that the language does not know, told in English (`message`) and Chinese (`zh`).

    `offset` counts characters of the text from 0.
    """

    def __init__(self, message: str, zh: str, offset: int, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.zh = zh
        self.offset = offset
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: number percent date string name keyword operator end."""

    kind: str
    text: str
    offset: int


TYPE_NAMES = {
    "bool": "是非",
    "count": "数量",
    "money": "金额",
    "percent": "百分比",
    "number": "数值",
    "date": "日期",
    "choice": "选项",
    "text": "文字",
    "id": "编号",
    "list": "列表",
}
"""The types in Chinese, for messages."""

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
    "=": ("one = compares nothing", "比较相等用 ==", "=="),
    "&": ("& is no operator", "没有运算符 &", "and"),
    "|": ("| is no operator", "没有运算符 |", "or"),
    "!": ("! is no operator", "没有运算符 !", "not"),
    '"': ("text stands in single quotes", "文字用单引号", "'"),
    "'": ("a text without its closing quote", "文字缺少结尾的引号", "'"),
    "×": ("× is no operator", "没有运算符 ×", "*"),
    "÷": ("÷ is no operator", "没有运算符 ÷", "/"),
    "％": ("a full-width percent sign", "百分号用了全角", "%"),
    "≥": ("≥ is no operator", "没有运算符 ≥", ">="),
    "≤": ("≤ is no operator", "没有运算符 ≤", "<="),
    "≠": ("≠ is no operator", "没有运算符 ≠", "!="),
    "（": ("a full-width bracket", "括号用了全角", "("),
    "）": ("a full-width bracket", "括号用了全角", ")"),
    "，": ("a full-width comma", "逗号用了全角", ","),
}


def tokens_of(text: str) -> tuple[Token, ...]:
    """All tokens and an `end`. Raises LanguageError at the first character that begins none."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = PATTERN.match(text, place)
        if match is None:
            said = (f"{text[place]!r} is not of the language", f"语言中没有字符 {text[place]!r}", None)
            message, zh, instead = MISTAKES.get(text[place], said)
            raise LanguageError(message, zh, place, instead)
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
        what, zh = ("a name", "名称") if kind == "name" else ("a number", "数字")
        raise LanguageError(f"{follower!r} cannot continue {what}", f"{zh}后面不能接 {follower!r}", end)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name most like `word`, None when none is."""
    return next(iter(difflib.get_close_matches(word, sorted(known), 1, 0.6)), None)
