"""Values and what is asked of them in words, Chinese and English: figures with units, labels instead of codes."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.amounts import half_up
from app.rules.decimals import text_of
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.facts import FactDeclaration

NUMERIC = frozenset({"count", "money", "percent", "number"})
YES, NO = Words("是", "yes"), Words("否", "no")
MOST_LISTED = 12
"""Members of a set that a sentence lists; of more it lists the first ten and says how many there are."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Need(NamedTuple):
    """What a comparison asks for, in the forms that sentences take."""

    zh: str
    """After a label, or after 需: ` 10 件以上`, `为企业或国有企业`."""
    en: str
    """After a label: `: at least 10`, ` is enterprise or state-owned enterprise`."""
    bare: Words
    """By itself, in brackets."""
    needed: str
    """English, as a clause of its own: `at least 10 needed`, `must be enterprise`."""


_NUMBERS = {
    ">=": (" {}以上", "at least {}", "needed"),
    ">": ("大于 {}", "more than {}", "needed"),
    "<=": (" {}以下", "at most {}", "allowed"),
    "<": ("小于 {}", "less than {}", "needed"),
    "==": ("为 {}", "exactly {}", "needed"),
    "!=": ("不为 {}", "anything but {}", "needed"),
}
_AGAINST = {
    ">=": "不低于{}", ">": "高于{}", "<=": "不高于{}", "<": "低于{}", "==": "等于{}", "!=": "不等于{}",
}  # fmt: skip
"""Numbers against another fact: no unit stands between it and the word."""
_DATES = {
    ">=": ("不早于{}", "on or after {}"),
    ">": ("晚于{}", "after {}"),
    "<=": ("不晚于{}", "on or before {}"),
    "<": ("早于{}", "before {}"),
    "==": ("为{}", "{}"),
    "!=": ("不为{}", "not {}"),
}
_CODES = {
    "==": ("为{}", "{}"),
    "in": ("为{}", "{}"),
    "!=": ("不为{}", "not {}"),
    "not_in": ("不为{}", "not {}"),
    ">=": ("为{}以上", "{} or above"),
    ">": ("高于{}", "above {}"),
    "<=": ("为{}以下", "{} or below"),
    "<": ("低于{}", "below {}"),
}


class Shown(NamedTuple):
    """How values of one side of a comparison are read: their type, scale, and the fact's unit and choices."""

    type: str
    scale: int = 1
    declaration: FactDeclaration | None = None
    unit: Words | None = None


def grouped(fen: int) -> str:
    """Yuan with thousands separated: `200,000.00`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def money(fen: int, currency: str = "CNY") -> Words:
    """`200,000.00 元` and `CNY 200,000.00`; another currency by its code in both."""
    figure = grouped(fen)
    return Words(f"{figure} {'元' if currency == 'CNY' else currency}", f"{currency} {figure}")


def day(value: date) -> Words:
    return Words(
        f"{value.year}年{value.month}月{value.day}日", f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    )


def whole_fen(value: int | Fraction, scale: int) -> int:
    """A figure in fen; between two fen it is shown rounded half up."""
    return value if scale == 1 and isinstance(value, int) else half_up(value, scale)


def decimal(value: int | Fraction, scale: int) -> str:
    """value / scale as a decimal, exact where it ends within twelve places, else rounded half up to six."""
    if scale == 1 and isinstance(value, int):
        return str(value)
    exact = Fraction(value) / scale
    places = 12 if 10**12 % exact.denominator == 0 else 6
    return text_of(half_up(exact * 10**places, 1), places)


def percent(value: int | Fraction, scale: int) -> str:
    """`4.35%`."""
    return f"{decimal(value * 100, scale)}%"


def either(options: Sequence[Words]) -> Words:
    """`甲、乙或丙` and `a, b or c`."""
    if len(options) > MOST_LISTED:
        listed = options[:10]
        return Words(
            f"{'、'.join(each.zh for each in listed)}等 {len(options)} 项之一",
            f"{', '.join(each.en for each in listed)} or one of {len(options) - 10} more",
        )
    *first, last = options
    if not first:
        return last
    return Words(
        f"{'、'.join(each.zh for each in first)}或{last.zh}",
        f"{', '.join(each.en for each in first)} or {last.en}",
    )


def together(parts: Sequence[Words]) -> Words:
    """`甲、乙与丙` and `a, b and c`."""
    *first, last = parts
    if not first:
        return last
    return Words(
        f"{'、'.join(each.zh for each in first)}与{last.zh}",
        f"{', '.join(each.en for each in first)} and {last.en}",
    )


def capital(text: str) -> str:
    """The first letter of a sentence."""
    return text[:1].upper() + text[1:]


def figure(value: object, shown: Shown, currency: str) -> Words:
    """A known value by itself: with its unit in Chinese, with its label instead of a code."""
    if value is True or value is False:
        return YES if value else NO
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | Fraction):
        return _number(value, shown, currency)
    text = str(value)
    if shown.type == "choice" and shown.declaration is not None:
        label = dict(shown.declaration.choices).get(text)
        return label if label is not None else Words(text, text)
    return Words(f"“{text}”", f"“{text}”")


def _number(value: int | Fraction, shown: Shown, currency: str) -> Words:
    if shown.type == "money":
        return money(whole_fen(value, shown.scale), currency)
    text = percent(value, shown.scale) if shown.type == "percent" else decimal(value, shown.scale)
    return Words(f"{text} {shown.unit.zh}" if shown.unit is not None else text, text)


def bare(value: object, shown: Shown) -> Words:
    """A value for a sentence that names the unit itself: money and counts are the figure alone."""
    if isinstance(value, tuple):
        return either([bare(each, shown) for each in value])
    if shown.type == "money" and isinstance(value, int | Fraction):
        text = grouped(whole_fen(value, shown.scale))
        return Words(text, text)
    return figure(value, shown._replace(unit=None), "")


def spaced(zh: str) -> str:
    """Chinese text that another Chinese word follows: a figure without a unit takes a space."""
    return f"{zh} " if zh[-1:].isascii() else zh


def stated(subject: str, value: Words, shown: Shown) -> str:
    """A label with its value in Chinese: `授权量 8 件`, `单位类型为企业`, `高新技术企业：是`, `利息 × 50%：1.00 元`."""
    if shown.type == "bool" or subject[-1:].isascii():
        return f"{subject}：{value.zh}"
    return f"{subject} {value.zh}" if shown.type in NUMERIC else f"{subject}为{value.zh}"


def need(operator: str, required: object, shown: Shown, currency: str) -> Need:
    """What `operator required` asks for, the required value being known."""
    if isinstance(required, tuple):
        words = either([figure(each, shown, currency) for each in required])
    else:
        words = figure(required, shown, currency)
    if shown.type == "bool":
        return Need(f"为“{words.zh}”", f": {words.en}", words, f"must be {words.en}")
    if shown.type in NUMERIC:
        zh, en, ending = _NUMBERS[operator]
        zh, en = zh.format(spaced(words.zh) if operator in (">=", "<=") else words.zh), en.format(words.en)
        return Need(zh, f": {en}", Words(zh.strip(), en), f"{en} {ending}")
    return _of_words(operator, words, shown)


def need_of(operator: str, other: Words, shown: Shown) -> Need:
    """The same against the words of another fact or formula."""
    if shown.type in NUMERIC:
        zh, en = _AGAINST[operator].format(other.zh), _NUMBERS[operator][1].format(other.en)
        return Need(zh, f": {en}", Words(zh, en), f"must be {en}")
    return _of_words(operator, other, shown)


def _of_words(operator: str, words: Words, shown: Shown) -> Need:
    form_zh, form_en = _DATES[operator] if shown.type == "date" else _CODES[operator]
    zh, en = form_zh.format(words.zh), form_en.format(words.en)
    needed = f"must not be {words.en}" if operator in ("!=", "not_in") else f"must be {en}"
    return Need(zh, f" is {en}", Words(zh.removeprefix("为"), en), needed)
