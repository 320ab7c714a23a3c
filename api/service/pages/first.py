"""GET /: the entrance, for everybody."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.accounts.rules import public
from api.service.health import readiness
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.routes import Here, ruled

router = APIRouter(route_class=PageRoute)


@router.get("/", **ruled(public()), summary="The first page")
def show_first_page(request: Request, service: Here) -> Response:
    """What this is, where each may go, which parts answer. Always 200, so that a broken part can be shown."""
    return render(request, "service/first.html", ready=readiness(service), local=bool(service.settings.local_authority))
