"""Which keys of packs generated policies write, by the part they stand in; and all that the loader knows.

A key that the loader learns is missing here until the generator writes it, or it is left out with a reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.packs import (
    awards,
    conditions,
    content,
    derived,
    facts,
    groups,
    items,
    measures,
    notices,
    readings,
    standards,
    tables,
    values,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Yaml = dict[str, Any]

KNOWN: Mapping[str, tuple[str, ...]] = {
    "policy": content.SECTIONS,
    "measure": measures.KEYS,
    "service": measures.SERVICE_KEYS,
    "each": items.EACH,
    "award": (*awards.KINDS, *awards.MODIFIERS, "round"),
    "value": (*values.FORMS, *values.MODIFIERS, "from", "above", "below"),
    "condition": (*conditions.FORMS, "code", "says", "clause"),
    "flag": ("when", "unless", "says"),
    "fact": (*facts.TYPES, *{key for keys in facts.ALLOWED.values() for key in keys}),
    "table": tables.KEYS,
    "derived": derived.KEYS,
    "reading": readings.KEYS,
    "group": groups.KEYS,
    "notice": notices.KEYS,
    "standard": standards.KEYS,
}
LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "policy": {
        "measures": "each in its file",
        "notices": "likewise",
        "cases": "no law",
        "provisions": "words of the catalogue",
        "currency": "words of an answer",
    },
    "measure": {
        "obligations": "no answer of the columns shows them",
        "instalments": "after the award",
        "hold": "after the award",
        "payee": "after the award",
        "review": "words",
        "says": "words",
    },
    "condition": {"clause": "words of a reason"},
    "notice": {
        "window": "of applications",
        "review": "words",
        "materials": "words",
        "maximum": "of an official's decision",
    },
    "derived": {"unit": "words of a reason"},
    "standard": {},
}
"""What no answer of the two engines can show, and why."""


def wanted() -> set[tuple[str, str]]:
    """Part and key of everything that generated policies must write."""
    return {(part, key) for part, keys in KNOWN.items() for key in keys if key not in LEFT_OUT.get(part, {})}


def keys_of(files: Mapping[str, Yaml]) -> set[tuple[str, str]]:
    """Part and key of what a pack's files write."""
    return set(_keys(files))


def _keys(files: Mapping[str, Yaml]) -> Iterator[tuple[str, str]]:
    for path, file in files.items():
        if path.startswith("measures/"):
            yield from _measure("measure", file)
        elif path.startswith("notices/"):
            yield from (("notice", key) for key in file)
        else:
            part = "standard" if path.startswith("standards/") else "policy"
            yield from ((part, key) for key in file)
            yield from _sections(file)


def _sections(file: Yaml) -> Iterator[tuple[str, str]]:
    for service in file.get("services", {}).values():
        yield from _measure("service", service)
    for section, part in (
        ("tables", "table"),
        ("derived", "derived"),
        ("readings", "reading"),
        ("groups", "group"),
    ):
        for one in file.get(section, {}).values():
            yield from ((part, key) for key in one)
    for one in file.get("derived", {}).values():
        yield from _value(one["value"])
    for section in ("applicant", "facts"):
        yield from _facts(file.get(section, {}))


def _facts(group: Yaml) -> Iterator[tuple[str, str]]:
    for fact in group.values():
        if fact.keys() & set(facts.TYPES):
            yield from (("fact", key) for key in fact)
            yield from _facts(fact.get("item", {}))
        else:
            yield from _facts(fact)


def _measure(part: str, one: Yaml) -> Iterator[tuple[str, str]]:
    yield from ((part, key) for key in one)
    each = one.get("each", {})
    yield from (("each", key) for key in each)
    for holder in (one, each):
        yield from _condition(holder.get("require", []))
        yield from _award(holder.get("award", {}))
        for flag in holder.get("flags", {}).values():
            yield from (("flag", key) for key in flag)


def _condition(said: Any) -> Iterator[tuple[str, str]]:
    for one in said if isinstance(said, list) else [said]:
        if isinstance(one, dict):
            yield from (("condition", key) for key in one)
            for form in ("all", "any", "not"):
                yield from _condition(one.get(form, []))


def _award(said: Any) -> Iterator[tuple[str, str]]:
    if isinstance(said, dict):
        for key, value in said.items():
            yield "award", key
            yield from _value(value)


def _value(said: Any) -> Iterator[tuple[str, str]]:
    """Codes of a table are no keys: what is not known is passed over."""
    if isinstance(said, dict):
        yield from (("value", key) for key in said if key in KNOWN["value"])
        for value in said.values():
            yield from _value(value)
    elif isinstance(said, list):
        for value in said:
            yield from _value(value)
