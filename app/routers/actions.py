"""POST /v1/applications/{application}/<action>: one route for each action there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from app.routers.access import BY_SCOPE
from app.routers.applications import ApplicationId
from app.routers.documenting_orders import ETAG, order_operation
from app.routers.orders import answer_order
from app.rules.procedure.applications import BY_ACTION, Action
from app.rules.procedure.callers import Caller  # noqa: TC001 - FastAPI reads it
from app.schemas.application_answers import ApplicationAnswer
from app.services.applications.acting import plan_of
from app.services.applications.acts import ACTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.rules.procedure.applications import Transition
    from app.services.applications.acting import Act

router = APIRouter(tags=["applications"])

_VALIDATED = (Action.SUBMIT, Action.APPROVE)
_PROBLEMS: dict[Action, tuple[str, ...]] = {
    Action.SUBMIT: ("outside-window", "incomplete", "not-eligible"),
    Action.APPROVE: (
        "assessment-changed",
        "already-awarded",
        "cap-exceeded",
        "not-allotted",
        "records-stale",
        "same-person",
    ),
    Action.REOPEN: ("same-person",),
    Action.OBJECT: ("outside-window",),
    Action.PUBLICISE: ("conflict",),
    Action.RESOLVE: ("same-person", "conflict"),
    Action.GRANT: ("public-notice-open", "objection-open", "on-hold", "same-person"),
    Action.PAY: ("on-hold", "debt-open", "records-stale", "excluded", "same-person"),
    Action.CONFIRM: ("reference-used", "same-person"),
    Action.RECOVER: ("reference-used",),
}


_SUMMARIES: dict[Action, str] = {
    Action.SUBMIT: "Submit an application",
    Action.WITHDRAW: "Withdraw an application",
    Action.ACCEPT: "Take an application on",
    Action.RETURN: "Return an application to be corrected",
    Action.REJECT: "Refuse an application formally",
    Action.APPROVE: "Approve awards, or decline them",
    Action.REOPEN: "Take an approval back",
    Action.PUBLICISE: "Put the approved awards under public notice",
    Action.OBJECT: "Record an objection",
    Action.RESOLVE: "Decide an objection",
    Action.GRANT: "Make awards payable once the notice is over",
    Action.HOLD: "Put an application on hold",
    Action.RESUME: "Lift the hold",
    Action.PAY: "Order the payment of what is payable",
    Action.OVERRIDE: "Let the next payment through in spite of what stops it",
    Action.CONFIRM: "Record that the bank has paid",
    Action.FAIL: "Record that a payment bounced",
    Action.REVOKE: "Revoke awards, or claim back what was paid",
    Action.RECOVER: "Record money that came back",
    Action.WRITE_OFF: "Give up a debt",
}


def _description(row: Transition) -> str:
    origins, ends = (", ".join(f"`{status}`" for status in some) for some in (row.origins, row.ends))
    leads = f"may lead to {ends}" if ends else "leaves the status as it is"
    return f"From {origins}; {leads}. Its event is `application.{row.past}`."


def answer_action(act: Act) -> Callable[[Request, Caller, str], Awaitable[Response]]:
    """How a request for an action is answered, for a caller who may."""
    bare, may_validate = not BY_ACTION[act.action].body, act.action in _VALIDATED

    async def answer(request: Request, caller: Caller, application: str) -> Response:
        plan = plan_of(act, application)
        return await answer_order(request, caller, plan, may_validate=may_validate, bare=bare)

    return answer


def _endpoint(act: Act) -> Callable[..., Awaitable[Response]]:
    row = BY_ACTION[act.action]
    answer = answer_action(act)

    async def carry_out(request: Request, application: ApplicationId, caller: Caller) -> Response:
        return await answer(request, caller, application)

    carry_out.__annotations__["caller"] = BY_SCOPE[row.scope]
    carry_out.__doc__ = _description(row)
    return carry_out


def _route(act: Act) -> None:
    row = BY_ACTION[act.action]
    documented: dict[str, Any] = order_operation(
        act.model,
        ApplicationAnswer,
        guarded=True,
        may_validate=act.action in _VALIDATED,
        bare=not row.body,
        timed=True,
        problems=("not-allowed-now", *_PROBLEMS.get(act.action, ())),
        headers=ETAG,
    )
    name = act.action.value
    router.add_api_route(
        f"/v1/applications/{{application}}/{name}",
        _endpoint(act),
        methods=["POST"],
        operation_id=f"{name.replace('-', '_')}_application",
        summary=_SUMMARIES[act.action],
        **documented,
    )


for _act in ACTS:
    _route(_act)
