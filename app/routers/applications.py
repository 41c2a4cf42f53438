"""/v1/applications: make, read, list, change, and look into how they were assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from app.routers.access import Anyone, Applicant
from app.routers.documenting_orders import (
    AFTER,
    ETAG,
    LIMIT,
    LOCATION,
    filter_of,
    order_operation,
    read_operation,
)
from app.routers.orders import answer_order, answer_read, office_of
from app.routers.paging import answer_page, read_page
from app.routers.query import code, one_of, read_query, whole, word
from app.rules.procedure.applications import Status
from app.schemas.application_answers import (
    ApplicationAnswer,
    ApplicationList,
    AssessmentAnswer,
    AssessmentList,
    ReplayAnswer,
)
from app.schemas.applications import ChangedApplication, NewApplication
from app.services.applications import reading
from app.services.applications.drafting import change_plan, create_plan

if TYPE_CHECKING:
    from app.routers.query import Parser
    from app.rules.procedure.callers import Caller

router = APIRouter(tags=["applications"])

_ID = {"pattern": "^app_[0-9a-f]{32}$"}
ApplicationId = Annotated[
    str, Path(description="The application's id.", examples=["app_" + "0" * 32], json_schema_extra=_ID)
]
_FILTERS: dict[str, Parser] = {
    "status": one_of(*Status),
    "policy": word(100),
    "year": whole(2000, 2100),
    "uscc": code,
    "external_ref": word(),
}
_PARAMETERS = (
    filter_of("status", {"$ref": "#/components/schemas/Status"}, "Only those in this status."),
    filter_of("policy", {"type": "string", "maxLength": 100}, "Only those under this policy."),
    filter_of("year", {"type": "integer", "minimum": 2000, "maximum": 2100}, "Only those of this year."),
    filter_of("uscc", {"type": "string"}, "Only those of the applicant with this code."),
    filter_of("external_ref", {"type": "string", "maxLength": 200}, "Only those with this reference."),
    AFTER,
    LIMIT,
)


@router.post(
    "/v1/applications",
    operation_id="create_application",
    summary="Draft an application",
    **order_operation(
        NewApplication,
        ApplicationAnswer,
        status=201,
        may_validate=True,
        found=True,
        timed=True,
        problems=("outside-window", "duplicate-ref"),
        headers={**ETAG, **LOCATION},
    ),
)
async def create_application(request: Request, caller: Applicant) -> Response:
    """Facts may be missing until it is submitted; `applicant.credit` is for the records to say."""
    return await answer_creation(request, caller)


async def answer_creation(request: Request, caller: Caller, _application: str = "") -> Response:
    """How a request for a new application is answered, for a caller who may."""
    return await answer_order(request, caller, create_plan(), may_validate=True)


@router.get(
    "/v1/applications",
    operation_id="list_applications",
    summary="Applications, newest first",
    **read_operation(ApplicationList, parameters=_PARAMETERS, found=False),
)
async def list_applications(request: Request, caller: Anyone) -> Response:
    """A platform sees its own. Without facts; names and codes are masked."""
    page = read_page(request, caller.owner, _FILTERS)
    found, position = await reading.listed(office_of(request), caller, page.filters, page.after, page.limit)
    return answer_page(request, page, found, position)


@router.get(
    "/v1/applications/{application}",
    operation_id="get_application",
    summary="One application",
    **read_operation(ApplicationAnswer, headers=ETAG),
)
async def get_application(request: Request, application: ApplicationId, caller: Anyone) -> Response:
    """With its awards, objections and payments, and what this caller may do now."""
    read_query(request.scope, {})
    content, version = await reading.one(office_of(request), caller, application)
    return answer_read(content, version)


@router.patch(
    "/v1/applications/{application}",
    operation_id="change_application",
    summary="Change a draft or returned application",
    **order_operation(
        ChangedApplication,
        ApplicationAnswer,
        guarded=True,
        keyed=False,
        timed=True,
        problems=("not-allowed-now", "duplicate-ref"),
        headers=ETAG,
    ),
)
async def change_application(request: Request, application: ApplicationId, caller: Applicant) -> Response:
    """Replaces whole top-level fields; those that are absent stay."""
    return await answer_order(request, caller, change_plan(application))


@router.get(
    "/v1/applications/{application}/assessments",
    operation_id="list_assessments",
    summary="How an application was assessed",
    **read_operation(AssessmentList),
)
async def list_assessments(request: Request, application: ApplicationId, caller: Anyone) -> Response:
    """Every assessment, oldest first; none is ever changed."""
    read_query(request.scope, {})
    items = await reading.assessment_list(office_of(request), caller, application)
    return answer_read({"items": items, "next": None})


AssessmentNumber = Annotated[int, Path(description="The assessment's number, from 1.", ge=1, le=100_000)]


@router.get(
    "/v1/applications/{application}/assessments/{n}",
    operation_id="get_assessment",
    summary="One assessment, whole",
    **read_operation(AssessmentAnswer),
)
async def get_assessment(
    request: Request, application: ApplicationId, n: AssessmentNumber, caller: Anyone
) -> Response:
    """The request that was decided, the answer, and (for officers) the records as they stood."""
    read_query(request.scope, {})
    return answer_read(await reading.assessment(office_of(request), caller, application, n))


@router.post(
    "/v1/applications/{application}/assessments/{n}/replay",
    operation_id="replay_assessment",
    summary="Decide an assessment again",
    **read_operation(ReplayAnswer),
)
async def replay_assessment(
    request: Request, application: ApplicationId, n: AssessmentNumber, caller: Anyone
) -> Response:
    """From what it kept and the version it was made by; says identical, or where it differs. Changes nothing."""
    read_query(request.scope, {})
    return answer_read(await reading.replay(office_of(request), caller, application, n))
