"""Certificates: the list, the search, one with its evidence and history, and what may be done to it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy import select
from sqlalchemy.engine import Row
from starlette.responses import RedirectResponse, Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.endpoints.register import find_page, show_bundle, show_code, show_pdf
from api.certificates.evidence import certificate_by_number
from api.certificates.pages.room import LOOKING, PAUSE, show
from api.certificates.reprints import reprints_of
from api.certificates.schemas import SearchRequest
from api.certificates.search import Found, history
from api.certificates.statuses import create_acts, status_of
from api.certificates.tables import batches, certificates
from api.indexer.tables import ledger_anchors
from api.service.context import Service
from api.service.pages.faults import Told
from api.service.pages.routes import PageRoute
from api.service.routes import Caller, Here, about, ruled
from api.service.shapes import Bureau, Entry
from chain.catalogue import CertificateType
from chain.credentials.status_list import Status
from chain.issuing.lifecycle import OPERATIONS
from chain.kernel.canonical import read_canonical
from chain.kernel.clock import parse_moment
from chain.kernel.errors import InvalidInput, Refused

router = APIRouter(prefix="/console/{bureau}/certificates", route_class=PageRoute)

_ACTING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.STATUSES, noted=True)
_ROWS = 50
_BY = {"identifier": 140, "number": 100, "holder": 64, "name": 100}
"""What a search looks at, in this order, and how long it may be."""
BY_HAND = ("suspend", "reinstate", "revoke", "cancel", "penalise", "lapse", "close")
"""Acts that a person may ask for here; the others follow from a new certificate or a hand-over."""


def _wanted(kind: str, state: str, batch: str, cursor: str | None, **more: Any) -> SearchRequest:
    return SearchRequest(
        type=kind or None,
        state=state or None,
        batch=int(batch) if batch.isascii() and batch.isdigit() and len(batch) < 16 else None,
        limit=_ROWS,
        cursor=cursor,
        **more,
    )


@router.get("", **ruled(LOOKING))
def show_certificates(
    request: Request,
    service: Here,
    bureau: Bureau,
    kind: Annotated[str, Query(alias="type", max_length=64)] = "",
    state: Annotated[str, Query(max_length=16)] = "",
    batch: Annotated[str, Query(max_length=16)] = "",
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """The register, page by page, by type, state and batch."""
    wanted = _wanted(kind, _known(state), batch, cursor)
    found, following = find_page(service, bureau, wanted)
    return _answer(request, service, bureau, wanted, found, following, "")


@router.post("", **ruled(LOOKING))
def find_certificates(
    request: Request,
    service: Here,
    bureau: Bureau,
    text: Annotated[str, Form(max_length=140)] = "",
    kind: Annotated[str, Form(alias="type", max_length=64)] = "",
    state: Annotated[str, Form(max_length=16)] = "",
    cursor: Annotated[str | None, Form(max_length=200)] = None,
    by: Annotated[str, Form(max_length=16)] = "",
    batch: Annotated[str, Form(max_length=16)] = "",
    shown: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    """Search by name, number, code or identifier; by a form, so that what is looked for stands in no address.

    ``by`` is what the first page was found by, so that the next ones go on in the same way; ``shown`` is how many rows
    the reader has above.
    """
    text = text.strip()
    ways = [name for name, longest in _BY.items() if text and len(text) <= longest and by in ("", name)]
    found: list[Found] = []
    following, wanted = None, _wanted(kind, _known(state), batch, cursor)
    for by in ways or [""]:
        wanted = _wanted(kind, _known(state), batch, cursor, **({by: text} if by else {}))
        found, following = find_page(service, bureau, wanted)
        if found:
            break
    return _answer(request, service, bureau, wanted, found, following, text, by=by, shown=shown)


def _known(state: str) -> str:
    return state if state in Status.__members__ else ""


def _answer(
    request: Request,
    service: Service,
    bureau: str,
    wanted: SearchRequest,
    found: list[Found],
    following: str | None,
    text: str,
    *,
    by: str = "",
    shown: int = 0,
) -> Response:
    kinds = {kind.code: kind for kind in service.office(bureau).catalogue.every()}
    return show(
        request, service, bureau, "certificates", "certificates.html", piece="certificate_rows.html",
        found=found, next=following, wanted=wanted, text=text, kinds=kinds, statuses=list(Status.__members__), by=by,
        shown=shown + len(found), pause=PAUSE,
    )  # fmt: skip


@router.get("/{entry:int}", **ruled(LOOKING))
def show_certificate_page(request: Request, service: Here, bureau: Bureau, entry: Entry) -> Response:
    """One certificate: fields, state, evidence, history, and what may be done."""
    return _one(request, service, bureau, certificate_by_number(service.office(bureau).engine, entry))


@router.post("/{entry:int}/acts", **ruled(_ACTING))
def make_act_here(
    request: Request,
    service: Here,
    caller: Caller,
    bureau: Bureau,
    entry: Entry,
    operation: Annotated[str, Form(max_length=16)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Ask for a status act on this certificate; a second person decides."""
    office = service.office(bureau)
    row = certificate_by_number(office.engine, entry)
    try:
        if operation not in BY_HAND:
            raise InvalidInput("no act is chosen", code="status.operation", field="operation", fix="choose one")
        made = create_acts(office.acting(caller.name, maker=caller.address), operation, [row], reason)
    except (InvalidInput, Refused) as error:
        return _one(request, service, bureau, row, told=Told.of(error), operation=operation, reason=reason)
    about(request, "act " + ", ".join(str(number) for number in made))
    return RedirectResponse(f"/console/{bureau}/certificates/{entry}#history", 303, {"Cache-Control": "no-store"})


def _one(
    request: Request,
    service: Service,
    bureau: str,
    row: Row[Any],
    *,
    told: Told | None = None,
    operation: str = "",
    reason: str = "",
) -> Response:
    office = service.office(bureau)
    with office.engine.connect() as connection:
        batch = connection.execute(select(batches).where(batches.c.id == row.batch_id)).one()
        status = status_of(connection, row, {})
        anchor = connection.execute(
            select(ledger_anchors).where(
                ledger_anchors.c.bureau == batch.bureau,
                ledger_anchors.c.lane == batch.certificate_type,
                ledger_anchors.c.sequence == batch.sequence,
            )
        ).one_or_none()
        before, after = (_entry_of(connection, name) for name in (row.predecessor, row.successor))
    kind = office.catalogue.find(batch.certificate_type, batch.template_version)
    complete = batch.state == "complete"
    acts = list(history(office, row.id))
    possible = [
        one for name in BY_HAND if complete and status is not None and status in (one := OPERATIONS[name]).before
    ]
    return show(
        request, service, bureau, "certificates", "certificate.html", status=200 if told is None else told.status,
        row=row, batch=batch, kind=kind, state=None if status is None else status.name, complete=complete,
        fields=_fields(kind, row), acts=[{**one, "at": parse_moment(one["at"])} for one in acts],
        waiting=any(one["state"] not in ("complete", "refused") for one in acts), possible=possible,
        anchor=anchor, witnessed=_witnessed(batch), before=before, after=after,
        reprints=reprints_of(office, row.identifier) if complete else [], told=told, operation=operation, reason=reason,
    )  # fmt: skip


def _entry_of(connection: Any, identifier: str | None) -> int | None:
    if identifier is None:
        return None
    found = connection.execute(
        select(certificates.c.id).where(certificates.c.identifier == identifier, certificates.c.shredded_at.is_(None))
    ).scalar_one_or_none()
    return None if found is None else int(found)


def _fields(kind: CertificateType, row: Row[Any]) -> list[tuple[Any, str]]:
    values = read_canonical(row.fields.encode(), what="fields")
    return [(one, kind.display(one.name, values[one.name])) for one in kind.fields if one.name in values]


def _witnessed(batch: Row[Any]) -> bool:
    return (
        batch.evidence is not None and read_canonical(bytes(batch.evidence), what="evidence")["checkpoint"] is not None
    )


# --------------------------------------------------------------------------- files


@router.get("/{entry:int}/certificate.pdf", **ruled(LOOKING))
def show_certificate_pdf(request: Request, service: Here, bureau: Bureau, entry: Entry) -> Response:
    """The certificate as a sealed PDF, to save."""
    return _saved(show_pdf(request, service, bureau, entry, None), f"certificate-{entry}.pdf")


@router.get("/{entry:int}/bundle.json", **ruled(LOOKING))
def show_certificate_bundle(service: Here, bureau: Bureau, entry: Entry) -> Response:
    """The evidence bundle, to save."""
    return _saved(show_bundle(service, bureau, entry), f"bundle-{entry}.json")


@router.get("/{entry:int}/code.svg", **ruled(LOOKING))
def show_certificate_code(service: Here, bureau: Bureau, entry: Entry) -> Response:
    """The QR code as a picture within the page; kept by no browser, as the certificate itself is."""
    response = show_code(service, bureau, entry, "svg")
    response.headers["Cache-Control"] = "no-store"
    return response


def _saved(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
