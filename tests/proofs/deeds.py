"""What an action is asked with: drawn in the model's terms, put into a body, and what the answer adds to it."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.proofs.asking import yuan
from tests.proofs.procedure import TABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proofs.model import Case
    from tests.proofs.procedure import Deed

_NUMBERS = itertools.count(1)
FEWEST_DAYS = 5


class Refused(Exception):
    """The answer of an action that was done is not what the page says."""


def draw_given(deed: Deed, data: st.DataObject) -> bool:
    """Draws what the action is asked with into `deed.given`; False when it makes no sense to ask."""
    if deed.case.status not in TABLE[deed.action][1] and deed.action in _DRAWN:
        # It will be refused for its status: any body that is well formed will do.
        deed.given = {}
        return deed.action in _ANY_BODY
    draw = _DRAWN.get(deed.action)
    return True if draw is None else draw(deed, data)


def _reference(deed: Deed, data: st.DataObject) -> str:
    used = sorted(deed.law.references)
    again = used and data.draw(st.integers(0, 9)) == 0
    return str(data.draw(st.sampled_from(used))) if again else f"V-{next(_NUMBERS)}"


def _submit(deed: Deed, data: st.DataObject) -> bool:
    deed.given["insist"] = data.draw(st.integers(0, 3)) == 0
    return True


def _approve(deed: Deed, data: st.DataObject) -> bool:
    awards = deed.case.open()
    if not awards:
        return False
    declined = data.draw(st.sets(st.sampled_from(range(len(awards))), max_size=len(awards)))
    if data.draw(st.integers(0, 2)):
        declined = set()
    approved = {}
    for number, award in enumerate(awards):
        if number not in declined:
            most = award.due.ceiling
            amount = award.due.amount if most is None else data.draw(st.sampled_from([most, most // 2, 1]))
            approved[award.place] = amount
    deed.given["approved"] = approved
    stated = [place for place in approved if deed.case.award(place).due.ceiling is None]  # type: ignore[union-attr]
    deed.given["wrong_amount"] = bool(stated) and data.draw(st.integers(0, 9)) == 0
    return True


def _publicise(deed: Deed, data: st.DataObject) -> bool:
    deed.given["days"] = data.draw(st.sampled_from([None, FEWEST_DAYS, 7]))
    return True


def _object(deed: Deed, data: st.DataObject) -> bool:
    assert deed.case.notice is not None
    first, last = deed.case.notice
    if deed.day < first:
        return False
    deed.given["received_on"] = min(last, deed.day)
    held = [award.place for award in deed.case.held("reserved")]
    places = data.draw(st.none() | st.lists(st.sampled_from(held), min_size=1, unique=True))
    deed.given["places"] = None if places is None else tuple(places)
    return True


def _resolve(deed: Deed, data: st.DataObject) -> bool:
    unresolved = [one for one in deed.case.objections if one.outcome is None]
    if not unresolved:
        return False
    deed.given["objection"] = data.draw(st.sampled_from(unresolved))
    deed.given["outcome"] = data.draw(st.sampled_from(["dismissed", "dismissed", "upheld"]))
    return True


def _confirm(deed: Deed, data: st.DataObject) -> bool:
    deed.given["reference"] = _reference(deed, data)
    return True


def _revoke(deed: Deed, data: st.DataObject) -> bool:
    if deed.case.status != "paid":
        return True
    paid = deed.case.held("paid")
    named = data.draw(st.lists(st.sampled_from(range(len(paid))), min_size=1, unique=True))
    claimed = {}
    for number in named:
        held = paid[number].accounts["paid"]
        claimed[paid[number].place] = data.draw(st.sampled_from([held, held, max(1, held // 3)]))
    deed.given["claimed"] = claimed
    deed.given["restores"] = data.draw(st.booleans())
    return True


def _of_debt(deed: Deed, data: st.DataObject) -> bool:
    owing = deed.case.held("owed")
    if not owing:
        return False
    award = data.draw(st.sampled_from(owing))
    owed = award.accounts["owed"]
    deed.given["place"] = award.place
    deed.given["amount"] = data.draw(st.sampled_from([owed, owed, max(1, owed // 2)]))
    deed.given["reference"] = f"R-{next(_NUMBERS)}"
    return True


_DRAWN: dict[str, Callable[[Deed, st.DataObject], bool]] = {
    "submit": _submit,
    "approve": _approve,
    "publicise": _publicise,
    "object": _object,
    "resolve": _resolve,
    "confirm": _confirm,
    "revoke": _revoke,
    "recover": _of_debt,
    "write-off": _of_debt,
}
_ANY_BODY = ("submit", "publicise", "confirm", "revoke")


def body_of(deed: Deed) -> dict[str, Any] | None:
    """The body of the action; None where it may come without one."""
    case, given = deed.case, deed.given
    match deed.action:
        case "submit":
            return {"insist": True} if given.get("insist") else None
        case "withdraw" | "accept" | "grant" | "pay":
            return None
        case "return":
            return {"reason": "look again", "items": [{"pointer": "/facts", "message": "is that all?"}]}
        case "approve":
            return {"awards": [_decision(deed, award.place, award.id) for award in case.open()]}
        case "publicise":
            return {"days": given["days"]} if given.get("days") else None
        case "object":
            body = {
                "by": "a neighbour",
                "contact": "13800001234",
                "text": "not so",
                **_ids(case, given["places"]),
            }
            return {**body, "received_on": given["received_on"].isoformat()}
        case "resolve":
            named = {"objection": given["objection"].id, "outcome": given["outcome"]}
            return {**named, "reason": "looked into"}
        case "confirm":
            reference = given.get("reference", f"V-{next(_NUMBERS)}")
            return {"reference": reference, "paid_on": deed.day.isoformat()}
        case "revoke" if "claimed" in given:
            awards = [
                {"award": _id(case, place), "amount": yuan(amount)}
                for place, amount in given["claimed"].items()
            ]
            return {"reason": "found wrong", "awards": awards, "restores_entitlement": given["restores"]}
        case "recover":
            named = {"award": _id(case, given["place"]), "amount": yuan(given["amount"])}
            return {**named, "reference": given["reference"], "received_on": deed.day.isoformat()}
        case "write-off":
            return {"award": _id(case, given["place"]), "reason": "gone"}
        case _:
            return {"reason": "so it is"}


def _decision(deed: Deed, place: Any, award_id: str) -> dict[str, Any]:
    award = deed.case.award(place)
    assert award is not None
    amount = deed.given["approved"].get(place)
    if amount is None:
        return {"award": award_id, "decision": "decline", "reason": "not this one"}
    if award.due.ceiling is not None:
        return {"award": award_id, "decision": "approve", "amount": yuan(amount), "reason": "as found"}
    stated = amount + 100 if deed.given["wrong_amount"] else amount
    return {"award": award_id, "decision": "approve", "expected_amount": yuan(stated)}


def _ids(case: Case, places: Any) -> dict[str, Any]:
    return {} if places is None else {"awards": [_id(case, place) for place in places]}


def _id(case: Case, place: Any) -> str:
    award = case.award(place)
    assert award is not None
    return award.id


def learn(deed: Deed, shown: dict[str, Any]) -> None:
    """What only the answer tells: ids, and days counted in working days. Raises Refused when they cannot be."""
    if deed.action == "object":
        known = {one.id for one in deed.case.objections}
        new = [one["id"] for one in shown["objections"] if one["id"] not in known]
        if len(new) != 1:
            raise Refused(f"one objection was made, there are {new}")
        deed.given["id"] = new[0]
    if deed.action == "publicise":
        notice = shown["public_notice"]
        first, last = (date.fromisoformat(notice[name]) for name in ("from", "last_day"))
        days = deed.given.get("days") or FEWEST_DAYS
        if first != deed.day + timedelta(days=1) or not days <= (last - deed.day).days <= days + 12:
            raise Refused(f"notice from {first} to {last}")
        deed.given["notice"] = (first, last)
    if deed.action == "return":
        answer_by = date.fromisoformat(shown["answer_by"])
        if not 10 <= (answer_by - deed.day).days <= 24:
            raise Refused(f"to answer by {answer_by}")
        deed.given["answer_by"] = answer_by
