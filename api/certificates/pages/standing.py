"""How things stand: what waits for whom, what expires, keys and accreditations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.approvals.waiting import waiting
from api.certificates.endpoints.register import find_page
from api.certificates.pages.room import LOOKING, PAUSE, show
from api.certificates.schemas import SearchRequest
from api.jobs.states import jobs_of
from api.service.pages.routes import PageRoute
from api.service.routes import Here, ruled
from api.service.shapes import Bureau
from chain.kernel.errors import NotFound

router = APIRouter(prefix="/console/{bureau}", route_class=PageRoute)
_DECIDING = in_bureau(Role.APPROVER, Role.OFFICER, Role.AUDITOR, scope=Scope.APPROVALS)
_ROWS = 50
SPANS = (30, 60, 90, 365)
"""Days from now for which one asks what expires."""


@router.get("/waiting", **ruled(_DECIDING))
def show_waiting(request: Request, service: Here, bureau: Bureau) -> Response:
    """What waits for a second person's signature, and what the worker cannot go on with."""
    office = service.office(bureau)
    found = waiting(office)
    return show(
        request, service, bureau, "waiting", "waiting.html", piece="waiting_rows.html",
        found=found, jobs=[job for job in jobs_of(office) if job.code], here_decided=_is_here(request),
    )  # fmt: skip


def _is_here(request: Request) -> bool:
    """True if this service has the page where a decision is signed."""
    return any(getattr(route, "path", "") == "/decisions" for route in request.app.routes)


@router.get("/expiring", **ruled(LOOKING))
def show_expiring(
    request: Request,
    service: Here,
    bureau: Bureau,
    days: Annotated[int, Query(ge=0, le=3660)] = 30,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    shown: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    """Certificates that end soon, by the ledger's clock."""
    wanted = SearchRequest(expiring_within=days, limit=_ROWS, cursor=cursor)
    found, following = find_page(service, bureau, wanted)
    kinds = {kind.code: kind for kind in service.office(bureau).catalogue.every()}
    return show(
        request, service, bureau, "expiring", "expiring.html", piece="expiring_rows.html",
        found=found, next=following, days=days, spans=SPANS, kinds=kinds, shown=shown + len(found), pause=PAUSE,
    )  # fmt: skip


@router.get("/keys", **ruled(LOOKING))
def show_keys(request: Request, service: Here, bureau: Bureau) -> Response:
    """What the registry on the ledger says of the bureau: its keys, for which types, since when."""
    facts, now = service.facts(bureau)
    if facts is None:
        raise NotFound(
            f"the registry knows no bureau {bureau}", code="bureau.unknown", field="bureau", fix="register it"
        )
    kinds = {kind.code: kind for kind in service.office(bureau).catalogue.every()}
    keys = service.ledger.reader.keys(bureau)
    return show(request, service, bureau, "keys", "keys.html", facts=facts, now=now, keys=keys, kinds=kinds)
