"""Awards compiled: from the facts to the least and the greatest amount in fen (language.md section 7).

Exact integers over a static scale; rounded half up to the fen, once, at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from app.rules.deciding.source import Source, constant, declaration_of
from app.rules.expression import Expression, Fact, ItemField
from app.rules.language.parsing import facts_of
from app.rules.policy import Award, ByLevel, Modified

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.rules.facts import FactSchema

    Bounds = tuple[int, int | None]
    Amount = Callable[[Mapping[str, object], Mapping[str, object] | None, Mapping[str, object]], Bounds]
    Value = Expression | ByLevel | Modified


@dataclass(frozen=True, slots=True)
class CompiledAmount:
    """`fixed` where no fact matters; else `bounds(facts, item, b)`; `mentions` are the facts it reads."""

    bounds: Amount
    fixed: Bounds | None
    mentions: tuple[Fact | ItemField | str, ...]


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


def compile_award(award: Award, schema: FactSchema, name: str) -> CompiledAmount:
    """An unspecified award is bounded by nothing: from 0 to no end."""
    if award.value is None:
        return constant_amount(0, None)
    return compile_value(award.value, schema, name)


def constant_amount(low: int, high: int | None) -> CompiledAmount:
    """An amount that no fact moves."""
    return CompiledAmount(lambda *_: (low, high), (low, high), ())


def compile_value(value: Value, schema: FactSchema, name: str) -> CompiledAmount:
    mentions = tuple(dict.fromkeys(mentions_of(value)))
    source = Source(schema)
    low, high = write_value(source, value)
    bounds: Amount = source.function(name, f"({low}, {high})")  # type: ignore[assignment]
    fixed = bounds({}, None, {}) if isinstance(value, Expression) and constant(value) else None
    return CompiledAmount(bounds, fixed, mentions)


def compile_interval(expression: Expression, schema: FactSchema, name: str) -> Amount:
    """Low and high of a number over its own scale, not rounded."""
    source = Source(schema)
    low, high = source.number(expression)
    return source.function(name, f"({low}, {high})")  # type: ignore[return-value]


def mentions_of(value: Value | None) -> tuple[Fact | ItemField | str, ...]:
    """The facts that a value reads, left-most first."""
    match value:
        case None:
            return ()
        case ByLevel(key=key, rows=rows, otherwise=otherwise):
            inner = [found for row in (*rows.values(), otherwise) for found in mentions_of(row)]
            return (*facts_of(key), *inner)
        case Modified(value=inside, floor=floor, cap=cap, less=less):
            return tuple(found for part in (inside, floor, cap, less) for found in mentions_of(part))
    return facts_of(value)


def write_value(source: Source, value: Value) -> tuple[str, str]:
    """Variables that hold low and high in whole fen."""
    match value:
        case ByLevel():
            return _by_level(source, value)
        case Modified():
            return _modified(source, value)
    low, high = source.number(value)
    if value.scale == 1 and not divides(value):
        return low, high
    rounding = source.keep("half_up", half_up)
    rounded = source.assign("l", f"{rounding}({low}, {value.scale})")
    if low == high:
        return rounded, rounded
    open_end = f"None if {high} is None else {rounding}({high}, {value.scale})"
    return rounded, source.assign("h", f"{rounded} if {high} == {low} else {open_end}")


def divides(value: Expression) -> bool:
    """Whether it may come to a fraction over its scale."""
    operands = getattr(value, "operands", ())
    return getattr(value, "operator", "") == "/" or any(map(divides, operands))


def _by_level(source: Source, value: ByLevel) -> tuple[str, str]:
    key = value.key
    assert isinstance(key, Fact | ItemField)
    level = source.load(key)
    rows = {code: write_value(source, row) for code, row in value.rows.items()}
    rest = ("0", "0") if value.otherwise is None else write_value(source, value.otherwise)
    choices = {code for code, _ in source.schema.choices[_key_choices(source, key)]}
    reachable = [*rows.values(), *([] if choices <= set(rows) else [rest])]
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


def _key_choices(source: Source, key: Fact | ItemField) -> str:
    """The name of the choice that a `by` fact takes its codes from."""
    of = declaration_of(key, source.schema).of
    assert of is not None
    return of


def _least(ends: tuple[int, ...]) -> int:
    return min(ends)


def _most(ends: tuple[int | None, ...]) -> int | None:
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _modified(source: Source, value: Modified) -> tuple[str, str]:
    ends = write_value(source, value.value)
    for how, modifier in ((_floored, value.floor), (_capped, value.cap), (_reduced, value.less)):
        if modifier is not None:
            made = source.keep("modify", how)
            (low, high), (least, most) = ends, write_value(source, modifier)
            ends = source.fresh("l"), source.fresh("h")
            source.emit(f"{ends[0]}, {ends[1]} = {made}({low}, {high}, {least}, {most})")
    return ends


def _floored(low: int, high: int | None, least: int, most: int | None) -> Bounds:
    """Lifted to the floor where it is above 0, never a 0."""
    lifted = None if high is None or most is None else max(high, most) if high else 0
    return max(low, least) if low > 0 else low, lifted


def _capped(low: int, high: int | None, least: int, most: int | None) -> Bounds:
    return min(low, least), most if high is None else high if most is None else min(high, most)


def _reduced(low: int, high: int | None, least: int, most: int | None) -> Bounds:
    """What is left after the subtraction, not below 0."""
    return 0 if most is None else max(0, low - most), None if high is None else max(0, high - least)
