"""Every query that the API makes finds its rows by an index, so that lists stay fast however many rows there are."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from sqlalchemy import event

from tests.applications.desk import Desk
from tests.applications.exercising import exercise, lists
from tests.proofs.filling import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

GROWING = (
    "applications",
    "awards",
    "assessments",
    "events",
    "ledger_entries",
    "claims",
    "limit_usage",
    "idempotency_keys",
    "organisations",
    "organisation_codes",
    "objections",
    "payments",
    "recoveries",
    "joint_punishment",
    "funding_records",
    "documents",
    "webhook_deliveries",
    "organisation_facts",
    "match_marks",
    "offers",
    "jobs",
    "uploads",
    "allocation_runs",
    "allocation_lines",
)
"""Tables that grow with every application or record."""


class Asked(NamedTuple):
    """A statement as it went to the database, and what the transaction could see."""

    statement: str
    parameters: Any
    sight: dict[str, Any]


@contextmanager
def watching(desk: Desk, asked: dict[str, Asked]) -> Iterator[None]:
    """Writes down what the service asks of its database while the block runs: each statement once."""
    sights: dict[int, dict[str, Any]] = {}

    def before(connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        raw = id(connection.connection.dbapi_connection)
        given = values[0] if many else values
        if "set_config('role'" in statement:
            sights[raw] = dict(given)
        elif statement.split(" ", 1)[0] in ("SELECT", "UPDATE", "DELETE", "INSERT", "WITH"):
            asked.setdefault(statement, Asked(statement, given, sights.get(raw, {})))

    engine = desk.app.state.office.engine.sync_engine
    event.listen(engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before)


def test_no_query_of_the_api_scans_a_table_that_grows(database_url: str) -> None:
    """On a database that never scans a table while an index would do."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        (name,) = connection.execute("SELECT quote_ident(current_database())").fetchone() or ("",)
        connection.execute(f"ALTER DATABASE {name} SET enable_seqscan = off")
    desk = Desk(database_url, "test")
    asked: dict[str, Asked] = {}
    with psycopg.connect(desk.url, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_reset()")
    with watching(desk, asked):
        exercise(desk)
    desk.close()  # what its connections did is told at the latest when they end
    assert len(asked) > 60
    with psycopg.connect(desk.url) as connection:
        # Inside functions, too, which no plan shows.
        scanned = connection.execute(
            "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE seq_scan > 0 AND relname = ANY (%s)",
            [list(GROWING)],
        ).fetchall()
        used = connection.execute(
            "SELECT relname FROM pg_stat_user_tables WHERE idx_scan > 0 AND relname = ANY (%s)",
            [list(GROWING)],
        ).fetchall()
    wrong = {statement: found for statement, one in asked.items() if (found := scans(desk.url, one))}
    assert len(used) > 10, "the counters tell nothing"
    assert not wrong, "\n\n".join(f"{found}: {statement}" for statement, found in wrong.items())
    assert scanned == []


def scans(url: str, asked: Asked) -> list[str]:
    """What of its plan reads a whole table or a whole index."""
    return list(_whole(plan_of(url, asked), limited=False))


def plan_of(url: str, asked: Asked, how: str = "") -> dict[str, Any]:
    """The plan of a statement, seen as the service saw it; nothing of what it may change stays."""
    with psycopg.connect(url) as connection:
        if asked.sight:
            connection.execute(
                "SELECT set_config('role', 'duixian_service', true), set_config('duixian.mode', %(mode)s, true),"
                " set_config('duixian.platform', %(platform)s, true)",
                asked.sight,
            )
        row = connection.execute(f"EXPLAIN ({how}FORMAT JSON) {asked.statement}", asked.parameters).fetchone()
        connection.rollback()
    assert row is not None
    plan: dict[str, Any] = (json.loads(row[0]) if isinstance(row[0], str) else row[0])[0]["Plan"]
    return plan


def _whole(node: dict[str, Any], *, limited: bool) -> Iterator[str]:
    """A whole index in its order is right only where a limit stops it."""
    kind, table = node["Node Type"], node.get("Relation Name")
    limited = limited or kind == "Limit"
    if table in GROWING:
        if kind == "Seq Scan":
            yield f"all of {table}"
        if kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node and not limited:
            yield f"all of {table} by {node['Index Name']}"
    for part in node.get("Plans", ()):
        yield from _whole(part, limited=limited)


ROWS, MOST_ROWS = 20_000, 6_000
"""The feed looks at 5,000 events for a page of one type."""
RARE = (
    "/v1/applications?status=returned",
    "/v1/applications?year=2019",
    "/v1/applications?policy=another",
    "/v1/applications?external_ref=R-77",
    "/v1/applications?status=returned&year=2024",
    "/v1/awards?state=owed",
    "/v1/awards?measure=another",
    "/v1/awards?year=2019",
    "/v1/events?type=application.paid",
)
"""Filters that no row or one row of very many meets."""


def test_lists_read_few_rows_of_many(database_url: str) -> None:
    """On a database with statistics, as the planner chooses by itself: a page costs a page, not a table."""
    desk = Desk(database_url, "test")
    fill(database_url, ROWS, ("portal", "bureau"))
    asked: dict[str, Asked] = {}
    wrong = {}
    with watching(desk, asked):
        for path, role in (*lists(desk), *((path, role) for path in RARE for role in ("audit", "apply"))):
            asked.clear()
            answer = desk.get(role, path)
            assert answer.status_code == 200, answer.text
            for one in asked.values():
                plan = plan_of(database_url, one, "ANALYZE, BUFFERS OFF, ")
                if (rows := read(plan)) > MOST_ROWS:
                    wrong[f"{path} by {role}"] = f"{rows} rows for {one.statement}"
    desk.close()
    assert not wrong, "\n".join(f"{path}: {text}" for path, text in wrong.items())


def read(node: dict[str, Any]) -> int:
    """Rows that a plan looked at, at its leaves."""
    parts = node.get("Plans", ())
    below = sum(read(part) for part in parts)
    if "Relation Name" not in node:
        return below
    looked = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return below + int(looked * node["Actual Loops"])
