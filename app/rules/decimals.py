"""Exact decimal numbers as whole ones: 12.5 in hundredths is 1250. Never a float in between."""

from __future__ import annotations

import re
from decimal import Decimal

MOST_WHOLE_DIGITS = 16
"""Digits before the decimal point: more than any limit of input, few enough to compute with."""

_TEXT = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")


class NotExact(ValueError):
    """It is no decimal number, or it has more decimals than it may."""


class TooLarge(ValueError):
    """It has more digits before the decimal point than any input may have; `negative` tells its sign."""

    def __init__(self, *, negative: bool) -> None:
        super().__init__("more digits than any input may have")
        self.negative = negative


def scaled(value: str | int | Decimal, places: int) -> int:
    """`value` times 10^places, exactly.

    A text is digits, with a minus and with at most `places` decimals; a number counts by value, so 1.50 and 1e3 have
    one decimal and none. Raises NotExact or TooLarge.
    """
    if isinstance(value, str):
        return _of_text(value, places)
    if isinstance(value, Decimal):
        return _of_decimal(value, places)
    if abs(value) >= 10**MOST_WHOLE_DIGITS:
        raise TooLarge(negative=value < 0)
    number: int = value * 10**places
    return number


def _of_text(text: str, places: int) -> int:
    found = _TEXT.fullmatch(text)
    if found is None:
        raise NotExact("no decimal number")
    minus, whole, part = found.group(1), found.group(2).lstrip("0"), found.group(3) or ""
    if len(part) > places:
        raise NotExact(f"more than {places} decimals")
    if len(whole) > MOST_WHOLE_DIGITS:
        raise TooLarge(negative=bool(minus))
    number: int = int((whole + part.ljust(places, "0")) or "0")
    return -number if minus else number


def _of_decimal(value: Decimal, places: int) -> int:
    """By the digits, so that an exponent of any size costs nothing."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise NotExact("no decimal number")
    if not any(digits):
        return 0
    if len(digits) + exponent > MOST_WHOLE_DIGITS:
        raise TooLarge(negative=bool(sign))
    move = exponent + places
    if move < 0:
        if -move >= len(digits) or any(digits[move:]):
            raise NotExact(f"more than {places} decimals")
        digits = digits[:move]
    number: int = int("".join(map(str, digits))) * 10 ** max(move, 0)
    return -number if sign else number


def text_of(number: int, places: int, least: int = 0) -> str:
    """`number` / 10^places as text, with at least `least` decimals and no needless zeros after them."""
    whole, part = divmod(abs(number), 10**places)
    decimals = f"{part:0{places}d}".rstrip("0").ljust(least, "0") if places else ""
    return f"{'-' if number < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"
