"""What the records say of an applicant: history, funding, lists and debts, in the engine's terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.rules.requests import Funding, HistoryEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.policy import Measure, Policy
    from app.services.office import Practice


@dataclass(frozen=True, slots=True)
class Basis:
    """The records that bear on one application on one day."""

    history: tuple[HistoryEntry, ...]
    other_funding: tuple[Funding, ...]
    listed: tuple[dict[str, Any], ...]
    """Rows of joint-punishment lists that hold on the day."""
    stale: tuple[str, ...]
    """Lists that were never read, or not lately enough."""
    readings: dict[str, Any]
    debt: int
    """Fen that the organisation owes back."""

    @property
    def joint_punishment(self) -> bool | None:
        """Listed anywhere: true; else unknown while a list was not read lately."""
        if self.listed:
            return True
        return None if self.stale else False

    def kept(self) -> dict[str, Any]:
        """The records as JSON, as an assessment keeps them; money in fen."""
        return {
            "history": [entry.told() for entry in self.history],
            "other_funding": [entry._asdict() for entry in self.other_funding],
            "listed": list(self.listed),
            "stale": list(self.stale),
            "readings": self.readings,
            "debt": self.debt,
        }


def basis_of(found: Mapping[str, Any], policy: Policy, practice: Practice, clock: datetime) -> Basis:
    """From what the database's `assessment_basis` gives."""
    by_key = {key: measure for measure in policy.measures for key in (measure.ledger_key, *measure.succeeds)}
    stale = tuple(
        name
        for name in practice.punishment_lists
        if not _read_lately(found["readings"], name, practice, clock)
    )
    return Basis(
        history=tuple(_entry(award, by_key.get(award["ledger_key"])) for award in found["awards"]),
        other_funding=tuple(
            Funding(record["source"], record["amount"], record["project"]) for record in found["funding"]
        ),
        listed=tuple(found["listed"]),
        stale=stale,
        readings=found["readings"],
        debt=int(found["debt"]),
    )


def kept_history(records: Mapping[str, Any]) -> tuple[tuple[HistoryEntry, ...], tuple[Funding, ...]]:
    """History and other funding from what an assessment kept."""
    history = tuple(HistoryEntry(**{**entry, "items": tuple(entry["items"])}) for entry in records["history"])
    return history, tuple(Funding(**entry) for entry in records["other_funding"])


def _entry(award: Mapping[str, Any], measure: Measure | None) -> HistoryEntry:
    """An award as history. One of another organisation holds an object, but uses nothing of this one's caps."""
    capped = measure is not None and any(limit.kind.in_money for limit in measure.limits)
    return HistoryEntry(
        measure=award["ledger_key"] if measure is None else measure.id,
        year=award["year"],
        amount=0 if capped and not award["own"] else award["used"],
        item=award["item"] if award["item"] is not None else award["level"],
        items=tuple(award["items"]),
        keys=award["item_keys"],
        own=award["own"],
    )


def _read_lately(readings: Mapping[str, str], name: str, practice: Practice, clock: datetime) -> bool:
    read = readings.get(name)
    return read is not None and clock - datetime.fromisoformat(read) <= timedelta(days=practice.list_days)
