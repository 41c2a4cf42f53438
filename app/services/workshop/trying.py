"""The cases of a pack run one by one, each failure with the decision in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from app.rules.input.mistakes import InputErrors
from app.rules.packs.errors import Problems
from app.services.legal_day import legal_day
from app.services.pack_cases import differences
from app.services.workshop.case_files import placed_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from app.services.answer_locally import LocalPolicy
    from app.services.pack_cases import Case, Difference
    from app.services.workshop.case_files import PlacedCase

MARKS = {"met": "+", "not_met": "-", "unknown": "?", "excluded": "-", "limited": "!"}


@dataclass(frozen=True, slots=True)
class Tried:
    """A case, the line it begins in, what it wants and does not get, and the answer (None: refused)."""

    case: Case
    line: int
    differences: tuple[Difference, ...]
    answer: Mapping[str, Any] | None

    def why(self, language: Literal["zh", "en"]) -> Iterator[str]:
        """Each measure that differs: its reasons and its items' in words, marked + - ? !."""
        wanted = {one.measure for one in self.differences}
        for measure in self.answer["measures"] if self.answer is not None else ():
            if measure["id"] in wanted:
                yield f"{measure['id']}: {measure['verdict']} {measure['award']['amount'] or ''}".rstrip()
                yield from _reasons(measure, "  ", language)
                for line in measure["lines"]:
                    yield f"  {line['item']}: {line['verdict']} {line['amount'] or line['counted'] or ''}".rstrip()
                    yield from _reasons(line, "    ", language)
                for fact in measure["missing"]:
                    yield f"  ? {fact['label'][language]} ({fact['fact']})"


def _reasons(told: Mapping[str, Any], indent: str, language: str) -> Iterator[str]:
    for reason in told["reasons"]:
        yield f"{indent}{MARKS[reason['outcome']]} {reason['message'][language]} ({reason['code']})"
    for flag in told["flags"]:
        yield f"{indent}! {flag['message'][language]} ({flag['code']})"


def readable_cases(local: LocalPolicy) -> tuple[PlacedCase, ...]:
    """The cases of a pack in their order. Raises PackErrors where a file of cases has a mistake."""
    problems = Problems()
    found = tuple(placed_cases(local.files, problems))
    problems.stop()
    return found


def tried_cases(local: LocalPolicy, cases: Iterable[PlacedCase], only: str | None = None) -> Iterator[Tried]:
    """The cases whose file or name has the text `only`."""
    today = legal_day()
    for placed in cases:
        case = placed.case
        if only is not None and only not in case.name and only not in case.file:
            continue
        found = differences(local, case, today)
        answer: Mapping[str, Any] | None = None
        if found:
            try:
                answer = local.decide(case.request, today)
            except InputErrors:
                answer = None  # the difference says what was refused
        yield Tried(case, placed.node.line, found, answer)
