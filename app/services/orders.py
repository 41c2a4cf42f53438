"""Orders: requests that change something. One transaction each, safe to send twice, refused in one order.

401 and 403 are settled before an order is made; here follow 404, 415, 400, replay, 428, 412, 422, 409. The key row
and the effect share the transaction: the loser of a race waits and then sees the stored answer, a crash strands
nothing, and only what was committed is ever replayed.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

import orjson

from app.rules.input.strict_json import parse_json
from app.rules.policy import Words
from app.services.constraints import refusal_of
from app.services.instants import now
from app.services.office import Work, sight_of
from app.services.refusals import InFlight, Kept, KeyMissing, KeyReused, PreconditionMissing, Refusal, Stale
from app.store import idempotency
from app.store.acting import entering
from app.store.failures import DatabaseRefused, is_collision, is_wait_over
from app.store.pipelining import BEGIN, COMMIT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from app.rules.procedure.callers import Caller
    from app.services.office import Office
    from app.store.pipelining import Call, Statement

_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
_TIMES = 3
"""How often a collision is tried again."""
_MISSING = Words(
    "请带上 Idempotency-Key 标头：1 至 255 个可见 ASCII 字符，同一操作重试时用同一个值",
    "Send an Idempotency-Key header: 1 to 255 visible ASCII characters, the same value when you retry",
)
_REUSED = Words("这个 Idempotency-Key 已用于另一个请求", "This Idempotency-Key was used for another request")
_IF_MATCH = Words(
    '请带上 If-Match 标头，值为读到的 ETag，例如 "7"；不接受 *',
    'Send If-Match with the ETag that you read, e.g. "7"; * is not taken',
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller gets. `content` is JSON; None for 204."""

    status: int
    content: dict[str, Any] | None
    headers: dict[str, str] = field(default_factory=dict)
    on_replay: dict[str, Any] | None = None
    """Stands for `content` when the answer is replayed: a secret is shown once."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as bytes."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """A request that changes something, as it came."""

    caller: Caller
    method: str
    route: str
    """The template, e.g. /v1/applications/{application}/submit."""
    path: str
    query: str
    body: Callable[[], bytes]
    """The body's bytes. Raises what 415 is for, where the content type is wrong."""
    key: str | None = None
    if_match: str | None = None
    validate_only: bool = False
    test_time: datetime | None = None


class Versioned(Protocol):
    """What an order works on, once it is locked."""

    @property
    def version(self) -> int: ...


Found = TypeVar("Found")
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Plan(Generic[Found, Given]):
    """How an order is carried out."""

    find: Callable[[Work], Awaitable[Found]]
    """Raises NotFound. Locks nothing."""
    lock: Callable[[Work, Found], Awaitable[Found]]
    """Locks organisation, then application, and reads them anew."""
    read: Callable[[Work, Found, object], Awaitable[Given]]
    """The body as it must be. Raises InputErrors: 422."""
    act: Callable[[Work, Found, Given], Awaitable[Answer]]
    """Does it. Raises a Refusal: 409."""
    guarded: bool = False
    """Whether If-Match is needed; Found is then Versioned."""
    keyed: bool = True
    """Whether an Idempotency-Key is needed."""
    open: Callable[[Work, idempotency.Claim | None], Awaitable[tuple[bool, Found | None]]] | None = None
    """In place of find, key and lock, in one round trip: whether the key is ours, and only then what was found."""


class _Begun(NamedTuple):
    """An order whose turn has come: nobody else carries it out, and what it works on is locked."""

    found: Any
    body: object
    claim: idempotency.Claim | None


async def carry_out(office: Office, order: Order, plan: Plan[Any, Any]) -> Sent:
    """The answer, once it is committed. Raises Refusal, InputErrors, NotJson and what `order.body` raises."""
    for left in range(_TIMES, -1, -1):
        try:
            return await _once(office, order, plan)
        except DatabaseRefused as error:
            if is_collision(error) and left:
                continue
            if is_collision(error) or is_wait_over(error):
                raise InFlight from None
            refusal = refusal_of(error)
            if refusal is None:
                raise
            raise refusal from None
    raise InFlight


async def _once(office: Office, order: Order, plan: Plan[Any, Any]) -> Sent:
    """One transaction; what is not committed when the connection is given back is rolled back."""
    moment = now()
    async with office.engine.connect() as connection:
        work = Work(office, connection, order.caller, moment, order.test_time or moment, writes_last=True)
        work.pending = [BEGIN, entering(sight_of(order.caller))]
        begun = await _begin(work, order, plan)
        if isinstance(begun, Sent):
            return begun
        found, body, claim = begun
        if plan.guarded:
            _check_version(order.if_match, found)
        given = await plan.read(work, found, body)
        try:
            answer = await plan.act(work, found, given)
        except Kept as kept_refusal:
            if not order.validate_only:
                await work.send(*([idempotency.forgetting(claim.key)] if claim else []), COMMIT)
            raise kept_refusal.refusal from None
        sent = Sent(answer.status, _bytes(answer.content), answer.headers)
        if order.validate_only:
            await work.send()  # the database has the last word on what would be written
            return sent
        last: list[Statement | Call] = [COMMIT]
        if claim is not None:
            replayed = sent.body if answer.on_replay is None else _bytes(answer.on_replay)
            last.insert(0, idempotency.keeping(claim.key, sent.status, sent.headers, replayed))
        await work.send(*last)
        return sent


async def _begin(work: Work, order: Order, plan: Plan[Any, Any]) -> _Begun | Sent:
    """Up to the locks; the first answer where the key was used before."""
    if plan.open is not None or plan.find is nothing:
        body, claim = await _read_first(work, order, plan)
        if plan.open is not None:
            is_ours, found = await plan.open(work, claim)
        else:
            is_ours, found = await _take(work, claim), None
    else:
        await work.send()
        found = await plan.find(work)
        body, claim = _read(order, plan)
        is_ours = await _take(work, claim)
    if claim is not None and not is_ours:
        return await _replayed(work, claim)
    return _Begun(found if plan.open is not None else await plan.lock(work, found), body, claim)


async def _read_first(
    work: Work, order: Order, plan: Plan[Any, Any]
) -> tuple[object, idempotency.Claim | None]:
    """Body and key, before it is looked for what they are for; where there is none, that goes first all the same."""
    read = None
    try:
        read = _read(order, plan)
    finally:
        if read is None:
            await work.send()
            await plan.find(work)
    return read


def _read(order: Order, plan: Plan[Any, Any]) -> tuple[object, idempotency.Claim | None]:
    """The body's JSON, and the key. Raises NotJson, KeyMissing and what `order.body` raises."""
    data = order.body()
    body = parse_json(data) if data else None
    key = _key_of(order, plan)
    return body, None if key is None else idempotency.Claim(key, _fingerprint(order, body))


def _key_of(order: Order, plan: Plan[Any, Any]) -> idempotency.KeyOf | None:
    if not plan.keyed or order.validate_only:
        return None
    if order.key is None or not _KEY.match(order.key):
        raise KeyMissing(_MISSING)
    caller = order.caller
    return idempotency.KeyOf(caller.mode, caller.owner, order.method, order.route, order.key)


async def _take(work: Work, claim: idempotency.Claim | None) -> bool:
    """Whether the key, where there is one, is ours."""
    if claim is None:
        await work.send()
        return True
    [row] = await work.send(idempotency.taking(claim, work.now))
    return row == (b"t",)


async def _replayed(work: Work, claim: idempotency.Claim) -> Sent:
    """The first answer under the key."""
    kept = await idempotency.kept(work.connection, claim.key)
    if kept is None:  # it went (too old, or rolled back) while we looked
        raise InFlight
    if kept.fingerprint != claim.fingerprint:
        raise KeyReused(_REUSED)
    return Sent(kept.status, kept.body, {**kept.headers, "Idempotency-Replayed": "true"})


def _fingerprint(order: Order, body: object) -> bytes:
    # Not orjson: a body may hold whole numbers past 64 bits, and halves of surrogate pairs, until it is read.
    text = "null" if body is None else json.dumps(body, default=_plain, sort_keys=True, ensure_ascii=False)
    canonical = text.encode("utf-8", "surrogatepass")
    parts = (order.method, order.path, order.query)
    return hashlib.sha256(b"\n".join((*(part.encode() for part in parts), canonical))).digest()


def _plain(value: object) -> object:
    """Decimals, which JSON numbers are read as: equal values, equal fingerprints.

    Digits and exponent as they are: written out, or rounded by a context, 1e999999999 would be no number of ours.
    """
    if not isinstance(value, Decimal):
        raise TypeError(type(value).__name__)
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # strict JSON knows no NaN and no infinity
    written = "".join(map(str, digits))
    kept = written.rstrip("0")
    return {"number": [sign, kept, exponent + len(written) - len(kept)] if kept else [0, "", 0]}


def _check_version(if_match: str | None, found: Versioned) -> None:
    if if_match is None or if_match.strip() == "*":
        raise PreconditionMissing(_IF_MATCH)
    current = etag(found.version)
    if current not in [part.strip() for part in if_match.split(",")]:
        raise Stale(current)


def etag(version: int) -> str:
    """The strong ETag of a version."""
    return f'"{version}"'


def _bytes(content: dict[str, Any] | None) -> bytes:
    return b"" if content is None else orjson.dumps(content)


async def nothing(_work: Work) -> None:
    """For plans that make something new: nothing to find."""


async def unlocked(_work: Work, found: Found) -> Found:
    """For plans that lock nothing before they act."""
    return found


__all__ = ["Answer", "Order", "Plan", "Refusal", "Sent", "carry_out", "etag", "nothing", "unlocked"]
