"""Masks of what names a person or a firm, for lists and logs: enough to recognise, too little to copy."""

from __future__ import annotations

_STAR = "*"


def mask_uscc(code: str) -> str:
    """A unified social credit code: the first six characters and the last four, `911408********018G`."""
    return _middle(code, 6, 4)


def mask_id(number: str) -> str:
    """An identity number: `140802********0017`."""
    return _middle(number, 6, 4)


def mask_phone(number: str) -> str:
    """A telephone number: `138****1234`."""
    return _middle(number, 3, 4)


def mask_account(number: str) -> str:
    """An account: its last four digits."""
    return _middle(number, 0, 4)


def mask_name(name: str) -> str:
    """A person's name, or a firm that bears one: the first character, and two stars whatever follows."""
    kept = name.strip()[:1]
    return f"{kept}{_STAR * 2}"


def _middle(text: str, first: int, last: int) -> str:
    """All but the ends; all of it, where the ends would be more than half."""
    if len(text) < 2 * last or len(text) <= first + last:
        return _STAR * len(text)
    return f"{text[:first]}{_STAR * (len(text) - first - last)}{text[-last:]}"
