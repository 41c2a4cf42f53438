"""Documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.schemas.words import Shown

MediaType = TypeAliasType("MediaType", Literal["application/pdf", "image/jpeg", "image/png"])


class StoredDocument(Shown):
    """What is known of a document; its bytes are at `/content`."""

    id: str
    kind: str | None
    name: str
    """As it was sent, without folders and control characters."""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=1)]
    media_type: MediaType
    """By its content."""
    application: str | None
    """The application that it belongs to; a document that belongs to none goes after seven days."""
    fixed: bool
    """Whether it was submitted, and stays."""
    created_at: datetime
