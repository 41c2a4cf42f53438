"""Requirements compiled: a generated function gives every leaf's truth, a memo turns the truths into what decides.

The truths of a block are a short tuple over {True, False, None}; which leaves decide (details.md 15) depends on that
tuple alone, so it is worked out once per tuple and remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from app.rules.dates import last_day_meeting_years
from app.rules.deciding.live_mentions import live_in
from app.rules.deciding.missing import NO_ITEM, missing_of
from app.rules.deciding.source import NEGATED, Named, Source, declaration_of, period
from app.rules.expression import (
    Aggregate,
    AwardOf,
    Comparison,
    Derived,
    Expression,
    Fact,
    ItemField,
    Literal,
    Logic,
    Lookup,
    Membership,
    ParameterUse,
    ReadingUse,
)
from app.rules.language.constancy import facts_of, nodes, subject_of
from app.rules.language.intervals import evaluate_interval
from app.rules.logic import Truth, all_of, any_of
from app.rules.results import Missing, Outcome, Point, PointKind, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.rules.deciding.missing import At
    from app.rules.expression import Condition
    from app.rules.facts import FactSchema

    Facts = Mapping[str, object]

MOST_SAID = 512
OUTCOMES: dict[Truth, Outcome] = {True: "met", False: "not_met", None: "unknown"}


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """One atomic condition, its negations folded in."""

    index: int
    point: Point
    test: Expression
    mentions: tuple[Fact | ItemField | str, ...]
    fixed: bool
    """Whether what it requires is known when the policy is compiled."""
    negated: bool
    """Whether it holds where the test does not."""
    worked_out: bool
    """Whether it reads derived facts, tables or readings: what is missing then depends on the request."""


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """All or any of its parts; with a point it is a named group, which reasons show in place of its legs."""

    kind: str
    parts: tuple[Branch | Leaf, ...]
    point: Point | None = None


class Decision(NamedTuple):
    """What one tuple of truths means: the verdict, the decisive points with the leaf each value comes from."""

    truth: Truth
    decisive: tuple[tuple[Point, Leaf, Outcome], ...]
    unknown: tuple[Leaf, ...]
    """The unknown leaves that still matter."""
    said: dict[object, tuple[Reason, ...]]
    """Reasons made before, by values and position."""


class ConditionBlock:
    """A list of requirements, all of which must hold."""

    def __init__(self, conditions: tuple[Condition, ...], schema: FactSchema, name: str, clause: str) -> None:
        self._schema = schema
        self.clause = clause
        self._source = Source(schema)
        self.all_leaves: list[Leaf] = []
        self._group_points: dict[tuple[str, int], Point] = {}
        self._columns: list[tuple[str, str]] = []
        self.tree = Branch("all", tuple(self._node(condition, False) for condition in conditions))
        self._fixed = all(leaf.fixed for leaf in self.all_leaves)
        truths = "".join(f"{truth}, " for truth, _ in self._columns)
        values = "".join(f"{value}, " for _, value in self._columns)
        self.leaves: Callable[..., tuple[tuple[Truth, ...], tuple[object, ...]]] = self._source.function(  # type: ignore[assignment]
            name, f"({truths}), ({values})"
        )
        self.decide: Callable[[tuple[Truth, ...]], Decision] = lru_cache(maxsize=4096)(self._decide)

    def _node(self, condition: Condition, negated: bool) -> Branch | Leaf:
        if condition.kind == "not":
            return self._node(condition.parts[0], not negated)
        if condition.kind in ("all", "any"):
            kind = condition.kind if not negated else {"all": "any", "any": "all"}[condition.kind]
            parts = tuple(self._node(part, negated) for part in condition.parts)
            return Branch(kind, parts, self._group(condition, parts[0]) if condition.named else None)
        test = condition.test
        assert test is not None
        while isinstance(test, Logic) and test.operator == "not":
            test, negated = test.operands[0], not negated
        return self._leaf(condition, test, negated)

    def _leaf(self, condition: Condition, test: Expression, negated: bool) -> Leaf:
        truth, value = self._source.truth(test)
        if negated:
            truth = self._source.assign("t", f"None if {truth} is None else not {truth}")
        self._columns.append((truth, value))
        worked_out = any(isinstance(node, Derived | Lookup | ReadingUse | AwardOf) for node in nodes(test))
        described = self._described(condition, test, negated)
        leaf = Leaf(len(self.all_leaves), *described, negated, worked_out)
        self.all_leaves.append(leaf)
        return leaf

    def _described(
        self, condition: Condition, test: Expression, negated: bool
    ) -> tuple[Point, Expression, tuple[Fact | ItemField | str, ...], bool]:
        mentions = facts_of(test)
        operator, required, fixed, shown = _requirement(test, negated)
        first = subject_of(test)
        fact, list_name, declaration = None, None, None
        if isinstance(first, Aggregate):
            fact, declaration = first.list_name, self._schema.facts[first.list_name]
        elif isinstance(first, Named):
            fact = first.field if isinstance(first, ItemField) else first.name
            list_name = first.list_name if isinstance(first, ItemField) else None
            declaration = declaration_of(first, self._schema)
        point = Point(
            code=condition.code,
            clause=condition.clause or self.clause,
            kind=PointKind.PERIOD if period(test) else PointKind.CONDITION,
            fact=fact,
            list_name=list_name,
            type="date" if period(test) else shown.type,
            operator=operator,
            required=required,
            declaration=declaration,
            says=condition.says,
            scale=shown.scale,
        )
        return point, test, mentions, fixed

    def _group(self, condition: Condition, first: Branch | Leaf) -> Point:
        while isinstance(first, Branch):
            first = first.parts[0]
        lead = first.point
        return Point(
            code=condition.code,
            clause=condition.clause or self.clause,
            kind=PointKind.GROUP,
            fact=lead.fact,
            list_name=lead.list_name,
            type=lead.type,
            operator="",
            declaration=lead.declaration,
            says=condition.says,
            condition=condition,
            scale=lead.scale,
        )

    def truth(self, node: Branch | Leaf, truths: tuple[Truth, ...]) -> Truth:
        """Kleene truth of a node, for the decision and for the trace."""
        if isinstance(node, Leaf):
            return truths[node.index]
        combine = all_of if node.kind == "all" else any_of
        return combine(self.truth(part, truths) for part in node.parts)

    def _decide(self, truths: tuple[Truth, ...]) -> Decision:
        truth = self.truth(self.tree, truths)
        decisive: list[tuple[Point, Leaf, Outcome]] = []
        unknown: list[Leaf] = []
        self._collect(self.tree, truths, truth, decisive, unknown)
        return Decision(truth, tuple(decisive), tuple(unknown), {})

    def _collect(
        self,
        node: Branch | Leaf,
        truths: tuple[Truth, ...],
        truth: Truth,
        decisive: list[tuple[Point, Leaf, Outcome]] | None,
        unknown: list[Leaf],
    ) -> None:
        if isinstance(node, Leaf):
            if truth is None:
                unknown.append(node)
            if decisive is not None:
                decisive.append((node.point, node, OUTCOMES[truth]))
            return
        if node.point is not None and decisive is not None:
            leaf = _first(node) if truth is not None else self._first_unknown(node, truths)
            decisive.append((self._at(node.point, leaf), leaf, OUTCOMES[truth]))
            decisive = None
        for part in node.parts:
            if (self.truth(part, truths)) is not truth:
                continue
            self._collect(part, truths, truth, decisive, unknown)
            if node.kind == "any" and truth is True:
                return

    def _first_unknown(self, node: Branch | Leaf, truths: tuple[Truth, ...]) -> Leaf:
        """The first leaf that keeps an unknown node open."""
        while isinstance(node, Branch):
            node = next(part for part in node.parts if self.truth(part, truths) is None)
        return node

    def _at(self, point: Point, leaf: Leaf) -> Point:
        """A group's point at one of its leaves, so that a form shows the field that is asked for."""
        at = leaf.point
        if (at.fact, at.list_name) == (point.fact, point.list_name):
            return point
        found = self._group_points.get((point.code, leaf.index))
        if found is None:
            found = replace(point, fact=at.fact, list_name=at.list_name, declaration=at.declaration)
            self._group_points[point.code, leaf.index] = found
        return found

    def reasons(
        self,
        decision: Decision,
        values: tuple[object, ...],
        facts: Facts,
        item: Facts | None,
        b: Facts,
        position: int | None,
    ) -> tuple[Reason, ...]:
        """The decisive points with their values."""
        if not self._fixed:
            return self._reasons(decision, values, facts, item, b, position)
        said = decision.said
        found = said.get((values, position))
        if found is None:
            if len(said) >= MOST_SAID:
                said.clear()
            found = said[values, position] = self._reasons(decision, values, facts, item, b, position)
        return found

    def _reasons(
        self,
        decision: Decision,
        values: tuple[object, ...],
        facts: Facts,
        item: Facts | None,
        b: Facts,
        position: int | None,
    ) -> tuple[Reason, ...]:
        return tuple(
            Reason(point, outcome, None, None, position, "")
            if point.kind is PointKind.GROUP
            else Reason(
                point,
                outcome,
                values[leaf.index],
                point.required if leaf.fixed else self.required(leaf, facts, item, b),
                position,
                point.operator,
            )
            for point, leaf, outcome in decision.decisive
        )

    @staticmethod
    def required(leaf: Leaf, facts: Facts, item: Facts | None, b: Facts) -> object:
        """What a leaf requires of this request: known when compiled, or the last day of a period, the other side."""
        return leaf.point.required if leaf.fixed else _dynamic(leaf.test, facts, item, b)

    def missing(self, decision: Decision, facts: Facts, b: Facts, at: At = NO_ITEM) -> Iterator[Missing]:
        """The unknown facts behind the unknown leaves that matter, as the clause reads."""
        for leaf in decision.unknown:
            mentions = live_in(leaf.test, facts, at.row, b) if leaf.worked_out else leaf.mentions
            yield from missing_of(mentions, self._schema, facts, b, at)


def _first(node: Branch | Leaf) -> Leaf:
    while isinstance(node, Branch):
        node = node.parts[0]
    return node


def _requirement(test: Expression, negated: bool) -> tuple[str, object, bool, Expression]:
    """Operator, what is required, whether that is known at compile time, and the side whose value is shown."""
    if isinstance(test, Membership):
        operator = "not_in" if test.negated != negated else "in"
        return operator, test.members, True, test.left
    if isinstance(test, Comparison):
        operator = NEGATED[test.operator] if negated else test.operator
        if period(test):
            return (">" if negated else "<="), None, False, test.right
        if isinstance(test.right, Literal | ParameterUse):
            return operator, rescaled(test.right, test.left), True, test.left
        return operator, None, False, test.left
    return "==", not negated, True, test


def rescaled(constant: Literal | ParameterUse, shown: Expression) -> object:
    """The constant in the scale of the side that is shown."""
    value = constant.value
    if isinstance(value, int) and not isinstance(value, bool) and constant.scale != shown.scale:
        return value * shown.scale // constant.scale
    return value


def _dynamic(test: Expression, facts: Facts, item: Facts | None, b: Facts) -> object:
    """What a leaf requires of this request: the last day of a period, the other side of a comparison."""
    if found := period(test):
        return last_day_meeting_years(b["as_of"], found[1])  # type: ignore[arg-type]
    assert isinstance(test, Comparison)
    bounds = evaluate_interval(test.right, facts, item, b)
    if not isinstance(bounds, tuple):
        return bounds
    low, high = bounds
    return low * test.left.scale // test.right.scale if low is not None and low == high else None
