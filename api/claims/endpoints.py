"""Holders' claims over HTTP. A holder needs no account: the activation code and the device's key speak for her."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from sqlalchemy import select
from sqlalchemy.engine import Row
from starlette.concurrency import run_in_threadpool

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau, public
from api.certificates.evidence import certificate_by_number
from api.certificates.office import Office
from api.certificates.search import select_for_act
from api.claims.activations import request_activation
from api.claims.bindings import bindings_of
from api.claims.creating import create_claim, end_binding, end_by_holder
from api.claims.schemas import (
    ActivationRequest,
    Activations,
    ActivationView,
    Bindings,
    BindingView,
    ClaimView,
    EndRequest,
)
from api.claims.tables import activations, bindings, claims
from api.service.routes import Caller, Here, ServiceRoute, about, ruled
from api.service.shapes import SAMPLE_DIGEST, Bureau, Entry, Number
from chain.kernel.encoding import b64url, unhex0x
from chain.kernel.errors import NotFound

router = APIRouter(prefix="/v1/bureaus/{bureau}", route_class=ServiceRoute, tags=["claims"])

HOLDER = "holder"
"""Who acts, in the records of claims: the holder, not a member of the bureau's staff."""

_ASKING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.CLAIMS, noted=True, repeats=True)
_LOOKING = in_bureau(Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR, scope=Scope.CLAIMS)
_HOLDER = public(noted=True, repeats=True)
_Digest = Annotated[str, Path(pattern=r"^0x[0-9a-f]{64}$", description="SHA-256 of it", examples=[SAMPLE_DIGEST])]


def _document(name: str, sample: str) -> dict[str, Any]:
    schema = {"type": "object", "description": f"{name}, in its one form", "examples": [{"format": sample}]}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


# --------------------------------------------------------------------------- activation codes


@router.post("/activations", status_code=202, **ruled(_ASKING))
def request_activations(
    request: Request, service: Here, caller: Caller, bureau: Bureau, body: ActivationRequest
) -> Activations:
    """Ask that holders get an activation code. The signer writes the letters; an older code is void then."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    numbers = [request_activation(office, row) for row in select_for_act(office, body.certificates)]
    about(request, "activation " + ", ".join(str(number) for number in numbers))
    return Activations(items=[_activation(office, number) for number in numbers])


@router.get("/activations/{number}", **ruled(_LOOKING))
def show_activation(service: Here, bureau: Bureau, number: Number) -> ActivationView:
    """One wish for an activation code."""
    return _activation(service.office(bureau), number)


def _activation(office: Office, number: int) -> ActivationView:
    with office.engine.connect() as connection:
        row = connection.execute(select(activations).where(activations.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"no activation {number}", code="activation.unknown", field="number", fix="check the number")
    return ActivationView.of(row)


# --------------------------------------------------------------------------- claims


@router.post("/claims", status_code=202, **ruled(_HOLDER, requestBody=_document("a claim", "yinxin-claim-1")))
async def make_claim(request: Request, service: Here, bureau: Bureau) -> ClaimView:
    """Send a claim that a holder's device made with its activation code (docs/formats/binding.md), as the body.

    The signer checks it; the device is bound once the binding is anchored. The same claim again answers the same one.
    """
    return await _take(request, service.office(bureau).acting(HOLDER), create_claim)


@router.post("/binding-ends", status_code=202, **ruled(_HOLDER, requestBody=_document("an end", "yinxin-unbind-1")))
async def end_own_binding(request: Request, service: Here, bureau: Bureau) -> ClaimView:
    """Send the end of a binding, signed by the bound device, as the body."""
    return await _take(request, service.office(bureau).acting(HOLDER), end_by_holder)


async def _take(request: Request, office: Office, note: Any) -> ClaimView:
    data = await request.body()
    number = await run_in_threadpool(note, office, data)
    about(request, f"claim {number}")
    return await run_in_threadpool(_claim, office, claims.c.id == number)


@router.get("/claims/{digest}", **ruled(public()))
def show_claim(service: Here, bureau: Bureau, digest: _Digest) -> ClaimView:
    """How far a claim is. Who knows its SHA-256 made it: its nonce is the device's own."""
    return _claim(service.office(bureau), claims.c.digest == unhex0x(digest, size=32))


def _claim(office: Office, which: Any) -> ClaimView:
    with office.engine.connect() as connection:
        row: Row[Any] | None = connection.execute(select(claims).where(which)).one_or_none()
        if row is None:
            raise NotFound("no such claim", code="claim.unknown", field="digest", fix="send the claim again")
        found = connection.execute(select(bindings.c.document).where(bindings.c.claim_id == row.id)).scalar()
    return ClaimView.of(row, None if found is None else b64url(bytes(found)))


# --------------------------------------------------------------------------- bindings


@router.get("/certificates/{entry:int}/bindings", **ruled(_LOOKING))
def list_bindings(service: Here, bureau: Bureau, entry: Entry) -> Bindings:
    """Devices that are and were bound to a certificate."""
    office = service.office(bureau)
    identifier = certificate_by_number(office.engine, entry).identifier
    return Bindings(items=[BindingView.of(row) for row in bindings_of(office, identifier)])


@router.post("/certificates/{entry:int}/bindings/end", status_code=202, **ruled(_ASKING))
def end_holder_binding(
    request: Request, service: Here, caller: Caller, bureau: Bureau, entry: Entry, body: EndRequest
) -> ClaimView:
    """End the binding that stands, as for a lost phone. It waits for a second person."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    number = end_binding(office, certificate_by_number(office.engine, entry), body.reason)
    about(request, f"claim {number}")
    return _claim(office, claims.c.id == number)
