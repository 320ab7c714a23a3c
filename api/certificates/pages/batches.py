"""Lists on their way to the ledger: all of them, one with its progress, and taking one back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.batches import FINAL, batch, recall
from api.certificates.endpoints.batches import done_of
from api.certificates.pages.room import DESK, show
from api.certificates.query import act_page, batch_page
from api.jobs.states import state
from api.service.pages.rendering import is_piece
from api.service.pages.routes import PageRoute
from api.service.paging import after, cut
from api.service.routes import Caller, Here, about, ruled
from api.service.shapes import Bureau, Number

router = APIRouter(prefix="/console/{bureau}/batches", route_class=PageRoute)

_LOOKING = in_bureau(*DESK, scope=Scope.BATCHES)
_PREPARING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.BATCHES, noted=True)
_ROWS = 30
_ACTS = 30
STEPS = ("waiting", "released", "sealed", "signed", "confirmed", "complete")
"""The way of a batch, in order."""
_RECALL_WAIT = 10.0
_NO_MORE = 286
"""Status with which htmx ends asking again."""


@router.get("", **ruled(_LOOKING))
def show_batches(
    request: Request,
    service: Here,
    caller: Caller,
    bureau: Bureau,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Batches, newest first; and the status acts of late."""
    office = service.office(bureau)
    rows = batch_page(office, state=None, after=after(cursor), limit=_ROWS + 1)
    kept, following = cut(rows, _ROWS, lambda row: int(row.id))
    may_see_acts = cursor is None and Scope.STATUSES in caller.scopes
    acts = act_page(office, state=None, after=0, limit=_ACTS) if may_see_acts else []
    kinds = {kind.code: kind for kind in office.catalogue.every()}
    return show(request, service, bureau, "batches", "batches.html", rows=kept, next=following, acts=acts, kinds=kinds)


@router.get("/{number}", **ruled(_LOOKING))
def show_batch_page(request: Request, service: Here, bureau: Bureau, number: Number) -> Response:
    """One batch and how far it is; htmx asks again until it is over, which status 286 tells it."""
    office = service.office(bureau)
    row = batch(office, number)
    job = state(office.engine, "batch", number)
    return show(
        request, service, bureau, "batches", "batch.html", piece="batch_state.html",
        status=_NO_MORE if row.state in FINAL and is_piece(request) else 200,
        row=row, done=done_of(office, row), steps=STEPS, over=row.state in FINAL, job=job,
        kind=office.catalogue.find(row.certificate_type, row.template_version),
    )  # fmt: skip


@router.post("/{number}/recall", **ruled(_PREPARING))
def recall_batch_here(request: Request, service: Here, caller: Caller, bureau: Bureau, number: Number) -> Response:
    """Take back a batch whose root is not signed yet."""
    about(request, f"batch {number}")
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    with office.writing(patience=_RECALL_WAIT):
        recall(office, number, wait=_RECALL_WAIT)
    return RedirectResponse(f"/console/{bureau}/batches/{number}", 303, {"Cache-Control": "no-store"})
