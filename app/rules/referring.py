"""Measures whose texts refer to what other measures award: who needs whom, and in what order they are decided.

language.md section 9: the graph is made measure by measure, after leaving out pairs that their `where` keeps apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.rules.expression import AwardOf
from app.rules.reaching import every_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.rules.policy import Measure

    Needs = Mapping[str, tuple[str, ...]]
    """Measure -> the measures whose awards it asks for."""


def references(measure: Measure) -> tuple[AwardOf, ...]:
    """What its texts ask of awards and of history, each once."""
    return tuple(dict.fromkeys(node for node in every_node(measure) if isinstance(node, AwardOf)))


def apart(one: Measure, other: Measure) -> bool:
    """Whether no applicant is of both: a fact that both name under `where`, with no value in common."""
    taken = dict(one.where)
    return any(name in taken and not {*values} & {*taken[name]} for name, values in other.where)


def needs_of(measures: Sequence[Measure]) -> Needs:
    """Whose awards each measure asks for, in catalogue order; history is no need."""
    known = {measure.id: measure for measure in measures}
    return {
        measure.id: tuple(
            dict.fromkeys(
                name
                for one in references(measure)
                if not one.paid
                for name in one.measures
                if name in known and not apart(measure, known[name])
            )
        )
        for measure in measures
    }


def cycle_in(needs: Needs) -> tuple[str, ...]:
    """The first measures that need each other, from one of them back to it; empty where there are none."""
    done: set[str] = set()
    for start in needs:
        path, waiting = [start], [iter(needs[start])]
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                done.add(path.pop())
            elif following in path:
                return (*path[path.index(following) :], following)
            elif following not in done:
                path.append(following)
                waiting.append(iter(needs.get(following, ())))
    return ()


def in_order(needs: Needs, wanted: Iterable[str]) -> tuple[str, ...]:
    """The measures that are wanted and all that they need, each after what it needs. There is no cycle."""
    found: dict[str, None] = {}
    for start in wanted:
        waiting = [(start, iter(needs.get(start, ())))]
        while waiting:
            name, rest = waiting[-1]
            following = next(rest, None)
            if following is None:
                waiting.pop()
                found[name] = None
            elif following not in found:
                waiting.append((following, iter(needs.get(following, ()))))
    return tuple(found)


def without(one: AwardOf, needed: Iterable[str]) -> AwardOf:
    """Only the awards of measures that can be the applicant's."""
    known = set(needed)
    return one if one.paid else replace(one, measures=tuple(name for name in one.measures if name in known))
