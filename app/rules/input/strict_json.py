"""Strict JSON (RFC 8259), numbers exact: one text has one meaning, or it is refused with line and column.

Beyond the grammar these are refused: bytes that are not UTF-8, a byte order mark, NaN and Infinity, a name given
twice in one object, nesting deeper than MOST_DEPTH, a number of more digits than Python turns into an int (4,300).
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NoReturn

import orjson

from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_DEPTH = 32
MOST_DIGITS = 4300
"""Characters of one number."""

_ESCAPED_COLON = re.compile(rb"\\u003[aA]")
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_NO_BRACKET = bytes(byte for byte in range(256) if byte not in b"[]{}")
_LEXEME = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN|-?[0-9][0-9.eE+-]*|[\[\]{},:]', re.DOTALL)
_SIMPLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,60}")
_PARSER_WORDS = (
    ("Expecting value", Words("此处缺少一个值", "a value is missing here")),
    ("Expecting property name", Words("此处应为双引号中的名称", "a name in double quotes is expected here")),
    ("Expecting ':'", Words("此处应为冒号", "a colon is expected here")),
    ("Expecting ','", Words("此处应为逗号或右括号", "a comma or a closing bracket is expected here")),
    ("Extra data", Words("JSON 值结束之后还有内容", "there is more text after the end of the JSON value")),
    ("Unterminated string", Words("从此处开始的字符串没有结束", "the string that begins here has no end")),
    ("Invalid control character", Words("字符串中有控制字符", "a control character stands in a string")),
    ("Invalid \\", Words("字符串中的转义无效", "an escape in a string is not valid")),
    ("Illegal trailing comma", Words("多了一个逗号", "there is a comma too many")),
)


class NotJson(ValueError):
    """The text is no strict JSON. `message` says what is wrong and where; lines and columns count from 1."""

    def __init__(self, zh: str, en: str, line: int, column: int) -> None:
        self.message = Words(f"第 {line} 行第 {column} 列：{zh}", f"line {line}, column {column}: {en}")
        super().__init__(self.message.en)
        self.line = line
        self.column = column


class NotPlainJson(ValueError):
    """The text needs `parse_json`, which also tells what is wrong with it, if anything is."""


class _Found(Exception):
    """Something that the parser takes and we do not; where it stands is looked up then."""


def _constant(_name: str) -> NoReturn:
    raise _Found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Found
    return found


def _decimal(text: str) -> Decimal:
    if len(text) > MOST_DIGITS:
        raise _Found
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent past what even a Decimal holds
        raise _Found from None


_DECODE = json.JSONDecoder(parse_float=_decimal, parse_constant=_constant).decode
_DECODE_PAIRS = json.JSONDecoder(
    parse_float=_decimal, parse_constant=_constant, object_pairs_hook=_object
).decode
"""Sees every name of an object, and takes twice the time."""


def _may_repeat_a_name(data: bytes, value: object) -> bool:
    """Whether a name may have been lost: each brought a colon, and written anew none but a lost one's is missing.

    An escape could write a colon otherwise; texts with such a one are looked at name by name.
    """
    if b"\\" in data and _ESCAPED_COLON.search(data):
        return True
    try:
        return orjson.dumps(value, default=str).count(b":") != data.count(b":")
    except TypeError:  # an int of more than 64 bits, half a surrogate pair
        return True


def parse_plain(data: bytes) -> object:
    """The value in a third of the time, for who reads no floats and knows how deep it may nest. Raises NotPlainJson.

    A float stands for a number that `parse_json` would give exactly; everything else is as it gives it.
    """
    try:
        value: object = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise NotPlainJson from None
    if _may_repeat_a_name(data, value):
        raise NotPlainJson
    return value


def parse_json(data: bytes) -> object:
    """The value: whole numbers as int, others as Decimal. Raises NotJson."""
    text = _text(data)
    if data.count(b"[") + data.count(b"{") > MOST_DEPTH:
        _check_depth(data, text)
    try:
        value: object = _DECODE(text)
        if _may_repeat_a_name(data, value):
            value = _DECODE_PAIRS(text)
    except json.JSONDecodeError as error:
        raise _syntax(text, error) from None
    except (_Found, ValueError):  # ValueError: an int of too many digits
        raise _located(text) from None
    return value


def _text(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise NotJson(
            "开头有字节顺序标记（BOM），请去掉", "a byte order mark (BOM) stands first: leave it out", 1, 1
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8"), error.start)
        raise NotJson("此处的字节不是 UTF-8", "the bytes here are not UTF-8", line, column) from None


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _check_depth(data: bytes, text: str) -> None:
    """Count brackets outside strings: every second piece between quotes, once escapes are gone."""
    plain = _ESCAPE.sub(b"", data) if b"\\" in data else data
    depth = 0
    for bracket in b"".join(plain.split(b'"')[::2]).translate(None, _NO_BRACKET):
        if bracket in b"[{":
            depth += 1
            if depth > MOST_DEPTH:
                raise _too_deep(text)
        else:
            depth -= 1


def _too_deep(text: str) -> NotJson:
    return NotJson(
        f"嵌套超过 {MOST_DEPTH} 层",
        f"values are nested deeper than {MOST_DEPTH} levels",
        *_place(text, _offset_too_deep(text)),
    )


def _offset_too_deep(text: str) -> int:
    depth = 0
    for lexeme, offset in _lexemes(text):
        depth += (lexeme in "[{") - (lexeme in "]}")
        if depth > MOST_DEPTH:
            return offset
    return len(text)


def _syntax(text: str, error: json.JSONDecodeError) -> NotJson:
    if not text.strip(" \t\r\n"):
        return NotJson("请求体为空", "the body is empty", error.lineno, error.colno)
    for start, words in _PARSER_WORDS:
        if error.msg.startswith(start):
            return NotJson(words.zh, words.en, error.lineno, error.colno)
    return NotJson("此处不是 JSON", "this is not JSON", error.lineno, error.colno)


def _lexemes(text: str) -> Iterator[tuple[str, int]]:
    return ((found.group(), found.start()) for found in _LEXEME.finditer(text))


def _located(text: str) -> NotJson:
    """The first NaN, oversized number or repeated name in the text."""
    names: list[set[str]] = []
    last = ("", 0)
    for lexeme, offset in _lexemes(text):
        if lexeme in ("{", "["):
            names.append(set())
        elif lexeme in ("}", "]"):
            names.pop()
        elif lexeme == ":":
            name = json.loads(last[0])
            if name in names[-1]:
                return _repeated(name, *_place(text, last[1]))
            names[-1].add(name)
        elif lexeme[0] in "-0123456789IN" and (found := _number_mistake(lexeme)):
            return NotJson(found.zh, found.en, *_place(text, offset))
        last = (lexeme, offset)
    return NotJson("此处不是 JSON", "this is not JSON", *_place(text, last[1]))


def _number_mistake(lexeme: str) -> Words | None:
    if lexeme.endswith(("y", "N")):
        return Words("NaN 和 Infinity 不是 JSON 数字", "NaN and Infinity are no JSON numbers")
    if len(lexeme) > MOST_DIGITS or not _is_decimal(lexeme):
        return Words("数字过大或位数过多", "a number is too large or has too many digits")
    return None


def _is_decimal(lexeme: str) -> bool:
    try:
        Decimal(lexeme)
    except InvalidOperation:
        return False
    return True


def _repeated(name: str, line: int, column: int) -> NotJson:
    """Only a name that looks like a field's is shown."""
    shown = f" {name}" if _SIMPLE_NAME.fullmatch(name) else ""
    return NotJson(
        f"同一对象中名称{shown} 重复" if shown else "同一对象中有重复的名称",
        f"the name{shown} is given twice in one object",
        line,
        column,
    )
