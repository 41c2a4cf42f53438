"""What is kept: one small module per aggregate; queries return domain values, never rows."""

from app.store import policy_versions as _policy_versions
from app.store.database import METADATA
from app.store.tables import allocations as _allocations
from app.store.tables import applications as _applications
from app.store.tables import assessments as _assessments
from app.store.tables import documents as _documents
from app.store.tables import events as _events
from app.store.tables import idempotency as _idempotency
from app.store.tables import jobs as _jobs
from app.store.tables import keys as _keys
from app.store.tables import ledger as _ledger
from app.store.tables import offers as _offers
from app.store.tables import organisations as _organisations
from app.store.tables import publications as _publications
from app.store.tables import records as _records
from app.store.tables import webhooks as _webhooks

TABLES = (
    _policy_versions.policy_versions,
    _publications.publications,
    _keys.api_keys,
    _organisations.organisations,
    _organisations.organisation_codes,
    _applications.applications,
    _applications.awards,
    _applications.objections,
    _applications.payments,
    _applications.recoveries,
    _assessments.assessments,
    _ledger.claims,
    _ledger.limit_usage,
    _ledger.ledger_entries,
    _events.events,
    _events.chain_heads,
    _idempotency.idempotency_keys,
    _records.joint_punishment,
    _records.list_readings,
    _records.funding_records,
    _records.imports,
    _documents.documents,
    _webhooks.webhook_endpoints,
    _webhooks.webhook_deliveries,
    _offers.organisation_facts,
    _offers.matches,
    _offers.match_marks,
    _offers.offers,
    _allocations.allocation_runs,
    _allocations.allocation_lines,
    _jobs.jobs,
    _jobs.uploads,
)
"""Every table; naming them here loads them into METADATA."""

__all__ = ["METADATA", "TABLES"]
