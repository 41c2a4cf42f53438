"""What a part of a policy reads of a request, so that what was decided can be remembered by exactly that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.source import made
from app.rules.expression import Aggregate, AwardOf, BuiltIn, Fact, ItemField
from app.rules.reaching import every_node

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Key = Callable[[Mapping[str, object], Mapping[str, object]], tuple[object, ...]]


class Reads(NamedTuple):
    """The facts of the applicant, the fields of an item, and whether the day or the year is among them."""

    facts: tuple[str, ...]
    fields: tuple[str, ...]
    dated: bool

    def also(self, names: tuple[str, ...]) -> Reads:
        """With more facts, each once."""
        return self._replace(facts=tuple(dict.fromkeys((*self.facts, *names))))


def reads_of(part: object) -> Reads | None:
    """What all expressions in a part read, wherever they stand; None where one goes over a whole list, or asks what
    other measures award."""
    mentioned = list(every_node(part))
    if any(isinstance(node, Aggregate | AwardOf) for node in mentioned):
        return None
    facts = dict.fromkeys(node.name for node in mentioned if isinstance(node, Fact))
    of_items = dict.fromkeys(node.field for node in mentioned if isinstance(node, ItemField))
    dated = any(isinstance(node, BuiltIn) and node.name in ("year", "as_of") for node in mentioned)
    return Reads(tuple(facts), tuple(of_items), dated)


def key_source(reads: Reads) -> str:
    """A tuple, as source, of what is read beside items: `get` looks a fact up, `b` has the built-ins."""
    parts = [f"get({name!r})" for name in reads.facts]
    if reads.dated:
        parts += ["b['year']", "b['as_of']"]
    return "(" + "".join(f"{part}, " for part in parts) + ")"


def key_of(reads: Reads, name: str) -> Key:
    """The function of facts and built-ins that gives that tuple."""
    text = f"def {name}(facts, b):\n    get = facts.get\n    return {key_source(reads)}"
    return made(name, text, {})  # type: ignore[return-value]
