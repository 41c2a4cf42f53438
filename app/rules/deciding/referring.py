"""What a measure's texts ask of other awards, told to it before it is decided (language.md section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.deciding.limit_history import named_items
from app.rules.deciding.measures import FIGURED
from app.rules.deciding.missing import open_key
from app.rules.expression import AwardOf
from app.rules.reaching import every_node
from app.rules.referring import in_order, needs_of, references, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.deciding.measures import Circumstances
    from app.rules.policy import Each, Policy
    from app.rules.requests import HistoryEntry
    from app.rules.results import MeasureResult, Missing

    Bounds = tuple[int, int | None]


class References:
    """The references of one policy."""

    def __init__(self, policy: Policy) -> None:
        measures = [measure for measure in policy.measures if measure.evaluated]
        self._needs = needs_of(measures)
        self._of = {
            measure.id: tuple(without(one, self._needs[measure.id]) for one in found)
            for measure in measures
            if (found := tuple(one for one in references(measure) if not one.own_item))
        }
        self.referring = frozenset(measure.id for measure in measures if references(measure))
        """The measures that ask for anything of awards or history."""

    def order(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The measures that are wanted and all that they need, each after what it needs."""
        return in_order(self._needs, wanted)

    def tell(self, measure: str, results: Mapping[str, MeasureResult], c: Circumstances) -> None:
        """Put what one measure asks for among the built-ins; what it needs is decided."""
        for one in self._of.get(measure, ()):
            if one.paid:
                paid = sum(_paid(entry, c.year if one.this_year else None) for entry in _entries(one, c))
                c.b[one.name] = paid, paid
                continue
            found = [results[name] for name in one.measures]
            bounds = c.b[one.name] = _together(map(bounds_of, found))
            c.b[open_key(one)] = () if bounds[0] == bounds[1] else _lacking(found)


def bounds_of(result: MeasureResult) -> Bounds:
    """What a measure awards before groups, in fen: 0 where it is ineligible, from 0 on where that is open."""
    if result.verdict == "ineligible":
        return 0, 0
    sure = result.verdict == "eligible" and result.kind in FIGURED
    return (result.amount or 0) if sure else 0, result.potential


def own_items(each: Each) -> tuple[AwardOf, ...]:
    """What the texts of an item ask of its own history."""
    own = (node for node in every_node(each) if isinstance(node, AwardOf) and node.own_item)
    return tuple(dict.fromkeys(own))


def paid_of_item(history: Iterable[HistoryEntry], key: str, year: int | None) -> int:
    """Fen that history names for an item, of one year or of all."""
    return sum(_paid(entry, year) for entry in history if key in named_items(entry))


def _entries(one: AwardOf, c: Circumstances) -> Iterable[HistoryEntry]:
    return (entry for name in one.measures for entry in c.history.get(name, ()))


def _paid(entry: HistoryEntry, year: int | None) -> int:
    return entry.amount if entry.own and year in (None, entry.year) else 0


def _together(bounds: Iterable[Bounds]) -> Bounds:
    low, high = 0, 0
    unbounded = False
    for least, most in bounds:
        low += least
        unbounded = unbounded or most is None
        high += most or 0
    return low, None if unbounded else high


def _lacking(results: Iterable[MeasureResult]) -> tuple[Missing, ...]:
    return tuple(fact for result in results for fact in result.missing)
