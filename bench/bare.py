"""The yardstick over HTTP: a bare FastAPI route beside the service, in the same process.

It parses the same body with Pydantic and returns constant bytes; no middleware, no engine. Run by uvicorn as
`bench.bare:create`; DUIXIAN_BENCH_BYTES says how many bytes it answers.
"""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field

from app.main import create_app

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/bare"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


Name = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Money = Annotated[str, Field(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$")]


class Credit(Strict):
    joint_punishment: bool | None = None


class Applicant(Strict):
    name: Name
    uscc: Annotated[str, Field(min_length=18, max_length=18)]
    kind: (
        Literal["enterprise", "state_owned_enterprise", "school", "university", "industrial_park"] | None
    ) = None
    size: Literal["micro", "small", "medium", "large"] | None = None
    technology_innovative: bool | None = None
    high_tech: bool | None = None
    credit: Credit | None = None


class Patents(Strict):
    granted: Count | None = None
    invention_granted: Count | None = None
    high_value_granted: Count | None = None


class PatentAward(Strict):
    award_id: Name
    name: Name | None = None
    level: Literal["national", "provincial", "municipal", "other"] | None = None
    category: Literal["patent", "design"] | None = None
    first_unit: bool | None = None
    amount: Money | None = None


class Project(Strict):
    project: Name
    excellence: Literal["national", "provincial", "none"] | None = None


class Licensing(Strict):
    transfers_to_district_smes: Count | None = None


class Alliance(Strict):
    follows_guide: bool | None = None
    filed: bool | None = None
    operating_since: date | None = None
    appraised_outstanding: bool | None = None


class Pledge(Strict):
    provincial_subsidy_received: bool | None = None


class Loan(Strict):
    loan_id: Name
    collateral: Literal["patent", "trademark", "copyright", "other"] | None = None
    lender: Literal["bank", "financial_institution", "other"] | None = None
    interest: Money | None = None
    guarantee_fee: Money | None = None
    appraisal_fee: Money | None = None
    repaid_on_time: bool | None = None


class Trademark(Strict):
    application_no: Name
    product: Literal["linkui_peach", "other"] | None = None
    fees: Money | None = None


class Station(Strict):
    outstanding: bool | None = None


class Exhibited(Strict):
    event: Literal["china_trademark_festival", "international_expo", "other"] | None = None
    own_brand: bool | None = None
    won: bool | None = None


class Plan(Strict):
    newly_recognised: bool | None = None


class School(Strict):
    demonstration_level: Literal["national", "provincial", "none"] | None = None


class Outlet(Strict):
    recognised_level: Literal["national", "provincial", "none"] | None = None


class Exhibition(Strict):
    own_brand: bool | None = None


class Management(Strict):
    certified: bool | None = None


class Facts(Strict):
    patents: Patents | None = None
    patent_awards: list[PatentAward] | None = None
    navigation_projects: list[Project] | None = None
    open_licensing: Licensing | None = None
    alliance: Alliance | None = None
    pledge_financing: Pledge | None = None
    pledge_loans: list[Loan] | None = None
    gi_trademarks: list[Trademark] | None = None
    brand_station: Station | None = None
    exhibition_awards: list[Exhibited] | None = None
    brand_plan: Plan | None = None
    education_school: School | None = None
    service_outlet: Outlet | None = None
    exhibition: Exhibition | None = None
    ip_management: Management | None = None


class Paid(Strict):
    measure: Name
    year: Annotated[int, Field(ge=2000, le=2100)]
    amount: Money
    item: Name | None = None


class Request(Strict):
    as_of: date
    year: Annotated[int, Field(ge=2000, le=2100)]
    applicant: Applicant
    facts: Facts
    history: list[Paid] = []


def bare_app(size: int) -> FastAPI:
    """The bare route; answers `size` constant bytes."""
    app = FastAPI(openapi_url=None)
    answer = b'"' + b"x" * (size - 2) + b'"'

    @app.post(PATH)
    async def bare(body: Request) -> Response:  # noqa: ARG001 - parsed, then thrown away: that is the yardstick
        return Response(answer, media_type="application/json")

    @app.post("/nothing")
    async def nothing() -> Response:
        return Response(answer, media_type="application/json")

    return app


def create() -> ASGIApp:
    """The service, and beside it (not inside: it has no middleware) the bare routes."""
    service = create_app()
    beside = bare_app(int(os.environ["DUIXIAN_BENCH_BYTES"]))

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        plain = scope["type"] == "http" and scope["path"] in (PATH, "/nothing")
        await (beside if plain else service)(scope, receive, send)

    return either
