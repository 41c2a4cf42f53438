"""Everything that is kept about one organisation, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, or_, select

from app.store.tables.allocations import allocation_lines
from app.store.tables.applications import applications, awards, objections, payments, recoveries
from app.store.tables.assessments import assessments
from app.store.tables.documents import documents
from app.store.tables.events import events
from app.store.tables.ledger import claims, ledger_entries, limit_usage
from app.store.tables.offers import offers, organisation_facts
from app.store.tables.organisations import organisations
from app.store.tables.records import funding_records, joint_punishment

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

MONEY = frozenset({"amount", "assessed", "ceiling", "clawed_back", "recovered", "used", "cap", "granted"})
"""Names of columns that hold fen."""
_LEFT_OUT = frozenset({"mode", "salt", "txid", "position", "objector"})
"""Of the database's own affairs, or of other people."""

_OF_APPLICATIONS: tuple[tuple[str, Table, str], ...] = (
    ("assessments", assessments, "n"),
    ("awards", awards, "ordinal"),
    ("objections", objections, "id"),
    ("payments", payments, "id"),
    ("recoveries", recoveries, "id"),
    ("ledger_entries", ledger_entries, "n"),
    ("documents", documents, "id"),
    ("events", events, "seq"),
    ("allocation_lines", allocation_lines, "run"),
)
_OF_ORGANISATIONS: tuple[tuple[str, Table, str], ...] = (
    ("claims", claims, "claim_key"),
    ("limit_usage", limit_usage, "limit_key"),
    ("joint_punishment", joint_punishment, "id"),
    ("funding_records", funding_records, "id"),
    ("organisation_facts", organisation_facts, "policy"),
    ("offers", offers, "id"),
)

Rows = list[dict[str, Any]]


async def of_organisation(connection: AsyncConnection, mode: str, organisation: str) -> dict[str, Rows]:
    """Name of the collection -> its rows, in order. Those merged into the organisation are its own."""
    family = [
        organisation,
        *await connection.scalars(
            select(organisations.c.id).where(
                organisations.c.mode == mode, organisations.c.merged_into == organisation
            )
        ),
    ]
    found: dict[str, Rows] = {
        "applications": await _rows(
            connection,
            applications,
            "id",
            applications.c.mode == mode,
            applications.c.organisation == organisation,
        )
    }
    ids = [row["id"] for row in found["applications"]]
    for name, table, order in _OF_APPLICATIONS:
        found[name] = await _rows(connection, table, order, table.c.application.in_(ids)) if ids else []
    for name, table, order in _OF_ORGANISATIONS:
        found[name] = await _rows(
            connection, table, order, table.c.mode == mode, table.c.organisation.in_(family)
        )
    found["organisation_events"] = await _rows(
        connection,
        events,
        "seq",
        events.c.mode == mode,
        events.c.chain.in_(["organisations", "records", "offers"]),
        or_(
            events.c.data["organisation"].astext.in_(family),
            events.c.data["merged"].astext.in_(family),
        ),
    )
    return found


async def _rows(connection: AsyncConnection, table: Table, order: str, *wanted: ColumnElement[bool]) -> Rows:
    columns = [column for column in table.columns if column.name not in _LEFT_OUT]
    ordered = [table.c[name] for name in ("application", order) if name in table.c]
    found = await connection.execute(select(*columns).where(*wanted).order_by(*dict.fromkeys(ordered)))
    return [{str(name): value for name, value in row.items()} for row in found.mappings()]
