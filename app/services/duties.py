"""What the service does by itself, again and again. A duty is safe to do twice, and finds out itself what is due."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from app.services.applications.reviewing import withdraw_unanswered
from app.services.documents import remove_unused
from app.services.job_running import remove_expired
from app.services.offers.daily import expire_offers, plan_tonight
from app.services.offers.running import run_matches
from app.services.offers.touched import look_again
from app.store import retention, webhooks
from app.store.acting import EVERYWHERE, acting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.services.heads_folder import HeadsFolder
    from app.services.office import Office

KEYS_KEPT = timedelta(days=7)
DOCUMENTS_KEPT = timedelta(days=7)
LOG_KEPT = timedelta(days=30)
_AT_ONCE = 1_000
EVERY_TEN_SECONDS = "* * * * * */10"
"""Seconds come last: what somebody waits for."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done now and then."""

    name: str
    every: str
    """When, as cron has it, in UTC. Often: a service that was down at its hour makes up for it soon."""
    perform: Callable[[Office, datetime], Awaitable[int]]
    """Does what is due at the moment; how much it was."""


async def forget_idempotency_keys(office: Office, now: datetime) -> int:
    """Answers are kept for seven days."""
    return await _in_pieces(
        office, lambda connection: retention.forget_keys(connection, now - KEYS_KEPT, _AT_ONCE)
    )


async def remove_unused_documents(office: Office, now: datetime) -> int:
    """Documents that no application took within seven days."""
    return await remove_unused(office, now - DOCUMENTS_KEPT)


async def trim_webhooks(office: Office, now: datetime) -> int:
    """The log of deliveries is kept for 30 days, a secret that was replaced for as long as it signs."""
    async with acting(office.engine, EVERYWHERE) as connection:
        await webhooks.forget_secrets(connection, now)
    return await _in_pieces(
        office, lambda connection: retention.forget_deliveries(connection, now - LOG_KEPT, _AT_ONCE)
    )


async def _in_pieces(office: Office, forget: Callable[[AsyncConnection], Awaitable[int]]) -> int:
    """So that no transaction is long."""
    done = 0
    while True:
        async with acting(office.engine, EVERYWHERE) as connection:
            some = await forget(connection)
        done += some
        if some < _AT_ONCE:
            return done


def duties(heads: HeadsFolder | None) -> tuple[Duty, ...]:
    """All of them; heads are exported where there is a key to sign them."""

    async def export_heads(_office: Office, now: datetime) -> int:
        return 0 if heads is None else await asyncio.to_thread(heads.export_of_day, now)

    return (
        Duty("withdraw-unanswered", "*/5 * * * *", withdraw_unanswered),
        Duty("expire-offers", "*/5 * * * *", expire_offers),
        Duty("plan-tonight", "*/10 * * * *", plan_tonight),
        Duty("run-matches", EVERY_TEN_SECONDS, run_matches),
        Duty("look-again", EVERY_TEN_SECONDS, look_again),
        Duty("remove-unused-documents", "17 * * * *", remove_unused_documents),
        Duty("forget-idempotency-keys", "27 * * * *", forget_idempotency_keys),
        Duty("trim-webhooks", "37 * * * *", trim_webhooks),
        Duty("remove-expired-jobs", "7 * * * *", remove_expired),
        Duty("export-heads", "47 * * * *", export_heads),
    )
