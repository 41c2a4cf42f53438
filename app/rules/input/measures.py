"""`measures`: which measures a request asks for; all that are evaluated when it names none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.input import words
from app.rules.input.mistakes import Mistake
from app.rules.input.records import read_each
from app.rules.policy import Words

if TYPE_CHECKING:
    from app.rules.input.mistakes import Mistakes
    from app.rules.policy import Policy

MEASURES = "measures"

_NONE = Words(
    "列表为空：请至少列出一项措施，或省略该字段以评估全部",
    "the list is empty: name at least one measure, or leave the field out for all",
)
_NO_CONDITION = Words(
    "该服务没有条件，不作评估；请见措施目录",
    "this service has no condition and is not evaluated: see the catalogue",
)
_TWICE = Words("该措施已列出", "this measure is listed already")


class MeasuresReader:
    """Reads `measures` of one policy."""

    def __init__(self, policy: Policy) -> None:
        self._catalogue = tuple(measure.id for measure in policy.measures if measure.evaluated)
        self._all = frozenset(self._catalogue)
        self._not_evaluated = frozenset(measure.id for measure in policy.measures) - self._all

    def read(self, given: object, mistakes: Mistakes) -> tuple[frozenset[str], list[str]]:
        """The ids asked for, and the same in catalogue order."""
        if given is None:
            return self._all, list(self._catalogue)
        if given == []:
            mistakes.add((MEASURES,), Mistake("length", lambda: _NONE))
        found: set[str] = set()

        def one(value: object, position: int) -> None:
            try:
                found.add(self._one(value, found))
            except Mistake as mistake:
                mistakes.add((MEASURES, position), mistake)

        read_each(given, (MEASURES,), None, mistakes, one)
        return frozenset(found), [measure for measure in self._catalogue if measure in found]

    def _one(self, value: object, found: set[str]) -> str:
        if type(value) is not str:
            raise Mistake("type", lambda: words.wrong_type("choice"))
        if value in found:
            raise Mistake("duplicate_id", lambda: _TWICE)
        if value in self._not_evaluated:
            raise Mistake("choice", lambda: _NO_CONDITION)
        if value not in self._all:
            raise Mistake("choice", lambda: words.no_such_choice(value, self._catalogue))
        return value
