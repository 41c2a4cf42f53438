"""Compute claims, uses of caps and awards anew from the entries of the ledger, and say where they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.rules.procedure.claiming import Counted, Taking, taking
from app.rules.procedure.ledger_checking import Difference, KeptAward, check_award
from app.services.applications.binding import by_digest
from app.services.register_policies import PolicyNotKept
from app.store import ledger_audit
from app.store.acting import EVERYTHING, Sight, enter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.rules.policy import Policy
    from app.services.office import Office
    from app.store.ledger_audit import AuditedAward

MOST_DIFFERENCES = 1_000
"""More than anyone reads; a ledger that has more is told by the first."""


@dataclass(slots=True)
class LedgerReport:
    """What was found; the first differences only."""

    awards: int = 0
    differences: list[Difference] = field(default_factory=list)
    found: int = 0
    """How many differences there were in all."""

    @property
    def valid(self) -> bool:
        return not self.found

    def add(self, differences: Iterable[Difference]) -> None:
        for one in differences:
            self.found += 1
            if len(self.differences) < MOST_DIFFERENCES:
                self.differences.append(one)

    def form(self) -> dict[str, Any]:
        return {
            "valid": self.valid,
            "awards": self.awards,
            "differences": [one._asdict() for one in self.differences],
        }


async def verify(
    office: Office, mode: str, progress: Callable[[int, int], None] | None = None
) -> LedgerReport:
    """Verify the ledger of a mode, or of both (`*`), in one snapshot. `progress` hears of awards: done, and in all."""
    report = LedgerReport()
    async with office.engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="REPEATABLE READ")
        async with connection.begin():
            await enter(connection, Sight(mode, EVERYTHING))
            await ledger_audit.take_time(connection)
            total = await ledger_audit.count(connection) if progress is not None else 0
            checker = _Checker(office, await ledger_audit.merged(connection))
            async for award in ledger_audit.awards(connection):
                report.add(await checker.check(award))
                report.awards += 1
                if progress is not None:
                    progress(report.awards, total)
            async for cap in ledger_audit.unequal_usage(connection):
                report.add([Difference("usage", None, cap.limit_key, cap.expected, cap.found)])
            async for row in ledger_audit.orphans(connection):
                report.add([Difference("orphan", row.award, None, "an award", f"rows of {row.table} only")])
    return report


class _Checker:
    """Checks award after award, each by the version that it was awarded by."""

    def __init__(self, office: Office, merged: Mapping[str, str]) -> None:
        self._office = office
        self._merged = merged
        self._policies: dict[tuple[str, int | None], Policy | None] = {}

    async def check(self, award: AuditedAward) -> Iterable[Difference]:
        """What differs."""
        kept = KeptAward(
            id=award.id,
            state=award.state,
            amount=award.amount,
            clawed_back=award.clawed_back,
            recovered=award.recovered,
            written_off=award.written_off,
            restores_entitlement=award.restores_entitlement,
            limit_keys=frozenset(award.limit_keys),
            claims=frozenset(self._survivors(key) for key in award.claims),
            entries=tuple((origin, target, amount) for origin, target, amount in award.entries),
        )
        return check_award(kept, await self._taking(award))

    def _survivors(self, key: str) -> str:
        """A claim that both organisations of a merger held stays under the old key; it counts as the survivor's."""
        if not self._merged:
            return key
        return "|".join(self._merged.get(part, part) for part in key.split("|"))

    async def _taking(self, award: AuditedAward) -> Taking | None:
        if award.policy_digest is None:
            return None
        policy = await self._policy(award.policy_digest, award.notice)
        measure = None if policy is None else policy.measure(award.measure)
        if policy is None or measure is None:
            return None
        counted = Counted(
            award.organisation, award.year, award.item, award.level, tuple(award.items), award.item_keys
        )
        return taking(policy, measure, counted)

    async def _policy(self, digest: str, notice: int | None) -> Policy | None:
        """The version under its notice; None when it was not kept."""
        if (digest, notice) not in self._policies:
            self._policies[digest, notice] = await self._found(digest, notice)
        return self._policies[digest, notice]

    async def _found(self, digest: str, notice: int | None) -> Policy | None:
        # A connection of its own: the other one is in the middle of a stream.
        async with self._office.engine.connect() as connection:
            try:
                policy = (await by_digest(self._office, connection, digest)).policy
            except PolicyNotKept:
                return None
        if notice is None:
            return policy
        return next((one.policy for one in policy.notices if one.year == notice), None)
