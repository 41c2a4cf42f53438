"""The service: `create_app()` puts policies, routes and middleware together."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware import Middleware

from app.logs import configure_logs
from app.routers import (
    actions,
    allocations,
    applications,
    awards,
    batch,
    documents,
    evaluations,
    events,
    imports,
    jobs,
    keys,
    matches,
    me,
    offers,
    operations,
    organisations,
    pages,
    policies,
    publications,
    records,
    simulations,
    webhooks,
)
from app.routers.edge import HeadAsGet, PlainPath, SecurityHeaders
from app.routers.guarding import check_guarded
from app.routers.limits import RateLimitHeaders
from app.routers.metrics import Metrics
from app.routers.named_route import NamedRoute
from app.routers.observing import Observing
from app.routers.openapi import OpenApiDocument
from app.routers.problems import HANDLED, answer_problem
from app.routers.straight_orders import StraightToOrders
from app.services.at_work import at_work
from app.services.catalogue import Catalogue
from app.services.first_key import ensure_admin_key_at_last
from app.services.legal_day import legal_day
from app.services.open_gate import open_gate
from app.services.opening import open_office
from app.services.published_policies import PublishedPolicies
from app.services.publishing.following import Following
from app.services.readiness import Readiness
from app.services.served_policies import ServedPolicies
from app.settings import read_settings
from app.store.database import open_database
from app.store.migrating import newest_revision

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp


_PATIENCE_SECONDS = 10.0


_MODULES = (
    policies,
    publications,
    applications,
    actions,
    awards,
    allocations,
    documents,
    organisations,
    offers,
    matches,
    records,
    imports,
    keys,
    me,
    events,
    simulations,
    jobs,
    webhooks,
    operations,
    pages,
)
"""Those whose routes FastAPI serves."""


class NoDatabase(RuntimeError):
    """The service was started without the address of its database."""


class DuixianApp(FastAPI):
    """FastAPI, with a document that knows the packs."""

    document: OpenApiDocument

    def build_middleware_stack(self) -> ASGIApp:
        """All layers, and around them the short ways of the busiest routes."""
        state = self.state
        return evaluations.StraightToEvaluations(
            StraightToOrders(super().build_middleware_stack(), state.metrics), state.served, state.metrics
        )

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of this app."""
        return self.document.content


def create_app() -> FastAPI:
    """The app that uvicorn serves. Raises PackErrors, LedgerKeysMoved and NoPolicies when a pack cannot be loaded."""
    published = PublishedPolicies.in_folder(read_settings().policies)
    metrics = Metrics()
    app = DuixianApp(
        title="Duixian",
        version=version("duixian"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # We count and log ourselves, and without the texts of errors, which can hold someone's data.
        telemetry={"metrics": False, "logs": False},
        lifespan=_lifespan,
        middleware=[
            Middleware(PlainPath),
            Middleware(HeadAsGet),
            Middleware(SecurityHeaders),
            Middleware(RateLimitHeaders),
            Middleware(Observing, metrics=metrics),
        ],
        exception_handlers=dict.fromkeys(HANDLED, answer_problem),
    )
    served = app.state.served = ServedPolicies(published)
    app.state.metrics = metrics
    app.state.catalogue = Catalogue(published, legal_day)
    # The hot route first: routes are tried in order.
    app.router.routes.append(
        NamedRoute(evaluations.PATH, evaluations.EvaluationEndpoint(served, metrics), methods=["POST"])
    )
    app.router.routes.append(NamedRoute(batch.PATH, batch.BatchEndpoint(served, metrics), methods=["POST"]))
    for module in _MODULES:
        app.include_router(module.router)
    check_guarded(app.routes)
    app.webhooks.include_router(webhooks.sent)
    app.document = OpenApiDocument(app, served)
    app.document.serve(app)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The database for as long as the app runs; the policies are registered in it as soon as it lets us."""
    settings = read_settings()
    configure_logs(settings.log_level)
    if settings.database_url is None:
        raise NoDatabase("Set DUIXIAN_DATABASE_URL, or start with `duixian serve`.")
    engine = open_database(
        settings.database_url,
        pool_size=settings.pool_size,
        statement_timeout_seconds=settings.statement_timeout_seconds,
        lock_timeout_seconds=settings.lock_timeout_seconds,
    )
    readiness = Readiness(engine, app.state.served, newest_revision())
    app.state.readiness = readiness
    app.state.office = open_office(settings, engine, app.state.served)
    app.state.gate = open_gate(settings, settings.database_url)
    later: list[asyncio.Task[None]] = []
    try:
        if not await readiness.register():
            later.append(asyncio.create_task(readiness.register_at_last()))
        if settings.admin_key is not None:
            making = ensure_admin_key_at_last(engine, settings.admin_key.get_secret_value())
            later.append(asyncio.create_task(making))
            # It opens from the first request on, where the database lets us.
            await asyncio.wait(later[-1:], timeout=_PATIENCE_SECONDS)
        following = Following(engine, app.state.served, look_seconds=settings.publish_look_seconds)
        # Before the first answer, where the database lets us.
        await following.look()
        later.append(asyncio.create_task(following.run()))
        async with at_work(settings, app.state.office) as app.state.receivers:
            # What was loaded stays: the collector need not walk policies and modules again and again.
            gc.collect()
            gc.freeze()
            yield
    finally:
        gc.unfreeze()
        for task in later:
            task.cancel()
        await asyncio.gather(*later, return_exceptions=True)
        await app.state.gate.close()
        await engine.dispose()
