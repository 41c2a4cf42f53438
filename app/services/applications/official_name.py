"""The name of an organisation as the office knows it."""

from __future__ import annotations

from app.rules.identifiers import uscc_mistake


def official_name(on_record: str, stated: str) -> str:
    """The name on record; a record that nobody has named yet has its code for a name: then the applicant's own."""
    return stated if uscc_mistake(on_record) is None else on_record
