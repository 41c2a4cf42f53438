"""A policy compiled once, evaluated many times: from a request to every verdict, amount and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.exclusions import Exclusions
from app.rules.deciding.groups import Groups
from app.rules.deciding.items import CompiledItems
from app.rules.deciding.measures import Circumstances, CompiledMeasure
from app.rules.deciding.paying_out import PayingOut
from app.rules.deciding.pending import with_pending
from app.rules.deciding.referring import References
from app.rules.deciding.remembering import remembering
from app.rules.deciding.standing_in import StandIns
from app.rules.deciding.tracing import trace_of
from app.rules.identifiers import item_key
from app.rules.policy import AwardKind, Flag, Words
from app.rules.results import Evaluation, Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

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


class _Place(NamedTuple):
    """Where items publish a key: the answer's index, their list, the field that holds it."""

    answer: int
    list_name: str
    field: str
    unique: bool
    """It is the items' id, which no two of one list share."""


def _ready(
    measure: Measure, policy: Policy, of_items: Mapping[str, Exclusion], apart: Collection[str]
) -> _Ready:
    compiled = CompiledMeasure(measure, policy)
    if measure.each is not None:
        compiled = CompiledItems(measure, policy, of_items)
    # Groups look at the items of their members, which what is remembered does not hold.
    return _Ready(compiled, compiled.evaluate if measure.id in apart else remembering(compiled))


class Evaluator:
    """One policy, ready to decide. Holds no state of any request; safe to share."""

    def __init__(self, policy: Policy) -> None:
        self.exclusions = Exclusions(policy)
        of_items = self.exclusions.of_items
        grouped = frozenset(name for group in policy.groups for name in group.measures)
        self._measures = tuple(
            _ready(measure, policy, of_items, grouped) for measure in policy.measures if measure.evaluated
        )
        self.stand_ins = StandIns(policy)
        self.references = References(policy)
        self.paying_out = PayingOut(policy)
        self._by_id = {one.compiled.measure.id: one for one in self._measures}
        self.groups = Groups(policy, {one.compiled.measure.id: one.compiled for one in self._measures})
        self._named = _named(self._measures, of_items)
        self._scarce = any(measure.allotment is not None for measure in policy.measures)

    @property
    def measures(self) -> tuple[CompiledMeasure, ...]:
        """What decides each measure, in catalogue order."""
        return tuple(one.compiled for one in self._measures)

    def evaluate(self, request: EvaluationRequest, *, traced: bool = False) -> Evaluation:
        """Every measure that is asked for, in catalogue order, and the totals."""
        c = self.circumstances(request)
        asked, named = self._measures, self._named
        if len(request.measures) < len(asked):
            asked = tuple(one for one in asked if one.compiled.measure.id in request.measures)
            named = _named(asked, self.exclusions.of_items)
        results = self._in_groups(asked, c) if self.groups.members else self._alone(asked, c)
        if self.paying_out:
            results = self.paying_out.planned(results, c)
        if self._scarce:
            results = [with_pending(result) for result in results]
        for places in named:
            _flag_same_items(places, results, request.facts)
        if traced:
            results = [
                result._replace(trace=trace_of(one.compiled, result, c))
                for one, result in zip(asked, results, strict=True)
            ]
        return Evaluation(tuple(results), totals_of(results))

    def _in_groups(self, asked: Sequence[_Ready], c: Circumstances) -> list[MeasureResult]:
        """Each measure alone, then what groups leave of them."""
        c.items = {}
        found = self.groups.applied(self._alone(asked, c), c)
        c.items = None
        return found

    def _alone(self, asked: Sequence[_Ready], c: Circumstances) -> list[MeasureResult]:
        """Each measure before groups; those that others refer to are decided first."""
        references = self.references
        if not references.referring:
            return [one.evaluate(c) for one in asked]
        results: dict[str, MeasureResult] = {}
        for name in references.order(one.compiled.measure.id for one in asked):
            references.tell(name, results, c)
            results[name] = self._by_id[name].evaluate(c)
        return [results[one.compiled.measure.id] for one in asked]

    @property
    def tied(self) -> frozenset[str]:
        """The measures whose awards turn on those of others, or on history beyond their limits."""
        return self.groups.members | self.references.referring

    def of_tied(self, c: Circumstances, asked: Collection[str]) -> dict[str, MeasureResult]:
        """Those of them among the measures that are asked for."""
        named = self.tied & set(asked)
        found = self._in_groups([one for one in self._measures if one.compiled.measure.id in named], c)
        return {result.measure.id: result for result in found}

    def circumstances(self, request: EvaluationRequest) -> Circumstances:
        """One request as the measures see it."""
        b: dict[str, object] = {"year": request.year, "as_of": request.as_of}
        history: dict[str, list[HistoryEntry]] = {}
        for entry in request.history:
            history.setdefault(entry.measure, []).append(entry)
        facts = self.stand_ins.filled(request.facts, request.year, request.as_of)
        bar = self.exclusions.bar(facts, b)
        return Circumstances(facts, b, request.year, bar, history, self.exclusions.supported(request))


def _named(asked: Sequence[_Ready], of_items: Iterable[str]) -> tuple[tuple[_Place, ...], ...]:
    """For each key, the measures whose items publish it."""
    return tuple(
        tuple(
            _Place(index, each.list_name, each.keys[key], each.keys[key] == each.id_field)
            for index, one in enumerate(asked)
            if (each := one.compiled.measure.each) is not None and key in each.keys
        )
        for key in of_items
    )


def _flag_same_items(
    places: tuple[_Place, ...], results: list[MeasureResult], facts: Mapping[str, object]
) -> None:
    """Lines that name the same project keep their verdicts; the later ones are flagged for the officer."""
    given = []
    for place in places:
        if results[place.answer].lines:
            rows = facts[place.list_name]
            assert isinstance(rows, list)
            names = [row.get(place.field) for row in rows]
            if any(names):
                given.append((place, names))
    if not given or (len(given) == 1 and given[0][0].unique):
        return
    seen: set[str] = set()
    for place, names in given:
        later = [position for position, name in enumerate(names) if _seen(name, seen)]
        if later:
            result = results[place.answer]
            lines = list(result.lines)
            for position in later:
                line = lines[position]
                lines[position] = line._replace(flags=(*line.flags, SAME_PROJECT))
            results[place.answer] = result._replace(lines=tuple(lines), kept=None)


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
    """Sums over the money measures: certain, at an official's discretion, and what is still possible.

    As a single answer has them: before budgets and places are shared among applicants (details.md 31).
    """
    amount = ceiling = potential = 0
    unbounded: list[str] = []
    for result in results:
        possible = result.potential
        if possible:
            potential += possible
        elif possible == 0 or result.kind is SERVICE:
            continue
        else:
            unbounded.append(result.measure.id)
        if result.verdict == "eligible":
            amount += result.amount or 0
            ceiling += result.ceiling or 0
    return Totals(amount, ceiling, potential, tuple(unbounded))


def compile_policy(policy: Policy) -> Evaluator:
    """The policy's evaluator; compile once, when the policy is loaded."""
    return Evaluator(policy)
