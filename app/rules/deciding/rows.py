"""All items of a list in one go, where history ends none of them and nothing about them is open.

That is what most requests are, and every item costs the same few steps, so they are one generated function; print its
`__doc__` to read it. For the loans of a pledge it is in essence:

    def pledge_financing_rows(facts, rows, b):
        for position, item in enumerate(rows):
            v1 = item.get('collateral') ...
            key = (v1, v2, v3, position)
            truth, reasons, flags = told.get(key) or learn(key, facts, item, b, position)
            if truth is False: a line that is ineligible
            l1 ... = low and high of what it is worth
            if truth is None or low != high: return None
            a line that is eligible
        return lines, certain, total

What requirements and flags say of an item depends on the values they read; its worth is worked out every time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.deciding.amounts import half_up, write_fen
from app.rules.deciding.reads import reads_of
from app.rules.deciding.source import Source
from app.rules.language.constancy import facts_of
from app.rules.language.value_ranges import divides
from app.rules.results import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.rules.deciding.one_item import OneItem
    from app.rules.facts import FactSchema
    from app.rules.logic import Truth
    from app.rules.policy import Each, Flag
    from app.rules.results import Reason

    Facts = Mapping[str, object]
    Told = tuple[Truth, tuple[Reason, ...], tuple[Flag, ...]]
    Settled = tuple[list[Line], int, int]
    """Lines, how many are eligible, and what these come to over the figure's scale."""
    Rows = Callable[[Facts, Sequence[Facts], Facts], Settled | None]

MOST_TOLD = 4096


def compile_rows(one: OneItem, schema: FactSchema, name: str) -> Rows | None:
    """None where an item needs more than its own values: other lists, a fraction, what it was paid before."""
    tests = tuple(leaf.test for block in (one.block, *one.flags.unpaid) for leaf in block.all_leaves)
    reads = reads_of(tests)
    if reads is None or one.flags.read_amounts or not _figured_whole(one.each):
        return None
    source = Source(schema)
    mentioned = dict.fromkeys(found for test in tests for found in facts_of(test))
    key = [source.load(found) for found in mentioned if not isinstance(found, str)]
    if reads.dated:
        key += ["b['year']", "b['as_of']"]
    split = len(source.lines)
    low, high = _figure(source, one.each)
    source.names |= {"Line": Line, "new": tuple.__new__, "half_up": half_up}
    source.names |= _remembered(one)
    text = _text(name, one, "".join(f"{part}, " for part in key), source, split, (low, high))
    return source.made(name, text)  # type: ignore[return-value]


def _figured_whole(each: Each) -> bool:
    """Whether an item's worth has a figure that is a whole number over its scale."""
    if each.award is not None:
        return each.award.value is not None
    return each.counts is None or not divides(each.counts)


def _remembered(one: OneItem) -> Mapping[str, object]:
    """What was told of an item by the values it was told from, and how to learn it."""
    told: dict[tuple[object, ...], Told] = {}
    block, flags = one.block, one.flags

    def learn(key: tuple[object, ...], facts: Facts, item: Facts, b: Facts, position: int) -> Told:
        truths, values = block.leaves(facts, item, b)
        decision = block.decide(truths)
        reasons = block.reasons(decision, values, facts, item, b, position)
        found = (decision.truth, reasons, flags.raised(facts, item, b, paid=False))
        if len(told) >= MOST_TOLD:
            told.clear()
        told[key] = found
        return found

    return {"told": told, "learn": learn}


def _figure(source: Source, each: Each) -> tuple[str, str]:
    """Low and high of an item: its award in fen, or what it counts over the scale of that."""
    if each.award is not None:
        assert each.award.value is not None
        return write_fen(source, each.award.value, each.award.rounding)
    return ("0", "0") if each.counts is None else source.number(each.counts)


def _text(name: str, one: OneItem, key: str, source: Source, split: int, figure: tuple[str, str]) -> str:
    """The whole function: up to `split` the source loads what the key is made of, then it works out the figure."""
    low, high = figure
    settled = [f"{low} == {high}"] if low != high else []
    if one.each.award is not None:
        settled.append(f"{low} > 0")
    nothing, earned = _shown(one, low)
    body = [
        *source.lines[:split],
        f"    key = ({key}position)",
        "    truth, reasons, flags = told.get(key) or learn(key, facts, item, b, position)",
        "    if truth is False:",
        f"        {_line(one.each, 'ineligible', nothing)}",
        "        continue",
        *source.lines[split:],
        f"    if not ({' and '.join(['truth is True', *settled])}):",
        "        return None",
        "    certain += 1",
        f"    total += {low}",
        f"    {_line(one.each, 'eligible', earned)}",
    ]
    head = [
        f"def {name}(facts, rows, b):",
        "    lines = []",
        "    certain = total = 0",
        "    for position, item in enumerate(rows):",
    ]
    return "\n".join([*head, *[f"    {line}" for line in body], "    return lines, certain, total"])


def _shown(one: OneItem, low: str) -> tuple[str, str]:
    """`amount` and `counted` of a line that is ineligible, and of one that is eligible."""
    counts = one.each.counts
    if one.each.award is not None:
        return "0, None", (f"{low}, None" if one.figured else "None, None")
    if counts is None:
        return "None, None", "None, None"
    return "None, 0", (f"None, {low}" if counts.scale == 1 else f"None, half_up({low}, {counts.scale})")


def _line(each: Each, verdict: str, figures: str) -> str:
    named = "str(position)" if each.id_field is None else f"str(item[{each.id_field!r}])"
    return f"lines.append(new(Line, ({named}, {verdict!r}, {figures}, reasons, flags, ())))"
