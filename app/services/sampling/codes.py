"""Unified social credit codes that nobody holds, with both their check characters (GB 32100-2015, GB 11714-1997)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PREFIX = "MY"
"""Begins no organisation code that an authority is known to give out."""
MOST_CODES = len(ALPHABET) ** 6
"""How many organisations a register may have: so many codes there are behind the prefix."""
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LETTERS = pl.Series(list(ALPHABET))
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
# The organisation code has its own alphabet, in which I and the others are left out but still counted.
_OWN_VALUES = {letter: int(letter, 36) for letter in ALPHABET}
_SPREAD = 362_435_069
"""Prime to 31: numbers one after the other become codes that look nothing alike."""


def credit_codes(fronts: pl.Series, numbers: pl.Series, shift: int) -> pl.Series:
    """A code for each organisation; no two numbers from 0 to MOST_CODES - 1 share one.

    `fronts`: the first eight characters, department, type and division; `shift` tells registers apart.
    """
    spread = (numbers.cast(pl.Int64) * _SPREAD + shift % MOST_CODES) % MOST_CODES
    places = [_letter(front) for front in _columns(fronts, 8)]
    body = [_constant(_VALUES[letter], len(fronts)) for letter in PREFIX]
    body += [spread // len(ALPHABET) ** power % len(ALPHABET) for power in reversed(range(6))]
    own = [place.replace_strict(range(len(ALPHABET)), list(_OWN_VALUES.values())) for place in body]
    check = (11 - _weighed(own, _ORGANISATION_WEIGHTS) % 11) % 11
    letters = [_LETTERS.gather(place) for place in body]
    letters.append(pl.Series(list("0123456789X")).gather(check))
    organisation = [*body, check.replace_strict([10], [_VALUES["X"]], default=check)]
    last = (31 - _weighed([*places, *organisation], _WEIGHTS) % 31) % 31
    columns = {f"c{index}": column for index, column in enumerate([fronts, *letters, _LETTERS.gather(last)])}
    return pl.DataFrame(columns).select(pl.concat_str(pl.all()).alias("uscc")).to_series()


def _columns(texts: pl.Series, length: int) -> list[pl.Series]:
    return [texts.str.slice(place, 1) for place in range(length)]


def _letter(letters: pl.Series) -> pl.Series:
    return letters.replace_strict(list(_VALUES), list(_VALUES.values()), return_dtype=pl.Int64)


def _constant(value: int, length: int) -> pl.Series:
    return pl.Series([value], dtype=pl.Int64).new_from_index(0, length)


def _weighed(places: Sequence[pl.Series], weights: Sequence[int]) -> pl.Series:
    total = places[0] * weights[0]
    for place, weight in zip(places[1:], weights[1:], strict=True):
        total = total + place * weight
    return total
