"""Random values and awards: expressions, and every form that chooses or combines values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.columns.grammar import LITERALS, NUMERIC
from tests.columns.vocabulary import ORDERED

if TYPE_CHECKING:
    from tests.columns.grammar import Writer

    Yaml = dict[str, Any]

FORMS = ("by", "steps", "cases", "sum", "product", "value")
FACTORS = ("count", "percent", "number")
ROUNDINGS = ("half up", "up", "down", "up to 100", "half up to 0.10", "down to 1000")
DEPTH = 2


def award(writer: Writer, kind: str) -> Any:
    """A kind with its value, modifiers beside it or inside it, and its rounding."""
    if kind == "unspecified":
        return kind
    rounding = {"round": writer.chance.choice(ROUNDINGS)} if writer.likely(0.2) else {}
    return {kind: value(writer, DEPTH)} | modifiers(writer, 0.2, 0) | rounding


def value(writer: Writer, depth: int, kind: str = "money") -> Any:
    """An expression that is never below 0 (or refused), or a form with values in it."""
    if depth == 0 or writer.likely(0.45):
        return expression(writer, kind)
    match writer.chance.choice(FORMS):
        case "by":
            return _by(writer, depth, kind)
        case "steps":
            return _steps(writer, depth, kind)
        case "cases":
            return _cases(writer, depth, kind)
        case "sum":
            parts = [value(writer, depth - 1, kind) for _ in range(writer.chance.choice((2, 3)))]
            return {"sum": parts} | modifiers(writer, 0.15, depth - 1, kind)
        case "product" if kind == "money":
            parts = [value(writer, depth - 1, kind), value(writer, depth - 1, writer.chance.choice(FACTORS))]
            writer.chance.shuffle(parts)
            return {"product": parts} | modifiers(writer, 0.15, depth - 1, kind)
    stated = modifiers(writer, 0.5, depth - 1, kind) or {"cap": expression(writer, kind)}
    return {"value": value(writer, depth - 1, kind)} | stated


def expression(writer: Writer, kind: str) -> str:
    if writer.likely(0.3):
        return writer.literal(kind)
    text = writer.number(kind, DEPTH)
    return f"max({writer.chance.choice(LITERALS[kind])}, {text})" if writer.likely(0.4) else text


def modifiers(writer: Writer, share: float, depth: int, kind: str = "money") -> Yaml:
    return {name: value(writer, depth, kind) for name in ("floor", "cap", "less") if writer.likely(share)}


def _by(writer: Writer, depth: int, kind: str) -> Yaml:
    choice = writer.chance.choice(tuple(ORDERED))
    rows = {code: value(writer, depth - 1, kind) for code in ORDERED[choice].codes if writer.likely(0.7)}
    if writer.likely(0.4) or not rows:
        rows["else"] = value(writer, 0, kind)
    return {"by": writer.fact(choice), **rows} | modifiers(writer, 0.15, 0, kind)


def _steps(writer: Writer, depth: int, kind: str) -> Yaml:
    """Edges that ascend, inclusive or not, with and without a row below them."""
    of = writer.chance.choice(NUMERIC)
    edges = LITERALS[of]
    count = writer.chance.randint(1, len(edges))
    at = sorted(writer.chance.sample(range(len(edges)), count))
    rows = {edges[place]: value(writer, depth - 1, kind) for place in at}
    found: Yaml = {"steps": writer.number(of, 1), writer.chance.choice(("from", "above")): rows}
    if writer.likely(0.4):
        found["below"] = value(writer, 0, kind)
    return found | modifiers(writer, 0.15, 0, kind)


def _cases(writer: Writer, depth: int, kind: str) -> Yaml:
    rows: list[Yaml] = [
        {"when": _when(writer), "then": value(writer, depth - 1, kind)}
        for _ in range(writer.chance.choice((1, 2, 3)))
    ]
    if writer.likely(0.5):
        rows.append({"else": value(writer, 0, kind)})
    return {"cases": rows} | modifiers(writer, 0.15, 0, kind)


def _when(writer: Writer) -> Any:
    if writer.likely(0.6):
        return writer.condition(1)
    form = writer.chance.choice(("all", "any", "not"))
    return {form: writer.condition(0) if form == "not" else [writer.condition(0), writer.condition(0)]}
