"""Decide many requests, one a line (NDJSON), each on its own: a bad line never stops the rest."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from app.rules.facts import MOST_TEXT, InputError
from app.rules.input.strict_json import NotJson, parse_json
from app.rules.policy import Words
from app.rules.reading import InputErrors
from app.services.evaluate import decide_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.services.evaluate import Decided
    from app.services.published_policies import PublishedPolicies

MOST_LINE_BYTES = 1024 * 1024
_MOST_REF = 2**53 - 1
"""What every JSON reader keeps exact."""
_BLANK = b" \t\r"


class LineTooLong(ValueError):
    """A line of a batch has more than a single request may have."""


class Line(NamedTuple):
    """One line that is not blank; `content` is None where it was too long to keep."""

    number: int
    content: bytes | None


class Answered(NamedTuple):
    """What became of a line: exactly one of the last two is set."""

    number: int
    ref: str | int | None
    decided: Decided | None
    error: NotJson | InputErrors | LineTooLong | None


class LineSplitter:
    """Lines out of chunks, holding no more than one line of the size allowed."""

    def __init__(self, most: int = MOST_LINE_BYTES) -> None:
        self._most = most
        self._kept = bytearray()
        self._too_long = False
        self.count = 0
        """Lines so far, blank ones included."""

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """The lines that this chunk ends."""
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            self._keep(chunk, start, end)
            line = self._close()
            if line is not None:
                yield line
            start = end + 1
        self._keep(chunk, start, len(chunk))

    def end(self) -> Iterator[Line]:
        """The last line, where no newline ends it."""
        if self._kept or self._too_long:
            line = self._close()
            if line is not None:
                yield line

    def _keep(self, chunk: bytes, start: int, end: int) -> None:
        if self._too_long:
            return
        if len(self._kept) + end - start > self._most:
            self._too_long = True
            self._kept.clear()
        else:
            self._kept += memoryview(chunk)[start:end]

    def _close(self) -> Line | None:
        self.count += 1
        too_long, content = self._too_long, bytes(self._kept)
        self._too_long = False
        self._kept.clear()
        if too_long:
            return Line(self.count, None)
        return Line(self.count, content) if content.strip(_BLANK) else None


def answer_line(policies: PublishedPolicies, policy_id: str, line: Line) -> Answered:
    """Decide one line. Raises NoSuchPolicy; what is wrong with the line is in the answer."""
    if line.content is None:
        return Answered(line.number, None, None, LineTooLong())
    try:
        body = parse_json(line.content)
    except NotJson as error:
        return Answered(line.number, None, None, error)
    ref: str | int | None = None
    wrong: tuple[InputError, ...] = ()
    if isinstance(body, dict) and "ref" in body:
        given = body.pop("ref")
        found = _ref_mistake(given)
        if found is None:
            ref = given
        else:
            wrong = (found,)
    try:
        decided = decide_body(policies, policy_id, body)
    except InputErrors as error:
        return Answered(line.number, ref, None, InputErrors((*wrong, *error.errors)) if wrong else error)
    if wrong:
        return Answered(line.number, None, None, InputErrors(wrong))
    return Answered(line.number, ref, decided, None)


def _ref_mistake(given: object) -> InputError | None:
    if given is None or (isinstance(given, int) and not isinstance(given, bool) and abs(given) <= _MOST_REF):
        return None
    if isinstance(given, int) and not isinstance(given, bool):
        return InputError("/ref", "range", Words("编号超出 ±(2^53−1)", "The number is beyond ±(2^53-1)"))
    if not isinstance(given, str):
        return InputError("/ref", "type", Words("应为文本或整数", "Must be text or an integer"))
    if len(given) > MOST_TEXT:
        return InputError(
            "/ref", "length", Words(f"最多 {MOST_TEXT} 个字符", f"At most {MOST_TEXT} characters")
        )
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in given):
        return InputError(
            "/ref",
            "text",
            Words("含控制字符或不成对的代理项", "Holds a control character or a lone surrogate"),
        )
    return None
