"""The whole ledger, read as a stream: awards with their entries and claims, and what the caps come to.

Row security says which mode is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from app.rules.procedure.ledger import USED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection

_AT_ONCE = 500
"""Rows that are held in memory."""


class AuditedAward(NamedTuple):
    """An award with all that hangs on it; fen."""

    mode: str
    id: str
    organisation: str
    measure: str
    year: int
    item: str | None
    level: str | None
    items: list[str]
    item_keys: dict[str, str]
    state: str
    amount: int | None
    clawed_back: int
    recovered: int
    written_off: int
    restores_entitlement: bool | None
    limit_keys: list[str]
    policy_digest: str | None
    notice: int | None
    entries: list[list[Any]]
    """From account, to account, amount; in order."""
    claims: list[str]


class UnequalUsage(NamedTuple):
    """A cap whose use is not what the entries come to; fen."""

    limit_key: str
    expected: int
    found: int | None
    """None where there is no row."""


class Orphan(NamedTuple):
    """A row whose award is gone."""

    table: str
    award: str


_AWARDS = """
    SELECT a.mode, a.id, a.organisation, a.measure, a.year, a.item, a.level, a.items, a.item_keys, a.state, a.amount,
           a.clawed_back, a.recovered, a.written_off, a.restores_entitlement, a.limit_keys, p.policy_digest, p.notice,
           (SELECT coalesce(jsonb_agg(jsonb_build_array(e.from_account, e.to_account, e.amount) ORDER BY e.n), '[]')
              FROM ledger_entries e WHERE e.award = a.id) AS entries,
           ARRAY(SELECT c.claim_key FROM claims c WHERE c.award = a.id) AS claims
      FROM awards a LEFT JOIN applications p ON p.id = a.application
     ORDER BY a.id
"""
_USAGE = """
    WITH held AS (
        SELECT e.mode, e.award,
               sum(CASE WHEN e.to_account = ANY (:used) THEN e.amount ELSE 0 END)
             - sum(CASE WHEN e.from_account = ANY (:used) THEN e.amount ELSE 0 END) AS used,
               sum(CASE WHEN e.to_account = 'recovered' THEN e.amount ELSE 0 END) AS recovered
          FROM ledger_entries e GROUP BY e.mode, e.award
    ), entered AS (
        SELECT h.mode, k.key, sum(CASE split_part(k.key, '|', 1)
                   WHEN 'places' THEN 1 WHEN 'quota' THEN 1 WHEN 'counted' THEN cardinality(a.items) ELSE h.used END)
                   FILTER (WHERE split_part(k.key, '|', 1) NOT IN ('places', 'quota', 'counted')
                              OR h.used > 0 OR (h.recovered > 0 AND NOT coalesce(a.restores_entitlement, false))
                   ) AS used
          FROM held h JOIN awards a ON a.id = h.award CROSS JOIN LATERAL unnest(a.limit_keys) AS k (key)
         GROUP BY h.mode, k.key
    )
    SELECT coalesce(entered.key, kept.limit_key), coalesce(entered.used, 0)::bigint, kept.used
      FROM entered FULL JOIN limit_usage kept ON kept.mode = entered.mode AND kept.limit_key = entered.key
     WHERE coalesce(entered.used, 0) <> coalesce(kept.used, 0)
     ORDER BY 1
"""
_ORPHANS = """
    SELECT DISTINCT 'ledger_entries', e.award FROM ledger_entries e
     WHERE NOT EXISTS (SELECT FROM awards a WHERE a.id = e.award)
    UNION ALL
    SELECT DISTINCT 'claims', c.award FROM claims c
     WHERE NOT EXISTS (SELECT FROM awards a WHERE a.id = c.award)
     ORDER BY 2
"""


async def take_time(connection: AsyncConnection) -> None:
    """Let the statements of this transaction run longer than those of requests."""
    await connection.execute(text("SELECT set_config('statement_timeout', '30min', true)"))


async def count(connection: AsyncConnection) -> int:
    """How many awards there are."""
    return int(await connection.scalar(text("SELECT count(*) FROM awards")) or 0)


async def merged(connection: AsyncConnection) -> dict[str, str]:
    """Organisation that was taken into another -> the other."""
    rows = await connection.execute(
        text("SELECT id, merged_into FROM organisations WHERE merged_into IS NOT NULL")
    )
    return {row.id: row.merged_into for row in rows}


async def awards(connection: AsyncConnection) -> AsyncIterator[AuditedAward]:
    """Every award, in order of id."""
    async for row in await _stream(connection, _AWARDS, {}):
        yield AuditedAward(*row)


async def unequal_usage(connection: AsyncConnection) -> AsyncIterator[UnequalUsage]:
    """Caps whose use differs from what the entries come to."""
    values = {"used": [str(account) for account in USED]}
    async for row in await _stream(connection, _USAGE, values):
        yield UnequalUsage(*row)


async def orphans(connection: AsyncConnection) -> AsyncIterator[Orphan]:
    """Entries and claims of awards that are not there."""
    async for row in await _stream(connection, _ORPHANS, {}):
        yield Orphan(*row)


async def _stream(connection: AsyncConnection, statement: str, values: dict[str, Any]) -> Any:  # noqa: ANN401 - SQLAlchemy's result
    return await connection.stream(text(statement), values, execution_options={"yield_per": _AT_ONCE})
