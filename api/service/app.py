"""The application: every room's endpoints under ``/v1``, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from api.accounts import endpoints as accounts
from api.approvals import endpoints as approvals
from api.approvals import pages as decisions
from api.audit import endpoints as audit
from api.bidding import pages as bidding_pages
from api.certificates import endpoints as certificates
from api.certificates import pages as console
from api.certificates.printing import Seals
from api.claims import endpoints as claims
from api.claims import pages as claim_pages
from api.evaluation import pages as evaluation
from api.holding import endpoints as holding_acts
from api.holding import pages as holding
from api.jobs import endpoints as jobs
from api.ledger import endpoints as ledger
from api.ledger import evidence, trust
from api.notifications import endpoints as notifications
from api.service import health, idempotency, pages, problems
from api.service.context import Service
from api.service.cross_origin import EVIDENCE, CrossOrigin
from api.service.description import SUMMARY, TITLE, describe
from api.service.limits import Limits
from api.service.observed import Observed
from api.service.rates import Rates
from api.service.routes import ServiceRoute
from api.tenders import endpoints as tenders
from api.tenders import pages as tender_pages
from api.types import endpoints as types
from api.types import pages as type_pages
from api.verifications import endpoints as verifications
from api.verifications.checker import Checker
from api.verifications.express import Express
from api.webhooks import endpoints as webhooks
from chain.kernel.errors import Unavailable
from chain.rendering.printers import Printers

BURST = 10
_PRINTERS = 1
"""Processes that draw pages, one for each that answers."""


def routers() -> tuple[APIRouter, ...]:
    """Every router, in the order of the description."""
    return (
        accounts.router,
        types.router,
        *certificates.routers,
        approvals.router,
        decisions.router,
        claims.router,
        verifications.router,
        ledger.router,
        evidence.router,
        trust.router,
        *tenders.routers,
        *holding_acts.routers,
        *holding.routers,
        evaluation.router,
        notifications.router,
        jobs.router,
        webhooks.router,
        audit.router,
        health.router,
        *bidding_pages.routers,
        *console.routers,
        type_pages.router,
        claim_pages.router,
        *pages.routers,
        *tender_pages.routers,
    )


def create_app(service: Service) -> FastAPI:
    """The application of one process.

    Raises:
        TypeError: an endpoint has no rule.
    """

    @asynccontextmanager
    async def living(_app: FastAPI) -> AsyncIterator[None]:
        with suppress(Unavailable):  # what is left is seen when it is asked for
            await run_in_threadpool(idempotency.forget_dead, service.engine, service.alive)
        try:
            yield
        finally:
            app.state.checker.close()
            app.state.printers.close()
            service.close()

    app = FastAPI(
        title=TITLE,
        summary=SUMMARY,
        version=_version(),
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=living,
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.checker = Checker(service)
    app.state.printers = Printers(_PRINTERS)
    app.state.seals = Seals()
    settings = service.settings
    app.state.rates = Rates(settings.rate_per_minute, max(BURST, settings.rate_per_minute // 6))
    app.state.question_rates = Rates(settings.questions_per_hour / 60, BURST)
    for router in routers():
        # Not include_router: it keeps routers whole, and every single route is to be seen here.
        app.router.routes.extend(router.routes)
    _every_route_has_a_rule(app.routes)
    problems.install(app)
    pages.install(app)
    large = [
        re.sub(r"\\\{[^/]*\\\}", "[^/]+", re.escape(route.path))
        for route in app.routes
        if isinstance(route, ServiceRoute) and route.rule.large
    ]
    app.add_middleware(Express, path=app.url_path_for(verifications.verify.__name__), checker=_checker)
    app.add_middleware(Limits, usual=settings.body_limit, large=settings.upload_limit, paths=large)
    app.add_middleware(CrossOrigin, paths=EVIDENCE)
    app.add_middleware(Observed)

    def openapi() -> dict[str, Any]:
        return describe(app, _version())

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _checker(app: FastAPI) -> Checker:
    found: Checker = app.state.checker
    return found


def _every_route_has_a_rule(routes: list[BaseRoute]) -> None:
    for route in routes:
        path = getattr(route, "path", "")
        if path == "/v1/openapi.json":
            continue
        if not isinstance(route, ServiceRoute):
            raise TypeError(f"{path}: made without ServiceRoute, so no rule is asked for it")


def _version() -> str:
    try:
        return version("yinxin")
    except PackageNotFoundError:
        return "0"
