"""One row of a population as a request, for what is decided or explained row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.columns.schema import APPLICANT
from app.rules.requests import EvaluationRequest, Funding, HistoryEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from app.rules.policy import Policy

    Row = Mapping[str, Any]


class Rows:
    """Reads rows of one policy's population."""

    def __init__(self, policy: Policy, year: int, as_of: date) -> None:
        self._year, self._as_of = year, as_of
        self._id_keys = {m.id: m.each.id_keys for m in policy.measures if m.each is not None}
        self._asked = frozenset(m.id for m in policy.measures if m.evaluated)

    def request(self, row: Row) -> EvaluationRequest:
        """The request that a row stands for: what is null in it is unknown and left out."""
        facts = dict(_known(row[APPLICANT] or {}, f"{APPLICANT}."))
        facts.update(_known(row["facts"] or {}, ""))
        return EvaluationRequest(
            as_of=self._as_of,
            year=self._year,
            measures=self._asked,
            facts=facts,
            history=tuple(self._history(row["history"] or ())),
            other_funding=tuple(
                Funding(entry["source"], entry["amount"], entry["project"])
                for entry in row["other_funding"] or ()
            ),
        )

    def _history(self, entries: Iterable[Row]) -> Iterator[HistoryEntry]:
        for entry in entries:
            item = entry["item"]
            keys = {key: value for key, value in (entry.get("keys") or {}).items() if value is not None}
            if item is not None:
                for key in self._id_keys.get(entry["measure"], ()):
                    keys.setdefault(key, item)
            yield HistoryEntry(
                entry["measure"], entry["year"], entry["amount"], item, tuple(entry["items"] or ()), keys
            )


def _known(group: Row, prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in group.items():
        if value is None:
            continue
        if isinstance(value, dict):
            yield from _known(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield prefix + name, [_item(one) for one in value]
        else:
            yield prefix + name, value


def _item(fields: Row | None) -> dict[str, object]:
    return {name: value for name, value in (fields or {}).items() if value is not None}
