"""Money: CNY yuan as people and JSON write it, fen (1/100 yuan) as a whole number in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.decimals import scaled

if TYPE_CHECKING:
    from decimal import Decimal

_PLAIN = 15
"""Length of the longest amount in yuan that is read without a closer look: 999999999999.99."""


def parse_yuan(value: str | int | Decimal) -> int:
    """Fen of an amount in yuan: a text of digits with at most two decimals, or a number with two by value.

    Raises ValueError: decimals.NotExact for what is no such amount, decimals.TooLarge for what no input may be.
    Signs and limits are the caller's to judge.
    """
    if type(value) is str and 3 < len(value) <= _PLAIN and value[-3] == ".":
        digits = value[:-3] + value[-2:]
        if digits.isdigit() and digits.isascii():
            return int(digits)
    return scaled(value, 2)


def format_yuan(fen: int) -> str:
    """The amount in yuan with two decimals, as every answer shows it: `200000.00`."""
    if fen < 0:
        return f"-{-fen // 100}.{-fen % 100:02d}"
    return f"{fen // 100}.{fen % 100:02d}"
