"""GET /keyholder and /keyholder/{tender}/{lot}/{envelope}."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlalchemy import Connection, select
from starlette.responses import Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere, in_tender
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.pages.site import address_of_asset
from api.service.routes import Caller, Here, ruled
from api.tenders.query import lot_row, tender_row
from api.tenders.schemas import LotNumber, TenderNumber
from api.tenders.shown import word
from api.tenders.tables import tender_lots
from api.tenders.titles import title_of
from chain.kernel.errors import NotFound
from chain.kernel.tender_facts import Phase

router = APIRouter(prefix="/keyholder", route_class=PageRoute)
_Envelope = Annotated[int, Path(ge=1, le=2)]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One envelope of a lot; ``phase`` is the lot's, as a word."""

    lot: int
    number: int
    phase: str


@dataclass(frozen=True, slots=True)
class Held:
    """A tender in which the account has a key holder's part.

    Attributes:
        number: of the tender.
        title: by language; empty where its notice was not read.
        open_at: seconds; None while the index has not the tender.
        envelopes: of all lots.
    """

    number: int
    title: dict[str, str]
    open_at: int | None
    envelopes: tuple[Envelope, ...]


@router.get("", **ruled(anywhere(Role.KEYHOLDER, scope=Scope.TENDERS)))
def list_held_tenders(request: Request, service: Here, caller: Caller) -> Response:
    """The tenders in which this key holder has a part, and the commands for all that no page does."""
    numbers = sorted({one.tender for one in caller.appointments if one.role is Role.KEYHOLDER}, reverse=True)
    with service.engine.connect() as connection:
        found = [_held(connection, number) for number in numbers]
    return render(request, "holding/tenders.html", words="keyroom", found=found)


@router.get("/{tender}/{lot}/{envelope}", **ruled(in_tender(Role.KEYHOLDER, scope=Scope.TENDERS)))
def show_release_page(
    request: Request, service: Here, tender: TenderNumber, lot: LotNumber, envelope: _Envelope
) -> Response:
    """One envelope, for the program that signs its opening."""
    with service.engine.connect() as connection:
        lot_row(connection, tender, lot)
        title = title_of(connection, tender)
    data = {"tender": tender, "lot": lot, "envelope": envelope, "worker": address_of_asset("holding-worker")}
    return render(
        request, "holding/release.html", words="keyroom", data=data, title=title, tender=tender, lot=lot,
        envelope=envelope,
    )  # fmt: skip


def _held(connection: Connection, number: int) -> Held:
    try:
        row = tender_row(connection, number)
    except NotFound:
        return Held(number, {}, None, ())
    query = select(tender_lots).where(tender_lots.c.tender == number).order_by(tender_lots.c.lot)
    envelopes = tuple(
        Envelope(lot.lot, envelope, word(Phase(lot.phase)))
        for lot in connection.execute(query)
        for envelope in range(1, row.envelopes + 1)
    )
    return Held(number, title_of(connection, number), row.open_at, envelopes)


__all__ = ["router"]
