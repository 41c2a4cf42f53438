"""Texts of a request: NFC, trimmed, 1 to 200 characters, nothing in them that no person typed."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from app.rules.facts import MOST_TEXT
from app.rules.identifiers import normalise_uscc, uscc_mistake
from app.rules.input import words
from app.rules.input.mistakes import Mistake

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.policy import Words

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DIVISION = re.compile(r"[0-9]{6}")


def text_reader(label: Words | None) -> Callable[[object], str]:
    """Reads a text. The length is that of the text as sent and as kept."""

    def read(value: object) -> str:
        if type(value) is not str:
            raise Mistake("type", lambda: words.wrong_type("text", label))
        if len(value) > MOST_TEXT:
            raise Mistake("length", lambda: words.labelled(label, words.LONG))
        if not value.isprintable() and _CONTROL.search(value):
            raise Mistake("text", lambda: words.labelled(label, words.CONTROL))
        text = (value if value.isascii() else unicodedata.normalize("NFC", value)).strip()
        if not text:
            raise Mistake("length", lambda: words.labelled(label, words.EMPTY))
        if len(text) > MOST_TEXT:
            raise Mistake("length", lambda: words.labelled(label, words.LONG))
        return text

    return read


def uscc_reader(label: Words | None) -> Callable[[object], str]:
    """Reads a unified social credit code (GB 32100-2015) into its normal form."""
    text = text_reader(label)

    def read(value: object) -> str:
        code = normalise_uscc(text(value))
        found = uscc_mistake(code)
        if found is not None:
            raise Mistake(found[0], lambda: found[1])
        return code

    return read


def division_reader(label: Words | None) -> Callable[[object], str]:
    """Reads a division code (GB/T 2260)."""
    text = text_reader(label)

    def read(value: object) -> str:
        code = text(value)
        if _DIVISION.fullmatch(code) is None:
            raise Mistake("format", lambda: words.wrong_format("division", label))
        return code

    return read
