"""What a document is, judged by its content, and the name that it may have."""

from __future__ import annotations

import re
import unicodedata

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}
HEAD_BYTES = 64
"""As much of the beginning as it takes to tell."""
MOST_NAME = 200

_PDF = re.compile(rb"%PDF-[12]\.[0-9]")
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
_JPEG = b"\xff\xd8\xff"
_SEPARATORS = re.compile(r"[/\\:]")
_DROPPED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Control and format characters (which can turn a name around), and what has no meaning."""


def media_type(head: bytes) -> str | None:
    """PDF, JPEG or PNG by the first bytes; None for anything else, whatever its name says."""
    if _PDF.match(head):
        return PDF
    if head.startswith(_JPEG):
        return JPEG
    return PNG if head.startswith(_PNG) else None


def plain_name(given: str, kind: str) -> str:
    """A file name without folders, control characters or white space around, of at most 200 characters."""
    last = _SEPARATORS.split(unicodedata.normalize("NFC", given))[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in _DROPPED)
    name = " ".join(kept.split()).lstrip(".").strip()
    if not name:
        return f"document{ENDINGS[kind]}"
    if len(name) <= MOST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if dot and 0 < len(ending) <= 10:
        return f"{stem[: MOST_NAME - len(ending) - 1]}.{ending}"
    return name[:MOST_NAME]
