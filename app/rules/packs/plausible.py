"""What a pack may say and cannot mean: a tier that nobody reaches, a gap between two, a cap below what it caps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.expression import (
    Arithmetic,
    BuiltIn,
    Derived,
    Expression,
    Fact,
    ItemField,
    Literal,
    Logic,
    Lookup,
    ParameterUse,
)
from app.rules.language.constancy import facts_of, nodes, settles
from app.rules.language.intervals import evaluate_interval
from app.rules.limits import LimitKind
from app.rules.packs.errors import mistake, refuse
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node
from app.rules.policy import AwardKind
from app.rules.values import ByLevel, Case, Cases, Combined, Modified, Steps, Value, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.content import Content
    from app.rules.policy import Measure

KINDS = ("fixed", "calculated", "up_to")
WHOLE = 10**8
"""100 % in the unit of percents."""
MOST_CASES = 60
NUMERIC = frozenset({"count", "money", "percent", "number"})


class Plausible:
    """Looks at the awards and limits of one pack's measures that could be read."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._problems = content.problems

    def check(self, measure: Measure) -> None:
        """Tell what the measure cannot mean, each where it stands."""
        node = self._content.measures[measure.id][1]
        award, given = measure.award, node.get("award")
        if measure.each is not None and measure.each.award is not None:
            award, given = measure.each.award, _get(node.get("each"), "award")
        if award.value is None or not isinstance(given, MapNode):
            return
        kind = next(kind for kind in KINDS if kind in given.entries)
        self._value(given, given.entries[kind][1], award.value)
        if award.kind is AwardKind.CALCULATED:
            self._shares(node, given.entries[kind][1], award.value)
        if measure.each is None and award.kind is AwardKind.FIXED:
            self._limits(measure, node, award.value)

    def _value(self, form: Node, node: Node, value: Value) -> None:
        """`form` holds the modifiers that stand beside `node`."""
        inside = value
        if isinstance(value, Modified):
            inside = value.value
            with self._problems.gather():
                self._cap(form, value)
        match inside:
            case ByLevel(rows=rows, otherwise=otherwise, key=Fact() | ItemField() as key):
                with self._problems.gather():
                    if otherwise is not None and set(key.domain.codes) <= rows.keys():
                        _never(_key(node, "else"))
                for name, row in rows.items():
                    self._row(_get(node, name), row)
                self._row(_get(node, "else"), otherwise)
            case Steps():
                self._steps(node, inside)
            case Cases():
                self._cases(_get(node, "cases"), inside)
            case Combined(operator=operator, parts=parts):
                listed = _get(node, "sum" if operator == "+" else "product")
                for item, part in zip(
                    listed.items if isinstance(listed, ListNode) else (), parts, strict=False
                ):
                    self._row(item, part)

    def _row(self, node: Node | None, value: Value | None) -> None:
        """A value inside a form, with its own modifiers."""
        if isinstance(node, MapNode) and value is not None:
            inner = _get(node, "value")
            self._value(node, node if inner is None else inner, value)

    def _cap(self, form: Node, value: Modified) -> None:
        cap, node = _constant(value.cap), _get(form, "cap")
        if cap is None or node is None:
            return
        amounts = list(_amounts(value.value))
        if amounts and min(amounts) > cap:
            refuse(node, "上限低于所限的金额", "a cap below every amount that it caps")
        floor = _constant(value.floor)
        if floor is not None and floor > cap:
            refuse(node, "上限低于下限", "a cap below the floor")

    def _limits(self, measure: Measure, node: MapNode, value: Value) -> None:
        written = node.get("limits")
        amounts = list(_amounts(value))
        places = written.items if isinstance(written, ListNode) else ()
        for limit, place in zip(measure.limits, places, strict=False):
            if limit.kind is LimitKind.ANNUAL_CAP and amounts and min(amounts) > limit.cap:
                zh, en = "上限低于每次的金额", "a cap below every single award"
                self._problems.tell(mistake(place, zh, en))

    # Tiers

    def _steps(self, node: Node, value: Steps) -> None:
        table = _get(node, "above" if value.above else "from")
        quantity = value.of
        keys = [key for key, _ in table.items()] if isinstance(table, MapNode) else []
        rows = [row for _, row in table.items()] if isinstance(table, MapNode) else []
        edges = [_constant(edge, quantity.scale) for edge in value.edges]
        for key, edge, row, inside in zip(keys, edges, rows, value.rows, strict=False):
            self._row(row, inside)
            most = quantity.domain.maximum if isinstance(quantity, Fact | ItemField) else None
            with self._problems.gather():
                if edge is not None and most is not None and (edge > most or (value.above and edge == most)):
                    _never(key)
        least = quantity.domain.minimum if isinstance(quantity, Fact | ItemField) else None
        with self._problems.gather():
            first = edges[0]
            if value.below is not None and None not in (first, least) and not value.above and first <= least:  # type: ignore[operator]
                _never(_key(node, "below"))
        self._row(_get(node, "below"), value.below)

    def _cases(self, node: Node | None, value: Cases) -> None:
        if not isinstance(node, ListNode) or len(value.rows) > MOST_CASES:
            return
        for item, row in zip(node.items, value.rows, strict=False):
            self._row(_get(item, "then"), row.then)
        with self._problems.gather():
            for index, row in enumerate(value.rows[1:], 1):
                if settles(_and(row.when, _not(_any(value.rows[:index])))) == "never":
                    _never(_get(node.items[index], "when") or node.items[index])
            if value.otherwise is not None and settles(_any(value.rows)) == "always":
                _never(node.items[-1])
            self._tiers(node, value)
        if value.otherwise is not None:
            self._row(_get(node.items[-1], "else"), value.otherwise)

    @staticmethod
    def _tiers(node: ListNode, value: Cases) -> None:
        """Cases on one number: no gap between two, and no two that overlap in part."""
        mentions = {mention for row in value.rows for mention in facts_of(row.when)}
        if len(mentions) != 1 or not all(_plain(row.when) for row in value.rows):
            return
        fact = mentions.pop()
        if not isinstance(fact, Fact | ItemField) or fact.type not in NUMERIC:
            return
        points = _points(fact, [row.when for row in value.rows])
        holds = [[_holds(row.when, fact, point) for point in points] for row in value.rows]
        places = [_get(item, "when") or item for item in node.items]
        for index, later in enumerate(holds):
            for earlier in holds[:index]:
                both = [a and b for a, b in zip(earlier, later, strict=True)]
                if any(both) and both not in (earlier, later):
                    zh, en = "与前面的一档部分重叠", "this case overlaps an earlier one in part"
                    refuse(places[index], zh, en)
        if value.otherwise is not None:
            return
        covered = [any(column) for column in zip(*holds, strict=True)]
        for place in range(1, len(points)):
            if covered[place] and not covered[place - 1] and any(covered[:place]):
                after = next(index for index, row in enumerate(holds) if row[place])
                before = next(index for index, row in enumerate(holds) if any(row[: place - 1]))
                zh, en = (
                    "与相邻一档之间有空档",
                    "a gap between this case and its neighbour: nothing is due there",
                )
                refuse(places[max(after, before)], zh, en)

    # Shares

    def _shares(self, measure: MapNode, node: Node, value: Value) -> None:
        """A share of something is 100 % at most; a multiple is a number."""
        if isinstance(value, Expression):
            for part in _factors(value):
                if (
                    part.type == "percent"
                    and isinstance(part.value, int)
                    and part.value > WHOLE * part.scale // WHOLE
                ):
                    place = self._parameter(measure, part.name) if isinstance(part, ParameterUse) else node
                    zh, en = (
                        "比例超过 100%；倍数请写作数字",
                        "a share over 100 %; a multiple is written as a number",
                    )
                    self._problems.tell(mistake(place or node, zh, en))
            return
        for inside in parts_of(value):
            self._shares(measure, node, inside)

    def _parameter(self, measure: MapNode, name: str) -> Node | None:
        return _get(measure.get("parameters"), name) or _get(self._content.get("parameters"), name)


def _factors(value: Expression) -> Iterator[Literal | ParameterUse]:
    for part in nodes(value):
        if isinstance(part, Arithmetic) and part.operator == "*":
            yield from (one for one in part.operands if isinstance(one, Literal | ParameterUse))


def _never(node: Node) -> None:
    refuse(node, "这一档永远不会用到", "this is never reached")


def _get(node: Node | None, name: str) -> Node | None:
    return node.get(name) if isinstance(node, MapNode) else None


def _key(node: Node, name: str) -> Node:
    return node.key(name) if isinstance(node, MapNode) and name in node.entries else node


def _constant(value: object, scale: int = 1) -> int | None:
    if isinstance(value, Literal | ParameterUse) and isinstance(value.value, int):
        return value.value * scale // value.scale
    return None


def _amounts(value: Value) -> Iterator[int]:
    """The constants that a value can come to; nothing where one of them is not constant."""
    found = [_constant(one) for one in _choices(value)]
    return iter([one for one in found if one is not None] if None not in found else [])


def _choices(value: Value) -> Iterator[Value]:
    if isinstance(value, ByLevel | Steps | Cases):
        for part in parts_of(value):
            yield from _choices(part)
    else:
        yield value


def _any(rows: tuple[Case, ...]) -> Expression:
    return rows[0].when if len(rows) == 1 else Logic("bool", 1, "or", tuple(row.when for row in rows))


def _and(left: Expression, right: Expression) -> Expression:
    return Logic("bool", 1, "and", (left, right))


def _not(test: Expression) -> Expression:
    return Logic("bool", 1, "not", (test,))


def _plain(test: Expression) -> bool:
    """Only comparisons of one fact with constants."""
    other = Arithmetic | BuiltIn | Derived | Lookup
    return not any(isinstance(node, other) for node in nodes(test)) and all(
        isinstance(mention, Fact | ItemField) for mention in facts_of(test)
    )


def _points(fact: Fact | ItemField, tests: list[Expression]) -> list[int]:
    """The values at and beside every constant, that the fact can take, ascending."""
    found: set[int] = {fact.domain.minimum}
    for test in tests:
        for node in nodes(test):
            if (edge := _constant(node, fact.scale)) is not None:
                found |= {edge - 1, edge, edge + 1}
    most = fact.domain.maximum
    return sorted(one for one in found if one >= fact.domain.minimum and (most is None or one <= most))


def _holds(test: Expression, fact: Fact | ItemField, value: int) -> bool:
    facts = {fact.name: value} if isinstance(fact, Fact) else {}
    item = {fact.field: value} if isinstance(fact, ItemField) else {}
    return evaluate_interval(test, facts, item, {}) is True
