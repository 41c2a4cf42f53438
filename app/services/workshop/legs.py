"""Which single requirements no case shows both met and not met."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.rules.input.mistakes import InputErrors
from app.rules.words.describing import requirement_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from app.rules.expression import Condition
    from app.rules.policy import Measure, Policy, Words
    from app.rules.results import MeasureResult, Trace
    from app.services.answer_locally import LocalPolicy
    from app.services.pack_cases import Case

    Key = tuple[str, str, int]

OUTCOMES = ("met", "not_met")


@dataclass(frozen=True, slots=True)
class OpenLeg:
    """A requirement, in words, and the outcomes (`met`, `not_met`) that no case shows."""

    measure: str
    code: str
    says: Words
    lacks: tuple[str, ...]


def open_legs(local: LocalPolicy, cases: Iterable[Case], today: date) -> list[OpenLeg]:
    """In the order of the measures; empty when every requirement is shown both ways."""
    seen: defaultdict[Key, set[str]] = defaultdict(set)
    for case in cases:
        try:
            _, evaluation = local.traced(case.request, today)
        except InputErrors:
            continue  # such a case has failed already, and shows nothing
        for result in evaluation.measures:
            if result.measure.id in case.expect:
                for key, outcome in _outcomes(result):
                    seen[key].add(outcome)
    return [
        OpenLeg(measure.id, leaf.code, _words(leaf, local.policy), lacks)
        for measure in local.policy.measures
        for key, leaf in _leaves(measure)
        if (lacks := tuple(outcome for outcome in OUTCOMES if outcome not in seen[key]))
    ]


def _words(leaf: Condition, policy: Policy) -> Words:
    assert leaf.test is not None
    return requirement_words(leaf.test, policy.facts, policy.currency)


def _leaves(measure: Measure) -> Iterator[tuple[Key, Condition]]:
    """Every single requirement; codes may be alike inside a named group, so they are numbered."""
    count: Counter[str] = Counter()
    items = measure.each.require if measure.each is not None else ()
    for leaf in _single((*measure.require, *items)):
        count[leaf.code] += 1
        yield (measure.id, leaf.code, count[leaf.code]), leaf


def _single(conditions: Iterable[Condition]) -> Iterator[Condition]:
    for condition in conditions:
        if condition.test is not None:
            yield condition
        else:
            yield from _single(condition.parts)


def _outcomes(result: MeasureResult) -> Iterator[tuple[Key, str]]:
    """The outcome of every single requirement, an item's once for each item."""
    assert result.trace is not None
    measure = result.measure
    summary = "" if measure.each is None else f"{measure.id}.{measure.each.list_name}"
    own = [node for node in result.trace.of if node.code != summary]
    yield from _numbered(measure.id, own)
    for node in result.trace.of:
        if node.code == summary:
            for line in node.of:
                yield from _numbered(measure.id, line.of)


def _numbered(measure: str, nodes: Iterable[Trace]) -> Iterator[tuple[Key, str]]:
    count: Counter[str] = Counter()
    for node in _ends(nodes):
        count[node.code] += 1
        yield (measure, node.code, count[node.code]), node.outcome


def _ends(nodes: Iterable[Trace]) -> Iterator[Trace]:
    for node in nodes:
        if node.of:
            yield from _ends(node.of)
        else:
            yield node
