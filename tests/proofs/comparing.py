"""Whether the service shows what the model holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.proofs.asking import yuan
from tests.proofs.procedure import open_to

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.proofs.model import Award, Case


def differences(case: Case, shown: dict[str, Any], open_shown: set[str]) -> list[str]:
    """What the service says otherwise than the model, in words."""
    found = []
    if shown["status"] != case.status:
        found.append(f"status {shown['status']}, should be {case.status}")
    if open_shown != open_to(case):
        found.append(f"open actions {sorted(open_shown)}, should be {sorted(open_to(case))}")
    if (shown["on_hold"] is not None) != case.on_hold:
        found.append(f"on_hold {shown['on_hold']}, should be {case.on_hold}")
    if shown["answer_by"] != (None if case.answer_by is None else case.answer_by.isoformat()):
        found.append(f"answer_by {shown['answer_by']}, should be {case.answer_by}")
    outcomes = {one["id"]: one["outcome"] for one in shown["objections"]}
    if outcomes != {one.id: one.outcome for one in case.objections}:
        found.append(f"objections {outcomes}, should be {case.objections}")
    return [*found, *_awards(case, shown["awards"])]


def _awards(case: Case, shown: Iterable[dict[str, Any]]) -> list[str]:
    found = []
    left = {award.place: award for award in case.awards}
    for one in shown:
        award = left.pop((one["measure"], one["item"]), None)
        if award is None:
            if one["state"] != "ineligible":
                found.append(f"award {one} is unknown")
            continue
        award.id = one["id"]
        wanted = _figures(award)
        if one["state"] not in _states(case, award):
            found.append(f"award {award.place} {one['state']}, should be {_states(case, award)}")
        found += [
            f"award {award.place} {name} {one[name]}, should be {value}"
            for name, value in wanted.items()
            if one[name] != value
        ]
    found += [f"award {award.place} is not shown" for award in left.values() if award.state != "ineligible"]
    return found


def _figures(award: Award) -> dict[str, str | None]:
    figures: dict[str, str | None] = {
        "clawed_back": yuan(award.clawed_back),
        "recovered": yuan(award.accounts.get("recovered", 0)),
    }
    if award.state in ("held", "released"):
        figures["amount"] = yuan(award.amount)
    elif award.state == "assessed":
        figures["amount"] = None
        figures["assessed"] = None if award.due.amount is None else yuan(award.due.amount)
        figures["ceiling"] = None if award.due.ceiling is None else yuan(award.due.ceiling)
    return figures


def _states(case: Case, award: Award) -> set[str]:
    if award.state != "held":
        return {award.state}
    held = {name for name, amount in award.accounts.items() if amount}
    if "reserved" in held:
        return {"reserved"}
    if "payable" in held:
        return {"paying" if case.status == "paying" else "payable"}
    if "owed" in held:
        return {"owed"}
    if "paid" in held:
        return {"paid"}
    return held & {"recovered", "written_off"}
