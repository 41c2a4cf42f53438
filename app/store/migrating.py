"""Bring a database to a revision, one process at a time however many start at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.store.database import driver_url

_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_ADVISORY_LOCK = 0x64756978  # "duix": any number that only migrations take
_CONNECT_SECONDS = 5


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """The revision that this code wants."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError(f"no migrations in {_MIGRATIONS}")
    return head


def migrate(url: str, revision: str = "head") -> None:
    """Go up (or down, for an older revision or "base") in one transaction, holding an advisory lock."""
    engine = create_engine(
        driver_url(url), poolclass=NullPool, connect_args={"connect_timeout": _CONNECT_SECONDS}
    )
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            if _goes_down(connection, revision):
                command.downgrade(_config(connection), revision)
            else:
                command.upgrade(_config(connection), revision)
    finally:
        engine.dispose()


def _goes_down(connection: Connection, revision: str) -> bool:
    if revision in ("head", "heads"):
        return False
    if revision == "base":
        return True
    known = connection.scalar(text("SELECT to_regclass('alembic_version')"))
    at = connection.scalar(text("SELECT version_num FROM alembic_version")) if known is not None else None
    if at is None:
        return False
    script = ScriptDirectory.from_config(_config())
    below = {step.revision for step in script.iterate_revisions(at, "base")} - {at}
    return revision in below
