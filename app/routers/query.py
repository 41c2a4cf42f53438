"""Query parameters, read strictly: unknown, repeated or malformed ones are refused, all at once."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from app.routers.problems import QueryRefused
from app.rules.identifiers import normalise_uscc, uscc_mistake
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Scope

    Parser = Callable[[str], object]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
VERSION_PATTERN = r"^[^\x00-\x1f\x7f]{1,100}$"
_VERSION = re.compile(VERSION_PATTERN.replace("$", r"\Z"))
_MOST_NAME = 100
_MOST_PARAMETERS = 1_000


class _Malformed(ValueError):
    def __init__(self, code: str, message: Words) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message


def day(text: str) -> date:
    """A date as YYYY-MM-DD."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _Malformed("format", Words("应为日期 YYYY-MM-DD", "Must be a date, YYYY-MM-DD"))


def version(text: str) -> str:
    """The name of a policy version."""
    if _VERSION.match(text):
        return text
    raise _Malformed("format", Words("应为版本名", "Must be the name of a version"))


def switch(text: str) -> bool:
    """`true` or `false`."""
    if text in ("true", "false"):
        return text == "true"
    raise _Malformed("choice", Words("应为 true 或 false", "Must be true or false"))


def whole(least: int, most: int) -> Parser:
    """A whole number within bounds."""

    def parse(text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most:
            return int(text)
        raise _Malformed("range", Words(f"应为 {least} 至 {most} 的整数", f"Must be {least} to {most}"))

    return parse


def one_of(*codes: str) -> Parser:
    """One of the codes."""

    def parse(text: str) -> str:
        if text in codes:
            return text
        listed = ", ".join(codes)
        raise _Malformed("choice", Words(f"应为其中之一：{listed}", f"Must be one of {listed}"))

    return parse


def word(most: int = 200) -> Parser:
    """A short text."""

    def parse(text: str) -> str:
        if 0 < len(text) <= most and text.isprintable():
            return text
        raise _Malformed("length", Words(f"应为 1 至 {most} 个字符", f"Must have 1 to {most} characters"))

    return parse


def code(text: str) -> str:
    """A unified social credit code, normalised."""
    wrong = uscc_mistake(text)
    if wrong is not None:
        raise _Malformed(*wrong)
    return normalise_uscc(text)


def read_query(scope: Scope, parsers: Mapping[str, Parser]) -> dict[str, Any]:
    """The parameters that were given, by name. Raises QueryRefused."""
    sent: bytes = scope["query_string"]
    if not sent:
        return {}
    found: dict[str, Any] = {}
    mistakes: list[tuple[str, str, Words]] = []
    try:
        given = parse_qsl(
            sent.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError:
        raise QueryRefused(
            [("", "text", Words("查询字符串无法解读", "The query string cannot be read"))]
        ) from None
    for name, text in given:
        parser = parsers.get(name)
        if parser is None:
            mistakes.append((name[:_MOST_NAME], "unknown_field", _unknown(tuple(parsers))))
        elif name in found:
            mistakes.append((name, "duplicate_id", Words("只能给出一次", "May be given once only")))
        else:
            try:
                found[name] = parser(text)
            except _Malformed as error:
                found[name] = None
                mistakes.append((name, error.code, error.message))
    if mistakes:
        raise QueryRefused(mistakes)
    return found


def _unknown(known: tuple[str, ...]) -> Words:
    if not known:
        return Words("此处没有查询参数", "There are no query parameters here")
    return Words(
        f"没有这个参数，可用：{'、'.join(known)}", f"No such parameter; there are: {', '.join(known)}"
    )
