"""What input errors say, in Chinese and English. They never repeat what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.decimals import text_of
from app.rules.facts import MOST_COUNT, MOST_FEN, MOST_ITEMS, MOST_NUMBER, MOST_PERCENT, MOST_TEXT
from app.rules.language.lexing import nearest
from app.rules.money import format_yuan
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.facts import FactDeclaration

PERCENT_PLACES = 6
"""Decimals of a percent: 10^-6 percent points are the engine's 10^-8."""

_TYPES = {
    "bool": Words("应为 true 或 false", "true or false is expected"),
    "count": Words(
        "应为整数：不带引号和小数点的 JSON 数字，如 8",
        "a whole number is expected: a JSON number without quotes and decimal point, such as 8",
    ),
    "money": Words(
        '应为以元计的金额：文本如 "200000.00"，或 JSON 数字',
        'an amount in yuan is expected: a text such as "200000.00", or a JSON number',
    ),
    "percent": Words(
        '应为百分数：文本如 "4.35%"，或以百分点计的 JSON 数字，如 4.35',
        'a percentage is expected: a text such as "4.35%", or percent points as a JSON number, such as 4.35',
    ),
    "number": Words(
        '应为数值：JSON 数字，或文本如 "1.5"', 'a number is expected: a JSON number, or a text such as "1.5"'
    ),
    "date": Words('应为日期文本，如 "2026-11-23"', 'a date as text is expected, such as "2026-11-23"'),
    "choice": Words("应为文本（代码）", "a text (a code) is expected"),
    "text": Words("应为文本", "a text is expected"),
    "id": Words("应为文本", "a text is expected"),
    "list": Words("应为列表", "a list is expected"),
    "group": Words("应为对象", "an object is expected"),
}
_FORMATS = {
    "money": Words(
        "金额应为数字，最多两位小数，不带千位分隔符、单位和指数，如 50000.00",
        "an amount is digits with at most two decimals, without separators, unit or exponent, such as 50000.00",
    ),
    "percent": Words(
        f"百分数最多 {PERCENT_PLACES} 位小数，文本须带 %，如 4.35%",
        f"a percentage has at most {PERCENT_PLACES} decimals, and a % when it is text, such as 4.35%",
    ),
    "date": Words(
        "应为历法中存在的日期，写作 YYYY-MM-DD，如 2026-11-23",
        "a day of the calendar is expected, written YYYY-MM-DD, such as 2026-11-23",
    ),
    "division": Words(
        "行政区划代码为 6 位数字（GB/T 2260），如 140802",
        "a division code has 6 digits (GB/T 2260), such as 140802",
    ),
}
_MOST = {"money": MOST_FEN, "count": MOST_COUNT, "percent": MOST_PERCENT, "number": MOST_NUMBER}

REQUIRED = Words("必填，不能缺少或为 null", "required: it may be neither missing nor null")
CONTROL = Words(
    "文本含有控制字符或不成对的代理字符", "the text has control characters or half a surrogate pair"
)
EMPTY = Words("文本不能为空，也不能只有空格", "the text may not be empty or only white space")
LONG = Words(f"文本最多 {MOST_TEXT} 个字符", f"the text may have at most {MOST_TEXT} characters")
MANY = Words(f"列表最多 {MOST_ITEMS} 项", f"the list may have at most {MOST_ITEMS} entries")
DUPLICATE = Words(
    "与前面一项重复（比较时不计大小写、全半角、空格和连字符）",
    "the same as an earlier one (letter case, width, spaces and hyphens aside)",
)


def labelled(label: Words | None, words: Words) -> Words:
    return words if label is None else Words(f"{label.zh}：{words.zh}", f"{label.en}: {words.en}")


def wrong_type(kind: str, label: Words | None = None) -> Words:
    """`kind` is a fact's type, `list` or `group`."""
    return labelled(label, _TYPES[kind])


def wrong_format(kind: str, label: Words | None = None, places: int = 0) -> Words:
    if kind == "number":
        words = Words(f"数值最多 {places} 位小数", f"a number here has at most {places} decimals")
        return labelled(label, words)
    return labelled(label, _FORMATS[kind])


def limits_of(declaration: FactDeclaration) -> tuple[int, int]:
    """Least and greatest value that a request may hold, in the engine's units."""
    most = _MOST[declaration.type] * (10**declaration.places if declaration.type == "number" else 1)
    return declaration.min or 0, most if declaration.max is None else declaration.max


def out_of_range(declaration: FactDeclaration) -> Words:
    return between(declaration, declaration.label)


def between(declaration: FactDeclaration, label: Words | None) -> Words:
    low, high = (_figure(declaration, end) for end in limits_of(declaration))
    return labelled(label, Words(f"应在 {low} 与 {high} 之间", f"it must lie between {low} and {high}"))


def _figure(declaration: FactDeclaration, value: int) -> str:
    match declaration.type:
        case "money":
            return format_yuan(value)
        case "percent":
            return text_of(value, PERCENT_PLACES) + "%"
    return text_of(value, declaration.places)


def no_such_choice(given: str, codes: Iterable[str], label: Words | None = None) -> Words:
    """The codes, where they are few, and the nearest one."""
    codes = tuple(codes)
    hint = suggestion(given, codes)
    if len(codes) > 12 and hint.zh:
        return labelled(label, Words(f"没有这个代码{hint.zh}", f"there is no such code{hint.en}"))
    listed = ", ".join(codes)
    words = Words(f"应为以下代码之一：{listed}{hint.zh}", f"it must be one of: {listed}{hint.en}")
    return labelled(label, words)


def unknown_field(given: str, known: Iterable[str]) -> Words:
    hint = suggestion(given, known)
    return Words(f"没有这个字段{hint.zh}", f"there is no such field{hint.en}")


def suggestion(given: str, known: Iterable[str]) -> Words:
    """`; did you mean ...?`, or nothing. Names longer than any of ours are not compared."""
    near = nearest(given.lower(), known) if len(given) <= MOST_TEXT else None
    return Words("", "") if near is None else Words(f"；是否为 {near}？", f"; did you mean {near}?")


def unknown_field_of(place: str) -> Words:
    """For a field in the wrong object."""
    return Words(f"没有这个字段；是否为 {place}？", f"there is no such field; did you mean {place}?")
