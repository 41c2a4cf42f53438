"""What comes out of a population file: batches of good rows, and what is wrong with the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import polars as pl

    from app.rules.policy import Words

MOST_VALUE = 200
"""Characters of a value that a report repeats."""
_POSITION = re.compile(r"/([0-9]+)(?=/|\Z)")


class PopulationError(Exception):
    """The file cannot be read at all, or not any further. `message` says what is wrong and what was expected."""

    def __init__(self, message: Words) -> None:
        super().__init__(message.en)
        self.message = message


class RowError(NamedTuple):
    """One thing that is wrong with one row, which is left out then."""

    row: int
    """As the file counts: records of Parquet and Arrow from 1, lines of text and rows of a sheet, headings included."""
    column: str
    """Dotted, items by position from 0: `applicant.uscc`, `pledge_loans[2].interest`; empty for the row as a whole."""
    value: str | None
    """As it stands in the file, shortened; None where nothing stands there."""
    code: str
    message: Words

    def form(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "message": {"zh": self.message.zh, "en": self.message.en},
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a file that follow on each other: the good ones as a population, and what is wrong with the rest."""

    frame: pl.DataFrame
    """In the form of `population_schema`; `ref` is the row number where the file has none."""
    rows: pl.Series
    """Int64: where in the file each row of the frame stands."""
    errors: tuple[RowError, ...]


def shown(value: object) -> str | None:
    """A value for a report: whole characters, and not too many of them."""
    if value is None or isinstance(value, dict | list):
        return None
    text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text[:MOST_VALUE].encode("utf-8", "replace").decode("utf-8")


def column_of_pointer(pointer: str) -> str:
    """A place in a request as a column: `/facts/pledge_loans/2/interest` is `pledge_loans[2].interest`."""
    path = pointer.removeprefix("/facts/") if pointer.startswith("/facts/") else pointer.removeprefix("/")
    dotted = _POSITION.sub(r"[\1]", path).replace("/", ".")
    return dotted.replace("~1", "/").replace("~0", "~")
