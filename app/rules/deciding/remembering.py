"""Answers that a few values decide: worked out once for each combination of them.

An answer is a pure function of the facts that the measure mentions, its history and the bar on money. Where there is
no history and no bar, the mentioned facts alone decide: most are codes and yes-or-no, and a platform asks again and
again about one applicant while a form is filled in. Measures whose items have an id are not remembered as a whole:
their lines carry the id, and `rows` remembers what can be told of one item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.deciding.measures import FREE
from app.rules.deciding.reads import Reads, key_source, reads_of
from app.rules.deciding.source import made

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.deciding.measures import Circumstances, CompiledMeasure
    from app.rules.policy import Measure
    from app.rules.results import MeasureResult

    Evaluate = Callable[[Circumstances], MeasureResult]
    Answers = dict[tuple[object, ...], MeasureResult]

MOST_REMEMBERED = 1024


def remembering(compiled: CompiledMeasure) -> Evaluate:
    """An `evaluate` that remembers, or the measure's own where more than its own facts decide."""
    measure = compiled.measure
    reads = _deciding(compiled)
    if reads is None:
        return compiled.evaluate
    known: Answers = {}

    def learn(key: tuple[object, ...], c: Circumstances) -> MeasureResult:
        found = compiled.evaluate(c)._replace(kept={})
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        known[key] = found
        return found

    names = {"FREE": FREE, "decide": compiled.evaluate, "known": known, "learn": learn}
    return made("remembered", _text(measure, reads), names)  # type: ignore[return-value]


def _deciding(compiled: CompiledMeasure) -> Reads | None:
    """None for a measure that reads other lists than its own, or whose lines carry a name or vie with each other."""
    measure = compiled.measure
    if compiled.limits.chosen:
        return None
    if measure.each is not None and (measure.each.id_field is not None or measure.each.keys):
        return None
    reads = reads_of(measure)
    return reads and reads.also(compiled.limits.facts)


def _text(measure: Measure, reads: Reads) -> str:
    """The lookup as source: a function of its own for each measure, since every request makes it for all of them."""
    lines = [
        "def remembered(c):",
        f"    if c.bar is not FREE or {measure.id!r} in c.history:",
        "        return decide(c)",
        "    get = c.facts.get",
    ]
    if reads.dated:
        lines.append("    b = c.b")
    if measure.each is None:
        lines.append(f"    key = {key_source(reads)}")
    else:
        values = "".join(f"row.get({field!r}), " for field in reads.fields)
        lines += [
            f"    rows = get({measure.each.list_name!r})",
            "    if rows is None:",
            "        return decide(c)",
            f"    key = (*{key_source(reads)}, *[({values}) for row in rows])",
        ]
    lines.append("    return known.get(key) or learn(key, c)")
    return "\n".join(lines)
