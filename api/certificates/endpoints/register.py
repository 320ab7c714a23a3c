"""Search the register; one certificate with its evidence."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from sqlalchemy import select
from starlette.responses import Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.evidence import bundle_of, certificate_by_number
from api.certificates.printing import paper_of, reprint_numbered, sealed
from api.certificates.query import Filters, page
from api.certificates.records import read_record
from api.certificates.schemas import (
    CertificateDetail,
    Certificates,
    CertificateView,
    HistoryEntry,
    SearchRequest,
    StatusName,
)
from api.certificates.search import Found, history
from api.certificates.statuses import status_of
from api.certificates.tables import batches
from api.service.context import Service
from api.service.paging import Cursor, Limit, after, cut
from api.service.routes import Here, ServiceRoute, bytes_of, ruled
from api.service.shapes import BUNDLE, Bureau, Entry
from chain.credentials.status_list import Status
from chain.kernel.canonical import read_canonical
from chain.rendering.qr import make_code, render_png, render_svg

router = APIRouter(prefix="/v1/bureaus/{bureau}/certificates", route_class=ServiceRoute, tags=["certificates"])

_DAY = 86_400
_SEARCHING = in_bureau(Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR, scope=Scope.CERTIFICATES)
_LOOKING_FOR = in_bureau(
    Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR, scope=Scope.CERTIFICATES, repeats=True
)
_PULLING = in_bureau(Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.CLERK, Role.AUDITOR, scope=Scope.CERTIFICATES)


@router.get("", **ruled(_SEARCHING))
def list_certificates(
    service: Here,
    bureau: Bureau,
    limit: Limit = 50,
    cursor: Cursor = None,
    state: Annotated[StatusName | None, Query(description="by the newest list", examples=["SUSPENDED"])] = None,
    kind: Annotated[
        str | None, Query(alias="type", max_length=64, description="certificate type", examples=["business-licence"])
    ] = None,
    batch: Annotated[int | None, Query(ge=1, le=2**53 - 1, description="number of a batch", examples=[12])] = None,
    expiring_within: Annotated[
        int | None, Query(ge=0, le=3660, description="days from now, by the ledger's clock", examples=[30])
    ] = None,
) -> Certificates:
    """Certificates of the bureau that fit all that is given, in the order of the register, without shredded ones.

    Names and numbers of holders are no part of an address; look for them with POST …/certificates/search.
    """
    wanted = SearchRequest(
        state=state, type=kind, batch=batch, expiring_within=expiring_within, limit=limit, cursor=cursor
    )
    return _shown(service, bureau, wanted)


@router.post("/search", **ruled(_LOOKING_FOR))
def search_certificates(service: Here, bureau: Bureau, body: SearchRequest) -> Certificates:
    """Search by holder's name or code, number or identifier, and by all that the list takes.

    A POST, so that what is looked for stands in no address, and so in no log of a proxy.
    """
    return _shown(service, bureau, body)


def _shown(service: Service, bureau: str, wanted: SearchRequest) -> Certificates:
    found, following = find_page(service, bureau, wanted)
    return Certificates(items=[CertificateView.of(one) for one in found], next=following)


def find_page(service: Service, bureau: str, wanted: SearchRequest) -> tuple[list[Found], str | None]:
    """Certificates that fit all that is given, and the cursor of the next page or None."""
    office = service.office(bureau)
    now = service.now() if wanted.expiring_within is not None else None
    filters = Filters(
        name=wanted.name,
        number=wanted.number,
        identifier=wanted.identifier,
        holder=wanted.holder,
        state=None if wanted.state is None else Status[wanted.state],
        certificate_type=None if wanted.type is None else office.catalogue.versions(wanted.type)[-1].code,
        batch=wanted.batch,
        expires_from=now,
        expires_until=None if now is None or wanted.expiring_within is None else now + wanted.expiring_within * _DAY,
    )
    found = page(office, filters, after=after(wanted.cursor), limit=wanted.limit + 1)
    return cut(found, wanted.limit, lambda one: int(one.row.id))


@router.get("/{entry:int}", **ruled(_PULLING))
def show_certificate(service: Here, bureau: Bureau, entry: Entry) -> CertificateDetail:
    """One certificate with all fields and its history."""
    office = service.office(bureau)
    row = certificate_by_number(office.engine, entry)
    with office.engine.connect() as connection:
        batch = connection.execute(select(batches).where(batches.c.id == row.batch_id)).one()
        status = status_of(connection, row, {})
    view = CertificateView.of(Found(row, batch, status))
    return CertificateDetail(
        **view.model_dump(by_alias=False),
        fields=read_canonical(row.fields.encode(), what="fields"),
        history=[HistoryEntry(**entry) for entry in history(office, row.id)],
    )


@router.get("/{entry:int}/bundle", response_class=Response, **ruled(_PULLING, responses=BUNDLE))
def show_bundle(service: Here, bureau: Bureau, entry: Entry) -> Response:
    """The evidence bundle: all that is needed to verify the certificate, in one file of canonical JSON."""
    office = service.office(bureau)
    return Response(bundle_of(office, certificate_by_number(office.engine, entry)), media_type="application/json")


@router.get("/{entry:int}/pdf", response_class=Response, **ruled(_PULLING, responses=bytes_of("application/pdf")))
def show_pdf(
    request: Request,
    service: Here,
    bureau: Bureau,
    entry: Entry,
    reprint: Annotated[
        int | None,
        Query(ge=1, le=2**31 - 1, description="as the reprint of this number, noted before", examples=[1]),
    ] = None,
) -> Response:
    """The certificate as a sealed PDF (PDF/A-3b, PAdES), made now, with its evidence bundle inside."""
    office = service.office(bureau)
    row = certificate_by_number(office.engine, entry)
    noted = None if reprint is None else reprint_numbered(office, row.identifier, reprint)
    seal = request.app.state.seals.of(office)
    data = sealed(paper_of(office, row, seal, noted), seal, request.app.state.printers.draw)
    return Response(data, media_type="application/pdf")


@router.get(
    "/{entry:int}/code", response_class=Response, **ruled(_PULLING, responses=bytes_of("image/svg+xml", "image/png"))
)
def show_code(
    service: Here,
    bureau: Bureau,
    entry: Entry,
    form: Annotated[Literal["png", "svg"], Query(description="of the picture", examples=["svg"])] = "svg",
) -> Response:
    """The certificate's QR code."""
    office = service.office(bureau)
    code = make_code(
        office.home.settings.stamp.prefix, read_record(office, certificate_by_number(office.engine, entry)).stamp
    )
    if form == "png":
        return Response(render_png(code), media_type="image/png")
    return Response(render_svg(code), media_type="image/svg+xml")
