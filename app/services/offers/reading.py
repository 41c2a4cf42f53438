"""Read offers, as far as the caller may see them: platforms what is open and what they answered, officers all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from app.rules.money import format_yuan
from app.rules.procedure.masking import mask_name, mask_uscc
from app.rules.procedure.offers import allowed_offer_actions
from app.services.instants import now, say
from app.services.office import sight_of
from app.services.refusals import NotFound
from app.store import offers
from app.store.acting import acting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.rules.procedure.callers import Caller
    from app.services.office import Office
    from app.store.offers import OfferRow


async def one(office: Office, caller: Caller, offer: str) -> tuple[dict[str, Any], int]:
    """An offer and its version. Raises NotFound, also for one that another platform answered."""
    async with acting(office.engine, sight_of(caller)) as connection:
        row = await offers.find(connection, caller.mode, offer)
    if row is None:
        raise NotFound
    return offer_form(row, caller, now()), row.version


async def listed(
    office: Office, caller: Caller, filters: Mapping[str, Any], after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of offers, newest first, and the id to go on after; None on the last page."""
    async with acting(office.engine, sight_of(caller)) as connection:
        rows = await offers.page(connection, caller.mode, caller.platform, filters, after, limit + 1)
    moment = now()
    items = [_masked(_head(row, caller, moment)) for row in rows[:limit]]
    return items, rows[limit - 1].id if len(rows) > limit else None


def offer_form(row: OfferRow, caller: Caller, clock: datetime) -> dict[str, Any]:
    """The whole offer. What it rests on is for officers; a platform sees the assessment of its application."""
    return {
        **_head(row, caller, clock),
        "consent": row.consent,
        "basis": _basis(row) if caller.platform is None else None,
    }


def _head(row: OfferRow, caller: Caller, clock: datetime) -> dict[str, Any]:
    allowed = allowed_offer_actions(row.status, expired=row.expires_at <= clock, scopes=caller.scopes)
    return {
        "id": row.id,
        "mode": row.mode,
        "uscc": row.uscc,
        "name": row.name,
        "policy": {
            "id": row.policy,
            "version": row.policy_version,
            "digest": row.policy_digest,
            "notice": row.notice,
        },
        "year": row.year,
        "measure": row.measure,
        "kind": row.kind,
        "amount": format_yuan(row.amount),
        "items": [{"item": one["item"], "amount": format_yuan(one["amount"])} for one in row.items],
        "status": row.status,
        "reason": row.reason,
        "platform": row.platform,
        "application": row.application,
        "allowed_actions": [str(action) for action in allowed],
        "offered_at": say(row.offered_at),
        "expires_at": say(row.expires_at),
        "answered_at": None if row.answered_at is None else say(row.answered_at),
    }


def _basis(row: OfferRow) -> dict[str, Any]:
    result = orjson.loads(row.result)
    return {
        "match": row.match,
        "matched_by": row.matched_by,
        "as_of": row.as_of.isoformat(),
        "engine_version": row.engine_version,
        "facts": {
            "stated_on": row.facts_on.isoformat(),
            "source": row.facts_source,
            "digest": row.ground,
        },
        "request": orjson.loads(row.request),
        "result": result,
        "result_hash": row.result_hash,
        "records": row.records,
    }


def _masked(form: dict[str, Any]) -> dict[str, Any]:
    """Code and name as lists show them."""
    code = form["uscc"]
    name = mask_name(form["name"]) if code.startswith("92") else form["name"]
    return {**form, "uscc": mask_uscc(code), "name": name}
