"""Duties that one person must not hold together on one application; a constraint of the database stands behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.policy import Words
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from app.services.office import Work
    from app.store.applications import ApplicationRow


def must_not_have_accepted(work: Work, row: ApplicationRow) -> None:
    """Raises `same-person` for whoever accepted the application, ever."""
    if work.caller.name in row.accepted_by:
        raise _same_person("受理", "accepted")


def must_not_have_approved(work: Work, row: ApplicationRow) -> None:
    """Raises `same-person` for whoever approved the application, ever."""
    if work.caller.name in row.approved_by:
        raise _same_person("审批", "approved")


def joined(persons: tuple[str, ...], person: str) -> tuple[str, ...]:
    """Who did it, ever: each person once, in order."""
    return persons if person in persons else (*persons, person)


def _same_person(zh: str, en: str) -> Refusal:
    return Refusal(
        Words(f"您此前{zh}了本申请，须由他人办理", f"You {en} this application: another person must do this"),
        kind="same-person",
    )
