"""What of two packs differs and is not told in words: so that a difference is never passed over in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from app.rules.policy import Policy

    Told = tuple[str | None, str]
    """A measure (None: the policy) and a part."""

BEFORE = Words("原先的写法", "as it was written")
AFTER = Words("写法不同，未逐字列出", "written otherwise, not told in words")
OF_MEASURE = {
    "clause": "measure",
    "title": "measure",
    "does": "measure",
    "require": "requirements",
    "where": "requirements",
    "in_force": "requirements",
    "each": "items",
    "instalments": "payment",
    "payee": "payment",
    "hold": "payment",
    "review": "measure",
    "says": "measure",
}
"""Keys of measures whose part has another name."""
OF_POLICY = {
    "applicant": "facts",
    "choices": "facts",
    "sets": "facts",
    "members": "facts",
    "relations": "facts",
    "exclusions": "exclusions",
    "provisions": "provisions",
    "order": "order",
    "facts": "facts",
    "groups": "limits",
    "parameters": "parameters",
    "derived": "facts",
    "tables": "facts",
    "readings": "facts",
    "standards": "facts",
}
"""Sections of the policy -> the part under which they are told; all others are general."""
WHOLE_IN_WORDS = frozenset({"policy", "provisions", "order"})
"""What these say is told whole."""

PARTLY_IN_WORDS = frozenset(
    {"relations", "members", "sets", "derived", "tables", "readings", "standards", "groups", "exclusions"}
)
"""Sections of which words tell a part at most: named whenever they differ."""


def untold(before: Policy, after: Policy, told: Collection[Told]) -> Iterator[tuple[str | None, str, str]]:
    """Measure, part and name of what differs and is not told; `told` are the measures and parts that are."""
    common = {one.id for one in before.measures} & {one.id for one in after.measures}
    parts = {part for _, part in told}
    for place in dict.fromkeys((*after.parts, *before.parts)):
        if before.parts.get(place) == after.parts.get(place):
            continue
        section, name, key = place
        if section in ("measures", "services"):
            part = OF_MEASURE.get(key, key)
            also = "award" if key == "each" else part
            if name in common and not {(name, part), (name, also)} & set(told):
                yield name, part, key
        elif section == "notices":
            yield None, "notices", f"{name} {key}"
        else:
            part = OF_POLICY.get(section, "policy")
            if part not in WHOLE_IN_WORDS and (section in PARTLY_IN_WORDS or part not in parts):
                yield None, part, key or section
