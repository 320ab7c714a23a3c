"""Retention: what is due to be destroyed by the bureau's policies, and asking that it be done."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.care_tables import retention_runs
from api.certificates.pages.room import show
from api.certificates.retention import due, open_runs, policies, run_retention
from api.service.context import Service
from api.service.pages.faults import Told
from api.service.pages.routes import PageRoute
from api.service.routes import Caller, Here, about, ruled
from api.service.shapes import Bureau
from chain.kernel.errors import InvalidInput, Refused

router = APIRouter(prefix="/console/{bureau}/retention", route_class=PageRoute)

_LOOKING = in_bureau(Role.OFFICER, Role.APPROVER, Role.AUDITOR, scope=Scope.CERTIFICATES)
_ACTING = in_bureau(Role.OFFICER, scope=Scope.STATUSES, noted=True)
_SHOWN = 100
_RUNS = 30
_PATIENCE = 10.0


@router.get("", **ruled(_LOOKING))
def show_retention(request: Request, service: Here, bureau: Bureau) -> Response:
    """What is due, by which policy, and the runs so far."""
    return _answer(request, service, bureau)


@router.post("", **ruled(_ACTING))
def begin_retention_here(request: Request, service: Here, caller: Caller, bureau: Bureau) -> Response:
    """Ask that everything due be destroyed; a second person releases the list first."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    try:
        with office.writing(patience=_PATIENCE):
            run = run_retention(office)
    except (InvalidInput, Refused) as error:
        return _answer(request, service, bureau, Told.of(error))
    about(request, f"retention run {run.number}")
    return RedirectResponse(f"/console/{bureau}/retention", 303, {"Cache-Control": "no-store"})


def _answer(request: Request, service: Service, bureau: str, told: Told | None = None) -> Response:
    office = service.office(bureau)
    found = due(office, service.now())
    with office.engine.connect() as connection:
        runs = connection.execute(select(retention_runs).order_by(retention_runs.c.id.desc()).limit(_RUNS)).all()
    return show(
        request, service, bureau, "retention", "retention.html", status=200 if told is None else told.status,
        policies=policies(office), due=found[:_SHOWN], count=len(found), runs=runs, open=bool(open_runs(office)),
        told=told,
    )  # fmt: skip
