"""Issuing: one certificate by a form with a preview as one types; a list with a report before anything is done."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.endpoints.batches import take
from api.certificates.pages.room import PREPARING, show
from api.certificates.schemas import ListOutcome, Operation
from api.service.context import Service
from api.service.cookies import FIELD
from api.service.languages import language_of
from api.service.pages.faults import Told
from api.service.pages.routes import PageRoute
from api.service.routes import Caller, Here, about, ruled
from api.service.shapes import Bureau
from chain.catalogue import CertificateType, Field
from chain.catalogue.lists import Limits, ListReport, read_list, read_rows
from chain.kernel.errors import YinxinError

router = APIRouter(prefix="/console/{bureau}", route_class=PageRoute)

_MAKING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.BATCHES, noted=True)
_UPLOADING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.BATCHES, noted=True, large=True)
_MOST_SHOWN = 200


# --------------------------------------------------------------------------- one certificate


async def _typed(request: Request) -> dict[str, str]:
    """What was typed into the form, field by field, without what is empty."""
    given = await request.form()
    return {
        name: value.strip()
        for name, value in given.items()
        if isinstance(value, str) and name not in (FIELD, "list_name") and value.strip()
    }


Typed = Annotated[dict[str, str], Depends(_typed)]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says so far.

    Attributes:
        values: as typed, by field.
        faults: what is wrong with what was typed, by field; empty for the row as a whole.
        missing: how many required fields are empty.
        shown: label and text of each field that is right so far, as they will stand on the certificate.
    """

    values: dict[str, str]
    faults: dict[str, str]
    missing: int
    shown: list[tuple[Field, str]]


def draft(kind: CertificateType, values: dict[str, str], language: str) -> Draft:
    """Judge one row as a list's row is judged."""
    required = [one.name for one in kind.list_fields if one.required]
    missing = sum(name not in values for name in required)
    if not values:
        return Draft(values, {}, missing, [])
    # With empty cells for what is not typed yet: a row of one cell would not be taken for one of the type's.
    row = {one.name: values.get(one.name, "") for one in kind.list_fields}
    report = read_rows([row], kind, name="form")
    faults: dict[str, str] = {}
    for one in report.errors:
        name = one.field or ""
        if name in values or not name:
            text = one.message_zh if language == "zh" else one.message
            fix = one.fix_zh if language == "zh" else one.fix
            faults.setdefault(name, f"{text} {fix}".strip())
    good = report.rows[0].fields if report.rows else {name: text for name, text in values.items() if name not in faults}
    return Draft(values, faults, missing, _shown(kind, good))


def _shown(kind: CertificateType, fields: dict[str, str]) -> list[tuple[Field, str]]:
    found = []
    for one in kind.list_fields:
        if one.name in fields:
            try:
                text = kind.display(one.name, fields[one.name])
            except (YinxinError, ValueError, ArithmeticError):
                text = fields[one.name]  # not read yet, since another field of the row is wrong
            found.append((one, text))
    return found


@router.get("/issue", **ruled(PREPARING))
def choose_type(request: Request, service: Here, bureau: Bureau) -> Response:
    """Of which type the certificate is to be."""
    catalogue = service.office(bureau).catalogue
    found = [kind for kind in catalogue.all() if catalogue.is_active(kind)]
    return show(request, service, bureau, "issue", "issue_types.html", found=found)


@router.get("/issue/{slug}", **ruled(PREPARING))
def show_issue_form(request: Request, service: Here, bureau: Bureau, slug: str) -> Response:
    """The form of a type, with a preview beside it."""
    return _form(request, service, bureau, slug, {}, sent=False)


@router.post("/issue/{slug}/preview", **ruled(PREPARING))
def preview_certificate(request: Request, service: Here, bureau: Bureau, slug: str, typed: Typed) -> Response:
    """How the certificate will look, and what is still wrong. Nothing is made."""
    return _form(request, service, bureau, slug, typed, sent=False)


@router.post("/issue/{slug}", **ruled(_MAKING))
def issue_certificate(
    request: Request, service: Here, caller: Caller, bureau: Bureau, slug: str, typed: Typed
) -> Response:
    """Make a batch of one; it waits for the second person."""
    office = service.office(bureau)
    kind = office.catalogue.find(slug)
    found = draft(kind, typed, language_of(request))
    if found.faults or found.missing:
        return _form(request, service, bureau, slug, typed, sent=True)
    name = typed.get(kind.number_field, "form")[:200]
    outcome = take(
        office.acting(caller.name, maker=caller.address), lambda: read_rows([typed], kind, name=name), kind.code,
        "issue", name, "", False,
    )  # fmt: skip
    if outcome.batch is None:
        return _form(request, service, bureau, slug, typed, sent=True, outcome=outcome)
    about(request, f"batch {outcome.batch.number}")
    return _to_batch(bureau, outcome.batch.number)


def _form(
    request: Request,
    service: Service,
    bureau: str,
    slug: str,
    values: dict[str, str],
    *,
    sent: bool,
    outcome: ListOutcome | None = None,
) -> Response:
    office = service.office(bureau)
    kind = office.catalogue.find(slug)
    found = draft(kind, values, language_of(request))
    return show(
        request, service, bureau, "issue", "issue.html", piece="issue_preview.html", status=422 if sent else 200,
        kind=kind, draft=found, sent=sent, outcome=outcome,
    )  # fmt: skip


# --------------------------------------------------------------------------- a list


@router.get("/lists", **ruled(PREPARING))
def show_list_form(request: Request, service: Here, bureau: Bureau) -> Response:
    """Where a list is given in."""
    return _lists(request, service, bureau)


@router.post("/lists", **ruled(_UPLOADING))
async def take_list(
    request: Request,
    service: Here,
    caller: Caller,
    bureau: Bureau,
    file: Annotated[UploadFile, File()],
    kind: Annotated[str, Form(alias="type", max_length=64)] = "",
    operation: Annotated[Operation, Form()] = "issue",
    reason: Annotated[str, Form(max_length=500)] = "",
    way: Annotated[str, Form(max_length=8)] = "check",
) -> Response:
    """Judge a list; with ``way`` ``make`` also make a batch of it, if nothing is wrong."""
    office = service.office(bureau)
    name = (file.filename or "list")[:200]
    told: Told | None = None
    outcome: ListOutcome | None = None
    with tempfile.TemporaryDirectory(prefix="yinxin-list-") as folder:
        stored = Path(folder) / "list"
        with stored.open("wb") as sink:
            while chunk := await file.read(1 << 20):
                sink.write(chunk)

        def read() -> ListReport:
            limits = Limits(file_bytes=service.settings.upload_limit)
            return read_list(stored, office.catalogue.find(kind), filename=name, limits=limits)

        acting = office.acting(caller.name, maker=caller.address)
        try:
            outcome = await run_in_threadpool(take, acting, read, kind, operation, name, reason, way != "make")
        except YinxinError as error:
            told = Told.of(error)
    if outcome is not None and outcome.batch is not None:
        about(request, f"batch {outcome.batch.number}")
        return _to_batch(bureau, outcome.batch.number, piece=request.headers.get("HX-Request") == "true")

    def answer() -> Response:
        return _lists(request, service, bureau, kind, operation, reason, outcome, told, name)

    return await run_in_threadpool(answer)


def _lists(
    request: Request,
    service: Service,
    bureau: str,
    kind: str = "",
    operation: str = "issue",
    reason: str = "",
    outcome: ListOutcome | None = None,
    told: Told | None = None,
    name: str = "",
) -> Response:
    catalogue = service.office(bureau).catalogue
    return show(
        request, service, bureau, "lists", "lists.html", piece="list_report.html",
        kinds=[one for one in catalogue.all() if catalogue.is_active(one)], kind=kind, operation=operation,
        reason=reason, outcome=outcome, told=told, list_name=name, most=_MOST_SHOWN,
    )  # fmt: skip


def _to_batch(bureau: str, number: int, *, piece: bool = False) -> Response:
    place = f"/console/{bureau}/batches/{number}"
    if piece:
        return Response(None, 204, {"HX-Redirect": place})
    return RedirectResponse(place, 303, {"Cache-Control": "no-store"})
