"""The words of one limit, read from left to right; what its names stand for is for `limits`."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.rules.language.lexing import LanguageError, nearest

FIRST = ("once", "at", "best", "first")
YEAR, ITEM = "year", "item"
TAKEN = ("per", "and", "by", "awards", "award", "topped", "for", "anyone")
"""Words of limits, which stand for nothing else."""


class Word(NamedTuple):
    text: str
    offset: int


class LimitText(NamedTuple):
    """One limit as written."""

    form: Word
    """once, awards (at most N awards), amount (at most M), best or first."""
    number: Word | None
    by: Word | None
    keys: tuple[Word, ...]
    """`year` and `item` among them."""
    topped_up: Word | None
    for_anyone: Word | None

    @property
    def yearly(self) -> bool:
        return any(key.text == YEAR for key in self.keys)

    @property
    def per_item(self) -> Word | None:
        return next((key for key in self.keys if key.text == ITEM), None)

    @property
    def others(self) -> tuple[Word, ...]:
        """The keys that are facts or fields."""
        return tuple(key for key in self.keys if key.text not in (YEAR, ITEM))


class Words:
    """The words of a text, taken from left to right."""

    def __init__(self, text: str) -> None:
        self._words = [Word(found.group(), found.start()) for found in re.finditer(r"\S+", text)]
        self._end = Word("", len(text))
        self._place = 0

    @property
    def here(self) -> Word:
        return self._words[self._place] if self._place < len(self._words) else self._end

    def take(self, *texts: str) -> Word | None:
        """The next words if they are these."""
        here = self.here
        following = [word.text for word in self._words[self._place : self._place + len(texts)]]
        if following != list(texts):
            return None
        self._place += len(texts)
        return here

    def any(self) -> Word:
        here = self.here
        self._place += 1
        return here


def read_limit(text: str) -> LimitText:
    """Raises LanguageError."""
    words = Words(text)
    form, number = _form(words)
    by = _named(words, "a field of the item", "项目的字段") if words.take("by") else None
    keys = _keys(words)
    topped_up = words.take("topped", "up")
    for_anyone = words.take("for", "anyone")
    here = words.here
    if here.text:
        begun = {"for": "for anyone", "topped": "topped up"}
        close = begun.get(here.text) or nearest(here.text, ("per", "and", "by", "topped", "for", "anyone"))
        raise LanguageError(
            f"unexpected {here.text!r} in a limit", f"限制里不应有 {here.text!r}", here.offset, close
        )
    return LimitText(form, number, by, keys, topped_up, for_anyone)


def _form(words: Words) -> tuple[Word, Word | None]:
    first = words.any()
    if first.text == "once":
        return first, None
    if first.text in ("best", "first"):
        return first, _named(words, "how many", "项数")
    if first.text == "at" and words.take("most"):
        number = _named(words, "a number of awards or an amount", "次数或金额")
        counted = words.take("awards") or words.take("award")
        return Word("awards" if counted else "amount", first.offset), number
    close = "at most" if first.text == "at" else nearest(first.text, FIRST)
    raise LanguageError(
        "a limit begins with once, at most, best or first",
        "限制以 once、at most、best 或 first 开头",
        first.offset,
        close,
    )


def _keys(words: Words) -> tuple[Word, ...]:
    if not words.take("per"):
        return ()
    found = [_named(words, "year, item, a fact or a field", "year、item、事实或字段")]
    while words.take("and"):
        found.append(_named(words, "year, item, a fact or a field", "year、item、事实或字段"))
    for place, key in enumerate(found):
        if any(key.text == other.text for other in found[:place]):
            raise LanguageError(f"{key.text!r} twice", f"{key.text} 重复", key.offset)
    return tuple(found)


def _named(words: Words, en: str, zh: str) -> Word:
    word = words.any()
    if not word.text or word.text in TAKEN:
        raise LanguageError(f"expected {en}", f"这里应为{zh}", word.offset)
    return word
