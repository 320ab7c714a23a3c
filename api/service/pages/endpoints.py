"""GET / and GET /ca.crt."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from api.accounts.rules import public
from api.service.health import readiness
from api.service.pages.first import POLICY, first_page
from api.service.routes import Here, ServiceRoute, bytes_of, ruled
from chain.kernel.errors import NotFound

router = APIRouter(route_class=ServiceRoute, tags=["pages"])

CERTIFICATE = "application/x-x509-ca-cert"
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "a page for people, in Chinese and English",
        "content": {"text/html": {"schema": {"type": "string", "examples": ["<!doctype html>"]}}},
    }
}


@router.get("/", response_class=Response, **ruled(public(), responses=_PAGE), summary="The first page")
def show_first_page(service: Here) -> Response:
    """What this is, which parts answer, and where to read on. Always 200, so that a broken part can be shown."""
    page = first_page(readiness(service), local=bool(service.settings.local_authority))
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


@router.get(
    "/ca.crt",
    response_class=Response,
    **ruled(public(), responses=bytes_of(CERTIFICATE, description="the certificate (PEM)")),
    summary="Certificate of the local authority",
)
def show_local_authority(service: Here) -> Response:
    """Where the service runs with a certificate authority of its own: its certificate, for a phone to trust."""
    named = service.settings.local_authority
    try:
        data = service.home.resolve(named).read_bytes() if named else None
    except OSError:
        data = None
    if data is None:
        raise NotFound(
            "this service has no certificate authority of its own",
            code="service.no_local_authority",
            fix="make up LAN=1 starts one for the local network",
        )
    return Response(data, media_type=CERTIFICATE)
