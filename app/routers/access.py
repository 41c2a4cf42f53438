"""Who calls: 401 without a credential that holds, 403 without the scope. Every operation declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from app.routers.limits import ALLOWANCE
from app.rules.policy import Words
from app.rules.procedure.callers import Caller, Scope
from app.services.refusals import Forbidden

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.services.access import Admission, Gate

    Admit = Callable[[Request], Awaitable[Caller]]

_SCOPES: dict[object, tuple[Scope, ...]] = {}
"""Which scopes each of the dependencies below asks for: the document and the check at start go by it."""


def _caller_with(*scopes: Scope) -> Admit:
    async def admit(request: Request) -> Caller:
        caller = (await _admission(request)).caller
        if scopes and not caller.scopes.intersection(scopes):
            wanted = ", ".join(scopes)
            raise Forbidden(
                Words(f"需要权限：{wanted}", f"This needs the scope {wanted}"),
                scopes=[str(s) for s in scopes],
            )
        return caller

    _SCOPES[admit] = scopes
    return admit


async def _admission(request: Request) -> Admission:
    gate: Gate = request.app.state.gate
    address = request.client.host if request.client is not None else ""
    admission = await gate.admit(request.headers.getlist("authorization"), address)
    request.state.admission = admission
    setattr(request.state, ALLOWANCE, admission.allowance)
    return admission


def admission_of(request: Request) -> Admission:
    """How the caller of a guarded operation came in."""
    found: Admission = request.state.admission
    return found


def scopes_of(dependency: object) -> tuple[Scope, ...] | None:
    """The scopes that a dependency asks for, any of which will do; empty: any caller; None: it admits nobody."""
    return _SCOPES.get(dependency)


OFFICE_SCOPES = (Scope.REVIEW, Scope.APPROVE, Scope.FINANCE, Scope.ADMIN, Scope.AUDIT)

Known = Annotated[Caller, Depends(_caller_with())]
"""Whoever has a credential that holds, a token without any of our scopes too: for what is about the caller alone."""
Anyone = Annotated[Caller, Depends(_caller_with(*Scope))]
"""Any caller with a scope: a platform reads its own, an officer all."""
ADMIT_BY_SCOPE: dict[Scope, Admit] = {scope: _caller_with(scope) for scope in Scope}
"""Admits a caller with the scope: raises Unauthenticated, RateLimited, Forbidden."""
Applicant = Annotated[Caller, Depends(ADMIT_BY_SCOPE[Scope.APPLY])]
Reviewer = Annotated[Caller, Depends(ADMIT_BY_SCOPE[Scope.REVIEW])]
Approver = Annotated[Caller, Depends(ADMIT_BY_SCOPE[Scope.APPROVE])]
Treasurer = Annotated[Caller, Depends(ADMIT_BY_SCOPE[Scope.FINANCE])]
Administrator = Annotated[Caller, Depends(ADMIT_BY_SCOPE[Scope.ADMIN])]
Auditor = Annotated[Caller, Depends(ADMIT_BY_SCOPE[Scope.AUDIT])]
Officer = Annotated[Caller, Depends(_caller_with(*OFFICE_SCOPES))]
"""Any officer: all of them read all."""
Planner = Annotated[Caller, Depends(_caller_with(Scope.REVIEW, Scope.APPROVE, Scope.FINANCE, Scope.ADMIN))]
"""An officer who prepares decisions: what is asked for costs the service work, and holds data for some days."""
Allocator = Annotated[Caller, Depends(_caller_with(Scope.APPROVE, Scope.ADMIN))]
"""An officer who shares out what all applicants ask for."""
ApplicantOrAuditor = Annotated[Caller, Depends(_caller_with(Scope.APPLY, Scope.AUDIT))]
BY_SCOPE = {
    Scope.APPLY: Applicant,
    Scope.REVIEW: Reviewer,
    Scope.APPROVE: Approver,
    Scope.FINANCE: Treasurer,
    Scope.ADMIN: Administrator,
    Scope.AUDIT: Auditor,
}
"""For routes that are made from a table."""
