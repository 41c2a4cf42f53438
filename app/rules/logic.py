"""Three-valued (Kleene) truth: True, False, and None for unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Truth = bool | None


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene conjunction: false if any is false, else unknown if any is unknown, else true."""
    unknown = False
    for truth in truths:
        if truth is False:
            return False
        unknown |= truth is None
    return None if unknown else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene disjunction: true if any is true, else unknown if any is unknown, else false."""
    unknown = False
    for truth in truths:
        if truth is True:
            return True
        unknown |= truth is None
    return None if unknown else False


def negate(truth: Truth) -> Truth:
    """Kleene negation: unknown stays unknown."""
    return None if truth is None else not truth
