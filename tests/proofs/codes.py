"""Unified social credit codes (GB 32100) that nobody holds, made as the standard says."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def code_of(number: int) -> str:
    """A valid code; another one for each number from 0 to 31^8 - 1."""
    digits = ""
    for _ in range(8):
        number, digit = divmod(number, 31)
        digits = ALPHABET[digit] + digits
    front = f"91140802M{digits}"
    total = sum(weight * ALPHABET.index(sign) for weight, sign in zip(WEIGHTS, front, strict=True))
    return front + ALPHABET[-total % 31]
