"""/v1/jobs: work that takes longer than a request, how far it is and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import FileResponse

from app.routers.access import Officer, Planner
from app.routers.documenting_orders import AFTER, LIMIT, filter_of, order_operation, read_operation
from app.routers.orders import NOT_STORED, answer_order, answer_read, office_of
from app.routers.paging import answer_page, read_page
from app.routers.query import one_of, read_query
from app.schemas.jobs import JobAnswer, JobList
from app.schemas.simulated import SimulationResult
from app.services import jobs
from app.services.applications.acting import NoFields

if TYPE_CHECKING:
    from app.routers.query import Parser

router = APIRouter(tags=["jobs"])

JobId = Annotated[
    str,
    Path(
        description="The job's id.",
        examples=["job_" + "0" * 32],
        json_schema_extra={"pattern": "^job_[0-9a-f]{32}$"},
    ),
]
FileName = Annotated[
    str,
    Path(description="As the job names it.", examples=["report.json"], json_schema_extra={"maxLength": 100}),
]
_STATUSES = ("queued", "running", "succeeded", "failed", "cancelled")
_FILTERS: dict[str, Parser] = {"status": one_of(*_STATUSES)}
_PARAMETERS = (
    filter_of("status", {"$ref": "#/components/schemas/JobStatus"}, "Only those that stand so."),
    AFTER,
    LIMIT,
)
_FILE = read_operation(SimulationResult)
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILE["responses"][200] |= {
    "description": "The file, to be saved and not shown.",
    "content": {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _BINARY,
        "text/html": {"schema": {"type": "string"}},
    },
}


@router.get(
    "/v1/jobs",
    operation_id="list_jobs",
    summary="Jobs, the latest first",
    **read_operation(JobList, parameters=_PARAMETERS, found=False),
)
async def list_jobs(request: Request, caller: Officer) -> Response:
    """Without their results; those whose time is over are gone."""
    page = read_page(request, caller.owner, _FILTERS)
    found, position = await jobs.page(
        office_of(request), caller, page.filters.get("status"), page.after, page.limit
    )
    return answer_page(request, page, found, position)


@router.get("/v1/jobs/{job}", operation_id="get_job", summary="One job", **read_operation(JobAnswer))
async def get_job(request: Request, job: JobId, caller: Officer) -> Response:
    """How far it is; once it has succeeded, its result and its files."""
    read_query(request.scope, {})
    return answer_read(await jobs.one(office_of(request), caller, job))


@router.get(
    "/v1/jobs/{job}/files/{name}",
    operation_id="get_job_file",
    summary="A file of a job",
    response_class=Response,
    **_FILE,
)
async def get_job_file(request: Request, job: JobId, name: FileName, caller: Officer) -> Response:
    """Of a simulation `report.json`, `report.xlsx`, and `report.html` to look at; for as long as the job is kept."""
    read_query(request.scope, {})
    place, media_type = await jobs.file_of(office_of(request), caller, job, name)
    # As with documents: saved, never run under this service's name.
    return FileResponse(
        place,
        media_type=media_type,
        filename=name,
        headers={**NOT_STORED, "Content-Security-Policy": "sandbox; default-src 'none'"},
    )


@router.post(
    "/v1/jobs/{job}/cancel",
    operation_id="cancel_job",
    summary="End a job that is not finished",
    **order_operation(NoFields, JobAnswer, bare=True, problems=("conflict",)),
)
async def cancel_job(request: Request, job: JobId, caller: Planner) -> Response:
    """At once for whoever asks; its worker stops at its next batch. A job that is finished stays as it is: 409."""
    return await answer_order(request, caller, jobs.cancel_plan(job), bare=True)
