"""Applications: one row each, locked before it is changed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from app.store.tables.applications import applications as _applications

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Update
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRow:
    """An application as it is kept. Change it with `dataclasses.replace` and `save`."""

    mode: str
    id: str
    platform: str
    organisation: str
    uscc: str
    external_ref: str | None = None
    policy: str
    policy_version: str | None = None
    policy_digest: str | None = None
    """Bound at the first submit; the version in force until then."""
    notice: int | None = None
    year: int
    status: str
    measures: tuple[str, ...]
    applicant: dict[str, Any]
    facts: dict[str, Any]
    object_claims: tuple[str, ...] = ()
    """What its items would claim, by the version in force when it was last changed."""
    projects: tuple[str, ...] = ()
    """The project keys that its items name, likewise."""
    flags: list[dict[str, Any]]
    assessment: int | None = None
    insisted: bool = False
    returned: dict[str, Any] | None = None
    times_returned: int = 0
    answer_by: date | None = None
    on_hold: dict[str, Any] | None = None
    public_days: int | None = None
    public_from: date | None = None
    public_last_day: date | None = None
    restores_entitlement: bool | None = None
    accepted_by: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()
    resolved_by: tuple[str, ...] = ()
    paid_by: tuple[str, ...] = ()
    override: dict[str, Any] | None = None
    version: int = 1
    event_seq: int = 1
    event_hash: str = ""
    salt: bytes | None = None
    test_time: datetime | None = None
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None = None


_NAMES = tuple(field.name for field in fields(ApplicationRow))
COLUMNS = tuple(_applications.c[name] for name in _NAMES)
STATE = (
    "status",
    "policy_version",
    "policy_digest",
    "notice",
    "flags",
    "assessment",
    "insisted",
    "returned",
    "times_returned",
    "answer_by",
    "on_hold",
    "public_days",
    "public_from",
    "public_last_day",
    "restores_entitlement",
    "accepted_by",
    "approved_by",
    "resolved_by",
    "paid_by",
    "override",
    "version",
    "event_seq",
    "event_hash",
    "test_time",
    "updated_at",
    "submitted_at",
)
"""Where an application stands: what nearly every action changes."""
_REST = tuple(name for name in _NAMES if name not in STATE)
_DAYS = ("answer_by", "public_from", "public_last_day")
_MOMENTS = ("test_time", "created_at", "updated_at", "submitted_at")
_LISTS = ("measures", "object_claims", "projects", "accepted_by", "approved_by", "resolved_by", "paid_by")
_INSERT = insert(_applications)
# Made once: a statement that is built anew for each call costs more than sending it.
_FIND = select(*COLUMNS).where(
    _applications.c.mode == bindparam("in_mode"), _applications.c.id == bindparam("in_id")
)
_LOCK = _FIND.with_for_update()


async def add(connection: AsyncConnection, row: ApplicationRow) -> None:
    await connection.execute(_INSERT, _values(row))


async def find(
    connection: AsyncConnection, mode: str, application: str, *, lock: bool = False
) -> ApplicationRow | None:
    """The application, if row security shows it; with `lock`, nobody else changes it until we end."""
    wanted = {"in_mode": mode, "in_id": application}
    row = (await connection.execute(_LOCK if lock else _FIND, wanted)).first()
    return None if row is None else of_row(row)


async def save_rest(connection: AsyncConnection, row: ApplicationRow, before: ApplicationRow) -> None:
    """Write what differs besides where it stands: what the application says. The caller holds the row's lock."""
    changed = {
        name: list(value) if isinstance(value := getattr(row, name), tuple) else value
        for name in _REST
        if getattr(row, name) != getattr(before, name)
    }
    if changed:
        await connection.execute(_update_of(tuple(changed)), {**changed, "of": row.id})


@lru_cache(maxsize=256)
def _update_of(names: tuple[str, ...]) -> Update:
    """The statement that writes these columns: actions change few sets of columns, again and again."""
    return (
        update(_applications)
        .where(_applications.c.id == bindparam("of"))
        .values({name: bindparam(name) for name in names})
    )


def _values(row: ApplicationRow) -> dict[str, Any]:
    return {name: list(value) if isinstance(value := getattr(row, name), tuple) else value for name in _NAMES}


def of_row(row: Any) -> ApplicationRow:  # noqa: ANN401 - a row of the columns above
    values = dict(zip(_NAMES, row, strict=True))
    for name in _LISTS:
        values[name] = tuple(values[name])
    if values["salt"] is not None:
        values["salt"] = bytes(values["salt"])
    return ApplicationRow(**values)


def application_of_json(found: dict[str, Any]) -> ApplicationRow:
    """From the row as the database shows it in JSON."""
    values = {name: found[name] for name in _NAMES}
    for name in _LISTS:
        values[name] = tuple(values[name])
    for name in _DAYS:
        if values[name] is not None:
            values[name] = date.fromisoformat(values[name])
    for name in _MOMENTS:
        if values[name] is not None:
            values[name] = datetime.fromisoformat(values[name])
    if values["salt"] is not None:
        values["salt"] = bytes.fromhex(values["salt"][2:])
    return ApplicationRow(**values)


async def of_reference(connection: AsyncConnection, mode: str, platform: str, reference: str) -> str | None:
    """The platform's application with this `external_ref` that has not ended without award."""
    found: str | None = await connection.scalar(
        select(_applications.c.id).where(
            _applications.c.mode == mode,
            _applications.c.platform == platform,
            _applications.c.external_ref == reference,
            _applications.c.status.not_in(("withdrawn", "rejected", "revoked")),
        )
    )
    return found


async def unanswered(connection: AsyncConnection, mode: str, day: date) -> tuple[str, ...]:
    """Applications that were returned and whose day to answer by has passed."""
    found = await connection.scalars(
        select(_applications.c.id)
        .where(
            _applications.c.mode == mode,
            _applications.c.status == "returned",
            _applications.c.answer_by < day,
        )
        .order_by(_applications.c.id)
    )
    return tuple(found)


async def page(
    connection: AsyncConnection,
    mode: str,
    platform: str | None,
    filters: Mapping[str, Any],
    after: str | None,
    limit: int,
) -> list[ApplicationRow]:
    """Applications, newest first, from below the id `after`. Ids carry their time, so inserts move no page."""
    statement = select(*COLUMNS).where(_applications.c.mode == mode)
    if platform is not None:
        statement = statement.where(_applications.c.platform == platform)
    for name, value in filters.items():
        statement = statement.where(_applications.c[name] == value)
    if after is not None:
        statement = statement.where(_applications.c.id < after)
    rows = await connection.execute(statement.order_by(_applications.c.id.desc()).limit(limit))
    return [of_row(row) for row in rows]
