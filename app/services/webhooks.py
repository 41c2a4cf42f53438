"""Webhooks of a platform: registered, changed, given new secrets, and told again what they missed."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.rules.procedure.callers import Scope
from app.rules.procedure.delivering import spoken_secret
from app.schemas.bodies import Sent, read_body
from app.schemas.webhooks import ChangedWebhook, NewWebhook, ReplayedWebhook
from app.services.instants import new_id, say
from app.services.office import sight_of
from app.services.orders import Answer, Plan, etag, nothing, unlocked
from app.services.receivers import UrlRefused
from app.services.refusals import NotFound, Refusal
from app.services.trail import record
from app.store import feed, webhooks
from app.store.acting import acting
from app.store.feed import BEGINNING
from app.store.webhooks import DeliveryRow, EndpointRow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.rules.procedure.callers import Caller
    from app.services.office import Office, Work
    from app.services.receivers import Receivers

CHAIN = "webhooks"
MOST_WEBHOOKS = 20
"""Of one platform in one mode."""
BOTH_SECRETS = timedelta(hours=24)
_URL_MISTAKES = {
    "url": Words(
        "应为完整的网址，不含用户名和片段", "must be a whole URL, without a user name or a fragment"
    ),
    "https": Words("须用 https", "must use https"),
    "name": Words("主机名无法解析", "names a host that cannot be resolved"),
    "address": Words("不得指向内部、本机或保留的地址", "may not lead to an inner, local or reserved address"),
}


class NoFields(Sent):
    """An empty object, or no body at all."""


def webhook_form(row: EndpointRow) -> dict[str, Any]:
    """The webhook as the API shows it, without its secrets."""
    return {
        "id": row.id,
        "mode": row.mode,
        "platform": row.platform,
        "url": row.url,
        "event_types": list(row.event_types),
        "enabled": row.enabled,
        "disabled_reason": row.disabled_reason,
        "both_secrets_until": None if row.previous_until is None else say(row.previous_until),
        "created_at": say(row.created_at),
        "updated_at": say(row.updated_at),
    }


def delivery_form(row: DeliveryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "event": row.event,
        "type": row.type,
        "application": row.application,
        "seq": row.seq,
        "state": row.state,
        "attempts": row.attempts,
        "last_status": row.last_status,
        "last_error": row.last_error,
        "next_attempt_at": say(row.next_attempt_at) if row.state == "pending" else None,
        "created_at": say(row.created_at),
        "delivered_at": None if row.delivered_at is None else say(row.delivered_at),
    }


def create_plan(receivers: Receivers) -> Plan[None, NewWebhook]:
    """Register a webhook; its secret is shown once."""

    async def read(_work: Work, _found: None, body: object) -> NewWebhook:
        given = read_body(NewWebhook, body)
        await _check(receivers, given.url)
        return given

    async def act(work: Work, _found: None, given: NewWebhook) -> Answer:
        platform = _platform(work)
        if await webhooks.count(work.connection, work.mode, platform) >= MOST_WEBHOOKS:
            words = Words(f"最多 {MOST_WEBHOOKS} 个 webhook", f"There can be {MOST_WEBHOOKS} webhooks")
            raise Refusal(words, kind="conflict")
        row = EndpointRow(
            mode=work.mode,
            id=new_id("whk"),
            platform=platform,
            url=given.url,
            event_types=tuple(given.event_types),
            secret=secrets.token_bytes(32),
            previous_secret=None,
            previous_until=None,
            enabled=True,
            disabled_reason=None,
            version=1,
            created_at=work.now,
            updated_at=work.now,
        )
        await webhooks.add(work.connection, row)
        await _tell(work, row, "webhook.created")
        return _with_secret(row, 201, {"Location": f"/v1/webhooks/{row.id}"})

    return Plan(find=nothing, lock=unlocked, read=read, act=act)


def change_plan(receivers: Receivers, webhook: str) -> Plan[EndpointRow, ChangedWebhook]:
    """Change where or what is sent, or switch it on or off."""

    async def read(_work: Work, _row: EndpointRow, body: object) -> ChangedWebhook:
        given = read_body(ChangedWebhook, body)
        if given.url is not None:
            await _check(receivers, given.url)
        return given

    async def act(work: Work, row: EndpointRow, given: ChangedWebhook) -> Answer:
        enabled = row.enabled if given.enabled is None else given.enabled
        changed = await _save(
            work,
            replace(
                row,
                url=row.url if given.url is None else given.url,
                event_types=row.event_types if given.event_types is None else tuple(given.event_types),
                enabled=enabled,
                disabled_reason=None if enabled else row.disabled_reason,
            ),
            "webhook.changed",
        )
        return Answer(200, webhook_form(changed), {"ETag": etag(changed.version)})

    return Plan(find=_finder(webhook), lock=_lock, read=read, act=act, guarded=True, keyed=False)


def rotate_plan(webhook: str) -> Plan[EndpointRow, NoFields]:
    """A new secret; the one before signs as well for a day, so that receivers can change over."""

    async def act(work: Work, row: EndpointRow, _given: NoFields) -> Answer:
        changed = await _save(
            work,
            replace(
                row,
                secret=secrets.token_bytes(32),
                previous_secret=row.secret,
                previous_until=work.now + BOTH_SECRETS,
            ),
            "webhook.secret_rotated",
        )
        return _with_secret(changed, 200, {})

    return Plan(find=_finder(webhook), lock=_lock, read=_read_nothing, act=act, guarded=True)


def remove_plan(webhook: str) -> Plan[EndpointRow, NoFields]:
    """Remove it with what is still to be delivered."""

    async def act(work: Work, row: EndpointRow, _given: NoFields) -> Answer:
        await webhooks.remove(work.connection, row.id)
        await _tell(work, row, "webhook.removed")
        return Answer(204, None)

    return Plan(find=_finder(webhook), lock=_lock, read=_read_nothing, act=act, guarded=True, keyed=False)


def replay_plan(webhook: str) -> Plan[EndpointRow, ReplayedWebhook]:
    """Deliver again from a moment or an event on; what is still pending is not doubled."""

    async def read(_work: Work, _row: EndpointRow, body: object) -> ReplayedWebhook:
        given = read_body(ReplayedWebhook, body)
        if (given.after is None) == (given.from_event is None):
            words = Words("应给出 after 或 from_event 之一", "needs either after or from_event")
            raise InputErrors((InputError("", "required", words),))
        return given

    async def act(work: Work, row: EndpointRow, given: ReplayedWebhook) -> Answer:
        place = BEGINNING
        if given.from_event is not None:
            found = await feed.place_of(work.connection, work.mode, given.from_event)
            if found is None:
                words = Words("没有这个事件", "There is no such event")
                raise InputErrors((InputError("/from_event", "choice", words),))
            place = found
        made = await webhooks.replay(work.connection, row.id, work.now, since=given.after, place=place)
        return Answer(202, {"deliveries": made})

    return Plan(find=_finder(webhook), lock=_lock, read=read, act=act)


def redeliver_plan(webhook: str, delivery: str) -> Plan[EndpointRow, NoFields]:
    """Make one delivery due again."""

    async def act(work: Work, row: EndpointRow, _given: NoFields) -> Answer:
        found = await webhooks.redeliver(work.connection, row.id, delivery, work.now)
        if found is None:
            raise NotFound
        return Answer(202, delivery_form(found))

    async def find(work: Work) -> EndpointRow:
        row = await _found(work, webhook)
        if not await webhooks.has_delivery(work.connection, webhook, delivery):
            raise NotFound
        return row

    return Plan(find=find, lock=_lock, read=_read_nothing, act=act)


async def one(office: Office, caller: Caller, webhook: str) -> tuple[dict[str, Any], int]:
    """A webhook and its version. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        row = await webhooks.find(connection, caller.mode, webhook)
    if row is None:
        raise NotFound
    return webhook_form(row), row.version


async def listed(
    office: Office, caller: Caller, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of webhooks, and the id to go on after."""
    async with acting(office.engine, sight_of(caller)) as connection:
        rows = await webhooks.page(connection, caller.mode, caller.platform, after, limit + 1)
    return [webhook_form(row) for row in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None


async def deliveries(
    office: Office, caller: Caller, webhook: str, state: str | None, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of the log of a webhook, newest events first. Raises NotFound."""
    async with acting(office.engine, sight_of(caller)) as connection:
        if await webhooks.find(connection, caller.mode, webhook) is None:
            raise NotFound
        rows = await webhooks.deliveries(connection, webhook, state, after, limit + 1)
    return [delivery_form(row) for row in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None


def _finder(webhook: str) -> Callable[[Work], Awaitable[EndpointRow]]:
    async def find(work: Work) -> EndpointRow:
        return await _found(work, webhook)

    return find


async def _found(work: Work, webhook: str, *, lock: bool = False) -> EndpointRow:
    row = await webhooks.find(work.connection, work.mode, webhook, lock=lock)
    if row is None:
        raise NotFound
    return row


async def _lock(work: Work, row: EndpointRow) -> EndpointRow:
    return await _found(work, row.id, lock=True)


async def _read_nothing(_work: Work, _row: EndpointRow, body: object) -> NoFields:
    return read_body(NoFields, body)


async def _check(receivers: Receivers, url: str) -> None:
    """Raises InputErrors for a URL that may not be called."""
    try:
        await receivers.check(url)
    except (UrlRefused, TimeoutError) as error:
        code = error.code if isinstance(error, UrlRefused) else "name"
        raise InputErrors((InputError("/url", "format", _URL_MISTAKES[code]),)) from None


async def _save(work: Work, row: EndpointRow, kind: str) -> EndpointRow:
    changed = replace(row, version=row.version + 1, updated_at=work.now)
    await webhooks.save(work.connection, changed)
    await _tell(work, changed, kind)
    return changed


async def _tell(work: Work, row: EndpointRow, kind: str) -> None:
    """The event of a change. The URL is left out: it can hold a secret."""
    data = {"webhook": row.id, "platform": row.platform, "enabled": row.enabled}
    await record(
        work.connection,
        mode=row.mode,
        chain=CHAIN,
        kind=kind,
        at=work.now,
        actor=work.caller.actor(Scope.APPLY),
        data=data,
    )


def _with_secret(row: EndpointRow, status: int, headers: dict[str, str]) -> Answer:
    form = webhook_form(row)
    return Answer(
        status,
        {**form, "secret": spoken_secret(row.secret)},
        {"ETag": etag(row.version), **headers},
        on_replay={**form, "secret": None},
    )


def _platform(work: Work) -> str:
    platform = work.caller.platform
    assert platform is not None  # the scope apply is a platform's
    return platform
