"""A request as the engine takes it: every fact in the engine's units, what is unknown simply not there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class HistoryEntry(NamedTuple):
    """An award of the past, under one of the policy's measures."""

    measure: str
    year: int
    amount: int
    """Fen, above 0."""
    item: str | None = None
    """The item's id as given, or the level's code; None where the measure pays neither per item nor per level."""
    items: tuple[str, ...] = ()
    """Items counted in a total, e.g. the loans of that year."""
    keys: Mapping[str, str] = {}
    """Other fields that limits and exclusions count by, e.g. the project."""
    own: bool = True
    """Whether the applicant had it; an award of another counts where a limit is for anyone, and for its project."""

    def told(self) -> dict[str, object]:
        """As plain values, for what is kept."""
        kept = {**self._asdict(), "items": list(self.items), "keys": dict(self.keys)}
        if self.own:
            del kept["own"]
        return kept


class Funding(NamedTuple):
    """Support from elsewhere."""

    source: str
    """district, municipal, provincial, national or other."""
    amount: int
    """Fen."""
    project: str | None = None


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """One applicant, one year, one day. Made by `reading`, valid once made."""

    as_of: date
    year: int
    measures: frozenset[str]
    """Ids of the measures that are asked for; answers come in catalogue order."""
    facts: Mapping[str, object]
    """Dotted name -> value, known facts only, assumptions included: bool, int (fen, counts, 10^-8, scaled numbers),
    date, code or text; a list's name -> a list of mappings, each with its known fields only."""
    history: tuple[HistoryEntry, ...] = ()
    other_funding: tuple[Funding, ...] = ()
    assumptions: tuple[tuple[str, object], ...] = ()
    """What was assumed and used, sorted by fact: (name as `missing` has it, value in the engine's units)."""
    normalised: Mapping[str, object] = field(default_factory=dict)
    """The request in the API's own form, without what is unknown: the base of `facts_digest`. Money as text with
    two decimals, dates ISO, texts NFC, ids as given, no key that is not ASCII, no number that is not whole."""
