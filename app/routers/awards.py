"""/v1/awards, /v1/public-notices and /v1/ledger: awards over all applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from app.routers.access import ApplicantOrAuditor, Auditor
from app.routers.documenting import PUBLIC, problem
from app.routers.documenting_orders import AFTER, LIMIT, NO_STORE, filter_of, read_operation
from app.routers.orders import answer_read, office_of
from app.routers.paging import NOBODY, answer_page, read_page
from app.routers.problem_kinds import INVALID_REQUEST
from app.routers.query import code, one_of, read_query, whole, word
from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words
from app.rules.procedure.ledger import AwardState
from app.schemas.award_answers import AwardList, AwardSummary, LedgerReport, PublicNoticeList
from app.services import award_lists, ledger_verify, public_notices

if TYPE_CHECKING:
    from app.routers.query import Parser

router = APIRouter(tags=["awards"])

_YEARS = (2000, 2100)
_FILTERS: dict[str, Parser] = {
    "uscc": code,
    "measure": word(100),
    "year": whole(*_YEARS),
    "state": one_of(*AwardState),
}
_YEAR = {"type": "integer", "minimum": _YEARS[0], "maximum": _YEARS[1]}
_PARAMETERS = (
    filter_of("uscc", {"type": "string"}, "Only those of the organisation that has or had this code."),
    filter_of("measure", {"type": "string", "maxLength": 100}, "Only those under this measure."),
    filter_of("year", _YEAR, "Only those of this year."),
    filter_of("state", {"$ref": "#/components/schemas/AwardState"}, "Only those in this state."),
    AFTER,
    LIMIT,
)
_SUMMED: dict[str, Parser] = {"policy": word(100), "year": whole(*_YEARS)}
_SUMMED_PARAMETERS = (
    {**filter_of("policy", {"type": "string", "maxLength": 100}, "The policy's id."), "required": True},
    {**filter_of("year", _YEAR, "The year of the awards."), "required": True},
)


@router.get(
    "/v1/awards",
    operation_id="list_awards",
    summary="Awards, newest first",
    **read_operation(AwardList, parameters=_PARAMETERS, found=False),
)
async def list_awards(request: Request, caller: ApplicantOrAuditor) -> Response:
    """A platform sees its own, an auditor all."""
    page = read_page(request, caller.owner, _FILTERS)
    found, position = await award_lists.listed(
        office_of(request), caller, page.filters, page.after, page.limit
    )
    return answer_page(request, page, found, position)


@router.get(
    "/v1/awards/summary",
    operation_id="summarise_awards",
    summary="What the awards of a policy and year come to",
    **read_operation(AwardSummary, parameters=_SUMMED_PARAMETERS, found=False),
)
async def summarise_awards(request: Request, caller: ApplicantOrAuditor) -> Response:
    """By measure and in all: how many awards are in which state, and where the money is."""
    query = read_query(request.scope, _SUMMED)
    missing = [name for name in _SUMMED if name not in query]
    if missing:
        words = Words("必填", "is required")
        raise InputErrors(tuple(InputError(f"/{name}", "required", words) for name in missing))
    return answer_read(await award_lists.summary(office_of(request), caller, query["policy"], query["year"]))


@router.get(
    "/v1/public-notices",
    operation_id="list_public_notices",
    summary="Awards under public notice today",
    responses={
        200: {
            "description": "A page, the first to end first.",
            "model": PublicNoticeList,
            "headers": NO_STORE,
        },
        422: problem(INVALID_REQUEST),
    },
    openapi_extra={"parameters": [AFTER, LIMIT], **PUBLIC},
)
async def list_public_notices(request: Request) -> Response:
    """Open to everyone: who is to be awarded what, and until when objections are taken."""
    page = read_page(request, NOBODY, {})
    found, position = await public_notices.listed(office_of(request), page.after, page.limit)
    return answer_page(request, page, found, position)


@router.get(
    "/v1/ledger/verify",
    operation_id="verify_ledger",
    summary="Compute claims, caps and awards anew from the entries",
    **read_operation(LedgerReport, found=False),
)
async def verify_ledger(request: Request, caller: Auditor) -> Response:
    """Of the caller's mode, in one snapshot. A big one takes a while: `duixian ledger verify` shows how far it is."""
    read_query(request.scope, {})
    report = await ledger_verify.verify(office_of(request), caller.mode)
    return answer_read(report.form())
