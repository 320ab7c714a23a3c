"""Verifications, and the public index that any verifier may ask."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere, public
from api.service.observed import VERDICTS
from api.service.routes import Here, PerhapsCaller, ServiceRoute, bytes_of, ruled
from api.service.shapes import BUNDLE, SAMPLE_DIGEST
from api.verifications.checker import Checker
from api.verifications.index import BureauIndex
from api.verifications.schemas import BundleRequest, PlaceView, VerificationRequest, VerificationView, view_of
from chain.credentials.verification import Verification
from chain.kernel.clock import parse_time
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import InvalidInput, NotFound

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["verifications"])

_MAY_LOOK_UP = (Role.CLERK, Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR)
_PICTURE = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
Digest = Annotated[str, Path(pattern=r"^0x[0-9a-f]{64}$", description="SHA-256", examples=[SAMPLE_DIGEST])]


def checker_of(request: Request) -> Checker:
    """The checker of this process."""
    found: Checker = request.app.state.checker
    return found


def _pulling(caller: PerhapsCaller) -> bool:
    return caller is not None and Scope.VERIFICATIONS in caller.scopes and caller.holds(_MAY_LOOK_UP)


@router.post("/verifications", response_model=VerificationView, **ruled(public(repeats=True)))
async def verify(request: Request, caller: PerhapsCaller, body: VerificationRequest) -> Response:
    """Check a certificate: digits, SD-JWT, bundle, or (signed in, as a clerk or officer) an identifier.

    The answer is always 200 with a verdict; what cannot be read is UNKNOWN, what cannot be told CANNOT_CHECK.
    Nothing about the check is kept.
    """
    at = None if body.at is None else parse_time(body.at, field="at")
    checker = checker_of(request)
    return _answer(await checker.check_soon(body.input.encode(), at=at, pulling=_pulling(caller)))


@router.post(
    "/verifications/pictures",
    response_model=VerificationView,
    **ruled(public(repeats=True, large=True), requestBody=_PICTURE),
)
async def verify_picture(request: Request, caller: PerhapsCaller) -> Response:
    """Check a sealed PDF, or a picture (PNG, JPEG, WebP) with the certificate's QR code, sent as the body.

    A PDF's own bundle and seal are judged; one that carries no bundle is UNKNOWN. At most 4 MiB of PDF are looked at.
    """
    data = await request.body()
    return _answer(await checker_of(request).check_soon(data, at=None, pulling=_pulling(caller)))


def _answer(found: Verification) -> Response:
    VERDICTS.labels(found.verdict.value).inc()
    return Response(view_of(found), media_type="application/json")


@router.get("/stamps/{digest}", **ruled(public()))
def find_stamp(service: Here, digest: Digest) -> PlaceView:
    """Where the stamp with this SHA-256 is anchored: lane, number, leaf and proof. Says nothing about its holder."""
    place = BureauIndex(service, bundles=False).by_stamp(unhex0x(digest, size=32))
    if place is None:
        raise NotFound(
            "no stamp with this digest", code="stamp.unknown", field="digest", fix="ask the bureau's own index"
        )
    return PlaceView.of(place)


@router.get("/credentials/{digest}", **ruled(public()))
def find_credential(service: Here, digest: Digest) -> PlaceView:
    """Where the credential whose issuer-signed JWT has this SHA-256 is anchored. Says nothing about its holder."""
    place = BureauIndex(service, bundles=False).by_jwt(unhex0x(digest, size=32))
    if place is None:
        raise NotFound(
            "no credential with this digest",
            code="credential.unknown",
            field="digest",
            fix="ask the bureau's own index",
        )
    return PlaceView.of(place)


@router.get(
    "/status-lists/{digest}",
    response_class=Response,
    **ruled(public(), responses=bytes_of("application/statuslist+jwt")),
)
def show_status_list(service: Here, digest: Digest) -> Response:
    """The status list token with this SHA-256 (a signed JWT of the Token Status List); the ledger says which counts."""
    data = BureauIndex(service, bundles=False).status_list(unhex0x(digest, size=32))
    if data is None:
        raise NotFound(
            "no status list with this digest", code="status_list.unknown", field="digest", fix="ask the ledger"
        )
    return Response(data, media_type="application/statuslist+jwt")


@router.post(
    "/bundles",
    response_class=Response,
    **ruled(anywhere(*_MAY_LOOK_UP, scope=Scope.VERIFICATIONS, repeats=True), responses=BUNDLE),
)
def find_bundle(service: Here, body: BundleRequest) -> Response:
    """The evidence bundle of a certificate of any bureau here, by identifier, for those who check at a window."""
    try:
        data = BureauIndex(service, bundles=True).bundle(body.identifier)
    except InvalidInput:
        data = None
    if data is None:
        raise NotFound(
            "no certificate with this identifier",
            code="certificate.unknown",
            field="identifier",
            fix="check the identifier",
        )
    return Response(data, media_type="application/json")
