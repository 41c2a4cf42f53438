"""What is kept: one small module per aggregate; queries return domain values, never rows."""

from app.store import policy_versions as _policy_versions
from app.store.database import METADATA

TABLES = (_policy_versions.policy_versions,)
"""Every table; naming them here loads them into METADATA."""

__all__ = ["METADATA", "TABLES"]
