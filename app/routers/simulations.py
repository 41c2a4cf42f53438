"""/v1/uploads and /v1/policies/{policy}/simulations: a population under the law as it is and as it might be."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from app.routers.access import Planner
from app.routers.documenting import PolicyId, problem
from app.routers.documenting_orders import LOCATION, filter_of, order_operation
from app.routers.orders import answer_order, answer_to, office_of, order_of
from app.routers.population_forms import FORMS, LISTS, MAIN, receive
from app.routers.problem_kinds import KEY_MISSING, MALFORMED_FORM
from app.routers.query import day, read_query, whole, word
from app.routers.uploads import FORM
from app.rules.policy import Words
from app.schemas.jobs import JobAnswer
from app.schemas.simulations import NewSimulation, UploadAnswer
from app.services.instants import day_of, now
from app.services.population_uploads import Sent, check, fingerprint, new_upload_id, upload_plan
from app.services.refusals import Refusal
from app.services.simulating.ordering import simulation_plan

if TYPE_CHECKING:
    from app.routers.query import Parser

router = APIRouter(tags=["simulations"])

_QUERY: dict[str, Parser] = {"policy": word(100), "as_of": day, "year": whole(2000, 2100)}
_PARAMETERS = [
    filter_of(
        "policy",
        {"type": "string", "maxLength": 100},
        "Whose population it is; needed where there are several.",
    ),
    filter_of(
        "as_of", {"type": "string", "format": "date"}, "The day that it is checked for; by default today."
    ),
    filter_of("year", {"type": "integer", "minimum": 2000, "maximum": 2100}, "By default that of the day."),
]
_BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
_FORM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [MAIN],
    "additionalProperties": False,
    "properties": {
        MAIN: {**_BINARY, "description": "The population; its form is told by the name's ending."},
        LISTS: {
            "type": "array",
            "items": _BINARY,
            "description": "With CSV, the files of lists, named after them: `pledge_loans.csv`.",
        },
    },
}
_UPLOAD = order_operation(None, UploadAnswer, status=201, found=False)
_UPLOAD["responses"][400] = {
    **problem(MALFORMED_FORM),
    "description": f"No Idempotency-Key (`{KEY_MISSING.slug}`), or no whole form.",
}
_UPLOAD["openapi_extra"]["parameters"] += _PARAMETERS
_UPLOAD["openapi_extra"]["requestBody"] = {
    "required": True,
    "content": {
        **{media_type: {"schema": _BINARY} for media_type in FORMS},
        FORM: {"schema": _FORM_SCHEMA},
    },
}


@router.post(
    "/v1/uploads", operation_id="upload_population", summary="Send a population to simulate on", **_UPLOAD
)
async def upload_population(request: Request, caller: Planner) -> Response:
    """Parquet, Arrow, NDJSON, CSV or XLSX; one applicant a row, columns as the policy's schema names them.

    Every row is checked: those that cannot be read are counted and the first hundred mistakes told; the others are
    kept for some days. The same key with the same file gives the first answer again.
    """
    office = office_of(request)
    query = read_query(request.scope, _QUERY)
    as_of = query.get("as_of") or day_of(now())
    with office.bulk.making() as folder:
        name = await receive(request, folder, office.bulk.most_bytes)
        policy = query.get("policy") or _only(office.policies.ids)
        sent = Sent(folder, name, policy, query.get("year") or as_of.year, as_of)
        checked = await asyncio.to_thread(check, office.policies, sent)
        order = order_of(request, caller, lambda: fingerprint(sent, checked), parsers=_QUERY)
        return await answer_to(request, order, upload_plan(sent, checked, new_upload_id()))


@router.post(
    "/v1/policies/{policy}/simulations",
    operation_id="simulate_policy",
    summary="Simulate a policy on a population",
    **order_operation(NewSimulation, JobAnswer, status=202, headers=LOCATION),
)
async def simulate_policy(request: Request, policy: PolicyId, caller: Planner) -> Response:
    """Who qualifies, what it costs, who gains and who loses: under the law as it is, and under each scenario.

    It is done beside the service: Location says how far it is, and has the result and its files at the end. Nothing
    is decided for anyone.
    """
    return await answer_order(request, caller, simulation_plan(policy))


def _only(policies: tuple[str, ...]) -> str:
    """The policy where there is one alone. Raises Refusal."""
    if len(policies) == 1:
        return policies[0]
    listed = ", ".join(policies)
    words = Words(
        f"请用 policy 指明政策：{listed}",
        f"Say whose population it is, policy={policies[0]}: there is {listed}",
    )
    told = {
        "pointer": "",
        "code": "required",
        "message": {"zh": words.zh, "en": words.en},
        "parameter": "policy",
    }
    raise Refusal(words, kind="invalid-request", errors=[told])
