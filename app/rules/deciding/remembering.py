"""Answers that a few values decide: worked out once for each combination of them.

An answer is a pure function of the facts that the measure mentions, its history and the bar on money. Where there is
no history and no bar, the mentioned facts alone decide: most are codes and yes-or-no, and a platform asks again and
again about one applicant while a form is filled in. An item's id decides nothing then: it only names the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.measures import FREE
from app.rules.expression import Aggregate, BuiltIn, Expression, Fact, ItemField
from app.rules.language.constancy import nodes
from app.rules.results import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.rules.deciding.measures import Circumstances, CompiledMeasure
    from app.rules.policy import Each, Measure
    from app.rules.results import MeasureResult

    Evaluate = Callable[[Circumstances], MeasureResult]

MOST_REMEMBERED = 1024


class _Deciding(NamedTuple):
    """What an answer without history depends on."""

    facts: tuple[str, ...]
    item_fields: tuple[str, ...]
    dated: bool
    """The day and the year too."""


def remembering(compiled: CompiledMeasure) -> Evaluate:
    """An `evaluate` that remembers, or the measure's own where more than its own facts decide."""
    deciding = _deciding(compiled.measure)
    if deciding is None:
        return compiled.evaluate
    if compiled.measure.each is None:
        return _Remembering(compiled, deciding).evaluate
    return _RememberingItems(compiled, deciding, compiled.measure.each).evaluate


def _deciding(measure: Measure) -> _Deciding | None:
    """None for a measure that reads other lists than its own."""
    mentioned = tuple(_mentioned(measure))
    if any(isinstance(node, Aggregate) for node in mentioned):
        return None
    names = {node.name: None for node in mentioned if isinstance(node, Fact)}
    names |= {limit.key: None for limit in measure.limits if limit.key is not None}
    of_items = {node.field: None for node in mentioned if isinstance(node, ItemField)}
    dated = any(isinstance(node, BuiltIn) and node.name in ("year", "as_of") for node in mentioned)
    return _Deciding(tuple(names), tuple(of_items), dated)


class _Remembering:
    """What was answered, by the values that decide; a full memory is begun anew."""

    def __init__(self, compiled: CompiledMeasure, deciding: _Deciding) -> None:
        self._compiled = compiled
        self._id = compiled.measure.id
        self._facts = deciding.facts
        self._dated = deciding.dated
        self._known: dict[tuple[object, ...], MeasureResult] = {}

    def evaluate(self, c: Circumstances) -> MeasureResult:
        if c.bar is not FREE or self._id in c.history:
            return self._compiled.evaluate(c)
        key = self._key(c)
        return self._known.get(key) or self._learn(key, c)

    def _key(self, c: Circumstances) -> tuple[object, ...]:
        key = tuple(map(c.facts.get, self._facts))
        return (*key, c.year, c.b["as_of"]) if self._dated else key

    def _learn(self, key: tuple[object, ...], c: Circumstances) -> MeasureResult:
        found = self._compiled.evaluate(c)._replace(kept={})
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = found
        return found


class _RememberingItems(_Remembering):
    """The same for items: what is remembered of others gets the names of these."""

    def __init__(self, compiled: CompiledMeasure, deciding: _Deciding, each: Each) -> None:
        super().__init__(compiled, deciding)
        self._list = each.list_name
        self._name = each.id_field
        self._fields = deciding.item_fields

    def evaluate(self, c: Circumstances) -> MeasureResult:
        if c.bar is not FREE or self._id in c.history or any(c.supported.values()):
            return self._compiled.evaluate(c)
        rows = c.facts.get(self._list)
        if not isinstance(rows, list):
            return self._compiled.evaluate(c)
        fields_ = self._fields
        key = (*self._key(c), *[tuple(map(row.get, fields_)) for row in rows])
        found = self._known.get(key)
        if found is None:
            return self._learn(key, c)
        return found if self._name is None or not found.lines else _renamed(found, rows, self._name)


def _renamed(found: MeasureResult, rows: Sequence[Mapping[str, object]], name: str) -> MeasureResult:
    lines = tuple(Line(str(row[name]), *line[1:]) for row, line in zip(rows, found.lines, strict=True))
    obligations = found.obligations
    if obligations:
        names = {before.item: now.item for before, now in zip(found.lines, lines, strict=True)}
        obligations = tuple(
            duty if duty.item is None else duty._replace(item=names[duty.item]) for duty in obligations
        )
    return found._replace(lines=lines, obligations=obligations, kept=None)


def _mentioned(measure: Measure) -> Iterator[Expression]:
    """Every node of every expression that the measure holds, wherever it stands."""
    for expression in _expressions(measure):
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
