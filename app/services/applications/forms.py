"""Applications and awards as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.money import format_yuan
from app.rules.procedure.applications import allowed_actions
from app.services.instants import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from app.rules.procedure.callers import Caller
    from app.services.applications.cases import Case
    from app.services.office import Practice
    from app.store.applications import ApplicationRow
    from app.store.awards import AwardRow
    from app.store.proceedings import ObjectionRow, PaymentRow


def application_form(
    case: Case, caller: Caller, practice: Practice, documents: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """The whole application, for who may read it."""
    row = case.row
    return {
        **_head(row),
        "applicant": row.applicant,
        "facts": row.facts,
        "documents": list(documents),
        "awards": [award_form(award) for award in case.awards],
        "assessment": row.assessment,
        "returned": row.returned,
        "public_notice": public_notice_form(row),
        "objections": [objection_form(one, caller) for one in case.objections],
        "payments": [payment_form(one) for one in case.payments],
        "on_hold": row.on_hold,
        "answer_by": day_text(row.answer_by),
        "allowed_actions": [
            str(action) for action in allowed_actions(case.position(practice), caller.scopes)
        ],
        "flags": row.flags,
        **_moments(row),
    }


def summary_form(row: ApplicationRow, applicant: dict[str, Any]) -> dict[str, Any]:
    """An application in a list: without facts; `applicant` masked unless the caller may read it."""
    return {
        **_head(row),
        "applicant": applicant,
        "assessment": row.assessment,
        "answer_by": day_text(row.answer_by),
        "on_hold": row.on_hold,
        "flags": row.flags,
        **_moments(row),
    }


def award_form(award: AwardRow) -> dict[str, Any]:
    return {
        "id": award.id,
        "measure": award.measure,
        "item": award.item if award.item is not None else None,
        "kind": award.kind,
        "assessed": yuan(award.assessed),
        "ceiling": yuan(award.ceiling),
        "amount": yuan(award.amount),
        "state": award.state,
        "clawed_back": format_yuan(award.clawed_back),
        "recovered": format_yuan(award.recovered),
        "reason": award.reason,
    }


def objection_form(one: ObjectionRow, caller: Caller) -> dict[str, Any]:
    """Who objects is for officers only."""
    objector = one.objector if caller.platform is None and one.objector is not None else {}
    return {
        "id": one.id,
        "by": objector.get("by"),
        "contact": objector.get("contact"),
        "text": objector.get("text"),
        "received_on": day_text(one.received_on),
        "awards": None if one.awards is None else list(one.awards),
        "outcome": one.outcome,
        "reason": one.reason,
        "recorded_at": say(one.recorded_at),
        "resolved_at": moment_text(one.resolved_at),
    }


def payment_form(one: PaymentRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "instalment": one.instalment,
        "payee": one.payee,
        "amount": format_yuan(one.amount),
        "awards": list(one.awards),
        "parts": [
            {"award": award, "amount": format_yuan(share)}
            for award, share in zip(one.awards, one.shares, strict=True)
        ],
        "state": one.state,
        "reference": one.reference,
        "paid_on": day_text(one.paid_on),
        "reason": one.reason,
        "ordered_at": say(one.ordered_at),
        "confirmed_at": moment_text(one.confirmed_at),
        "failed_at": moment_text(one.failed_at),
    }


def public_notice_form(row: ApplicationRow) -> dict[str, Any] | None:
    if row.public_from is None:
        return None
    return {
        "days": row.public_days,
        "from": day_text(row.public_from),
        "last_day": day_text(row.public_last_day),
    }


def yuan(fen: int | None) -> str | None:
    return None if fen is None else format_yuan(fen)


def day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def moment_text(moment: datetime | None) -> str | None:
    return None if moment is None else say(moment)


def _head(row: ApplicationRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "external_ref": row.external_ref,
        "policy": {
            "id": row.policy,
            "version": row.policy_version,
            "digest": row.policy_digest,
            "notice": row.notice,
        },
        "year": row.year,
        "mode": row.mode,
        "platform": row.platform,
        "status": row.status,
        "measures": list(row.measures),
    }


def _moments(row: ApplicationRow) -> dict[str, Any]:
    return {
        "created_at": say(row.created_at),
        "updated_at": say(row.updated_at),
        "submitted_at": moment_text(row.submitted_at),
    }
