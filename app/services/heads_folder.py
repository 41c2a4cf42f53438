"""Heads of the chains, once a day, into a folder that someone else keeps."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.chain_heads import export_heads
from app.services.instants import day_of
from app.services.signing import SharedKey, private_key, public_key
from app.store.auditing import audited_database

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from app.services.signing import Signer
    from app.settings import Settings


class NoAuditKey(RuntimeError):
    """There is no key to sign or check heads with."""

    def __init__(self) -> None:
        super().__init__("Set DUIXIAN_AUDIT_KEY, or DUIXIAN_AUDIT_PRIVATE_KEY to a file with an Ed25519 key.")


@dataclass(frozen=True, slots=True)
class HeadsFolder:
    """Where the daily exports go."""

    url: str
    folder: Path
    signer: Signer

    def export_of_day(self, now: datetime) -> int:
        """Write today's file if it is not there yet; how many chains it has. The name comes with the whole file."""
        place = self.folder / f"heads-{day_of(now).isoformat()}.ndjson"
        if place.exists():
            return 0
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        making = place.with_suffix(f".{os.getpid()}.part")
        try:
            with making.open("wb") as out, audited_database(self.url) as database:
                count = export_heads(database, self.signer, now, out)
                out.flush()
                os.fsync(out.fileno())
            making.replace(place)
        finally:
            making.unlink(missing_ok=True)
        return count


def signer_of(settings: Settings) -> Signer | None:
    """The key that signs. Raises KeyUnusable and OSError."""
    if settings.audit_private_key is not None:
        return private_key(settings.audit_private_key)
    if settings.audit_key is not None:
        return SharedKey(settings.audit_key.get_secret_value().encode())
    return None


def checker_of(settings: Settings) -> Signer | None:
    """The key that checks: the public one, where there is one. Raises KeyUnusable and OSError."""
    if settings.audit_public_key is not None:
        return public_key(settings.audit_public_key)
    return signer_of(settings)


def heads_folder(settings: Settings, url: str) -> HeadsFolder | None:
    """Where and how the worker exports heads; None without a key. Raises KeyUnusable and OSError."""
    signer = signer_of(settings)
    if signer is None:
        return None
    return HeadsFolder(url, settings.audit_heads or settings.data / "heads", signer)
