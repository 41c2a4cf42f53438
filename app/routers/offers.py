"""/v1/offers: awards that are offered without an application, and the answers to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from app.routers.access import Anyone, Applicant
from app.routers.documenting_orders import AFTER, ETAG, LIMIT, filter_of, order_operation, read_operation
from app.routers.orders import answer_order, answer_read, office_of
from app.routers.paging import answer_page, read_page
from app.routers.query import code, one_of, read_query, whole, word
from app.rules.procedure.offers import OfferStatus
from app.schemas.offers import Consent, Declining, OfferAnswer, OfferList
from app.services.offers import answering, reading

if TYPE_CHECKING:
    from app.routers.query import Parser

router = APIRouter(tags=["offers"])

OfferId = Annotated[
    str,
    Path(
        description="The offer's id.",
        examples=["off_" + "0" * 32],
        json_schema_extra={"pattern": "^off_[0-9a-f]{32}$"},
    ),
]
_FILTERS: dict[str, Parser] = {
    "uscc": code,
    "measure": word(100),
    "status": one_of(*OfferStatus),
    "policy": word(100),
    "year": whole(2000, 2100),
}
_PARAMETERS = (
    filter_of("uscc", {"type": "string"}, "Only those to the organisation that had this code."),
    filter_of("measure", {"type": "string", "maxLength": 100}, "Only those of this measure."),
    filter_of("status", {"$ref": "#/components/schemas/OfferStatus"}, "Only those that stand so."),
    filter_of("policy", {"type": "string", "maxLength": 100}, "Only those under this policy."),
    filter_of("year", {"type": "integer", "minimum": 2000, "maximum": 2100}, "Only those of this year."),
    AFTER,
    LIMIT,
)


@router.get(
    "/v1/offers",
    operation_id="list_offers",
    summary="Offers, newest first",
    **read_operation(OfferList, parameters=_PARAMETERS, found=False),
)
async def list_offers(request: Request, caller: Anyone) -> Response:
    """A platform sees what it answered, and with `uscc` what is open of that organisation. Names are masked."""
    page = read_page(request, caller.owner, _FILTERS)
    found, position = await reading.listed(office_of(request), caller, page.filters, page.after, page.limit)
    return answer_page(request, page, found, position)


@router.get(
    "/v1/offers/{offer}",
    operation_id="get_offer",
    summary="One offer",
    **read_operation(OfferAnswer, headers=ETAG),
)
async def get_offer(request: Request, offer: OfferId, caller: Anyone) -> Response:
    """For officers with what it rests on: facts, records and the whole answer."""
    read_query(request.scope, {})
    content, version = await reading.one(office_of(request), caller, offer)
    return answer_read(content, version)


@router.post(
    "/v1/offers/{offer}/accept",
    operation_id="accept_offer",
    summary="Take an offer",
    **order_operation(
        Consent,
        OfferAnswer,
        guarded=True,
        timed=True,
        problems=("not-allowed-now", "assessment-changed", "duplicate-ref"),
        headers=ETAG,
    ),
)
async def accept_offer(request: Request, offer: OfferId, caller: Applicant) -> Response:
    """It is assessed again on today's records. What is still due makes an application that is accepted already.

    `application` names it: the approver is next. What is no longer due withdraws the offer.
    """
    return await answer_order(request, caller, answering.accept_plan(offer))


@router.post(
    "/v1/offers/{offer}/decline",
    operation_id="decline_offer",
    summary="Decline an offer",
    **order_operation(
        Declining, OfferAnswer, guarded=True, timed=True, problems=("not-allowed-now",), headers=ETAG
    ),
)
async def decline_offer(request: Request, offer: OfferId, caller: Applicant) -> Response:
    """The same is not offered again in the year; it can still be applied for."""
    return await answer_order(request, caller, answering.decline_plan(offer))
