"""Answers to offers: consent makes an application that is accepted already, a refusal ends the offer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.money import format_yuan
from app.rules.policy import Words
from app.rules.procedure.applications import Status
from app.rules.procedure.callers import Scope
from app.rules.procedure.offers import (
    Bar,
    Granted,
    OfferAction,
    OfferStatus,
    allowed_offer_actions,
    granted_by,
)
from app.schemas.bodies import read_body
from app.schemas.offers import Consent, Declining
from app.services import documents
from app.services.applications import cases
from app.services.applications.assessing import assess, hashes_of, keep
from app.services.applications.awarding import awards_of
from app.services.applications.cases import Change
from app.services.instants import new_id, say
from app.services.offers import standing
from app.services.offers.looking import says_the_same
from app.services.offers.reading import offer_form
from app.services.orders import Answer, Plan, etag
from app.services.refusals import Kept, NotAllowedNow, NotFound, Refusal
from app.store import offers, organisation_facts, organisations
from app.store.applications import ApplicationRow

if TYPE_CHECKING:
    from app.services.applications.assessing import Assessed
    from app.services.office import Work
    from app.store.offers import OfferRow

_STALE = {
    "code": "records.stale",
    "message": {
        "zh": "失信名单未及时查询，暂按未列入评估；批准前须查询",
        "en": "A punishment list was not read lately: taken as not listed for now, to be read before approval",
    },
}
_NOT_YET = Words("不能晚于现在", "cannot be later than now")
_TOO_EARLY = Words("不能早于要约时间", "cannot be earlier than the offer")
_CHANGED = Words(
    "登记的事实或记录已变化，本要约不再有效；如仍符合条件，将重新提出",
    "The register or the records have changed, and the offer no longer stands; what is still due is offered anew",
)


def accept_plan(offer: str) -> Plan[OfferRow, Consent]:
    """The order by which an applicant consents."""

    async def read(work: Work, found: OfferRow, body: object) -> Consent:
        given = read_body(Consent, body)
        moment = given.consent.given_at
        if moment > max(work.now, work.clock):
            raise InputErrors((InputError("/consent/given_at", "range", _NOT_YET),))
        if found.mode == "live" and moment < found.offered_at:
            raise InputErrors((InputError("/consent/given_at", "range", _TOO_EARLY),))
        return given

    return _plan(offer, read, _accept)


def decline_plan(offer: str) -> Plan[OfferRow, Declining]:
    """The order by which an applicant declines."""

    async def read(_work: Work, _found: OfferRow, body: object) -> Declining:
        return read_body(Declining, body)

    return _plan(offer, read, _decline)


def _plan(offer: str, read: Any, act: Any) -> Plan[OfferRow, Any]:  # noqa: ANN401 - parts of a Plan
    async def find(work: Work) -> OfferRow:
        return await _found(work, offer)

    async def lock(work: Work, found: OfferRow) -> OfferRow:
        await organisations.lock(work.connection, work.mode, found.organisation)
        return await _found(work, offer, lock=True)

    return Plan(find=find, lock=lock, read=read, act=act, guarded=True)


async def _found(work: Work, offer: str, *, lock: bool = False) -> OfferRow:
    row = await offers.find(work.connection, work.mode, offer, lock=lock)
    if row is None:
        raise NotFound
    return row


def _must_allow(work: Work, row: OfferRow, action: OfferAction) -> None:
    expired = row.expires_at <= work.clock
    allowed = allowed_offer_actions(row.status, expired=expired, scopes=work.caller.scopes)
    if action not in allowed:
        is_over = expired and row.status == OfferStatus.OFFERED
        raise NotAllowedNow(OfferStatus.EXPIRED if is_over else row.status, allowed)


async def _accept(work: Work, row: OfferRow, given: Consent) -> Answer:
    _must_allow(work, row, OfferAction.ACCEPT)
    assert work.caller.platform is not None
    application = _application(work, row, work.caller.platform, given.external_ref)
    registered = await organisation_facts.ground(work.connection, work.mode, row.organisation, row.policy)
    assessed = None
    if registered == row.ground:
        assessed = await assess(work, application, "offer", assume_unlisted=True)
    if assessed is None or not _still_granted(row, assessed):
        await _fall(work, row, assessed)
    assert assessed is not None
    await _begin(work, row, application, assessed, given)
    consent = given.consent
    told = {
        "application": application.id,
        "given_at": say(consent.given_at),
        "text_sha256": consent.text_sha256,
    }
    changed = await standing.answer(
        work.connection,
        row,
        OfferStatus.ACCEPTED,
        work.now,
        work.caller.actor(Scope.APPLY),
        told,
        platform=work.caller.platform,
        application=application.id,
        consent={"by": consent.by, "given_at": say(consent.given_at), "text_sha256": consent.text_sha256},
    )
    return _answer(work, changed)


async def _decline(work: Work, row: OfferRow, given: Declining) -> Answer:
    _must_allow(work, row, OfferAction.DECLINE)
    changed = await standing.answer(
        work.connection,
        row,
        OfferStatus.DECLINED,
        work.now,
        work.caller.actor(Scope.APPLY),
        {"reason": given.reason},
        platform=work.caller.platform,
        reason=given.reason,
    )
    return _answer(work, changed)


def _answer(work: Work, row: OfferRow) -> Answer:
    return Answer(200, offer_form(row, work.caller, work.clock), {"ETag": etag(row.version)})


def _application(work: Work, row: OfferRow, platform: str, external_ref: str | None) -> ApplicationRow:
    """The application that consent makes: of the facts that were offered on."""
    request = orjson.loads(row.request)
    return ApplicationRow(
        mode=row.mode,
        id=new_id("app"),
        platform=platform,
        organisation=row.organisation,
        uscc=row.uscc,
        external_ref=external_ref,
        policy=row.policy,
        year=row.year,
        status=Status.ACCEPTED,
        measures=(row.measure,),
        applicant=request["applicant"],
        facts=request["facts"],
        flags=[],
        # Whoever ran the match has accepted, and neither approves nor resolves objections.
        accepted_by=(row.matched_by,),
        test_time=work.clock if work.clock != work.now else None,
        created_at=work.now,
        updated_at=work.now,
        submitted_at=work.clock,
    )


def _still_granted(row: OfferRow, assessed: Assessed) -> bool:
    granted = granted_by(assessed.evaluation.measures[0])
    return isinstance(granted, Granted) and says_the_same(row, granted)


async def _fall(work: Work, row: OfferRow, assessed: Assessed | None) -> None:
    """Withdraw an offer that has lost its ground, and refuse: whoever consents must know to what."""
    row = replace(row, platform=work.caller.platform)
    await standing.withdraw(work.connection, row, Bar.CHANGED, work.now)
    now = None if assessed is None else assessed.evaluation.measures[0]
    raise Kept(
        Refusal(
            _CHANGED,
            kind="assessment-changed",
            offer=row.id,
            difference=[
                {
                    "measure": row.measure,
                    "was": {"verdict": "eligible", "amount": format_yuan(row.amount)},
                    "now": None
                    if now is None
                    else {
                        "verdict": now.verdict,
                        "amount": None if now.amount is None else format_yuan(now.amount),
                    },
                }
            ],
        )
    )


async def _begin(
    work: Work, row: OfferRow, application: ApplicationRow, assessed: Assessed, given: Consent
) -> None:
    """The application, its documents, its assessment and its awards."""
    policy = assessed.published.policy
    bound = replace(
        application,
        policy_version=policy.version,
        policy_digest=policy.digest,
        notice=assessed.row.notice,
        flags=[_STALE] if assessed.basis.stale else [],
    )
    actor = work.caller.actor(Scope.APPLY)
    about = {"policy": bound.policy, "year": bound.year, "measures": list(bound.measures)}
    case = await cases.begin(work, bound, actor, {**about, "offer": row.id})
    if given.documents:
        await documents.attach(work, bound.id, given.documents)
        await documents.fix(work, bound.id)
    await keep(work, assessed)
    awards = awards_of(assessed, bound, (), work.now)
    told = {
        **hashes_of(assessed.row),
        "policy_digest": policy.digest,
        "offer": row.id,
        "accepted_by": row.matched_by,
        "awards": [{"award": a.id, "measure": a.measure, "state": str(a.state)} for a in awards],
    }
    change = Change(
        row=replace(case.row, assessment=assessed.row.n),
        kind="application.assessed",
        actor=actor,
        data=told,
        awards=awards,
    )
    await cases.write(work, case, change)
