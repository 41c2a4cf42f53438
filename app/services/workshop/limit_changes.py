"""A limit changed in a small way: over another time, by fewer keys, in another order, not topped up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPPED_UP, FOR_ANYONE = " topped up", " for anyone"
YEAR = "year"
CHOSEN = {"best": "first", "first": "best"}


@dataclass(frozen=True, slots=True)
class _Said:
    """A limit that the loader took, by its parts: `best 2`, the field it ranks by, its keys, its endings."""

    form: str
    by: str
    keys: tuple[str, ...]
    topped_up: bool
    ending: str

    @classmethod
    def of(cls, text: str) -> _Said:
        words = " ".join(text.split())
        ending = FOR_ANYONE if words.endswith(FOR_ANYONE) else ""
        words = words.removesuffix(FOR_ANYONE)
        topped_up = words.endswith(TOPPED_UP)
        head, _, keys = words.removesuffix(TOPPED_UP).partition(" per ")
        form, _, by = head.partition(" by ")
        return cls(form, by, tuple(keys.split(" and ")) if keys else (), topped_up, ending)

    @property
    def text(self) -> str:
        by = f" by {self.by}" if self.by else ""
        per = f" per {' and '.join(self.keys)}" if self.keys else ""
        return f"{self.form}{by}{per}{TOPPED_UP if self.topped_up else ''}{self.ending}"

    def without(self, key: str) -> _Said:
        return replace(self, keys=tuple(one for one in self.keys if one != key))


def changed_limits(text: str, *, of_group: bool = False) -> Iterator[str]:
    """The limit over all years instead of one, or over one instead of all; without one of its keys, the field that
    ranks or what tops up; the first instead of the best and the other way round (groups choose by amount alone)."""
    said = _Said.of(text)
    yield (said.without(YEAR) if YEAR in said.keys else replace(said, keys=(*said.keys, YEAR))).text
    if len(said.keys) > 1:
        yield from (said.without(key).text for key in said.keys if key != YEAR)
    if said.topped_up:
        yield replace(said, topped_up=False).text
    if said.by:
        yield replace(said, by="").text
    word, _, count = said.form.partition(" ")
    if word in CHOSEN and not of_group:
        yield replace(said, form=f"{CHOSEN[word]} {count}").text
