"""What an office with a PostgreSQL of its own needs once: an administrator's key, and a secret for its cursors."""

from __future__ import annotations

import asyncio
import os
import secrets
from typing import TYPE_CHECKING, NamedTuple

from app.services.first_key import first_admin_key
from app.store.database import open_database

if TYPE_CHECKING:
    from pathlib import Path

    from app.settings import Settings


class FirstKey(NamedTuple):
    """The first administrator's key, and the file that has it too."""

    secret: str
    file: Path


def open_own_office(settings: Settings, url: str) -> FirstKey | None:
    """Make what is not there yet in `settings.data`, for its owner's eyes only; the key, if one was made.

    No key is made where the operator gives one (DUIXIAN_ADMIN_KEY) or any was ever made.
    """
    if settings.secret is None:
        os.environ["DUIXIAN_SECRET"] = _own_secret(settings.data / "secret")
    if settings.admin_key is not None:
        return None
    file = settings.data / "admin-key"
    secret = asyncio.run(_first_key(url, file))
    return None if secret is None else FirstKey(secret, file)


async def _first_key(url: str, file: Path) -> str | None:
    engine = open_database(url, pool_size=1)
    try:
        return await first_admin_key(engine, lambda secret: _write(file, secret + "\n"))
    finally:
        await engine.dispose()


def _own_secret(file: Path) -> str:
    if not file.exists():
        _write(file, secrets.token_urlsafe(32) + "\n")
    return file.read_text("ascii").strip()


def _write(file: Path, text: str) -> None:
    """Whole or not at all, and never readable for others, not for a moment."""
    making = file.with_name(file.name + ".new")
    making.unlink(missing_ok=True)
    with os.fdopen(
        os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    making.replace(file)
