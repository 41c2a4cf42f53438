"""The OpenAPI document: what FastAPI knows of the catalogue, and by hand what each pack adds."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from app.routers.cached import conditional
from app.routers.documenting import METHOD_REFUSED, REQUEST_ID
from app.routers.documenting_orders import BODY_MODELS
from app.routers.guarding import SCHEMES, document_access
from app.routers.named_route import NamedRoute
from app.routers.openapi_evaluations import evaluation_paths, request_components
from app.routers.openapi_sharing import share
from app.routers.pages import operations_page, page_of
from app.routers.query import read_query
from app.schemas.answers import EvaluationAnswer
from app.schemas.batches import BatchErrorLine, BatchResultLine, BatchSummaryLine
from app.schemas.problems import NotReadyProblem, Problem
from app.schemas.requests import EvaluationRequest
from app.services.catalogue import Representation

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response
    from pydantic import BaseModel

    from app.services.published_policies import PublishedPolicies
    from app.services.served_policies import ServedPolicies

_DESCRIPTION = (
    "Decides incentive policies and explains every decision. 兑现惠企政策，并说明每一项决定的理由。\n\n"
    "Money is text in yuan with two decimals; texts for people come in Chinese and English. A fact that is absent or "
    "null is unknown, never false or zero. Errors are problem documents (RFC 9457)."
)
_TAGS = [
    {"name": "evaluations", "description": "Decide one applicant or many. Nothing is stored."},
    {"name": "policies", "description": "What the policies say."},
    {"name": "applications", "description": "From draft to payment."},
    {"name": "awards", "description": "Over all applications: awards, public notices, the ledger."},
    {"name": "documents", "description": "Files of applications: PDF, JPEG and PNG."},
    {"name": "organisations", "description": "Who applicants are, whatever code they have at the time."},
    {
        "name": "offers",
        "description": "Awards without application: matched by the register, taken by consent.",
    },
    {"name": "allocations", "description": "Budgets and places that all applicants share."},
    {"name": "records", "description": "What assessments read beside the application: lists, and funding."},
    {"name": "simulations", "description": "What a policy would come to, as it is and as it might be."},
    {"name": "jobs", "description": "Work that takes longer than a request."},
    {"name": "keys", "description": "Who may call, and as whom."},
    {"name": "events", "description": "What happened, in order, chained by hash."},
    {"name": "webhooks", "description": "Being told of events."},
    {"name": "operations", "description": "For those who run the service."},
    {"name": "problems", "description": "What problems mean and how to mend them."},
]
_FASTAPI_OWN = ("HTTPValidationError", "ValidationError")
_MODELS: tuple[type[BaseModel], ...] = (
    EvaluationAnswer,
    BatchResultLine,
    BatchErrorLine,
    BatchSummaryLine,
    Problem,
    NotReadyProblem,
)


class OpenApiDocument:
    """Built when it is first wanted, and anew when other policies are served."""

    def __init__(self, app: FastAPI, served: ServedPolicies) -> None:
        self._app = app
        self._served = served
        self._made: Document | None = None

    @property
    def content(self) -> dict[str, Any]:
        """The document, keys in the order in which people read it."""
        return self._current().content

    def _current(self) -> Document:
        policies = self._served.now
        if self._made is None or self._made.policies is not policies:
            self._made = Document(self._app, policies)
        return self._made

    def serve(self, app: FastAPI) -> None:
        """Give it out at /openapi.json, and as a list of operations at /docs."""

        async def openapi(request: Request) -> Response:
            read_query(request.scope, {})
            return conditional(request, self._current().as_json)

        async def docs(request: Request) -> Response:
            read_query(request.scope, {})
            return conditional(request, self._current().page, "text/html")

        app.router.routes += [NamedRoute("/openapi.json", openapi), NamedRoute("/docs", docs)]


class Document:
    """The document for the policies that are served at one moment."""

    def __init__(self, app: FastAPI, policies: PublishedPolicies) -> None:
        self._app = app
        self.policies = policies

    @cached_property
    def content(self) -> dict[str, Any]:
        """All of it, as JSON values."""
        made = get_openapi(
            title=self._app.title,
            version=self._app.version,
            description=_DESCRIPTION,
            routes=self._app.routes,
            webhooks=self._app.webhooks.routes,
            tags=_TAGS,
        )
        paths: dict[str, Any] = {}
        components: dict[str, Any] = {**_components(), **made["components"]["schemas"]}
        for policy_id in self.policies.ids:
            latest = self.policies.latest(policy_id)
            components |= request_components(latest)
            paths |= evaluation_paths(latest)
        paths |= evaluation_paths(None)
        made["paths"] = paths | made["paths"]
        document_access(self._app.routes, made["paths"])
        _name_every_answer(made["paths"])
        _sent_by_us(made["webhooks"], components)
        made["components"] = {
            "schemas": dict(sorted(components.items())),
            **share(made["paths"]),
            "securitySchemes": SCHEMES,
        }
        return made

    @cached_property
    def as_json(self) -> Representation:
        content = orjson.dumps(self.content)
        return Representation(content, hashlib.sha256(content).hexdigest())

    @cached_property
    def page(self) -> Representation:
        return page_of(operations_page(self.content))


def _components() -> dict[str, Any]:
    template = "#/components/schemas/{model}"
    _, answers = models_json_schema([(model, "serialization") for model in _MODELS], ref_template=template)
    bodies: tuple[type[BaseModel], ...] = (EvaluationRequest, *BODY_MODELS.values())
    _, requests = models_json_schema([(model, "validation") for model in bodies], ref_template=template)
    return {**answers["$defs"], **requests["$defs"]}


def _sent_by_us(webhooks: dict[str, Any], components: dict[str, Any]) -> None:
    """A receiver answers as it likes: the refusal that FastAPI adds is not ours to ask for."""
    for methods in webhooks.values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
            for response in operation["responses"].values():
                response.pop("content", None)
    for name in _FASTAPI_OWN:
        components.pop(name, None)


def _name_every_answer(paths: dict[str, Any]) -> None:
    """Every answer carries the request's id, and every path can be asked with a method it does not take."""
    for methods in paths.values():
        for operation in methods.values():
            responses = operation["responses"]
            responses["405"] = METHOD_REFUSED
            operation["responses"] = dict(sorted(responses.items()))
            for response in operation["responses"].values():
                response["headers"] = {**response.get("headers", {}), **REQUEST_ID}
