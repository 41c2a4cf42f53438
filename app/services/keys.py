"""API keys: made by an administrator, shown once, revoked for good."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.rules.procedure.callers import Scope
from app.schemas.bodies import read_body
from app.schemas.keys import NewKey
from app.services.access import hash_of
from app.services.instants import new_id, say
from app.services.orders import Answer, Plan, etag
from app.services.refusals import Forbidden, NotFound
from app.services.trail import record
from app.store import keys
from app.store.acting import EVERYTHING, Sight, acting, enter
from app.store.keys import KeyRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from app.rules.procedure.callers import Caller
    from app.services.office import Work

CHAIN = "keys"
_HINT = 4


def new_secret(mode: str) -> str:
    """`dx_live_` or `dx_test_` and 43 characters: 256 random bits."""
    return f"dx_{mode}_{secrets.token_urlsafe(32)}"


def sight_of_keys(caller: Caller) -> Sight:
    """A live administrator sees and makes keys of both modes, a test administrator those of the sandbox."""
    return Sight(EVERYTHING if caller.mode == "live" else caller.mode, EVERYTHING)


def key_form(row: KeyRow) -> dict[str, Any]:
    """The key as the API shows it."""
    return {
        "id": row.id,
        "name": row.name,
        "scopes": row.scopes,
        "platform": row.platform,
        "person": row.person,
        "mode": row.mode,
        "hint": row.hint,
        "created_by": row.created_by,
        "created_at": say(row.created_at),
        "expires_at": None if row.expires_at is None else say(row.expires_at),
        "revoked_at": None if row.revoked_at is None else say(row.revoked_at),
    }


async def keep_key(connection: AsyncConnection, row: KeyRow, secret: str, actor: Mapping[str, str]) -> None:
    """Keep a new key and write its event; of the secret nothing stays but its hash."""
    await keys.add(connection, row, hash_of(secret))
    data = {
        "key": row.id,
        "scopes": row.scopes,
        "platform": row.platform,
        "person": row.person,
        "expires_at": None if row.expires_at is None else say(row.expires_at),
    }
    await record(
        connection, mode=row.mode, chain=CHAIN, kind="key.created", at=row.created_at, actor=actor, data=data
    )


def hint_of(secret: str) -> str:
    """Enough to tell keys apart, too little to guess one."""
    return f"…{secret[-_HINT:]}"


def create_plan() -> Plan[None, NewKey]:
    """Make a key."""
    return Plan(find=_see_keys, lock=_nothing_to_lock, read=_read, act=_create)


async def _see_keys(work: Work) -> None:
    await enter(work.connection, sight_of_keys(work.caller))


async def _nothing_to_lock(_work: Work, _found: None) -> None:
    return None


async def _read(work: Work, _found: None, body: object) -> NewKey:
    asked = read_body(NewKey, body)
    if asked.expires_at is not None and asked.expires_at <= work.now:
        words = Words("应为将来的时间", "must be in the future")
        raise InputErrors((InputError("/expires_at", "range", words),))
    if work.mode == "test" and asked.mode == "live":
        raise Forbidden(Words("测试密钥只能签发测试密钥", "A test key makes test keys only"))
    return asked


async def _create(work: Work, _found: None, asked: NewKey) -> Answer:
    mode = asked.mode or work.mode
    secret = new_secret(mode)
    row = KeyRow(
        mode=mode,
        id=new_id("key"),
        name=asked.name,
        hint=hint_of(secret),
        scopes=[str(scope) for scope in asked.scopes],
        platform=asked.platform,
        person=asked.person,
        created_by=work.caller.name,
        created_at=work.now,
        expires_at=asked.expires_at,
    )
    await keep_key(work.connection, row, secret, work.caller.actor(Scope.ADMIN))
    form = key_form(row)
    headers = {"Location": f"/v1/keys/{row.id}", "ETag": etag(row.version)}
    return Answer(201, {**form, "secret": secret}, headers, on_replay={**form, "secret": None})


def revoke_plan(key: str) -> Plan[KeyRow, None]:
    """Revoke a key. Revoked again, nothing changes."""

    async def find(work: Work) -> KeyRow:
        await _see_keys(work)
        return await _found(work.connection, key)

    async def lock(work: Work, _: KeyRow) -> KeyRow:
        return await _found(work.connection, key, lock=True)

    async def revoke(work: Work, row: KeyRow, _: None) -> Answer:
        if row.revoked_at is None:
            await keys.revoke(work.connection, row.id, work.now)
            await record(
                work.connection,
                mode=row.mode,
                chain=CHAIN,
                kind="key.revoked",
                at=work.now,
                actor=work.caller.actor(Scope.ADMIN),
                data={"key": row.id},
            )
        return Answer(204, None)

    return Plan(find=find, lock=lock, read=_read_nothing, act=revoke, guarded=True, keyed=False)


async def _read_nothing(_work: Work, _row: KeyRow, body: object) -> None:
    if body is not None:
        raise InputErrors((InputError("", "unknown_field", Words("此处没有内容", "There is no body here")),))


async def _found(connection: AsyncConnection, key: str, *, lock: bool = False) -> KeyRow:
    row = await keys.find(connection, key, lock=lock)
    if row is None:
        raise NotFound
    return row


async def read_key(engine: AsyncEngine, caller: Caller, key: str) -> KeyRow:
    """One key. Raises NotFound."""
    async with acting(engine, sight_of_keys(caller)) as connection:
        return await _found(connection, key)


async def list_keys(engine: AsyncEngine, caller: Caller, after: str | None, most: int) -> list[KeyRow]:
    """Keys in the order in which they were made, after the one of this id."""
    async with acting(engine, sight_of_keys(caller)) as connection:
        return await keys.page(connection, after, most)


def admin_row(*, name: str, secret: str, at: datetime) -> KeyRow:
    """A live administrator's key that the service makes by itself."""
    return KeyRow(
        mode="live",
        id=new_id("key"),
        name=name,
        hint=hint_of(secret),
        scopes=[str(Scope.ADMIN)],
        platform=None,
        person="admin",
        created_by="duixian",
        created_at=at,
        expires_at=None,
    )
