"""Activation codes and devices: a list, one certificate's, a new code, the end of a binding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy import select
from sqlalchemy.engine import Row
from starlette.responses import RedirectResponse, Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.evidence import certificate_by_number
from api.certificates.office import Office
from api.certificates.pages.room import DESK, show
from api.certificates.search import select_for_act
from api.certificates.tables import certificates
from api.claims.activations import request_activation
from api.claims.bindings import bindings_of
from api.claims.creating import end_binding
from api.claims.tables import activations, claims
from api.service.context import Service
from api.service.pages.faults import Told
from api.service.pages.routes import PageRoute
from api.service.paging import after, cut
from api.service.routes import Caller, Here, about, ruled
from api.service.shapes import Bureau, Entry
from chain.kernel.errors import InvalidInput, NotFound, Refused

router = APIRouter(prefix="/console/{bureau}/claims", route_class=PageRoute)

_LOOKING = in_bureau(*DESK, scope=Scope.CLAIMS)
_ASKING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.CLAIMS, noted=True)
_ROWS = 50


@router.get("", **ruled(_LOOKING))
def show_claims(
    request: Request,
    service: Here,
    bureau: Bureau,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Wishes for activation codes, newest first, and the form for a new one."""
    return _codes(request, service, bureau, cursor)


@router.post("", **ruled(_ASKING))
def request_code_here(
    request: Request,
    service: Here,
    caller: Caller,
    bureau: Bureau,
    certificate: Annotated[str, Form(max_length=140)] = "",
) -> Response:
    """Ask for an activation code of a certificate, by number or identifier; an older code is void then."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    try:
        rows = select_for_act(office, [certificate.strip()])
        if not rows:
            raise InvalidInput("no certificate named", code="status.none", field="certificate", fix="give its number")
        number = request_activation(office, rows[0])
    except (InvalidInput, NotFound, Refused) as error:
        return _codes(request, service, bureau, None, certificate, Told.of(error))
    about(request, f"activation {number}")
    return _to(bureau, int(rows[0].id))


def _codes(
    request: Request,
    service: Service,
    bureau: str,
    cursor: str | None,
    certificate: str = "",
    told: Told | None = None,
) -> Response:
    rows, following = cut(_wishes(service.office(bureau), after(cursor)), _ROWS, lambda row: int(row.id))
    return show(
        request, service, bureau, "claims", "claims/codes.html", status=200 if told is None else told.status,
        rows=rows, next=following, certificate=certificate, told=told,
    )  # fmt: skip


def _wishes(office: Office, before: int, entry: int | None = None) -> Sequence[Row[Any]]:
    """Wishes for codes with their certificates, newest first; those of one certificate if ``entry`` names it."""
    query = (
        select(activations, certificates.c.number, certificates.c.holder_name)
        .join(certificates, certificates.c.id == activations.c.certificate_id)
        .order_by(activations.c.id.desc())
        .limit(_ROWS + 1)
    )
    if before:
        query = query.where(activations.c.id < before)
    if entry is not None:
        query = query.where(activations.c.certificate_id == entry)
    with office.engine.connect() as connection:
        return connection.execute(query).all()


@router.get("/{entry}", **ruled(_LOOKING))
def show_devices(request: Request, service: Here, bureau: Bureau, entry: Entry) -> Response:
    """One certificate: its activation codes, the devices bound to it, and ends that are on their way."""
    return _devices(request, service, bureau, entry)


@router.post("/{entry}/end", **ruled(_ASKING))
def end_binding_here(
    request: Request,
    service: Here,
    caller: Caller,
    bureau: Bureau,
    entry: Entry,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Ask that the binding that stands be ended, as for a lost phone; it waits for the second person."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    try:
        number = end_binding(office, certificate_by_number(office.engine, entry), reason)
    except (InvalidInput, NotFound) as error:
        return _devices(request, service, bureau, entry, reason, Told.of(error))
    about(request, f"claim {number}")
    return _to(bureau, entry)


def _devices(
    request: Request, service: Service, bureau: str, entry: int, reason: str = "", told: Told | None = None
) -> Response:
    office = service.office(bureau)
    row = certificate_by_number(office.engine, entry)
    with office.engine.connect() as connection:
        query = select(claims).where(claims.c.certificate_id == entry).order_by(claims.c.id.desc()).limit(_ROWS)
        asked = connection.execute(query).all()
    bound = bindings_of(office, row.identifier) if row.identifier else ()
    return show(
        request, service, bureau, "claims", "claims/devices.html", status=200 if told is None else told.status,
        row=row, codes=_wishes(office, 0, entry)[:_ROWS], asked=asked, bound=bound, reason=reason, told=told,
        standing=any(one.until is None for one in bound),
    )  # fmt: skip


def _to(bureau: str, entry: int) -> Response:
    return RedirectResponse(f"/console/{bureau}/claims/{entry}", 303, {"Cache-Control": "no-store"})
