"""The procedure in memory: what each action needs, and what stands against it.

`open_to` is the table; `against` gives the slugs of the refusals that a right answer may have.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from tests.proofs.model import Case, Due, Law

BEFORE_PAYING = ("draft", "submitted", "returned", "accepted", "approved", "publicised", "granted")
DECIDED = ("approved", "publicised", "granted")
TABLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "submit": ("apply", ("draft", "returned")),
    "withdraw": ("apply", BEFORE_PAYING),
    "accept": ("review", ("submitted",)),
    "return": ("review", ("submitted", "accepted")),
    "reject": ("review", ("submitted", "accepted")),
    "approve": ("approve", ("accepted",)),
    "reopen": ("approve", DECIDED),
    "publicise": ("review", ("approved",)),
    "object": ("review", ("publicised",)),
    "resolve": ("review", ("publicised",)),
    "grant": ("finance", ("publicised",)),
    "hold": ("finance", DECIDED),
    "resume": ("finance", DECIDED),
    "pay": ("finance", ("granted",)),
    "override": ("admin", ("granted",)),
    "confirm": ("finance", ("paying",)),
    "fail": ("finance", ("paying", "paid")),
    "revoke": ("admin", (*DECIDED, "paid")),
    "recover": ("finance", ("paid", "revoked")),
    "write-off": ("admin", ("paid", "revoked")),
}
"""Action: scope, and the statuses that it may be done from."""
MAY_RETURN = 1


@dataclass
class Deed:
    """One action as it is about to be asked for."""

    law: Law
    case: Case
    action: str
    who: str
    day: date
    stale: bool
    """Whether the punishment list was not read lately."""
    given: dict[str, Any] = field(default_factory=dict)
    """In the model's own terms: places, fen, days."""


def open_to(case: Case) -> set[str]:
    """The actions that are open to somebody."""
    return {
        action
        for action, (_, origins) in TABLE.items()
        if case.status in origins and not _barred(case, action)
    }


def _barred(case: Case, action: str) -> bool:
    unresolved = any(one.outcome is None for one in case.objections)
    owed = bool(case.held("owed"))
    clawed = any(award.clawed_back for award in case.awards)
    return {
        "return": case.times_returned >= MAY_RETURN,
        "hold": case.on_hold,
        "resume": not case.on_hold,
        "resolve": not unresolved,
        "grant": unresolved or case.on_hold,
        "pay": case.on_hold,
        "fail": clawed,
        "recover": not owed,
        "write-off": not owed,
    }.get(action, False)


def against(deed: Deed) -> set[str]:
    """Every refusal that would be right; empty: it must be done."""
    case, action = deed.case, deed.action
    if case.status not in TABLE[action][1]:
        return {"not-allowed-now"}
    found = _of_persons(deed)
    if _barred(case, action):
        found |= {"not-allowed-now", *(["on-hold"] if case.on_hold else [])}
        found |= {"objection-open"} if action == "grant" else set()
    special = {"submit": _submit, "approve": _approve, "grant": _grant, "pay": _pay, "confirm": _confirm}
    if action in special:
        found |= special[action](deed)
    return found


def _of_persons(deed: Deed) -> set[str]:
    return {"same-person"} if deed.who in kept_apart(deed.case, deed.action) else set()


def kept_apart(case: Case, action: str) -> set[str]:
    """Who may not do it, since they did what must be another person's."""
    apart = {
        "accept": case.approved_by | case.resolved_by,
        "approve": case.accepted_by | case.paid_by,
        "reopen": case.approved_by,
        "resolve": case.accepted_by,
        "grant": case.approved_by,
        "pay": case.approved_by,
        "confirm": case.approved_by,
    }
    return apart.get(action, set())


def _submit(deed: Deed) -> set[str]:
    law, case = deed.law, deed.case
    found = set()
    if case.status == "returned":
        late = case.answer_by is not None and deed.day > case.answer_by
    else:
        late = deed.day.year != case.year
    if late:
        found.add("outside-window")
    if law.undetermined(case, deed.day):
        found.add("incomplete")
    elif not law.assess(case, deed.day) and not deed.given["insist"]:
        found.add("not-eligible")
    return found


def changed(deed: Deed) -> bool:
    """Whether the records now say something else than what the application shows."""
    shown = {award.place: _weight(award.due) for award in deed.case.open()}
    due = deed.law.assess(deed.case, deed.day)
    return shown != {place: _weight(one) for place, one in due.items()}


def _weight(due: Due) -> tuple[int | None, int | None]:
    return due.amount, due.ceiling


def _approve(deed: Deed) -> set[str]:
    found = set()
    if deed.stale and not deed.law.is_listed(deed.case.organisation, deed.day):
        found.add("records-stale")
    if changed(deed) or deed.given.get("wrong_amount"):
        found.add("assessment-changed")
    claims = [
        claim
        for place in deed.given["approved"]
        if (award := deed.case.award(place)) is not None
        for claim in award.due.claims
    ]
    if len(claims) != len(set(claims)):
        found.add("already-awarded")
    return found


def _grant(deed: Deed) -> set[str]:
    assert deed.case.notice is not None
    return {"public-notice-open"} if deed.day <= deed.case.notice[1] else set()


def _pay(deed: Deed) -> set[str]:
    law, case = deed.law, deed.case
    found = set()
    if deed.stale and not law.is_listed(case.organisation, deed.day):
        found.add("records-stale")
    if not case.override:
        found |= {"debt-open"} if law.debt(law.who(case.organisation)) else set()
        found |= {"excluded"} if law.is_listed(case.organisation, deed.day) else set()
    if funded(law, case) and not case.override:
        found.add("excluded")
    return found


def funded(law: Law, case: Case) -> bool:
    """Whether the district has paid for a project of what is payable."""
    return any(
        claim[0] == "project" and claim[2] in law.funded
        for award in case.held("payable")
        for claim in award.due.claims
    )


def _confirm(deed: Deed) -> set[str]:
    return {"reference-used"} if deed.given["reference"] in deed.law.references else set()
