"""The one transition table: what may be done to an application, from where, by whom, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.rules.procedure.callers import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    APPROVED = "approved"
    PUBLICISED = "publicised"
    GRANTED = "granted"
    PAYING = "paying"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    REVOKED = "revoked"


class Action(StrEnum):
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    RETURN = "return"
    REJECT = "reject"
    APPROVE = "approve"
    REOPEN = "reopen"
    PUBLICISE = "publicise"
    OBJECT = "object"
    RESOLVE = "resolve"
    GRANT = "grant"
    HOLD = "hold"
    RESUME = "resume"
    PAY = "pay"
    OVERRIDE = "override"
    CONFIRM = "confirm"
    FAIL = "fail"
    REVOKE = "revoke"
    RECOVER = "recover"
    WRITE_OFF = "write-off"


S, A = Status, Action


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table."""

    action: Action
    scope: Scope
    origins: tuple[Status, ...]
    ends: tuple[Status, ...]
    """Where it may lead; empty: the status stays."""
    past: str
    """The event's type is `application.<past>`."""
    body: bool = False
    """Whether the body has fields that must be there."""


_BEFORE_PAYING = (S.DRAFT, S.SUBMITTED, S.RETURNED, S.ACCEPTED, S.APPROVED, S.PUBLICISED, S.GRANTED)
_DECIDED = (S.APPROVED, S.PUBLICISED, S.GRANTED)

TRANSITIONS: tuple[Transition, ...] = (
    Transition(A.SUBMIT, Scope.APPLY, (S.DRAFT, S.RETURNED), (S.SUBMITTED,), "submitted"),
    Transition(A.WITHDRAW, Scope.APPLY, _BEFORE_PAYING, (S.WITHDRAWN,), "withdrawn"),
    Transition(A.ACCEPT, Scope.REVIEW, (S.SUBMITTED,), (S.ACCEPTED,), "accepted"),
    Transition(A.RETURN, Scope.REVIEW, (S.SUBMITTED, S.ACCEPTED), (S.RETURNED,), "returned", body=True),
    Transition(A.REJECT, Scope.REVIEW, (S.SUBMITTED, S.ACCEPTED), (S.REJECTED,), "rejected", body=True),
    Transition(A.APPROVE, Scope.APPROVE, (S.ACCEPTED,), (S.APPROVED, S.REJECTED), "approved", body=True),
    Transition(A.REOPEN, Scope.APPROVE, _DECIDED, (S.ACCEPTED,), "reopened", body=True),
    Transition(A.PUBLICISE, Scope.REVIEW, (S.APPROVED,), (S.PUBLICISED,), "publicised"),
    Transition(A.OBJECT, Scope.REVIEW, (S.PUBLICISED,), (), "objection_recorded", body=True),
    Transition(A.RESOLVE, Scope.REVIEW, (S.PUBLICISED,), (S.REJECTED,), "objection_resolved", body=True),
    Transition(A.GRANT, Scope.FINANCE, (S.PUBLICISED,), (S.GRANTED,), "granted"),
    Transition(A.HOLD, Scope.FINANCE, _DECIDED, (), "held", body=True),
    Transition(A.RESUME, Scope.FINANCE, _DECIDED, (), "resumed", body=True),
    Transition(A.PAY, Scope.FINANCE, (S.GRANTED,), (S.PAYING,), "payment_ordered"),
    Transition(A.OVERRIDE, Scope.ADMIN, (S.GRANTED,), (), "override_recorded", body=True),
    Transition(A.CONFIRM, Scope.FINANCE, (S.PAYING,), (S.PAID, S.GRANTED), "paid", body=True),
    Transition(
        A.FAIL, Scope.FINANCE, (S.PAYING, S.PAID, S.GRANTED), (S.GRANTED,), "payment_failed", body=True
    ),
    Transition(A.REVOKE, Scope.ADMIN, (*_DECIDED, S.PAID), (S.REVOKED,), "revoked", body=True),
    Transition(A.RECOVER, Scope.FINANCE, (S.PAID, S.REVOKED), (), "recovered", body=True),
    Transition(A.WRITE_OFF, Scope.ADMIN, (S.PAID, S.REVOKED), (), "written_off", body=True),
)
"""In the order of the procedure."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """How an application comes to be."""

    name: str
    scope: Scope
    status: Status
    """Where it begins. Its event is `application.created`."""


BEGINNINGS: tuple[Beginning, ...] = (
    Beginning("create", Scope.APPLY, S.DRAFT),
    Beginning("accept an offer", Scope.APPLY, S.ACCEPTED),
)
"""By hand; or by consent to an award that was offered, for which whoever ran the match has accepted."""

BY_ACTION = {row.action: row for row in TRANSITIONS}


@dataclass(frozen=True, slots=True)
class Position:
    """What decides which actions an application allows, beside who asks."""

    status: Status
    on_hold: bool = False
    times_returned: int = 0
    may_return: int = 1
    """How often an application may be returned (setting)."""
    open_objections: int = 0
    open_debts: int = 0
    clawed_back: bool = False
    """Whether a claw-back of this application was ever begun."""
    partly_paid: bool = False
    """Whether an instalment was paid and another is left."""


def allowed_actions(position: Position, scopes: Iterable[Scope] | None = None) -> tuple[Action, ...]:
    """The actions open now, in the order of the table; with `scopes`, those of a caller who has them.

    Whether the moment has come (a window, a notice's last day) is for the action itself to say.
    """
    held = None if scopes is None else frozenset(scopes)
    return tuple(
        row.action
        for row in TRANSITIONS
        if (held is None or row.scope in held)
        and position.status in row.origins
        and _open(row.action, position)
    )


def _open(action: Action, position: Position) -> bool:
    match action:
        case Action.RETURN:
            return position.times_returned < position.may_return
        case Action.HOLD:
            return not position.on_hold
        case Action.RESUME:
            return position.on_hold
        case Action.RESOLVE:
            return position.open_objections > 0
        case Action.GRANT:
            return position.open_objections == 0 and not position.on_hold
        case Action.PAY:
            return not position.on_hold
        case Action.FAIL:
            return not position.clawed_back and (
                position.status is not Status.GRANTED or position.partly_paid
            )
        case Action.WITHDRAW | Action.REOPEN:
            return not position.partly_paid
        case Action.RECOVER | Action.WRITE_OFF:
            return position.open_debts > 0
    return True
