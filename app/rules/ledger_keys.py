"""Ledger keys across versions: money paid under one text counts under the next, and under no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.policy import Measure, Policy


class LedgerKeysMoved(ValueError):
    """Versions that are loaded together do not agree whose money is counted where. `moves` says each in English."""

    def __init__(self, moves: tuple[str, ...]) -> None:
        super().__init__("; ".join(moves))
        self.moves = moves


def check_ledger_keys(policies: Iterable[Policy]) -> None:
    """Raises LedgerKeysMoved unless every key stays with its measure, or the measure says what it succeeds.

    Versions are taken in the order in which they come into force; a family is one line of versions, whatever id
    each is published under. A key, once used or succeeded, belongs to one measure of one family for ever.
    """
    line = _Line()
    for policy in sorted(policies, key=lambda one: (one.in_force_from, one.id, one.version)):
        line.take(policy)
    if line.moves:
        raise LedgerKeysMoved(tuple(line.moves))


class _Line:
    """The versions so far: who holds each key, and the key of each measure."""

    def __init__(self) -> None:
        self.moves: list[str] = []
        self._holders: dict[str, tuple[str, str]] = {}
        self._keys: dict[tuple[str, str], str] = {}

    def take(self, policy: Policy) -> None:
        paying = [measure for measure in policy.measures if measure.pays]
        for measure in paying:
            self._check(policy, measure)
        for measure in paying:
            who = policy.family, measure.id
            self._holders |= dict.fromkeys((measure.ledger_key, *measure.succeeds), who)
            self._keys[who] = measure.ledger_key

    def _check(self, policy: Policy, measure: Measure) -> None:
        who = policy.family, measure.id
        where = f"{policy.id} {policy.version}, measure {measure.id}"
        before, key = self._keys.get(who), measure.ledger_key
        if before is not None and before != key and before not in measure.succeeds:
            self.moves.append(
                f"{where}: the ledger key was {before} and is {key}; write `ledger: {{key: {key}, "
                f"succeeds: [{before}]}}`, or keep the key"
            )
        for name in dict.fromkeys((key, *measure.succeeds)):
            holder = self._holders.get(name)
            if holder is None or holder == who:
                continue
            if holder[0] != policy.family or name not in measure.succeeds:
                self.moves.append(
                    f"{where}: the ledger key {name} is that of the measure {holder[1]} of the family {holder[0]}; "
                    f"take another, or, where this measure goes on from that one, name {name} under `succeeds`"
                )
