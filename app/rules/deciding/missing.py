"""What is missing: of the facts that an expression reads those that are unknown, by the names of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.expression import AwardOf, Fact, ItemField, Lookup, ReadingUse
from app.rules.language.intervals import without_row
from app.rules.results import Missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.rules.deciding.live_mentions import Mention
    from app.rules.facts import FactSchema

    Facts = Mapping[str, object]


class At(NamedTuple):
    """An item while it is decided. `word` is what it is called: fields of other words are of aggregates' items."""

    row: Facts | None
    position: int | None
    word: str = ""


NO_ITEM = At(None, None)


def missing_of(
    mentions: tuple[Mention, ...], schema: FactSchema, facts: Facts, b: Facts, at: At = NO_ITEM
) -> Iterator[Missing]:
    """Of the facts an expression mentions, those that are unknown; of an absent list its name.

    Of another award, what that lacks. Of a table without the row that is asked for, and of a reading that nobody
    decided, what it is called.
    """
    for mention in mentions:
        match mention:
            case Fact(name=name) | str(name):
                if name not in facts:
                    yield Missing(name, None, None, schema.facts[name])
            case ItemField():
                yield from _of_items(mention, schema, facts, at)
            case ReadingUse(name=name, chosen=None):
                yield Missing(f"reading.{name}", None, None, schema.readings[name])
            case AwardOf():
                yield from open_in(mention, b)
            case Lookup(table=table):
                if without_row(mention, facts, at.row, b):
                    yield Missing(table, None, None, schema.tables[table])


def open_key(award: AwardOf) -> str:
    """Under which the built-ins hold what an award that is open lacks."""
    return f"{award.name}, missing"


def is_open(award: AwardOf, b: Facts) -> bool:
    """Whether another award can still come to more than one amount."""
    bounds = b[award.name]
    return isinstance(bounds, tuple) and bounds[0] != bounds[1]


def open_in(award: AwardOf, b: Facts) -> tuple[Missing, ...]:
    """The unknown facts that leave another award open; none where it is settled, or left to an official."""
    found = b.get(open_key(award), ())
    assert isinstance(found, tuple)
    return found


def _of_items(mention: ItemField, schema: FactSchema, facts: Facts, at: At) -> Iterator[Missing]:
    """The field of the item that is decided, or of every item of a list that an aggregate goes over."""
    name, list_name = mention.field, mention.list_name
    declaration = schema.facts[list_name].fields[name]
    if declaration.optional:
        return
    if at.row is not None and at.position is not None and mention.word == at.word:
        if name not in at.row:
            yield Missing(name, list_name, at.position, declaration)
        return
    rows = facts.get(list_name, ())
    assert isinstance(rows, list | tuple)
    for index, row in enumerate(rows):
        if name not in row:
            yield Missing(name, list_name, index, declaration)
