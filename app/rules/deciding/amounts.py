"""Awards compiled: from the facts to the least and the greatest amount in fen (language.md section 7).

Exact integers over a static scale; rounded to the fen, once, at the end.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from app.rules.deciding.source import Source, constant
from app.rules.expression import AwardOf, Expression, Fact, ItemField, Lookup, ReadingUse
from app.rules.language.bounds import greatest_high, multiply
from app.rules.language.constancy import beyond_of, mentions_of
from app.rules.language.intervals import domain_of
from app.rules.language.value_bounds import capped, cased, edges_of, floored, reached, reduced
from app.rules.language.value_ranges import divides, scale_of
from app.rules.policy import TO_THE_FEN, Award, Rounding
from app.rules.values import ByLevel, Cases, Combined, Modified, Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.rules.facts import FactSchema
    from app.rules.language.bounds import End
    from app.rules.values import Value

    Bounds = tuple[int, int | None]
    Amount = Callable[[Mapping[str, object], Mapping[str, object] | None, Mapping[str, object]], Bounds]


@dataclass(frozen=True, slots=True)
class CompiledAmount:
    """`fixed` where no fact matters; else `bounds(facts, item, b)`; `mentions` are the facts it reads."""

    bounds: Amount
    fixed: Bounds | None
    mentions: tuple[Fact | ItemField | str, ...]
    value: Value | None = None
    beyond: tuple[Lookup | ReadingUse | AwardOf, ...] = ()
    """The tables and readings it reads, which no applicant can supply."""


def half_up(numerator: int | Fraction, scale: int) -> int:
    """Fen of `numerator / scale`, halves away from zero upwards (measures.md, Arithmetic)."""
    if isinstance(numerator, int):
        return (2 * numerator + scale) // (2 * scale)
    return int((numerator / scale + Fraction(1, 2)).__floor__())


def round_up(numerator: int | Fraction, scale: int) -> int:
    """Fen of `numerator / scale`, any part of a fen counting as one ("no less than")."""
    if isinstance(numerator, int):
        return -(-numerator // scale)
    return int(-((-numerator / scale).__floor__()))


def rounded(numerator: int | Fraction, scale: int, rounding: Rounding) -> int:
    """Fen of `numerator / scale`, to a multiple of what the rounding says."""
    unit = scale * rounding.to
    match rounding.mode:
        case "up":
            return rounding.to * round_up(numerator, unit)
        case "down":
            return rounding.to * (
                numerator // unit if isinstance(numerator, int) else int((numerator / unit).__floor__())
            )
    return rounding.to * half_up(numerator, unit)


def compile_award(award: Award, schema: FactSchema, name: str) -> CompiledAmount:
    """An unspecified award is bounded by nothing: from 0 to no end."""
    if award.value is None:
        return constant_amount(0, None)
    source = Source(schema)
    low, high = write_fen(source, award.value, award.rounding)
    bounds: Amount = source.function(name, f"({low}, {high})")  # type: ignore[assignment]
    settled = isinstance(award.value, Expression) and constant(award.value)
    fixed = bounds({}, None, {}) if settled else None
    return CompiledAmount(bounds, fixed, mentions_of(award.value), award.value, beyond_of(award.value))


def constant_amount(low: int, high: int | None) -> CompiledAmount:
    """An amount that no fact moves."""
    return CompiledAmount(lambda *_: (low, high), (low, high), ())


def compile_interval(expression: Expression, schema: FactSchema, name: str) -> Amount:
    """Low and high of a number over its own scale, not rounded."""
    source = Source(schema)
    low, high = source.number(expression)
    return source.function(name, f"({low}, {high})")  # type: ignore[return-value]


def write_fen(source: Source, value: Value, rounding: Rounding = TO_THE_FEN) -> tuple[str, str]:
    """Variables that hold low and high in whole fen."""
    low, high = write_value(source, value)
    scale = scale_of(value)
    if scale == 1 and rounding == TO_THE_FEN and not divides(value):
        return low, high
    if rounding == TO_THE_FEN:
        how, rest = source.keep("half_up", half_up), f"{scale}"
    else:
        how, rest = source.keep("rounded", rounded), f"{scale}, {source.keep('rounding', rounding)}"
    rounded_low = source.assign("l", f"{how}({low}, {rest})")
    if low == high:
        return rounded_low, rounded_low
    open_end = f"None if {high} is None else {how}({high}, {rest})"
    return rounded_low, source.assign("h", f"{rounded_low} if {high} == {low} else {open_end}")


def write_value(source: Source, value: Value) -> tuple[str, str]:
    """Variables that hold low and high over the value's scale."""
    match value:
        case ByLevel():
            return _by_level(source, value)
        case Steps():
            return _steps(source, value)
        case Cases():
            return _cases(source, value)
        case Combined():
            return _combined(source, value)
        case Modified():
            return _modified(source, value)
    return source.number(value)


def _scaled(source: Source, value: Value, scale: int) -> tuple[str, str]:
    """The same over a greater scale."""
    low, high = write_value(source, value)
    factor = scale // scale_of(value)
    if factor == 1:
        return low, high
    scaled = source.assign("l", f"{low} * {factor}")
    if low == high:
        return scaled, scaled
    return scaled, source.assign("h", f"None if {high} is None else {high} * {factor}")


def _by_level(source: Source, value: ByLevel) -> tuple[str, str]:
    scale = scale_of(value)
    level = source.code(value.key)
    rows = {code: _scaled(source, row, scale) for code, row in value.rows.items()}
    rest = ("0", "0") if value.otherwise is None else _scaled(source, value.otherwise, scale)
    reachable = [*rows.values(), *([] if set(domain_of(value.key).codes) <= set(rows) else [rest])]
    least, most = source.keep("least", _least), source.keep("most", _most)
    low, high = source.fresh("l"), source.fresh("h")
    lows = ", ".join(row[0] for row in reachable)
    highs = ", ".join(row[1] for row in reachable)
    source.emit(f"if {level} is None:")
    source.emit(f"    {low}, {high} = {least}(({lows},)), {most}(({highs},))")
    for code, row in rows.items():
        source.emit(f"elif {level} == {code!r}:")
        source.emit(f"    {low}, {high} = {row[0]}, {row[1]}")
    source.emit("else:")
    source.emit(f"    {low}, {high} = {rest[0]}, {rest[1]}")
    return low, high


def _steps(source: Source, value: Steps) -> tuple[str, str]:
    scale, edges = scale_of(value), edges_of(value)
    low, high = source.number(value.of)
    below = ("0", "0") if value.below is None else _scaled(source, value.below, scale)
    rows = [below, *(_scaled(source, row, scale) for row in value.rows)]
    find = source.keep("find", bisect_left if value.above else bisect_right)
    stepped = source.keep("stepped", _stepped)
    lows = ", ".join(row[0] for row in rows)
    highs = ", ".join(row[1] for row in rows)
    ends = source.fresh("l"), source.fresh("h")
    of = f"{find}, {source.keep('edges', edges)}, {low}, {high}"
    source.emit(f"{ends[0]}, {ends[1]} = {stepped}({of}, ({lows}), ({highs}))")
    return ends


def _stepped(
    find: Callable[[Sequence[int], int], int],
    edges: Sequence[int],
    low: End,
    high: End,
    lows: Sequence[int],
    highs: Sequence[int | None],
) -> tuple[int, int | None]:
    first, last = reached(find, edges, low, high)
    return min(lows[first : last + 1]), _most(tuple(highs[first : last + 1]))


def _cases(source: Source, value: Cases) -> tuple[str, str]:
    scale = scale_of(value)
    parts = []
    for row in value.rows:
        truth, _ = source.truth(row.when)
        low, high = _scaled(source, row.then, scale)
        parts.append(f"({truth}, {low}, {high})")
    rest = ("0", "0") if value.otherwise is None else _scaled(source, value.otherwise, scale)
    how = source.keep("cased", cased)
    ends = source.fresh("l"), source.fresh("h")
    source.emit(f"{ends[0]}, {ends[1]} = {how}(({', '.join(parts)},), {rest[0]}, {rest[1]})")
    return ends


def _combined(source: Source, value: Combined) -> tuple[str, str]:
    if value.operator == "*":
        found = write_value(source, value.parts[0])
        product = source.keep("multiply", multiply)
        for part in value.parts[1:]:
            other = write_value(source, part)
            ends = source.fresh("l"), source.fresh("h")
            source.emit(
                f"{ends[0]}, {ends[1]} = {product}(({found[0]}, {found[1]}), ({other[0]}, {other[1]}))"
            )
            found = ends
        return found
    scale = scale_of(value)
    parts = [_scaled(source, part, scale) for part in value.parts]
    low = source.assign("l", " + ".join(part[0] for part in parts))
    if all(part[0] == part[1] for part in parts):
        return low, low
    added = source.keep("added", _added)
    return low, source.assign("h", f"{added}(({', '.join(part[1] for part in parts)},))")


def _added(highs: tuple[int | None, ...]) -> int | None:
    return None if None in highs else sum(end for end in highs if end is not None)


def _least(ends: tuple[int, ...]) -> int:
    return min(ends)


def _most(ends: tuple[int | None, ...]) -> int | None:
    found: int | None = greatest_high(list(ends))  # type: ignore[assignment]
    return found


def _modified(source: Source, value: Modified) -> tuple[str, str]:
    scale = scale_of(value)
    ends = _scaled(source, value.value, scale)
    for how, modifier in ((floored, value.floor), (capped, value.cap), (reduced, value.less)):
        if modifier is not None:
            made = source.keep("modify", how)
            (low, high), (least, most) = ends, _scaled(source, modifier, scale)
            ends = source.fresh("l"), source.fresh("h")
            source.emit(f"{ends[0]}, {ends[1]} = {made}({low}, {high}, {least}, {most})")
    return ends
