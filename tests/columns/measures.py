"""Random measures: every kind of award, with and without items, whom and when they reach, requirements and flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.columns.grammar import Writer
from tests.columns.limiting import limit
from tests.columns.scarcity import allotment
from tests.columns.values import DEPTH, award
from tests.columns.vocabulary import REACHED

if TYPE_CHECKING:
    import random

    Yaml = dict[str, Any]

KINDS = ("fixed", "calculated", "calculated", "up_to", "unspecified", "service")
PERIODS = (
    {"from": "2025-06-30"},
    {"from": "2024-02-29", "to": "2025-12-31"},
    {"to": "2026-11-22"},
    {"from": "2023-01-01", "to": "2026-11-23"},
)
"""Some of the days on which both engines are asked."""


def words(text: str) -> dict[str, str]:
    return {"zh": f"测{text}", "en": text}


def measure(chance: random.Random, index: int, *, service: bool | None = None) -> Yaml:
    """A measure of any kind, with or without items."""
    kind = chance.choice(KINDS[:-1] if service is False else KINDS)
    if service or kind == "service":
        return _service(chance)
    writer = Writer(chance, awards=_awards(index))
    one: Yaml = {"clause": "一", "title": words(f"m{index}")} | _reach(writer)
    if writer.likely(0.7):
        one["require"] = requirements(writer, "r")
    limits = _each(writer, one, kind) if writer.likely(0.6) else []
    if "award" not in one and "award" not in one.get("each", {}):
        one["award"] = award(writer, kind)
    limit(writer, one, kind, limits)
    if writer.likely(0.3):
        one["flags"] = {"look": flag(writer)}
    by_item = "award" in one.get("each", {})
    if writer.likely(0.3) and (shared := allotment(writer, kind, by_item=by_item)) is not None:
        one["allot"] = shared
    if writer.parameters:
        one["parameters"] = dict(writer.parameters)
    return one


def _awards(index: int) -> tuple[str, ...]:
    """Of measures before it, so that none waits for itself; of history whatever there is."""
    before = [f"measure-{one}" for one in range(index)]
    paid = [text for one in before for text in (f"award({one})", f"award({one})", f"paid({one}, year)")]
    return (*paid, "paid(measure-4)", "paid(this)", "paid(this, year)")


def _reach(writer: Writer) -> Yaml:
    """Whom and when it reaches at all: one value or some of a choice or text, and days."""
    found: Yaml = {}
    if writer.likely(0.25):
        facts = writer.chance.sample(tuple(REACHED), writer.chance.choice((1, 1, 2)))
        found["where"] = {fact: _taken(writer, REACHED[fact]) for fact in facts}
    if writer.likely(0.25):
        found["in_force"] = dict(writer.chance.choice(PERIODS))
    return found


def _taken(writer: Writer, values: tuple[str, ...]) -> str | list[str]:
    if writer.likely(0.5):
        return writer.chance.choice(values)
    return writer.chance.sample(values, writer.chance.randint(1, len(values) - 1))


def _service(chance: random.Random) -> Yaml:
    one: Yaml = {"clause": "二", "title": words("service"), "does": words("help")}
    writer = Writer(chance)
    require = requirements(writer, "r")
    # A service has no parameters of its own.
    return one | ({} if writer.parameters else {"require": require})


def requirements(writer: Writer, prefix: str) -> list[Any]:
    """Expressions alone, with a code, under all, any and not, and in named groups."""
    count = [0]
    return [_requirement(writer, prefix, count, DEPTH) for _ in range(writer.chance.choice((1, 1, 2, 3)))]


def _requirement(writer: Writer, prefix: str, count: list[int], depth: int) -> Any:
    count[0] += 1
    code = f"{prefix}{count[0]}"
    form = writer.chance.choice(("is", "is", "is", "all", "any", "not", "named"))
    if depth == 0 or form == "is":
        stated = {"is": writer.condition(1), "code": code}
        return stated | ({"says": words("it")} if writer.likely(0.2) else {})
    if form == "not":
        return {"not": _requirement(writer, prefix, count, depth - 1)}
    legs = [_requirement(writer, prefix, count, depth - 1) for _ in range(writer.chance.choice((1, 2, 3)))]
    if form == "named":
        return {"code": code, writer.chance.choice(("all", "any")): legs}
    return {form: legs}


def flag(writer: Writer) -> Yaml:
    return {writer.chance.choice(("when", "unless")): writer.condition(1), "says": words("look")}


def _each(writer: Writer, one: Yaml, kind: str) -> list[str]:
    """Items: awarded on their own or counted; the limits of items that they allow."""
    list_name = writer.chance.choice(("things", "things", "deep.parts"))
    inner = writer.within("thing", list_name)
    each: Yaml = {"item": f"thing in {list_name}"}
    one["each"] = each
    named = list_name == "things" and writer.likely(0.85)
    if named:
        each["id"] = "thing.thing_id"
    if list_name == "things" and writer.likely(0.6):
        project = writer.chance.choice(("thing.project", "thing.project", "thing.thing_id"))
        each["keys"] = {"project": project} | ({"mark": "thing.label"} if writer.likely(0.5) else {})
    if writer.likely(0.8):
        each["require"] = requirements(inner, "i")
    if writer.likely(0.5):
        each["award"] = award(inner, kind)
    elif kind != "unspecified" and writer.likely(0.7):
        each["counts"] = inner.number("money", DEPTH)
        one["award"] = award(writer.named("counted", "items"), kind)
    else:
        one["award"] = award(writer.named("items"), kind)
    if writer.likely(0.5):
        names = (["due"] if "award" in each else []) + (["paid(this)"] if named else [])
        each["flags"] = {"see": flag(inner.named(*names))}
    if not named or writer.likely(0.3):
        return []
    return [writer.chance.choice(("once per item", "once per item and year", "once per item for anyone"))]
