"""GET /expert and /expert/{tender}/{lot}, and taking a part for oneself: POST /expert/part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from sqlalchemy import Connection, select
from starlette.responses import RedirectResponse, Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere, in_tender
from api.bidding.pages.endpoints import custodian_origins
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.pages.site import address_of_asset
from api.service.routes import Caller, Here, ruled
from api.tenders.endpoints.people import join_evaluation, leave_evaluation
from api.tenders.query import lot_row, one, tender_row
from api.tenders.schemas import LotNumber, TenderNumber
from api.tenders.shown import word
from api.tenders.tables import tender_lots
from api.tenders.titles import title_of
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import NotFound
from chain.kernel.tender_facts import Phase
from chain.tenders.notice import read_notice

router = APIRouter(prefix="/expert", route_class=PageRoute)
_OWN = anywhere(Role.EXPERT, scope=Scope.TENDERS)
_JOINING = anywhere(Role.EXPERT, scope=Scope.TENDERS, noted=True)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A tender in which the account has an expert's part.

    Attributes:
        number: of the tender.
        title: by language; empty where its notice was not read.
        deadline: seconds; None while the index has not the tender.
        lots: number and phase as a word.
        may_leave: the deadline is not over yet.
    """

    number: int
    title: dict[str, str]
    deadline: int | None
    lots: tuple[tuple[int, str], ...]
    may_leave: bool


@router.get("", **ruled(_OWN))
def list_evaluated_tenders(request: Request, service: Here, caller: Caller) -> Response:
    """The tenders in which this expert has a part, a way into another one, and the commands for what no page does."""
    numbers = sorted({held.tender for held in caller.appointments if held.role is Role.EXPERT}, reverse=True)
    with service.engine.connect() as connection:
        found = [_evaluated(connection, number, service.clock()) for number in numbers]
    return render(request, "evaluation/tenders.html", words="keyroom", found=found)


@router.post("/part", **ruled(_JOINING))
def change_part_here(
    service: Here,
    caller: Caller,
    tender: Annotated[int, Form(ge=1, le=2**53 - 1)],
    part: Annotated[Literal["take", "leave"], Form()],
) -> Response:
    """Take a part in a tender as an expert, or leave it; which one is in the form, never in an address."""
    (join_evaluation if part == "take" else leave_evaluation)(service, caller, tender)
    return RedirectResponse("/expert", 303, {"Cache-Control": "no-store"})


@router.get("/{tender}/{lot}", **ruled(in_tender(Role.EXPERT, scope=Scope.TENDERS)))
def show_sheet_page(request: Request, service: Here, tender: TenderNumber, lot: LotNumber) -> Response:
    """One lot, for the program that holds the expert's sheet."""
    with service.engine.connect() as connection:
        lot_row(connection, tender, lot)
        title = title_of(connection, tender)
    digest = unhex0x(one(service.engine, tender).notice, size=32, field="notice")
    notice = read_notice(service.tenders.board.get(digest))
    data = {"tender": tender, "lot": lot, "worker": address_of_asset("sheet-worker")}
    return render(
        request, "evaluation/sheet.html", words="keyroom", connect=custodian_origins(notice), data=data, title=title,
        tender=tender, lot=lot,
    )  # fmt: skip


def _evaluated(connection: Connection, number: int, now: int) -> Evaluated:
    try:
        row = tender_row(connection, number)
    except NotFound:
        return Evaluated(number, {}, None, (), False)
    query = select(tender_lots).where(tender_lots.c.tender == number).order_by(tender_lots.c.lot)
    lots = tuple((lot.lot, word(Phase(lot.phase))) for lot in connection.execute(query))
    return Evaluated(number, title_of(connection, number), row.deadline, lots, now <= row.deadline)


__all__ = ["router"]
