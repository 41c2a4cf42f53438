"""The facts that an amount still turns on: of a table, steps or cases only the rows that can be reached matter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from app.rules.deciding.amounts import edges_of, steps_reached
from app.rules.expression import Expression, Fact, ItemField
from app.rules.language.constancy import facts_of
from app.rules.language.intervals import evaluate_interval
from app.rules.values import ByLevel, Cases, Steps, Value, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Facts = Mapping[str, object]
    Mention = Fact | ItemField | str


def live_mentions(
    value: Value | None, facts: Facts, item: Facts | None, b: Facts
) -> tuple[Fact | ItemField | str, ...]:
    """The facts that the reachable parts of a value read, each once, in the order written."""
    return tuple(dict.fromkeys(_live(value, facts, item, b)))


def _live(value: Value | None, facts: Facts, item: Facts | None, b: Facts) -> Iterator[Mention]:
    match value:
        case None:
            return
        case Expression():
            low, high = evaluate_interval(value, facts, item, b)
            if low != high or low is None:
                yield from facts_of(value)
        case ByLevel(key=key, rows=rows, otherwise=otherwise):
            yield from facts_of(key)
            level = evaluate_interval(key, facts, item, b)
            reached = parts_of(value) if level is None else iter((rows.get(level, otherwise),))
            for part in reached:
                yield from _live(part, facts, item, b)
        case Steps():
            yield from _of_steps(value, facts, item, b)
        case Cases():
            yield from _of_cases(value, facts, item, b)
        case _:
            for part in parts_of(value):
                yield from _live(part, facts, item, b)


def _of_steps(value: Steps, facts: Facts, item: Facts | None, b: Facts) -> Iterator[Mention]:
    low, high = evaluate_interval(value.of, facts, item, b)
    if low != high:
        yield from facts_of(value.of)
    find = bisect_left if value.above else bisect_right
    first, last = steps_reached(find, edges_of(value), low, high)
    for part in (value.below, *value.rows)[first : last + 1]:
        yield from _live(part, facts, item, b)


def _of_cases(value: Cases, facts: Facts, item: Facts | None, b: Facts) -> Iterator[Mention]:
    for row in value.rows:
        truth = evaluate_interval(row.when, facts, item, b)
        if truth is None:
            yield from facts_of(row.when)
        if truth is not False:
            yield from _live(row.then, facts, item, b)
        if truth is True:
            return
    yield from _live(value.otherwise, facts, item, b)
