"""The order that shares a measure's budget or places among the applications that are ready for approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules import ENGINE_VERSION
from app.rules.allotment import AllotBy, Ties
from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.language.lexing import nearest
from app.rules.policy import Words
from app.rules.procedure.callers import Scope
from app.rules.procedure.claiming import Use, allotment_use
from app.schemas.allocations import NewAllocation
from app.schemas.bodies import read_body
from app.services.allocations.claiming import Inputs, asked_of, result_of
from app.services.allocations.forms import run_form
from app.services.instants import new_id
from app.services.orders import Answer, Plan, nothing, unlocked
from app.services.published_policies import NoSuchPolicy, NotInForce
from app.services.refusals import Refusal
from app.services.trail import record
from app.store import allocations, ledger
from app.store.allocations import LineRow, RunRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.allotment import Allotment
    from app.rules.policy import Measure
    from app.services.allocations.claiming import Result
    from app.services.office import Work
    from app.services.published_policies import PublishedPolicy

CHAIN = "allocations"
_NOT_READY = Words("不在待批准的申请之列", "is no application that is ready for approval")
_TWICE = Words("重复", "is named twice")
_NO_REASON = Words("指明先后时须说明理由", "is required where `precedence` names applications")


class Wanted(NamedTuple):
    """What a body asks for, resolved."""

    given: NewAllocation
    published: PublishedPolicy
    measure: Measure
    allotment: Allotment


def allocation_plan() -> Plan[None, Wanted]:
    """The order that runs an allocation."""
    return Plan(find=nothing, lock=unlocked, read=_read, act=_run)


async def _read(work: Work, _found: None, body: object) -> Wanted:
    given = read_body(NewAllocation, body)
    published = _published(work, given)
    policy = published.policy
    shared = {one.id: one for one in policy.measures if one.allotment is not None}
    measure = shared.get(given.measure)
    if measure is None or measure.allotment is None:
        close = nearest(given.measure, shared)
        listed = ", ".join(shared) or "—"
        hint = ("", "") if close is None else (f"；是否为 {close}？", f"; did you mean {close}?")
        words = Words(
            f"不是由申请人分配预算或名额的措施，现有：{listed}{hint[0]}",
            f"is no measure whose budget or places are shared; there are: {listed}{hint[1]}",
        )
        raise InputErrors((InputError("/measure", "choice", words),))
    mistakes: list[InputError] = []
    precedence = given.precedence or []
    for place, name in enumerate(precedence):
        if name in precedence[:place]:
            mistakes.append(InputError(f"/precedence/{place}", "duplicate_id", _TWICE))
    if precedence and given.reason is None:
        mistakes.append(InputError("/reason", "required", _NO_REASON))
    if mistakes:
        raise InputErrors(tuple(mistakes))
    return Wanted(given, published, measure, measure.allotment)


def _published(work: Work, given: NewAllocation) -> PublishedPolicy:
    """The version in force today, under the notice of the year. Raises InputErrors."""
    try:
        return work.office.policies.in_force(given.policy, work.day).for_year(given.year, work.day)
    except NoSuchPolicy as error:
        words = Words("没有这个政策", f"is no policy; there are: {', '.join(error.known)}")
    except NotInForce:
        words = Words(f"{work.day} 没有有效的版本", f"has no version in force on {work.day}")
    raise InputErrors((InputError("/policy", "choice", words),))


async def _run(work: Work, _found: None, wanted: Wanted) -> Answer:
    given, published, measure, allotment = wanted
    if allotment.by is AllotBy.ARRIVAL:
        words = Words(
            "该措施先到先得，批准时即占用，无须分配",
            "First come, first served: approvals take from it, and nothing is run",
        )
        raise Refusal(words, kind="conflict")
    use = allotment_use(measure, allotment, given.year)
    held = await ledger.hold(work.connection, work.mode, use)
    ready = await allocations.ready(work.connection, work.mode, given.policy, given.year, given.measure)
    precedence = tuple(given.precedence or ())
    _check_precedence(precedence, {one.row.id for one in ready})
    left = max(0, allotment.whole - held.used)
    inputs = Inputs(allotment, left, precedence, asked_of(ready, published, measure, work.day))
    result = result_of(inputs)
    run = _row(work, wanted, use, held.used, inputs, result)
    lines = _lines(run, inputs, result)
    await allocations.add(work.connection, run, lines)
    # The text as it is now says what there is; equals who are all admitted may take more places.
    taken = (
        held.used + result.allotted.admitted if allotment.ties is Ties.ADMIT and not allotment.in_money else 0
    )
    await ledger.set_cap(work.connection, work.mode, Use(use.limit_key, max(allotment.whole, taken)))
    await _say(work, run)
    form = run_form(run, allotment, published.policy)
    return Answer(201, form, {"Location": f"/v1/allocations/{run.id}"})


def _check_precedence(precedence: Sequence[str], ready: set[str]) -> None:
    mistakes = [
        InputError(f"/precedence/{place}", "choice", _NOT_READY)
        for place, name in enumerate(precedence)
        if name not in ready
    ]
    if mistakes:
        raise InputErrors(tuple(mistakes[:100]))


def _row(work: Work, wanted: Wanted, use: Use, used: int, inputs: Inputs, result: Result) -> RunRow:
    policy, notice, allotted = wanted.published.policy, wanted.published.notice, result.allotted
    outcomes: dict[str, int] = {}
    for line in result.lines:
        outcomes[line.outcome] = outcomes.get(line.outcome, 0) + 1
    factor = allotted.factor
    return RunRow(
        mode=work.mode,
        id=new_id("alr"),
        policy=policy.id,
        policy_version=policy.version,
        policy_digest=policy.digest,
        notice=None if notice is None else notice.year,
        year=wanted.given.year,
        measure=wanted.measure.id,
        ledger_key=wanted.measure.ledger_key,
        limit_key=use.limit_key,
        as_of=work.day,
        engine_version=ENGINE_VERSION,
        cap=max(wanted.allotment.whole, used),
        used=used,
        demand=allotted.demand,
        spent=allotted.spent,
        outcomes=outcomes,
        factor=None if factor is None else f"{factor.numerator}/{factor.denominator}",
        cut_off=None if result.cut_off is None else list(result.cut_off),
        precedence=list(inputs.precedence),
        reason=wanted.given.reason,
        input_digest=inputs.digest(),
        result_digest=result.digest(),
        run_by=work.caller.name,
        run_at=work.now,
    )


def _lines(run: RunRow, inputs: Inputs, result: Result) -> list[LineRow]:
    asked = {one.application: one for one in inputs.asked}
    return [
        LineRow(
            mode=run.mode,
            run=run.id,
            position=position,
            application=told.application,
            award=asked[told.application].award,
            arrival=asked[told.application].arrival,
            amount=asked[told.application].amount,
            scores=None if (scores := asked[told.application].scores) is None else list(scores),
            rank=told.rank,
            outcome=told.outcome,
            granted=told.granted,
        )
        for position, told in enumerate(result.lines, 1)
    ]


async def _say(work: Work, run: RunRow) -> None:
    """An event of the chain of allocations."""
    scope = Scope.APPROVE if Scope.APPROVE in work.caller.scopes else Scope.ADMIN
    data = {
        "allocation": run.id,
        "policy": run.policy,
        "policy_digest": run.policy_digest,
        "measure": run.measure,
        "year": run.year,
        "precedence": run.precedence,
        "input_digest": run.input_digest,
        "result_digest": run.result_digest,
    }
    await record(
        work.connection, mode=work.mode, chain=CHAIN, kind="allocation.run", at=work.now,
        actor=work.caller.actor(scope), data=data,
    )  # fmt: skip
