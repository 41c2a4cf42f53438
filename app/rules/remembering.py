"""Measures that few facts decide: the answer is worked out once for each combination of their values.

An answer is a pure function of the facts that the measure mentions, its history and the bar on money. Where there is
no history and no bar, the mentioned facts alone decide, and most are codes and yes-or-no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from app.rules.constancy import nodes
from app.rules.expression import Aggregate, BuiltIn, Expression, Fact, ItemField
from app.rules.measures import FREE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.rules.measures import Circumstances, CompiledMeasure
    from app.rules.policy import Each, Measure
    from app.rules.results import MeasureResult

    Evaluate = Callable[[Circumstances], MeasureResult]

MOST_REMEMBERED = 1024


def remembering(compiled: CompiledMeasure) -> Evaluate:
    """The measure's own `evaluate`, or one that remembers where a measure has no items and no lists."""
    measure = compiled.measure
    mentioned = tuple(_mentioned(measure))
    if measure.each is not None or any(isinstance(node, Aggregate) for node in mentioned):
        return compiled.evaluate
    names = {node.name: None for node in mentioned if isinstance(node, Fact)}
    names |= {limit.key: None for limit in measure.limits if limit.key is not None}
    dated = any(isinstance(node, BuiltIn) for node in mentioned)
    return _Remembering(compiled, tuple(names), dated).evaluate


class _Remembering:
    """What was answered, by the values of the facts; a full memory is begun anew."""

    def __init__(self, compiled: CompiledMeasure, names: tuple[str, ...], dated: bool) -> None:
        self._compiled = compiled
        self._id = compiled.measure.id
        self._names = names
        self._dated = dated
        self._found: dict[tuple[object, ...], MeasureResult] = {}

    def evaluate(self, c: Circumstances) -> MeasureResult:
        if c.bar is not FREE or self._id in c.history:
            return self._compiled.evaluate(c)
        key = tuple(map(c.facts.get, self._names))
        if self._dated:
            key += (c.year, c.b["as_of"])
        found = self._found.get(key)
        if found is None:
            found = self._compiled.evaluate(c)
            if len(self._found) >= MOST_REMEMBERED:
                self._found.clear()
            self._found[key] = found
        return found


def deciding_fields(each: Each) -> tuple[str, ...]:
    """The item's fields that alone decide an item; none where other facts or the day have a say.

    Nor where two fields or more are figures: hardly two items would be alike.
    """
    mentioned = tuple(_mentioned(each))
    if any(isinstance(node, Fact | Aggregate | BuiltIn) and not _of_the_past(node) for node in mentioned):
        return ()
    fields_ = {node.field: node.type for node in mentioned if isinstance(node, ItemField)}
    figures = sum(kind not in ("bool", "choice") for kind in fields_.values())
    return tuple(fields_) if figures < 2 else ()


def _of_the_past(node: Expression) -> bool:
    """`paid` and `due` of an item's flag: nothing, and the item's own."""
    return isinstance(node, BuiltIn) and node.name in ("paid", "due")


def _mentioned(holder: Measure | Each) -> Iterator[Expression]:
    """Every node of every expression that it holds, wherever it stands."""
    for expression in _expressions(holder):
        yield from nodes(expression)


def _expressions(value: object) -> Iterator[Expression]:
    if isinstance(value, Expression):
        yield value
        return
    parts: list[object] = []
    if is_dataclass(value):
        parts = [getattr(value, field.name) for field in fields(value)]
    elif isinstance(value, tuple):
        parts = list(value)
    elif isinstance(value, Mapping):
        parts = list(value.values())
    for part in parts:
        yield from _expressions(part)
