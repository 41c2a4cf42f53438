"""/v1/joint-punishment and /v1/funding-records: what assessments read beside the application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from app.routers.access import Officer, Reviewer
from app.routers.documenting_orders import AFTER, LIMIT, LOCATION, filter_of, order_operation, read_operation
from app.routers.orders import answer_order, answer_read, office_of
from app.routers.paging import answer_page, read_page
from app.routers.query import code, day, one_of, read_query, switch, word
from app.schemas.records import (
    FUNDING_SOURCES,
    LIST_PATTERN,
    MOST_LIST,
    FundingBody,
    FundingList,
    FundingRecord,
    ListReading,
    ListReadings,
    PunishmentBody,
    PunishmentList,
    PunishmentRecord,
    ReadingBody,
)
from app.services import funding_records, joint_punishment
from app.services.instants import now

if TYPE_CHECKING:
    from app.routers.query import Parser

router = APIRouter(tags=["records"])

ListPath = Annotated[
    str,
    Path(
        description="A list's short name.",
        examples=["national"],
        json_schema_extra={"pattern": LIST_PATTERN, "maxLength": MOST_LIST},
    ),
]
RecordId = Annotated[str, Path(description="The record's id.", json_schema_extra={"maxLength": 100})]
_COUNTING = filter_of(
    "counting", {"type": "boolean"}, "Only those that count: not void, and not replaced by a later one."
)
_USCC = filter_of("uscc", {"type": "string"}, "Only those of the organisation that has or had this code.")
_PUNISHMENT: dict[str, Parser] = {"uscc": code, "list": word(100), "listed_on": day, "counting": switch}
_PUNISHMENT_PARAMETERS = (
    _USCC,
    filter_of("list", {"type": "string", "maxLength": 100}, "Only those on this list."),
    filter_of("listed_on", {"type": "string", "format": "date"}, "Only those that were listed on this day."),
    _COUNTING,
    AFTER,
    LIMIT,
)
_FUNDING: dict[str, Parser] = {
    "uscc": code,
    "source": one_of(*FUNDING_SOURCES),
    "project": word(),
    "reference": word(),
    "counting": switch,
}
_FUNDING_PARAMETERS = (
    _USCC,
    filter_of("source", {"$ref": "#/components/schemas/FundingSource"}, "Only those from this level."),
    filter_of("project", {"type": "string", "maxLength": 200}, "Only those of this project."),
    filter_of("reference", {"type": "string", "maxLength": 200}, "Only those with this reference."),
    _COUNTING,
    AFTER,
    LIMIT,
)


@router.post(
    "/v1/joint-punishment",
    operation_id="record_joint_punishment",
    summary="Record that an organisation was put on a list",
    **order_operation(
        PunishmentBody,
        PunishmentRecord,
        status=201,
        found=False,
        timed=True,
        problems=("conflict",),
        headers=LOCATION,
    ),
)
async def record_joint_punishment(request: Request, caller: Reviewer) -> Response:
    """Rows never change: a later one names with `supersedes` the one that it replaces, and `void` says it never was."""
    return await answer_order(request, caller, joint_punishment.punishment_plan())


@router.get(
    "/v1/joint-punishment",
    operation_id="list_joint_punishment",
    summary="Records of joint punishment, the latest first",
    **read_operation(PunishmentList, parameters=_PUNISHMENT_PARAMETERS, found=False),
)
async def list_joint_punishment(request: Request, caller: Officer) -> Response:
    """All of them, those that were replaced too."""
    page = read_page(request, caller.owner, _PUNISHMENT)
    found, position = await joint_punishment.page(
        office_of(request), caller, page.filters, after=page.after, limit=page.limit
    )
    return answer_page(request, page, found, position)


@router.get(
    "/v1/joint-punishment/lists",
    operation_id="list_punishment_lists",
    summary="The lists, and when each was last read",
    **read_operation(ListReadings, found=False),
)
async def list_punishment_lists(request: Request, caller: Officer) -> Response:
    """While a required list is stale, joint punishment is unknown, and nothing is approved or paid."""
    read_query(request.scope, {})
    items = await joint_punishment.readings(office_of(request), caller, now())
    return answer_read({"items": items, "next": None})


@router.put(
    "/v1/joint-punishment/lists/{list}",
    operation_id="put_list_reading",
    summary="Say that a list was read",
    **order_operation(ReadingBody, ListReading, keyed=False, found=False, timed=True),
)
async def put_list_reading(request: Request, list: ListPath, caller: Reviewer) -> Response:  # noqa: A002 - as the path has it
    """Whoever is on it was recorded first."""
    return await answer_order(request, caller, joint_punishment.reading_plan(list))


@router.get(
    "/v1/joint-punishment/{record}",
    operation_id="get_joint_punishment",
    summary="One record of joint punishment",
    **read_operation(PunishmentRecord),
)
async def get_joint_punishment(request: Request, record: RecordId, caller: Officer) -> Response:
    """Whether it counts or not."""
    read_query(request.scope, {})
    return answer_read(await joint_punishment.one(office_of(request), caller, record))


@router.post(
    "/v1/funding-records",
    operation_id="record_funding",
    summary="Record money that an organisation had from elsewhere",
    **order_operation(
        FundingBody,
        FundingRecord,
        status=201,
        found=False,
        timed=True,
        problems=("conflict",),
        headers=LOCATION,
    ),
)
async def record_funding(request: Request, caller: Reviewer) -> Response:
    """Rows never change: a later one names with `supersedes` the one that it replaces, and `void` says it never was."""
    return await answer_order(request, caller, funding_records.funding_plan())


@router.get(
    "/v1/funding-records",
    operation_id="list_funding",
    summary="Records of funding, the latest first",
    **read_operation(FundingList, parameters=_FUNDING_PARAMETERS, found=False),
)
async def list_funding(request: Request, caller: Officer) -> Response:
    """All of them, those that were replaced too."""
    page = read_page(request, caller.owner, _FUNDING)
    found, position = await funding_records.page(
        office_of(request), caller, page.filters, after=page.after, limit=page.limit
    )
    return answer_page(request, page, found, position)


@router.get(
    "/v1/funding-records/{record}",
    operation_id="get_funding",
    summary="One record of funding",
    **read_operation(FundingRecord),
)
async def get_funding(request: Request, record: RecordId, caller: Officer) -> Response:
    """Whether it counts or not."""
    read_query(request.scope, {})
    return answer_read(await funding_records.one(office_of(request), caller, record))
