"""A flat JSON object at a place in a list: an item of facts, an entry of history, a funding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.facts import MOST_ITEMS
from app.rules.input import words
from app.rules.input.mistakes import MOST_ERRORS, Mistake, no_such_field, required

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.rules.input.mistakes import Mistakes, Path
    from app.rules.input.scalars import Scalar
    from app.rules.policy import Words

    Values = dict[str, Any]


class Record:
    """The fields of one object, compiled; `required` may be neither missing nor null."""

    def __init__(self, path: Path, fields: Mapping[str, Scalar], required: tuple[str, ...]) -> None:
        self.path = path
        self.fields = fields
        self.required = required
        self._readers = {key: scalar.read for key, scalar in fields.items()}
        self._shown = tuple((key, scalar.show) for key, scalar in fields.items() if scalar.show is not None)

    def read(self, given: object, position: int, mistakes: Mistakes) -> tuple[Values, Values]:
        """The known fields in the engine's units, and the same as the API has them."""
        known: Values = {}
        if type(given) is not dict:
            mistakes.add((*self.path, position), Mistake("type", lambda: words.wrong_type("group")))
            return known, {}
        readers, wrong = self._readers, 0
        for key, value in given.items():
            read = readers.get(key)
            if read is None:
                mistake = no_such_field(key, readers)
            elif value is None:
                continue
            else:
                try:
                    known[key] = read(value)
                    continue
                except Mistake as refused:
                    mistake = refused
            mistakes.add((*self.path, position, key), mistake)
            wrong += 1
            if wrong == MOST_ERRORS:
                break
        for key in self.required:
            if given.get(key) is None:
                mistakes.add((*self.path, position, key), required())
        plain = known.copy()
        for key, show in self._shown:
            if key in known:
                plain[key] = show(known[key])
        return known, plain


def read_each(
    given: object, path: Path, label: Words | None, mistakes: Mistakes, read: Callable[[object, int], None]
) -> bool:
    """Call `read` for each entry of a list of at most 1,000; False, with its mistakes, where one was wrong."""
    before = len(mistakes.found)
    if type(given) is not list:
        mistakes.add(path, Mistake("type", lambda: words.wrong_type("list", label)))
    elif len(given) > MOST_ITEMS:
        mistakes.add(path, Mistake("length", lambda: words.labelled(label, words.MANY)))
    else:
        for position, entry in enumerate(given):
            read(entry, position)
            if len(mistakes.found) - before >= MOST_ERRORS:
                break
    return len(mistakes.found) == before
