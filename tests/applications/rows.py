"""One row of every table for every mode and platform, made as the database's owner."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.pool import NullPool

from app.store import TABLES
from app.store.database import driver_url

if TYPE_CHECKING:
    from sqlalchemy import Column, Table

MODES = ("live", "test")
PLATFORMS = ("portal", "bureau")
GUARDED: tuple[Table, ...] = tuple(table for table in TABLES if "mode" in table.c)
OF_A_PLATFORM = tuple(table for table in GUARDED if "platform" in table.c and table.name != "api_keys")
_NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
_BY_TYPE: dict[type, Any] = {
    str: "x",
    int: 1,
    bytes: b"x" * 32,
    bool: False,
    dt.date: _NOW.date(),
    dt.datetime: _NOW,
}
_BY_NAME: dict[str, Any] = {
    "status": "draft",
    "uscc": "91140802MA0GT0018G",
    "year": 2026,
    "event_hash": "0" * 64,
    "hash": "0" * 64,
    "prev_hash": "0" * 64,
    "result_hash": "sha256:" + "0" * 64,
    "digest": "sha256:" + "0" * 64,
    "algorithm": "sha256",
    "media_type": "image/png",
    "occasion": "submit",
    "from_account": "free",
    "to_account": "reserved",
}
_OF_TABLE: dict[str, dict[str, Any]] = {
    "awards": {"kind": "fixed", "state": "assessed"},
    "payments": {"state": "ordered"},
    "documents": {"kind": None},
    "funding_records": {"source": "district"},
    "api_keys": {"scopes": ["apply"]},
    "imports": {"kind": "funding"},
    "limit_usage": {"used": 0},
    "matches": {"occasion": "demand", "status": "queued"},
    "offers": {"kind": "fixed", "status": "declined", "answered_at": _NOW},
    "jobs": {"status": "queued"},
    "allocation_runs": dict.fromkeys(("input_digest", "result_digest"), "sha256:" + "0" * 64),
    "allocation_lines": {"outcome": "none"},
}
_NAMED = (
    "id",
    "external_ref",
    "reference",
    "key",
    "chain",
    "claim_key",
    "limit_key",
    "application",
    "endpoint",
    "award",
)
"""Unique in one way or another."""


def fill(url: str) -> None:
    """Rows of both modes and platforms in every table that has a mode; references are not looked at."""
    engine = create_engine(driver_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = 'replica'"))
        for table in GUARDED:
            for mode in MODES:
                for platform in PLATFORMS:
                    connection.execute(table.insert().values(row(table, mode, platform)))
    engine.dispose()


def row(table: Table, mode: str, platform: str, mark: str = "") -> dict[str, Any]:
    """A row that the table takes."""
    unique = f"{mode}-{platform}{mark}"
    found: dict[str, Any] = {}
    for column in table.c:
        if column.name == "mode":
            found["mode"] = mode
        elif column.name == "platform":
            found["platform"] = platform
        elif column.name == "owner":
            found["owner"] = f"platform:{platform}"
        elif column.name in _OF_TABLE.get(table.name, {}):
            found[column.name] = _OF_TABLE[table.name][column.name]
        elif column.name in _NAMED and (not column.nullable or column.name == "application"):
            found[column.name] = unique
        elif not column.nullable and column.server_default is None and column.identity is None:
            found[column.name] = _value(column, unique)
    if table.name == "organisation_codes":
        places = (*((m, p) for m in MODES for p in PLATFORMS),)
        index = places.index((mode, platform)) if not mark else 9
        found["uscc"] = f"91140802MA0GT00{index:02d}G"
    return found


def _value(column: Column[Any], unique: str) -> Any:
    if column.name == "sha256":
        return hashlib.sha256(unique.encode()).hexdigest()
    if column.name in _BY_NAME:
        return _BY_NAME[column.name]
    if column.name.endswith("hash") or column.name == "fingerprint":
        return unique.encode().ljust(32, b"\0")
    if isinstance(column.type, ARRAY):
        return []
    if isinstance(column.type, JSONB):
        return {}
    if column.type.python_type is str:
        return unique
    return _BY_TYPE[column.type.python_type]
