"""What stands in the way of an action that the status allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.policy import Words
from app.rules.procedure.applications import BY_ACTION, Action
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from app.services.applications.cases import Case


def hindrance(case: Case, action: Action) -> Refusal | None:
    """The refusal that tells it, or None when it is the status itself, or nothing."""
    if case.row.status not in BY_ACTION[action].origins:
        return None
    if action in (Action.GRANT, Action.PAY) and case.row.on_hold is not None:
        return Refusal(
            Words(f"已暂缓：{case.row.on_hold['reason']}", f"It is on hold: {case.row.on_hold['reason']}"),
            kind="on-hold",
            on_hold=case.row.on_hold,
        )
    if action is Action.GRANT:
        unresolved = [one.id for one in case.objections if one.outcome is None]
        if unresolved:
            return Refusal(
                Words("尚有未处理的异议", "An objection is not resolved yet"),
                kind="objection-open",
                objections=unresolved,
            )
    return None
