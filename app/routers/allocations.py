"""/v1/allocations: budgets and places shared among the applications that are ready for approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from app.routers.access import Allocator, Officer
from app.routers.documenting_orders import AFTER, LIMIT, LOCATION, filter_of, order_operation, read_operation
from app.routers.orders import answer_order, answer_read, office_of
from app.routers.paging import answer_page, read_page
from app.routers.query import one_of, read_query, whole, word
from app.schemas.allocations import (
    Allocation,
    AllocationLineList,
    AllocationList,
    AllocationReplay,
    NewAllocation,
)
from app.services.allocations import reading
from app.services.allocations.forms import OUTCOMES
from app.services.allocations.running import allocation_plan

if TYPE_CHECKING:
    from app.routers.query import Parser

router = APIRouter(tags=["allocations"])

AllocationId = Annotated[str, Path(description="The run's id.", json_schema_extra={"maxLength": 100})]
_YEARS = (2000, 2100)
_RUNS: dict[str, Parser] = {"policy": word(100), "measure": word(100), "year": whole(*_YEARS)}
_RUN_PARAMETERS = (
    filter_of("policy", {"type": "string", "maxLength": 100}, "Only those of this policy."),
    filter_of("measure", {"type": "string", "maxLength": 100}, "Only those of this measure."),
    filter_of(
        "year", {"type": "integer", "minimum": _YEARS[0], "maximum": _YEARS[1]}, "Only those of this year."
    ),
    AFTER,
    LIMIT,
)
_LINES: dict[str, Parser] = {"outcome": one_of(*OUTCOMES), "application": word(100)}
_LINE_PARAMETERS = (
    filter_of(
        "outcome", {"$ref": "#/components/schemas/AllocationOutcome"}, "Only those of whom this became."
    ),
    filter_of("application", {"type": "string", "maxLength": 100}, "Only this application."),
    AFTER,
    LIMIT,
)


@router.post(
    "/v1/allocations",
    operation_id="run_allocation",
    summary="Share a budget or places",
    **order_operation(
        NewAllocation, Allocation, status=201, found=False, may_validate=True, problems=("conflict",), timed=True,
        headers=LOCATION,
    ),
)  # fmt: skip
async def run_allocation(request: Request, caller: Allocator) -> Response:
    """Among the accepted applications of the year in which the measure is eligible, by the text in force today.

    The run is kept with all that it rests on, and is never changed; a later one takes its place. Approvals of the
    measure go by the last run. `validate_only=true` shows what it would come to.
    """
    return await answer_order(request, caller, allocation_plan(), may_validate=True)


@router.get(
    "/v1/allocations",
    operation_id="list_allocations",
    summary="Runs that shared a budget or places",
    **read_operation(AllocationList, parameters=_RUN_PARAMETERS, found=False),
)
async def list_allocations(request: Request, caller: Officer) -> Response:
    """The latest first."""
    page = read_page(request, caller.owner, _RUNS)
    found, position = await reading.listed(office_of(request), caller, page.filters, page.after, page.limit)
    return answer_page(request, page, found, position)


@router.get(
    "/v1/allocations/{allocation}",
    operation_id="get_allocation",
    summary="One run",
    **read_operation(Allocation),
)
async def get_allocation(request: Request, allocation: AllocationId, caller: Officer) -> Response:
    """What there was, what all came to, and how far it went."""
    read_query(request.scope, {})
    return answer_read(await reading.one(office_of(request), caller, allocation))


@router.get(
    "/v1/allocations/{allocation}/lines",
    operation_id="list_allocation_lines",
    summary="What became of each application",
    **read_operation(AllocationLineList, parameters=_LINE_PARAMETERS),
)
async def list_allocation_lines(request: Request, allocation: AllocationId, caller: Officer) -> Response:
    """In the order of rank, with the reason in words; those whose scores are not known come last."""
    page = read_page(request, f"{caller.owner} {allocation}", _LINES)
    found, position = await reading.lines(
        office_of(request), caller, allocation, page.filters, page.after, page.limit
    )
    return answer_page(request, page, found, position)


@router.post(
    "/v1/allocations/{allocation}/replay",
    operation_id="replay_allocation",
    summary="Do a run again",
    **read_operation(AllocationReplay),
)
async def replay_allocation(request: Request, allocation: AllocationId, caller: Officer) -> Response:
    """From what it keeps and the version it was made by; says identical, or where it differs. Changes nothing."""
    read_query(request.scope, {})
    return answer_read(await reading.replay(office_of(request), caller, allocation))
