"""What is wrong with a file: told by row and column, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.policy import Words

MOST_VALUE = 200
"""Characters of a value that a report repeats."""


class Fault(NamedTuple):
    """One cell, row or file that cannot be taken."""

    row: int
    """As the sheet or the lines are counted, from 1; 0: the file as a whole."""
    column: str | None
    """The heading as it stands in the file."""
    value: str | None
    code: str
    message: Words

    def form(self) -> dict[str, Any]:
        """As JSON, with the value: for the one who sent the file."""
        return self.told() | {"value": _short(self.value)}

    def told(self) -> dict[str, Any]:
        """As JSON, without the value."""
        return {
            "row": self.row,
            "column": _short(self.column),
            "code": self.code,
            "message": {"zh": self.message.zh, "en": self.message.en},
        }


def _short(text: str | None) -> str | None:
    """Whole characters, and not too many of them."""
    return None if text is None else text[:MOST_VALUE].encode("utf-8", "replace").decode("utf-8")


class BadRows(Exception):
    """The file has faults, and nothing of it was taken."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


class CellFault(Exception):
    """A cell that does not hold what its column is for."""

    def __init__(self, code: str, message: Words) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
