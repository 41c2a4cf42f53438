"""Webhook endpoints, and the log of what was delivered to them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, insert, select, text, update

from app.store.tables.events import events as _events
from app.store.tables.webhooks import webhook_deliveries as _deliveries
from app.store.tables.webhooks import webhook_endpoints as _endpoints

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.store.feed import Place


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """A webhook as it is kept."""

    mode: str
    id: str
    platform: str
    url: str
    event_types: tuple[str, ...]
    """None: all of them."""
    secret: bytes
    previous_secret: bytes | None
    previous_until: datetime | None
    """Until then both secrets sign."""
    enabled: bool
    disabled_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime

    def secrets(self, now: datetime) -> tuple[bytes, ...]:
        """Those that sign now, the newest first."""
        if self.previous_secret is None or self.previous_until is None or now >= self.previous_until:
            return (self.secret,)
        return (self.secret, self.previous_secret)


class DeliveryRow(NamedTuple):
    """What became of one event at one endpoint."""

    id: str
    endpoint: str
    event: str
    type: str
    application: str
    seq: int
    state: str
    attempts: int
    last_status: int | None
    last_error: str | None
    next_attempt_at: datetime
    created_at: datetime
    delivered_at: datetime | None


_NAMES = tuple(field.name for field in fields(EndpointRow))
_COLUMNS = tuple(_endpoints.c[name] for name in _NAMES)
_OF_DELIVERY = tuple(
    _events.c.type if name == "type" else _deliveries.c[name] for name in DeliveryRow._fields
)


async def add(connection: AsyncConnection, row: EndpointRow) -> None:
    await connection.execute(insert(_endpoints), _values(row))


async def find(
    connection: AsyncConnection, mode: str, endpoint: str, *, lock: bool = False
) -> EndpointRow | None:
    """The endpoint, if row security shows it."""
    statement = select(*_COLUMNS).where(_endpoints.c.mode == mode, _endpoints.c.id == endpoint)
    row = (await connection.execute(statement.with_for_update() if lock else statement)).first()
    return None if row is None else _of(row)


async def page(
    connection: AsyncConnection, mode: str, platform: str | None, after: str | None, limit: int
) -> tuple[EndpointRow, ...]:
    """Endpoints in the order in which they were made."""
    statement = select(*_COLUMNS).where(_endpoints.c.mode == mode).order_by(_endpoints.c.id).limit(limit)
    if platform is not None:
        statement = statement.where(_endpoints.c.platform == platform)
    if after is not None:
        statement = statement.where(_endpoints.c.id > after)
    return tuple(_of(row) for row in await connection.execute(statement))


async def count(connection: AsyncConnection, mode: str, platform: str) -> int:
    """How many endpoints a platform has."""
    found: int | None = await connection.scalar(
        select(func.count())
        .select_from(_endpoints)
        .where(_endpoints.c.mode == mode, _endpoints.c.platform == platform)
    )
    return found or 0


async def save(connection: AsyncConnection, row: EndpointRow) -> None:
    """Write all of a row that the caller has locked."""
    await connection.execute(update(_endpoints).where(_endpoints.c.id == row.id).values(_values(row)))


async def remove(connection: AsyncConnection, endpoint: str) -> None:
    """The endpoint with its deliveries."""
    await connection.execute(delete(_endpoints).where(_endpoints.c.id == endpoint))


async def forget_secrets(connection: AsyncConnection, now: datetime) -> None:
    """Secrets that sign no more."""
    await connection.execute(
        update(_endpoints)
        .where(_endpoints.c.previous_until <= now)
        .values(previous_secret=None, previous_until=None)
    )


async def deliveries(
    connection: AsyncConnection, endpoint: str, state: str | None, after: str | None, limit: int
) -> tuple[DeliveryRow, ...]:
    """The log of an endpoint, newest events first."""
    wanted = select(_deliveries.c.id).where(_deliveries.c.endpoint == endpoint)
    wanted = wanted.order_by(_deliveries.c.id.desc()).limit(limit)
    if state is not None:
        wanted = wanted.where(_deliveries.c.state == state)
    if after is not None:
        wanted = wanted.where(_deliveries.c.id < after)
    statement = _log().where(_deliveries.c.id.in_(wanted)).order_by(_deliveries.c.id.desc())
    return tuple(DeliveryRow(*row) for row in await connection.execute(statement))


async def has_delivery(connection: AsyncConnection, endpoint: str, delivery: str) -> bool:
    """Whether the log of an endpoint has this entry."""
    statement = select(_deliveries.c.id).where(
        _deliveries.c.endpoint == endpoint, _deliveries.c.id == delivery
    )
    return (await connection.execute(statement)).first() is not None


async def redeliver(
    connection: AsyncConnection, endpoint: str, delivery: str, at: datetime
) -> DeliveryRow | None:
    """Make a delivery due again with all its attempts; None: there is no such delivery."""
    changed = await connection.execute(
        update(_deliveries)
        .where(_deliveries.c.endpoint == endpoint, _deliveries.c.id == delivery)
        .values(state="pending", attempts=0, next_attempt_at=at, delivered_at=None)
    )
    if not changed.rowcount:
        return None
    row = (await connection.execute(_log().where(_deliveries.c.id == delivery))).one()
    return DeliveryRow(*row)


def _log() -> Select[Any]:
    return select(*_OF_DELIVERY).join(_events, _events.c.id == _deliveries.c.event)


_REPLAY = text(
    "INSERT INTO webhook_deliveries"
    " (mode, id, endpoint, platform, event, application, seq, next_attempt_at, created_at)"
    " SELECT e.mode, 'whd_' || substr(e.id, 5, 20) || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12),"
    " w.id, w.platform, e.id, e.application, e.seq, :at, :at"
    " FROM webhook_endpoints w JOIN events e ON e.mode = w.mode AND e.platform = w.platform"
    " WHERE w.id = :endpoint AND (w.event_types = '{}' OR e.type = ANY (w.event_types))"
    " AND (CAST(:since AS timestamptz) IS NULL OR e.at >= :since)"
    " AND (e.txid, e.position) >= (CAST(:txid AS xid8), CAST(:position AS bigint))"
    " AND NOT EXISTS (SELECT FROM webhook_deliveries d"
    " WHERE d.endpoint = w.id AND d.event = e.id AND d.state = 'pending' AND d.application = e.application)"
)


async def replay(
    connection: AsyncConnection, endpoint: str, at: datetime, *, since: datetime | None, place: Place
) -> int:
    """Put the platform's events from a moment or a place of the feed on into the outbox again; how many."""
    result = await connection.execute(
        _REPLAY,
        {
            "endpoint": endpoint,
            "at": at,
            "since": since,
            "txid": str(place.txid),
            "position": place.position,
        },
    )
    return int(result.rowcount)


def _values(row: EndpointRow) -> dict[str, Any]:
    return {**asdict(row), "event_types": list(row.event_types)}


def _of(row: Any) -> EndpointRow:  # noqa: ANN401 - a row of the columns above
    values = dict(zip(_NAMES, row, strict=True))
    values["event_types"] = tuple(values["event_types"])
    values["secret"] = bytes(values["secret"])
    if values["previous_secret"] is not None:
        values["previous_secret"] = bytes(values["previous_secret"])
    return EndpointRow(**values)
