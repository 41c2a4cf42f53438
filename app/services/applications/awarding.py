"""From the findings of an assessment to the awards of an application."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.rules.identifiers import item_key
from app.rules.procedure.ledger import AwardState
from app.services.applications.forms import yuan
from app.services.instants import new_id
from app.store.awards import AwardRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.services.applications.assessing import Assessed, Finding
    from app.store.applications import ApplicationRow


def awards_of(
    assessed: Assessed, row: ApplicationRow, before: Sequence[AwardRow], now: datetime
) -> tuple[AwardRow, ...]:
    """The awards as the assessment has them, in its order; what was assessed before keeps its id."""
    known = {(award.measure, award.item): award for award in before}
    found: list[AwardRow] = []
    for ordinal, finding in enumerate(assessed.findings):
        old = known.pop(finding.place, None)
        found.append(_award(finding, row, ordinal, now, new_id("awd") if old is None else old.id, old))
    # An item that the assessment no longer looks at, since the measure ended before: kept, as not eligible.
    gone = sorted(known.values(), key=lambda award: award.ordinal)
    found += [
        replace(award, ordinal=len(found) + place, state=AwardState.INELIGIBLE, assessed=None, ceiling=None)
        for place, award in enumerate(gone)
    ]
    return tuple(found)


def difference(before: Sequence[AwardRow], after: Sequence[AwardRow]) -> list[dict[str, Any]]:
    """What a new assessment changed, award by award; empty when nothing of weight did."""
    old = {award.id: award for award in before}
    changes = []
    for award in after:
        then = old.pop(award.id, None)
        was, now = _weight(then), _weight(award)
        if was != now:
            changes.append(
                {"award": award.id, "measure": award.measure, "item": award.item, "was": was, "now": now}
            )
    return changes


def _weight(award: AwardRow | None) -> dict[str, Any] | None:
    if award is None:
        return None
    return {"state": award.state, "assessed": yuan(award.assessed), "ceiling": yuan(award.ceiling)}


def _award(
    finding: Finding, row: ApplicationRow, ordinal: int, now: datetime, award_id: str, old: AwardRow | None
) -> AwardRow:
    counted = finding.counted
    eligible = finding.verdict == "eligible"
    return AwardRow(
        mode=row.mode,
        id=award_id,
        application=row.id,
        platform=row.platform,
        organisation=row.organisation,
        ordinal=ordinal,
        policy=row.policy,
        measure=finding.measure.id,
        ledger_key=finding.measure.ledger_key,
        year=row.year,
        item=finding.item,
        item_key=None if finding.item is None else item_key(finding.item),
        level=counted.level,
        items=counted.items,
        item_keys=dict(counted.keys),
        kind=finding.measure.award.kind,
        assessed=finding.assessed if eligible else None,
        ceiling=finding.ceiling if eligible else None,
        amount=None,
        state=AwardState.ASSESSED if eligible else AwardState.INELIGIBLE,
        reason=None,
        clawed_back=0 if old is None else old.clawed_back,
        recovered=0 if old is None else old.recovered,
        limit_keys=(),
        created_at=now if old is None else old.created_at,
        updated_at=now,
    )
