"""What became of an imported file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.problems import InputMistake
from app.schemas.words import Shown

Count = Annotated[int, Field(ge=0)]


class ImportAnswer(Shown):
    """All of the file was taken in."""

    kind: Literal["joint-punishment", "funding"]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    rows: Count
    added: Count
    superseded: Count
    """Of those added, how many stand in place of an earlier record."""
    present: Count
    """Rows that were recorded already."""
    repeated: bool
    """Whether the very same file was taken in before; nothing is added then."""
    errors: Annotated[list[InputMistake], Field(max_length=0)]
    """Always empty: a file with mistakes is a 422 that lists them."""
