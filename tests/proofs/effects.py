"""What each action does to an application and to the ledger, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.proofs.model import Award, Objection

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proofs.model import Case, Place
    from tests.proofs.procedure import Deed


def assessed_anew(deed: Deed) -> None:
    """The application shows the new assessment; what was eligible and is not stays as ineligible."""
    case = deed.case
    due = deed.law.assess(case, deed.day)
    before = {award.place: award for award in case.awards}
    for place, one in due.items():
        award = before.pop(place, None)
        if award is None:
            case.awards.append(Award(place, one))
        else:
            award.due, award.state = one, "assessed"
    for award in before.values():
        award.state = "ineligible"


def do(deed: Deed) -> None:
    """The effect of an action that was carried out."""
    _EFFECTS[deed.action](deed)
    deed.case.events += 1


def _submitted(deed: Deed) -> None:
    assessed_anew(deed)
    deed.case.status, deed.case.submitted, deed.case.answer_by = "submitted", True, None


def _withdrawn(deed: Deed) -> None:
    _release(deed.case, "withdrawn")


def _release(case: Case, status: str) -> None:
    for award in case.awards:
        if award.state == "held":
            award.release()
    case.status, case.on_hold, case.answer_by = status, False, None


def _accepted(deed: Deed) -> None:
    deed.case.accepted_by.add(deed.who)
    deed.case.status = "accepted"


def _returned(deed: Deed) -> None:
    deed.case.times_returned += 1
    deed.case.answer_by = deed.given["answer_by"]
    deed.case.status = "returned"


def _rejected(deed: Deed) -> None:
    deed.case.status = "rejected"


def _approved(deed: Deed) -> None:
    case = deed.case
    approved: dict[Place, int] = deed.given["approved"]
    for award in case.open():
        amount = approved.get(award.place)
        if amount is None:
            award.state = "declined"
            continue
        award.state, award.amount, award.claiming = "held", amount, True
        award.move(None, "reserved", amount)
    case.approved_by.add(deed.who)
    case.status = "approved" if approved else "rejected"


def _reopened(deed: Deed) -> None:
    case = deed.case
    _release(case, "accepted")
    for award in case.awards:
        if award.state in ("released", "declined"):
            award.state, award.amount, award.accounts = "assessed", 0, {}
    case.notice = None


def _publicised(deed: Deed) -> None:
    deed.case.notice = deed.given["notice"]
    deed.case.status = "publicised"


def _objected(deed: Deed) -> None:
    deed.case.objections.append(Objection(deed.given["id"], deed.given["places"]))


def _resolved(deed: Deed) -> None:
    case = deed.case
    objection: Objection = deed.given["objection"]
    objection.outcome = deed.given["outcome"]
    case.resolved_by.add(deed.who)
    if objection.outcome != "upheld":
        return
    for award in case.awards:
        if award.state == "held" and (objection.places is None or award.place in objection.places):
            award.release()
    if not case.held("reserved"):
        case.status, case.on_hold = "rejected", False


def _granted(deed: Deed) -> None:
    for award in deed.case.held("reserved"):
        award.move("reserved", "payable", award.amount)
    deed.case.paid_by.add(deed.who)
    deed.case.status = "granted"


def _held(deed: Deed) -> None:
    deed.case.on_hold = True


def _resumed(deed: Deed) -> None:
    deed.case.on_hold = False


def _ordered(deed: Deed) -> None:
    deed.case.paid_by.add(deed.who)
    deed.case.status, deed.case.ordered_on, deed.case.override = "paying", deed.day, False


def _overridden(deed: Deed) -> None:
    deed.case.override = True


def _confirmed(deed: Deed) -> None:
    for award in deed.case.held("payable"):
        award.move("payable", "paid", award.amount)
    deed.case.reference = deed.given["reference"]
    deed.law.references.add(deed.case.reference)
    deed.case.paid_by.add(deed.who)
    deed.case.status = "paid"


def _failed(deed: Deed) -> None:
    if deed.case.status == "paid":  # a voucher that came back, or was mistyped, may be named again
        deed.law.references.discard(deed.case.reference)
    for award in deed.case.held("paid"):
        award.move("paid", "payable", award.amount)
    deed.case.status = "granted"


def _revoked(deed: Deed) -> None:
    case = deed.case
    if case.status != "paid":
        _release(case, "revoked")
        return
    for place, amount in deed.given["claimed"].items():
        award = case.award(place)
        assert award is not None
        award.move("paid", "owed", amount)
        award.clawed_back += amount
        award.restores = deed.given["restores"]
    if not case.held("paid"):
        case.status = "revoked"


def _recovered(deed: Deed) -> None:
    award = deed.case.award(deed.given["place"])
    assert award is not None
    award.move("owed", "recovered", deed.given["amount"])
    if award.restores and award.accounts["recovered"] == award.amount:
        award.claiming = False


def _written_off(deed: Deed) -> None:
    award = deed.case.award(deed.given["place"])
    assert award is not None
    award.move("owed", "written_off", award.accounts["owed"])


_EFFECTS: dict[str, Callable[[Deed], None]] = {
    "submit": _submitted,
    "withdraw": _withdrawn,
    "accept": _accepted,
    "return": _returned,
    "reject": _rejected,
    "approve": _approved,
    "reopen": _reopened,
    "publicise": _publicised,
    "object": _objected,
    "resolve": _resolved,
    "grant": _granted,
    "hold": _held,
    "resume": _resumed,
    "pay": _ordered,
    "override": _overridden,
    "confirm": _confirmed,
    "fail": _failed,
    "revoke": _revoked,
    "recover": _recovered,
    "write-off": _written_off,
}
