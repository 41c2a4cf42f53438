"""What an approval may take where a budget or places are shared by all applicants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from app.rules.allotment import AllotBy, Last
from app.rules.money import format_yuan
from app.rules.policy import Words
from app.rules.procedure.claiming import allotment_use
from app.rules.procedure.ledger import AwardState
from app.services.refusals import Refusal
from app.store import allocations, ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.allotment import Allotment
    from app.rules.policy import Measure, Policy
    from app.services.office import Work
    from app.store.allocations import LineRow
    from app.store.awards import AwardRow
    from app.store.ledger import Shared


class Within(NamedTuple):
    """The awards as they may be approved, and the runs that say so: award -> run."""

    awards: tuple[AwardRow, ...]
    runs: dict[str, str]


async def within_allotments(work: Work, policy: Policy, decided: Sequence[AwardRow]) -> Within:
    """Hold what is shared, and cut each award to what is left or what the latest run grants.

    Raises Refusal: `not-allotted` where scores or a common factor decide and the latest run gives the application
    nothing; `cap-exceeded` where nothing is left.
    """
    shared = [
        (allotment_use(measure, measure.allotment, award.year), award, measure, measure.allotment)
        for award in decided
        if award.state == AwardState.RESERVED
        and (measure := policy.measure(award.measure)) is not None
        and measure.allotment is not None
    ]
    found = {award.id: award for award in decided}
    runs: dict[str, str] = {}
    # In the order of keys, as every writer: and first, so that a run under way is waited for and then seen.
    for use, award, measure, allotment in sorted(shared, key=lambda one: one[0]):
        held = await ledger.hold(work.connection, work.mode, use)
        if allotment.by is AllotBy.ARRIVAL:
            found[award.id] = _first_come(allotment, award, held)
        else:
            line = await _line_of(work, measure, award)
            runs[award.id] = line.run
            if award.assessed is not None:
                found[award.id] = replace(award, amount=min(award.amount or 0, line.granted))
    return Within(tuple(found[award.id] for award in decided), runs)


def _first_come(allotment: Allotment, award: AwardRow, held: Shared) -> AwardRow:
    """What is left; of a budget whoever crosses it gets the rest, or nothing."""
    wanted = (award.amount or 0) if allotment.in_money else 1
    if wanted <= held.left:
        return award
    if allotment.last is Last.PARTIAL and held.left > 0:
        return replace(award, amount=held.left)
    left = format_yuan(held.left) if allotment.in_money else held.left
    zh, en = (
        (f"预算只剩 {left} 元", f"only {left} yuan of the budget are left")
        if allotment.in_money
        else ("名额已用完", "every place is taken")
    )
    raise Refusal(
        Words(f"{award.measure}：{zh}", f"{award.measure}: {en}"),
        kind="cap-exceeded",
        award=award.id,
        measure=award.measure,
        left=left,
    )


async def _line_of(work: Work, measure: Measure, award: AwardRow) -> LineRow:
    """What the latest run grants the application. Raises Refusal."""
    run = await allocations.latest(work.connection, work.mode, measure.ledger_key, award.year)
    line = None
    if run is not None:
        line = await allocations.line_of(work.connection, run, award.application)
    if line is not None and line.outcome in ("granted", "partly"):
        return line
    outcome = None if line is None else line.outcome
    zh, en = _WHY[outcome]
    raise Refusal(
        Words(f"{award.measure}：{zh}", f"{award.measure}: {en}"),
        kind="not-allotted",
        award=award.id,
        measure=award.measure,
        allocation=run,
        outcome=outcome,
    )


_WHY = {
    None: (
        "最近一次分配不含本申请，请先分配",
        "the latest run does not name this application: share the budget or the places first",
    ),
    "none": ("最近一次分配未给予", "the latest run gives it nothing"),
    "needs_decision": (
        "并列待定：请在新的分配中以 precedence 说明先后",
        "it is one of equals: say with `precedence` of a new run who goes first",
    ),
    "undetermined": ("评分所需的事实未知", "a fact that scores it is not known"),
}
