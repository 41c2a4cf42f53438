"""`ref`, the sender's own name of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.input.mistakes import Mistake
from app.rules.input.text import text_reader
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Callable

_LABEL = Words("编号（ref）", "ref")
MOST_REF = 2**53 - 1
"""What every JSON reader keeps exact."""
_read: Callable[[object], str] = text_reader(_LABEL)


def ref_mistake(ref: str) -> Mistake | None:
    """What is wrong with a text that names a row."""
    try:
        _read(ref)
    except Mistake as mistake:
        return mistake
    return None


def ref_of(given: object, row: int) -> str:
    """The name in a line of JSON: text or a whole number; where it has none, the row. Raises Mistake."""
    if given is None:
        return str(row)
    if type(given) is int:
        if abs(given) > MOST_REF:
            raise Mistake("range", lambda: Words("编号超出 ±(2^53−1)", "the number is beyond ±(2^53-1)"))
        return str(given)
    if type(given) is not str:
        raise Mistake("type", lambda: Words("应为文本或整数", "text or a whole number is expected"))
    return _read(given) if given.strip() else str(row)
