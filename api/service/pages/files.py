"""Built files: the scanner, its service worker, everything under /assets/; and the local authority's certificate."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.accounts.rules import public
from api.service.pages.site import KINDS, file_of
from api.service.routes import Here, ServiceRoute, bytes_of, ruled
from chain.kernel.errors import NotFound

router = APIRouter(route_class=ServiceRoute, tags=["pages"])

CERTIFICATE = "application/x-x509-ca-cert"
_SAMPLE_ASSET = "scan-3XVL5QCB.js"
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "a page for people, in Chinese and English",
        "content": {"text/html": {"schema": {"type": "string", "examples": ["<!doctype html>"]}}},
    }
}


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


def _send(request: Request, name: str) -> Response:
    """A file of the built site, packed where the caller can unpack it."""
    found = file_of(name)
    accepted = {one.partition(";")[0].strip() for one in request.headers.get("Accept-Encoding", "").split(",")}
    if found.packed is not None and "gzip" in accepted:
        return Response(found.packed, headers={**found.headers, "Content-Encoding": "gzip"})
    return Response(found.body, headers=found.headers)


@router.get("/verify", response_class=Response, **ruled(public(), responses=_PAGE), summary="The scanner")
def show_scanner(request: Request) -> Response:
    """The page with which a clerk checks certificates: it checks in the browser and takes no server's word for it."""
    return _send(request, "verify.html")


@router.get("/v", response_class=Response, **ruled(public(), responses=_PAGE), summary="The scanner, from a QR code")
def show_scanned(request: Request) -> Response:
    """The same page at the address that QR codes name. The certificate stands behind the #, which no server is sent."""
    return _send(request, "verify.html")


@router.get("/wallet", response_class=Response, **ruled(public(), responses=_PAGE), summary="The holder's wallet")
def show_wallet(request: Request) -> Response:
    """The page with which a holder keeps and shows certificates, on the holder's own device alone."""
    return _send(request, "wallet.html")


@router.get(
    "/sw.js",
    response_class=Response,
    **ruled(public(), responses=bytes_of("text/javascript", description="the program")),
    summary="Service worker of the pages",
)
def show_service_worker(request: Request) -> Response:
    """Keeps the pages on the device, so that they open without a network."""
    return _send(request, "sw.js")


@router.get(
    "/assets/{name}",
    response_class=Response,
    **ruled(public(), responses=bytes_of(*sorted({kind.partition(";")[0] for kind in KINDS.values()}))),
    summary="A file of the pages",
)
def show_asset(
    request: Request,
    name: Annotated[
        str, Path(pattern=r"^[A-Za-z0-9_-]{1,60}\.[a-z]{2,12}$", description="its name", examples=[_SAMPLE_ASSET])
    ],
) -> Response:
    """Script, style, picture or decoder of a page. Its name carries a digest of its content."""
    return _send(request, f"assets/{name}")
