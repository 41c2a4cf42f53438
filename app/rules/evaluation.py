"""A policy compiled once, evaluated many times: from a request to every verdict, amount and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.exclusions import Exclusions
from app.rules.deciding.items import CompiledItems
from app.rules.deciding.measures import Circumstances, CompiledMeasure
from app.rules.deciding.remembering import remembering
from app.rules.deciding.tracing import trace_of
from app.rules.identifiers import item_key
from app.rules.policy import AwardKind, Flag, Words
from app.rules.results import Evaluation, Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.rules.policy import Exclusion, Measure, Policy
    from app.rules.requests import EvaluationRequest, HistoryEntry
    from app.rules.results import MeasureResult

SERVICE = AwardKind.SERVICE
SAME_PROJECT = Flag(
    "same_project",
    Words(
        "本次请求中靠前的一项已列明同一项目，二者只能支持其一",
        "An earlier line of this request names the same project: only one of them can be granted",
    ),
)


class _Ready(NamedTuple):
    """A measure and the function that decides it."""

    compiled: CompiledMeasure
    evaluate: Callable[[Circumstances], MeasureResult]
    list_name: str = ""
    keys: Mapping[str, str] = {}
    """Items: the keys that they publish, and the field of each."""


def _ready(measure: Measure, policy: Policy, of_items: Mapping[str, Exclusion]) -> _Ready:
    if measure.each is None:
        plain = CompiledMeasure(measure, policy)
        return _Ready(plain, remembering(plain))
    compiled = CompiledItems(measure, policy, of_items)
    return _Ready(compiled, remembering(compiled), measure.each.list_name, measure.each.keys)


class Evaluator:
    """One policy, ready to decide. Holds no state of any request; safe to share."""

    def __init__(self, policy: Policy) -> None:
        self._exclusions = Exclusions(policy)
        of_items = self._exclusions.of_items
        self._measures = tuple(
            _ready(measure, policy, of_items) for measure in policy.measures if measure.evaluated
        )

    def evaluate(self, request: EvaluationRequest, *, traced: bool = False) -> Evaluation:
        """Every measure that is asked for, in catalogue order, and the totals."""
        c = self._circumstances(request)
        asked = self._measures
        if len(request.measures) < len(asked):
            asked = tuple(one for one in asked if one.compiled.measure.id in request.measures)
        results = [one.evaluate(c) for one in asked]
        self._flag_same_items(asked, results, request.facts)
        if traced:
            results = [
                result._replace(trace=trace_of(one.compiled, result, c))
                for one, result in zip(asked, results, strict=True)
            ]
        return Evaluation(tuple(results), totals_of(results))

    def _circumstances(self, request: EvaluationRequest) -> Circumstances:
        b: dict[str, object] = {"year": request.year, "as_of": request.as_of}
        history: dict[str, list[HistoryEntry]] = {}
        for entry in request.history:
            history.setdefault(entry.measure, []).append(entry)
        bar = self._exclusions.bar(request.facts, b)
        return Circumstances(
            request.facts, b, request.year, bar, history, self._exclusions.supported(request)
        )

    def _flag_same_items(
        self, asked: Sequence[_Ready], results: list[MeasureResult], facts: Mapping[str, object]
    ) -> None:
        """Lines that name the same project keep their verdicts; the later ones are flagged for the officer."""
        for key in self._exclusions.of_items:
            seen: set[str] = set()
            for index, one in enumerate(asked):
                field = one.keys.get(key)
                if field is None or not results[index].lines:
                    continue
                rows = facts[one.list_name]
                assert isinstance(rows, list)
                later = [position for position, row in enumerate(rows) if _seen(row.get(field), seen)]
                if later:
                    lines = list(results[index].lines)
                    for position in later:
                        line = lines[position]
                        lines[position] = line._replace(flags=(*line.flags, SAME_PROJECT))
                    results[index] = results[index]._replace(lines=tuple(lines))


def _seen(name: object, seen: set[str]) -> bool:
    """Whether an earlier item had this name; remembers it."""
    if name is None:
        return False
    key = item_key(str(name))
    if key in seen:
        return True
    seen.add(key)
    return False


def totals_of(results: Iterable[MeasureResult]) -> Totals:
    """Sums over the money measures: certain, at an official's discretion, and what is still possible."""
    amount = ceiling = potential = 0
    unbounded: list[str] = []
    for result in results:
        if result.kind is SERVICE:
            continue
        if result.verdict == "eligible":
            amount += result.amount or 0
            ceiling += result.ceiling or 0
        if result.potential is None:
            unbounded.append(result.measure.id)
        else:
            potential += result.potential
    return Totals(amount, ceiling, potential, tuple(unbounded))


def compile_policy(policy: Policy) -> Evaluator:
    """The policy's evaluator; compile once, when the policy is loaded."""
    return Evaluator(policy)
