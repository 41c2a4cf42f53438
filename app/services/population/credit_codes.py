"""Unified social credit codes (GB 32100-2015), a column at a time."""

from __future__ import annotations

import polars as pl

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
_VALUES = {ord(character): value for value, character in enumerate(_ALPHABET)}


def is_code(text: pl.Expr) -> pl.Expr:
    """Whether a text is such a code in its normal form, with its check character right; null for null."""
    written = text.cast(pl.Binary)
    values = [_value(written.bin.get(position, null_on_oob=True)) for position in range(18)]
    weighted = [value * weight for value, weight in zip(values, _WEIGHTS, strict=False)]
    total = pl.sum_horizontal(*weighted, values[17])
    return text.str.contains(f"^[{_ALPHABET}]{{18}}$") & (total % 31 == 0)


def _value(byte: pl.Expr) -> pl.Expr:
    return byte.replace_strict(list(_VALUES), list(_VALUES.values()), default=None, return_dtype=pl.Int32)
