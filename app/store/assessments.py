"""Assessments, and the records that they are made on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from app.store.pipelining import Call, call, send
from app.store.tables.assessments import assessments as _assessments

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """An assessment as it is kept: everything that it takes to decide again, and what came out."""

    mode: str
    application: str
    n: int
    platform: str
    occasion: str
    policy: str
    policy_version: str
    policy_digest: str
    notice: int | None
    engine_version: str
    as_of: date
    at: datetime
    request: str
    """JSON: the request as the reader takes it, without history and other funding."""
    result: str
    """JSON: the answer, to the byte."""
    result_hash: str
    records: dict[str, Any]
    """History, other funding, lists and readings as they stood."""


_NAMES = tuple(field.name for field in fields(AssessmentRow))
_COLUMNS = tuple(_assessments.c[name] for name in _NAMES)


def keeping(row: AssessmentRow) -> Call:
    """Keeps the assessment."""
    rest = {name: getattr(row, name) for name in _NAMES if name not in ("request", "result")}
    return call(b"keep_assessment", orjson.dumps(rest).decode(), row.request, row.result)


async def find(connection: AsyncConnection, application: str, n: int) -> AssessmentRow | None:
    row = (
        await connection.execute(
            select(*_COLUMNS).where(_assessments.c.application == application, _assessments.c.n == n)
        )
    ).first()
    return None if row is None else AssessmentRow(*row)


async def of_application(connection: AsyncConnection, application: str) -> tuple[AssessmentRow, ...]:
    rows = await connection.execute(
        select(*_COLUMNS).where(_assessments.c.application == application).order_by(_assessments.c.n)
    )
    return tuple(AssessmentRow(*row) for row in rows)


async def basis(
    connection: AsyncConnection,
    *,
    mode: str,
    organisation: str,
    application: str,
    claims: Iterable[str],
    projects: Iterable[str],
    day: date,
) -> dict[str, Any]:
    """Awards, funding, lists and debts that bear on an application, of every platform, its own awards aside."""
    asked = call(b"assessment_basis", mode, organisation, application, list(claims), list(projects), day)
    [row] = await send(connection, [asked])
    assert row is not None
    found: dict[str, Any] = orjson.loads(row[0] or b"{}")
    return found
