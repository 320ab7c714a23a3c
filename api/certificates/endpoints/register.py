"""Search the register; one certificate with its evidence."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.evidence import bundle_of, certificate
from api.certificates.query import Filters, page
from api.certificates.records import read_record
from api.certificates.schemas import (
    SAMPLE_NUMBER,
    CertificateDetail,
    Certificates,
    CertificateView,
    HistoryEntry,
    StatusName,
)
from api.certificates.search import Found, history
from api.certificates.statuses import status_of
from api.certificates.tables import batches
from api.service.paging import Cursor, Limit, after, cut
from api.service.routes import Here, ServiceRoute, bytes_of, ruled
from api.service.shapes import BUNDLE, SAMPLE_IDENTIFIER, Bureau, Identifier
from chain.credentials.status_list import Status
from chain.kernel.canonical import read_canonical
from chain.rendering.qr import make_code, render_png, render_svg

router = APIRouter(prefix="/v1/bureaus/{bureau}/certificates", route_class=ServiceRoute, tags=["certificates"])

_DAY = 86_400
_SEARCHING = in_bureau(Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR, scope=Scope.CERTIFICATES)
_PULLING = in_bureau(Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.CLERK, Role.AUDITOR, scope=Scope.CERTIFICATES)


@router.get("", **ruled(_SEARCHING))
def search_certificates(
    service: Here,
    bureau: Bureau,
    limit: Limit = 50,
    cursor: Cursor = None,
    name: Annotated[
        str | None, Query(min_length=1, max_length=100, description="part of the holder's name", examples=["示例"])
    ] = None,
    number: Annotated[
        str | None, Query(max_length=100, description="certificate number, whole", examples=[SAMPLE_NUMBER])
    ] = None,
    identifier: Annotated[str | None, Query(max_length=140, description="whole", examples=[SAMPLE_IDENTIFIER])] = None,
    holder: Annotated[
        str | None, Query(max_length=64, description="holder code, whole", examples=[SAMPLE_NUMBER])
    ] = None,
    state: Annotated[StatusName | None, Query(description="by the newest list", examples=["SUSPENDED"])] = None,
    kind: Annotated[
        str | None, Query(alias="type", max_length=64, description="certificate type", examples=["business-licence"])
    ] = None,
    batch: Annotated[int | None, Query(ge=1, le=2**53 - 1, description="number of a batch", examples=[12])] = None,
    expiring_within: Annotated[
        int | None, Query(ge=0, le=3660, description="days from now, by the ledger's clock", examples=[30])
    ] = None,
) -> Certificates:
    """Certificates of the bureau that fit all that is given, in the order of the register, without shredded ones."""
    office = service.office(bureau)
    now = service.now() if expiring_within is not None else None
    filters = Filters(
        name=name,
        number=number,
        identifier=identifier,
        holder=holder,
        state=None if state is None else Status[state],
        certificate_type=None if kind is None else office.catalogue.versions(kind)[-1].code,
        batch=batch,
        expires_from=now,
        expires_until=None if now is None or expiring_within is None else now + expiring_within * _DAY,
    )
    kept, following = cut(
        page(office, filters, after=after(cursor), limit=limit + 1), limit, lambda one: int(one.row.id)
    )
    return Certificates(items=[CertificateView.of(one) for one in kept], next=following)


@router.get("/{identifier}", **ruled(_PULLING))
def show_certificate(service: Here, bureau: Bureau, identifier: Identifier) -> CertificateDetail:
    """One certificate with all fields and its history."""
    office = service.office(bureau)
    row = certificate(office.engine, identifier)
    with office.engine.connect() as connection:
        batch = connection.execute(select(batches).where(batches.c.id == row.batch_id)).one()
        status = status_of(connection, row, {})
    view = CertificateView.of(Found(row, batch, status))
    return CertificateDetail(
        **view.model_dump(by_alias=False),
        fields=read_canonical(row.fields.encode(), what="fields"),
        history=[HistoryEntry(**entry) for entry in history(office, row.id)],
    )


@router.get("/{identifier}/bundle", response_class=Response, **ruled(_PULLING, responses=BUNDLE))
def show_bundle(service: Here, bureau: Bureau, identifier: Identifier) -> Response:
    """The evidence bundle: all that is needed to verify the certificate, in one file of canonical JSON."""
    office = service.office(bureau)
    return Response(bundle_of(office, certificate(office.engine, identifier)), media_type="application/json")


@router.get(
    "/{identifier}/code", response_class=Response, **ruled(_PULLING, responses=bytes_of("image/svg+xml", "image/png"))
)
def show_code(
    service: Here,
    bureau: Bureau,
    identifier: Identifier,
    form: Annotated[Literal["png", "svg"], Query(description="of the picture", examples=["svg"])] = "svg",
) -> Response:
    """The certificate's QR code."""
    office = service.office(bureau)
    code = make_code(
        office.home.settings.stamp.prefix, read_record(office, certificate(office.engine, identifier)).stamp
    )
    if form == "png":
        return Response(render_png(code), media_type="image/png")
    return Response(render_svg(code), media_type="image/svg+xml")
