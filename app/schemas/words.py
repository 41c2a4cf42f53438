"""The base of every model, and texts for people."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

Money = Annotated[
    str, Field(pattern=r"^[0-9]+\.[0-9]{2}$", description="Yuan with two decimals.", examples=["200000.00"])
]
# Named, so that clients get one type for it and not one for each place.
Mode = TypeAliasType("Mode", Literal["live", "test"])
Digest = Annotated[
    str, Field(pattern=r"^sha256:[0-9a-f]{64}$", description="SHA-256 of the canonical content.")
]


def _without_default(schema: dict[str, Any]) -> None:
    del schema["default"]


NOT_ALWAYS: Any = Field(default=None, json_schema_extra=_without_default)
"""The default of a field that is there or not, and never null."""


class Shown(BaseModel):
    """A part of an answer. Docstrings of fields become their descriptions."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Words(Shown):
    """A text for people, in both languages."""

    zh: str
    en: str
