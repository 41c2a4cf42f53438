"""Fact declarations: what a pack says an applicant may state, and what was wrong with what was stated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.expression import Comparison
    from app.rules.policy import Words

SCALAR_TYPES = frozenset({"bool", "count", "money", "percent", "number", "date", "choice", "text", "id"})

MOST_FEN = 10**14
"""Money in a request: at most 10^12 yuan."""
MOST_COUNT = 10**9
MOST_PERCENT = 10 * 10**8
"""1000 %, in parts of 10^-8."""
MOST_NUMBER = 10**12
MOST_ITEMS = 1_000
MOST_TEXT = 200
"""Characters of an id, a name or a text."""


@dataclass(frozen=True, slots=True)
class FactDeclaration:
    """One fact, one field of a list's item, or a list.

    `min` and `max` are in the engine's units: fen, whole numbers, 10^-8 for percents, 10^-places for numbers.
    """

    name: str
    """Dotted for a fact (`patents.granted`, `applicant.kind`), the plain word for an item's field."""
    type: str
    """One of SCALAR_TYPES, or `list`."""
    label: Words
    unit: Words | None = None
    of: str | None = None
    """Choices: the name of the code list."""
    choices: tuple[tuple[str, Words], ...] = ()
    min: int | None = 0
    max: int | None = None
    places: int = 0
    optional: bool = False
    """Ids only: absent means none, which is known."""
    fields: Mapping[str, FactDeclaration] = field(default_factory=dict)
    """Lists: the item's fields in order."""
    stated: bool = True
    """Whether requests state it: not so derived facts, readings and the rows of tables."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What must hold between stated facts (`invention <= granted`): it refuses a request, it never infers."""

    test: Comparison
    """Both sides known and false: 422 at the left-most fact."""


@dataclass(frozen=True, slots=True)
class FactSchema:
    """All facts of a pack in declared order, the engine's own of the applicant included."""

    facts: Mapping[str, FactDeclaration]
    choices: Mapping[str, tuple[tuple[str, Words], ...]] = field(default_factory=dict)
    ordered: frozenset[str] = frozenset()
    """The choices whose codes are declared low to high."""
    sets: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """Set name -> the choice its members are of (or `text`), and the members."""
    relations: tuple[Relation, ...] = ()
    derived: Mapping[str, FactDeclaration] = field(default_factory=dict)
    """Facts worked out of others, which no request states."""
    readings: Mapping[str, FactDeclaration] = field(default_factory=dict)
    """By id: the question as label, the ways of reading a clause as a choice."""
    tables: Mapping[str, FactDeclaration] = field(default_factory=dict)
    """By name: what a row of the table is, with its label."""


class InputError(NamedTuple):
    """One mistake in a request. `code`: details.md 26 (required type choice range format unknown_field ...)."""

    pointer: str
    """RFC 6901, into the body."""
    code: str
    message: Words
