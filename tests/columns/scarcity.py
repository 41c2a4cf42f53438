"""Allotments of generated measures: a budget or places, shared in every way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.columns.grammar import Writer

SCORED = ("count", "money", "number", "percent")
WAYS = ("scale", "arrival", "rank")


def allotment(writer: Writer, kind: str, *, by_item: bool) -> dict[str, Any] | None:
    """For an award of a kind; None where items are awarded one by one."""
    if by_item:
        return None
    chance = writer.chance
    in_money = kind in ("fixed", "calculated") and writer.likely(0.6)
    by = chance.choice(WAYS if in_money else WAYS[1:])
    made: dict[str, Any] = (
        {"budget": chance.choice(("900", "250000"))} if in_money else {"places": chance.choice("237")}
    )
    made["by"] = by
    if writer.likely(0.5):
        made["per"] = "year"
    if by == "rank":
        scores = list(
            dict.fromkeys(writer.plain(chance.choice(SCORED)) for _ in range(chance.choice((1, 2))))
        )
        made["by"] = scores[0]
        if scores[1:]:
            made["then"] = scores[1:]
        made["ties"] = chance.choice(("decide", "refuse", *(() if in_money else ("admit",))))
    if in_money and by != "scale":
        made["last"] = chance.choice(("partial", "refuse"))
    return made
