"""The office as the settings have it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from app.rules.money import parse_yuan
from app.services.bulk_folder import BulkFolder
from app.services.document_store import LocalDocuments
from app.services.office import Office, Practice

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from app.services.served_policies import ServedPolicies
    from app.settings import Settings


def open_office(settings: Settings, engine: AsyncEngine, served: ServedPolicies) -> Office:
    """The means of this process."""
    practice = Practice(
        may_return=settings.may_return,
        answer_days=settings.answer_days,
        public_days=settings.public_days,
        punishment_lists=settings.punishment_lists,
        list_days=settings.list_days,
        offer_days=settings.offer_days,
        match_hour=settings.match_hour,
        maximums={measure: parse_yuan(most) for measure, most in settings.maximums.items()},
    )
    documents = LocalDocuments(settings.documents or settings.data / "documents")
    bulk = BulkFolder(
        settings.bulk or settings.data / "bulk",
        most_bytes=settings.upload_mib * 1024 * 1024,
        uploads_kept=timedelta(days=settings.upload_days),
        jobs_kept=timedelta(days=settings.job_days),
    )
    lead = timedelta(seconds=settings.publish_lead_seconds)
    return Office(engine, served, practice, documents, _secret(settings), bulk, lead)


def _secret(settings: Settings) -> bytes:
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    return hashlib.sha256(f"cursors of {settings.database_url}".encode()).digest()
