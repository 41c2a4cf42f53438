"""The whole tree of a decision, for `?trace=true`: what was asked, in the order of work, decisive or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.deciding.conditions import OUTCOMES, Leaf
from app.rules.deciding.items import CompiledItems
from app.rules.results import Trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.deciding.conditions import Branch, ConditionBlock
    from app.rules.deciding.measures import Circumstances, CompiledMeasure
    from app.rules.results import MeasureResult, Outcome, Reason

    Facts = Mapping[str, object]

VERDICTS: Mapping[str, Outcome] = {"eligible": "met", "ineligible": "not_met", "undetermined": "unknown"}


def trace_of(compiled: CompiledMeasure, result: MeasureResult, c: Circumstances) -> Trace:
    """One measure: its requirements, its items with theirs, then exclusions, amount and limits that spoke."""
    measure = compiled.measure
    parts = [*_block(compiled.block, c, None)]
    if isinstance(compiled, CompiledItems) and result.lines:
        parts.append(_items(compiled, result, c))
    shown = {node.code for node in _all(parts)}
    parts += (_spoken(reason) for reason in result.reasons if reason.point.code not in shown)
    return _group(measure.id, measure.clause, VERDICTS[result.verdict], parts)


def _items(compiled: CompiledItems, result: MeasureResult, c: Circumstances) -> Trace:
    rows = c.facts[compiled.each.list_name]
    assert isinstance(rows, list | tuple)
    lines = []
    for position, (row, line) in enumerate(zip(rows, result.lines, strict=True)):
        parts = [*_block(compiled.item.block, compiled.item.seen(c, row, position), row)]
        shown = {node.code for node in _all(parts)}
        parts += (_spoken(reason) for reason in line.reasons if reason.point.code not in shown)
        lines.append(_group(line.item, compiled.measure.clause, VERDICTS[line.verdict], parts))
    counts = sum(line.verdict == "eligible" for line in result.lines)
    open_ = any(line.verdict == "undetermined" for line in result.lines)
    outcome: Outcome = "met" if counts else "unknown" if open_ else "not_met"
    return Trace(
        compiled.list_point.code, compiled.measure.clause, outcome, counts, 1, ">=", "count", tuple(lines)
    )


def _block(block: ConditionBlock, c: Circumstances, row: Facts | None) -> Iterable[Trace]:
    truths, values = block.leaves(c.facts, row, c.b)

    def node(part: Branch | Leaf) -> Trace:
        outcome = OUTCOMES[block.truth(part, truths)]
        if isinstance(part, Leaf):
            point = part.point
            required = block.required(part, c.facts, row, c.b)
            return Trace(
                point.code, point.clause, outcome, values[part.index], required, point.operator,
                point.type, (), point.scale,
            )  # fmt: skip
        code = part.point.code if part.point is not None else part.kind
        clause = part.point.clause if part.point is not None else block.clause
        return _group(code, clause, outcome, [node(each) for each in part.parts])

    return (node(part) for part in block.tree.parts)


def _group(code: str, clause: str, outcome: Outcome, parts: Iterable[Trace]) -> Trace:
    return Trace(code, clause, outcome, None, None, None, "bool", tuple(parts))


def _spoken(reason: Reason) -> Trace:
    point = reason.point
    return Trace(
        point.code, point.clause, reason.outcome, reason.value, reason.required, reason.operator,
        point.type, (), point.scale,
    )  # fmt: skip


def _all(nodes: Iterable[Trace]) -> Iterable[Trace]:
    for node in nodes:
        yield node
        yield from _all(node.of)
