"""All that is held about one applicant, for the applicant, an auditor or a court: one JSON document."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import orjson

from app.rules.money import format_yuan
from app.services.instants import now, say
from app.services.organisations import of_code, organisation_form
from app.store import holdings
from app.store.acting import EVERYTHING, Sight, enter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncEngine

_JSON_TEXT = ("request", "result")
"""Columns of text that hold JSON, to the byte."""


async def export(engine: AsyncEngine, mode: str, uscc: str) -> dict[str, Any]:
    """The document, of one moment. Raises NotFound for a code that nobody has."""
    async with engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="REPEATABLE READ")
        async with connection.begin():
            await enter(connection, Sight(mode, EVERYTHING))
            organisation = await of_code(connection, mode, uscc)
            found = await holdings.of_organisation(connection, mode, organisation.id)
    return {
        "exported_at": say(now()),
        "mode": mode,
        "organisation": organisation_form(organisation),
        **{name: [_form(row) for row in rows] for name, rows in found.items()},
    }


def _form(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(name, value) for name, value in row.items()}


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 - a value of a column
    """Instants, days and money as the API shows them."""
    if isinstance(value, datetime):
        return say(value)
    if isinstance(value, date):
        return value.isoformat()
    if name in holdings.MONEY and isinstance(value, int):
        return format_yuan(value)
    if name in _JSON_TEXT and isinstance(value, str):
        return orjson.loads(value)
    return value
