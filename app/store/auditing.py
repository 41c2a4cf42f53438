"""The whole database as an auditor reads it: one snapshot, a server-side cursor, a bounded piece of it at a time."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.store.acting import ENTER, EVERYTHING
from app.store.database import driver_url
from app.store.events import EventRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, TextClause

_CONNECT_SECONDS = 5
_PIECE = 1_000


class Total(NamedTuple):
    """How much there is to read."""

    events: int
    assessments: int


class AuditedEvent(NamedTuple):
    """An event beside the head of its chain; no head: its application, or its chain, is gone."""

    event: EventRow
    head_seq: int | None
    head_hash: str | None
    owner: str | None
    """The application's platform."""


class EmptyChain(NamedTuple):
    """A head without any event."""

    mode: str
    chain: str


class AuditedAssessment(NamedTuple):
    """An assessment beside what the trail says of it; one of both may be missing."""

    mode: str
    application: str
    n: str
    result: str | None
    result_hash: str | None
    told: str | None
    """The result's hash in the event."""
    request: str | None
    records: dict[str, Any] | None
    told_basis: str | None
    """The hash of request and records in the event."""


class KeptHead(NamedTuple):
    """Where a chain stands."""

    mode: str
    chain: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class AuditedDatabase:
    """One snapshot of everything; `mode` None: live and test."""

    connection: Connection
    mode: str | None = None

    def total(self) -> Total:
        row = self.connection.execute(_TOTAL, self._mode()).one()
        return Total(row[0], row[1])

    def events(self) -> Iterator[AuditedEvent]:
        """Every event, chain by chain, in order of `seq`."""
        for row in self._read(_EVENTS):
            yield AuditedEvent(EventRow(*row[3:]), *row[:3])

    def empty_chains(self) -> Iterator[EmptyChain]:
        """Heads beyond 0 that no event leads to."""
        return (EmptyChain(*row) for row in self._read(_EMPTY))

    def assessments(self) -> Iterator[AuditedAssessment]:
        return (AuditedAssessment(*row) for row in self._read(_ASSESSMENTS))

    def heads(self) -> Iterator[KeptHead]:
        """Every chain that has events."""
        return (KeptHead(*row) for row in self._read(_HEADS))

    def hashes(self, places: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str, int], str]:
        """The hashes of the events at (mode, chain, seq), where there are such events."""
        modes, chains, seqs = [list(part) for part in zip(*places, strict=True)] or ([], [], [])
        rows = self.connection.execute(_HASHES, {"modes": modes, "chains": chains, "seqs": seqs})
        return {(row.mode, row.chain, row.seq): row.hash for row in rows}

    def _read(self, statement: TextClause) -> Iterator[Any]:
        rows = self.connection.execution_options(yield_per=_PIECE).execute(statement, self._mode())
        yield from rows

    def _mode(self) -> dict[str, str | None]:
        return {"mode": self.mode}


@contextlib.contextmanager
def audited_database(url: str, mode: str | None = None) -> Iterator[AuditedDatabase]:
    """The database as it is now, read-only. Nobody waits for it, however long it takes."""
    engine = create_engine(
        driver_url(url),
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
        hide_parameters=True,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "application_name": "duixian audit",
            "options": "-c default_transaction_read_only=on -c timezone=UTC",
        },
    )
    try:
        with engine.connect() as connection, connection.begin():
            connection.execute(ENTER, {"mode": mode or EVERYTHING, "platform": EVERYTHING})
            yield AuditedDatabase(connection, mode)
    finally:
        engine.dispose()


_OF_MODE = "(CAST(:mode AS text) IS NULL OR {table}.mode = :mode)"
_TOTAL = text(
    f"SELECT (SELECT count(*) FROM events e WHERE {_OF_MODE.format(table='e')}),"  # noqa: S608 - our own words
    f" (SELECT count(*) FROM assessments a WHERE {_OF_MODE.format(table='a')})"
)
_EVENTS = text(
    "SELECT coalesce(a.event_seq, h.seq), coalesce(a.event_hash, h.hash), a.platform, "  # noqa: S608
    + ", ".join(f"e.{name}" for name in EventRow._fields)
    + " FROM events e"
    " LEFT JOIN applications a ON a.id = e.chain AND a.mode = e.mode"
    " LEFT JOIN chain_heads h ON h.mode = e.mode AND h.chain = e.chain"
    f" WHERE {_OF_MODE.format(table='e')} ORDER BY e.mode, e.chain, e.seq"
)
_ALL_HEADS = (
    "(SELECT mode, id AS chain, event_seq AS seq, event_hash AS hash FROM applications"
    " UNION ALL SELECT mode, chain, seq, hash FROM chain_heads WHERE seq > 0) heads"
)
_EMPTY = text(
    f"SELECT heads.mode, heads.chain FROM {_ALL_HEADS} WHERE {_OF_MODE.format(table='heads')}"  # noqa: S608
    " AND NOT EXISTS (SELECT FROM events e WHERE e.mode = heads.mode AND e.chain = heads.chain)"
)
_HEADS = text(
    f"SELECT heads.mode, heads.chain, heads.seq, heads.hash FROM {_ALL_HEADS}"  # noqa: S608
    f" WHERE {_OF_MODE.format(table='heads')} ORDER BY heads.mode, heads.chain"
)
_ASSESSMENTS = text(
    "SELECT coalesce(a.mode, told.mode), coalesce(a.application, told.chain),"
    " coalesce(a.n::text, told.n), a.result, a.result_hash, told.result_hash,"
    " a.request, a.records, told.basis_hash"
    " FROM assessments a FULL JOIN ("
    "  SELECT e.mode, e.chain, e.data->>'assessment' AS n, e.data->>'result_hash' AS result_hash,"
    "  e.data->>'basis_hash' AS basis_hash"
    "  FROM events e WHERE e.application IS NOT NULL AND jsonb_exists(e.data, 'result_hash')) told"
    " ON told.mode = a.mode AND told.chain = a.application AND told.n = a.n::text"
    " WHERE CAST(:mode AS text) IS NULL OR coalesce(a.mode, told.mode) = :mode"
)
_HASHES = text(
    "SELECT e.mode, e.chain, e.seq, e.hash FROM events e JOIN unnest("
    " CAST(:modes AS text[]), CAST(:chains AS text[]), CAST(:seqs AS bigint[])) AS wanted (mode, chain, seq)"
    " ON wanted.mode = e.mode AND wanted.chain = e.chain AND wanted.seq = e.seq"
)
