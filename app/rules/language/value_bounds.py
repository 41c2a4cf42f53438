"""The bounds of a value: which rows, cases and parts can be reached, and the hull of what they can come to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from app.rules.expression import ANY, Expression, Literal, ParameterUse
from app.rules.language.bounds import greatest_high, less, multiply, times, total
from app.rules.language.value_ranges import scale_of
from app.rules.values import ByLevel, Cases, Combined, Modified, Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.rules.language.bounds import Bounds, End
    from app.rules.language.intervals import Walk
    from app.rules.logic import Truth
    from app.rules.values import Value

NOTHING: Bounds = (0, 0)


def bounds_of_value(walk: Walk, value: Value) -> Bounds:
    """Low and high over the value's scale, None where an end is unbounded; values are never below 0."""
    match value:
        case Expression():
            return walk.bounds(value)
        case Combined(operator="*", parts=parts):
            found: Bounds = (1, 1)
            for one in parts:
                found = multiply(found, bounds_of_value(walk, one))
            return found
        case Combined(parts=parts):
            ends = [_part(walk, one, value) for one in parts]
            return total([low for low, _ in ends]), total([high for _, high in ends])
        case Modified(value=inside, floor=floor, cap=cap, less=taken):
            found = _part(walk, inside, value)
            for how, modifier in ((floored, floor), (capped, cap), (reduced, taken)):
                if modifier is not None:
                    found = how(*found, *_part(walk, modifier, value))
            return found
    return _chosen(walk, value)


def _chosen(walk: Walk, value: ByLevel | Steps | Cases) -> Bounds:
    match value:
        case ByLevel(key=key, rows=rows, otherwise=otherwise):
            level = walk.value(key)
            if level is not None:
                return _part(walk, rows.get(level, otherwise), value)
            return hull([_part(walk, row, value) for row in reachable_rows(value)])
        case Steps(of=quantity, rows=steps, below=below):
            first, last = steps_reached(value, *walk.bounds(quantity))
            return hull([_part(walk, row, value) for row in (below, *steps)[first : last + 1]])
        case Cases(rows=cases, otherwise=otherwise):
            found = [(walk.truth(row.when), *_part(walk, row.then, value)) for row in cases]
            return cased(found, *_part(walk, otherwise, value))


def _part(walk: Walk, inside: Value | None, within: Value) -> Bounds:
    """A part over the scale of the form that it stands in; nothing there: 0."""
    if inside is None:
        return NOTHING
    return times(bounds_of_value(walk, inside), scale_of(within) // scale_of(inside))


def reachable_rows(value: ByLevel) -> tuple[Value | None, ...]:
    """The rows that an unknown key can reach; None (nothing) where a code has no row and there is no `otherwise`."""
    codes = getattr(value.key, "domain", ANY).codes
    rows = tuple(value.rows.values())
    return rows if set(codes) <= set(value.rows) else (*rows, value.otherwise)


def hull(ends: Iterable[Bounds]) -> Bounds:
    """From the least to the greatest."""
    every = list(ends)
    return min(low for low, _ in every), most_of([high for _, high in every])  # type: ignore[type-var]


def most_of(highs: Sequence[End]) -> End:
    return greatest_high(list(highs))


def edges_of(steps: Steps) -> tuple[int, ...]:
    """The edges over the scale of the quantity."""
    scale = steps.of.scale
    found = []
    for edge in steps.edges:
        assert isinstance(edge, Literal | ParameterUse)
        assert isinstance(edge.value, int)
        found.append(edge.value * scale // edge.scale)
    return tuple(found)


def steps_reached(steps: Steps, low: End, high: End) -> tuple[int, int]:
    """The first and the last row that a quantity may reach: 0 is below every edge."""
    return reached(bisect_left if steps.above else bisect_right, edges_of(steps), low, high)


def reached(
    find: Callable[[Sequence[int], int], int], edges: Sequence[int], low: End, high: End
) -> tuple[int, int]:
    first = 0 if low is None else find(edges, low)  # type: ignore[arg-type]
    return first, len(edges) if high is None else find(edges, high)  # type: ignore[arg-type]


def cased(rows: Iterable[tuple[Truth, End, End]], low: End, high: End) -> Bounds:
    """The hull of the cases that are possible, up to the first that is certain."""
    found: list[Bounds] = []
    for truth, least, most in rows:
        if truth is False:
            continue
        found.append((least, most))
        if truth is True:
            return hull(found)
    return hull([*found, (low, high)])


def floored(low: End, high: End, least: End, most: End) -> Bounds:
    """Lifted to the floor where it is above 0, never a 0."""
    lifted = None if high is None or most is None else max(high, most) if high else 0
    return max(low, least) if low > 0 else low, lifted  # type: ignore[operator,type-var]


def capped(low: End, high: End, least: End, most: End) -> Bounds:
    return min(low, least), most if high is None else high if most is None else min(high, most)  # type: ignore[type-var]


def reduced(low: End, high: End, least: End, most: End) -> Bounds:
    """What is left after the subtraction, not below 0."""
    lowest, highest = less(low, most), less(high, least)
    return 0 if lowest is None else max(0, lowest), None if highest is None else max(0, highest)
