"""The facts that an amount still turns on: of a table, steps or cases only the rows that can be reached matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.expression import Aggregate, AwardOf, Derived, Expression, Fact, ItemField, Lookup, ReadingUse
from app.rules.language.constancy import parts_in
from app.rules.language.intervals import evaluate_interval
from app.rules.language.value_bounds import steps_reached
from app.rules.values import ByLevel, Cases, Steps, Value, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Facts = Mapping[str, object]
    Mention = Fact | ItemField | str | Lookup | ReadingUse | AwardOf
    """A fact, a field of an item, a list by name; a row of a table, a reading that nobody decided, another award."""


def live_mentions(value: Value | None, facts: Facts, item: Facts | None, b: Facts) -> tuple[Mention, ...]:
    """The facts that the reachable parts of a value read, each once, in the order written."""
    return tuple(dict.fromkeys(_live(value, facts, item, b)))


def live_in(test: Expression, facts: Facts, item: Facts | None, b: Facts) -> tuple[Mention, ...]:
    """The facts that an expression reads; of derived facts only what they still turn on."""
    return tuple(dict.fromkeys(_inside(test, facts, item, b)))


def _inside(expression: Expression, facts: Facts, item: Facts | None, b: Facts) -> Iterator[Mention]:
    match expression:
        case Derived(value=value):
            yield from _live(value, facts, None, b)
            return
        case Fact() | ItemField() | ReadingUse() | AwardOf():
            yield expression
        case Aggregate(list_name=list_name):
            yield list_name
    for part in parts_in(expression):
        yield from _inside(part, facts, item, b)
    if isinstance(expression, Lookup):
        yield expression


def _live(value: Value | None, facts: Facts, item: Facts | None, b: Facts) -> Iterator[Mention]:
    match value:
        case None:
            return
        case Expression():
            found = evaluate_interval(value, facts, item, b)
            if found is None or (isinstance(found, tuple) and (found[0] != found[1] or found[0] is None)):
                yield from _inside(value, facts, item, b)
        case ByLevel(key=key, rows=rows, otherwise=otherwise):
            yield from _inside(key, facts, item, b)
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
        yield from _inside(value.of, facts, item, b)
    first, last = steps_reached(value, low, high)
    for part in (value.below, *value.rows)[first : last + 1]:
        yield from _live(part, facts, item, b)


def _of_cases(value: Cases, facts: Facts, item: Facts | None, b: Facts) -> Iterator[Mention]:
    for row in value.rows:
        truth = evaluate_interval(row.when, facts, item, b)
        if truth is None:
            yield from _inside(row.when, facts, item, b)
        if truth is not False:
            yield from _live(row.then, facts, item, b)
        if truth is True:
            return
    yield from _live(value.otherwise, facts, item, b)
