"""Is it alive, is it ready, how is it doing; and the description of everything."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from pydantic import BaseModel, Field
from sqlalchemy import Engine, text
from starlette.responses import JSONResponse

from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere, public
from api.service.context import Service
from api.service.routes import Here, ServiceRoute, ruled
from chain.kernel.errors import YinxinError

router = APIRouter(route_class=ServiceRoute, tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = Field(examples=["alive"])


class Ready(BaseModel):
    """Which parts answer."""

    ready: bool = Field(examples=[True])
    database: bool = Field(description="of the service", examples=[True])
    registers: bool = Field(description="of every bureau", examples=[True])
    ledger: bool = Field(examples=[True])


@router.get("/healthz", **ruled(public()), summary="Is the process alive?")
async def alive() -> Alive:
    """Always yes, if it answers at all."""
    # Not one of the threads: it answers even while all of them wait for something.
    return Alive(status="alive")


@router.get(
    "/readyz",
    **ruled(public(), responses={503: {"model": Ready, "description": "a part does not answer"}}),
    summary="Can it do its work?",
    response_model=Ready,
)
def ready(service: Here) -> Response:
    """200 if every part answers, 503 with the same body if not; `yinxin doctor` says what is wrong."""
    found = readiness(service)
    return JSONResponse(found.model_dump(), 200 if found.ready else 503)


def readiness(service: Service) -> Ready:
    """Ask every part whether it answers."""
    database = _answers(lambda: _select(service.engine))
    registers = _answers(lambda: _select(*(service.office(one).engine for one in service.bureaus)))
    ledger = _answers(service.now)
    return Ready(ready=database and registers and ledger, database=database, registers=registers, ledger=ledger)


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (YinxinError, OSError):
        return False
    return True


def _select(*engines: Engine) -> None:
    for engine in engines:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))


@router.get(
    "/metrics",
    **ruled(
        anywhere(Role.MACHINE, Role.AUDITOR, Role.AUTHORITY, scope=Scope.METRICS),
        responses={
            200: {
                "description": "the text format of Prometheus",
                "content": {"text/plain": {"schema": {"type": "string", "examples": ["yinxin_requests_total 1.0"]}}},
            }
        },
    ),
    summary="Metrics for Prometheus",
    response_class=Response,
)
def metrics() -> Response:
    """Counts and times by route, never by path; all processes of this service together."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
