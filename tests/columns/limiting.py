"""Random limits of a measure and of its items, and what the ledger keeps for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.columns.vocabulary import ORDERED

if TYPE_CHECKING:
    from tests.columns.grammar import Writer

    Yaml = dict[str, Any]

FIGURED = ("fixed", "calculated")


def limit(writer: Writer, one: Yaml, kind: str, limits: list[str]) -> None:
    """Limits of the measure behind those of its items."""
    if kind in FIGURED and writer.likely(0.5):
        limits.append(f"at most {_most(writer)} per year")
    if writer.likely(0.4):
        limits.append(writer.chance.choice(("once", "once per year", "once per year for anyone")))
    if "each" not in one and writer.likely(0.4):
        level = writer.fact(writer.chance.choice(tuple(ORDERED)))
        limits.append(f"once per {level}" + writer.chance.choice(("", " and year", " for anyone")))
    if writer.likely(0.4):
        limits += _counted(writer, one, kind)
    if limits:
        one["limits"] = limits


def _counted(writer: Writer, one: Yaml, kind: str) -> list[str]:
    """Limits by number, by key, for life; among items the best and the first."""
    each = one.get("each", {})
    chance, stated, named = writer.chance, kind in ("fixed", "calculated"), "id" in each
    kept = [chance.choice(("known.level", "known.other_level", "known.note"))]
    awarded = "award" in each
    if awarded:
        key = ("thing.rank", "thing.rank", "known.level", "known.other_level") + (
            ("thing.label",) if named else ()
        )
        kept = [chance.choice(key)]
        if each["item"] == "thing in things":
            kept = [name for name in kept if name.split(".")[-1] not in each.get("keys", {})]
    found = [chance.choice((f"at most {chance.choice('123')} awards", "at most 2 awards per year"))]
    if kind != "unspecified":
        whole = f"at most {_most(writer)}"
        found.append(chance.choice([whole, f"at most {_most(writer)} per {kept[0]}"] if kept else [whole]))
    if awarded or named:
        by = " by thing.since" if writer.likely(0.4) or kind == "unspecified" else ""
        among = chance.choice(
            (f"best {chance.choice('12')}{by}", f"first {chance.choice('12')} by thing.units")
        )
        choose = [among + " per year"]
        if awarded:
            choose += [f"{among} per thing.rank and year", "once per thing.rank and year"]
        if awarded and kept and kept[0].startswith("thing"):
            choose += [f"{among} per {kept[0]}"] + (
                [f"{among} per {kept[0]} topped up"] * 4 if stated else []
            )
        found.insert(0, chance.choice(choose))
    if awarded and named and kind != "unspecified" and writer.likely(0.3):
        found.append("at most 300 per item")
    elif stated and writer.likely(0.4) and not any("topped" in limit for limit in found):
        found.append("once topped up")
    if kept:
        one["ledger"] = {"keys": kept}
    return found


def _most(writer: Writer) -> str:
    """An amount, now and then under a name: also one that changes with the day or the year."""
    stated = writer.chance.choice(("700", "900", "1000", "1500", "200000"))
    return writer.parameter("money", stated) if writer.likely(0.35) else stated
