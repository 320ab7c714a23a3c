"""GET /keyholder, and below it /{tender}/roll-call, /{tender}/{lot}/{envelope}, /{tender}/{lot}/draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlalchemy import Connection, select
from starlette.responses import Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere, in_tender
from api.service.context import Service
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
        drawable: lots that are opened and not awarded: in them something may be drawn.
    """

    number: int
    title: dict[str, str]
    open_at: int | None
    envelopes: tuple[Envelope, ...]
    drawable: tuple[int, ...] = ()


@router.get("", **ruled(anywhere(Role.KEYHOLDER, scope=Scope.TENDERS)))
def list_held_tenders(request: Request, service: Here, caller: Caller) -> Response:
    """The tenders in which this key holder has a part, and the commands for all that no page does."""
    numbers = sorted({one.tender for one in caller.appointments if one.role is Role.KEYHOLDER}, reverse=True)
    with service.engine.connect() as connection:
        found = [_held(connection, number) for number in numbers]
    return render(request, "holding/tenders.html", words="keyroom", found=found)


@router.get("/{tender}/roll-call", **ruled(in_tender(Role.KEYHOLDER, scope=Scope.TENDERS)))
def show_roll_call_page(request: Request, service: Here, tender: TenderNumber) -> Response:
    """The roll call of the tender's key, for the program that answers it."""
    return _sign(request, service, "roll", tender)


@router.get("/{tender}/{lot}/draws", **ruled(in_tender(Role.KEYHOLDER, scope=Scope.TENDERS)))
def show_draws_page(request: Request, service: Here, tender: TenderNumber, lot: LotNumber) -> Response:
    """What waits to be drawn in a lot, for the program that signs it."""
    return _sign(request, service, "draw", tender, lot)


@router.get("/{tender}/{lot}/{envelope}", **ruled(in_tender(Role.KEYHOLDER, scope=Scope.TENDERS)))
def show_release_page(
    request: Request, service: Here, tender: TenderNumber, lot: LotNumber, envelope: _Envelope
) -> Response:
    """One envelope, for the program that signs its opening."""
    return _sign(request, service, "release", tender, lot, envelope)


def _sign(
    request: Request, service: Service, task: str, tender: int, lot: int = 1, envelope: int = 1
) -> Response:  # fmt: skip
    with service.engine.connect() as connection:
        lot_row(connection, tender, lot)
        title = title_of(connection, tender)
    place = {"tender": tender, "lot": lot, "envelope": envelope}
    data = {"task": task, **place, "worker": address_of_asset("holding-worker")}
    return render(request, "holding/sign.html", words="keyroom", data=data, title=title, tender=tender)


def _held(connection: Connection, number: int) -> Held:
    try:
        row = tender_row(connection, number)
    except NotFound:
        return Held(number, {}, None, ())
    query = select(tender_lots).where(tender_lots.c.tender == number).order_by(tender_lots.c.lot)
    lots = connection.execute(query).all()
    envelopes = tuple(
        Envelope(lot.lot, envelope, word(Phase(lot.phase))) for lot in lots for envelope in range(1, row.envelopes + 1)
    )
    drawable = tuple(lot.lot for lot in lots if Phase.OPENED <= lot.phase < Phase.AWARDED)
    return Held(number, title_of(connection, number), row.open_at, envelopes, drawable)


__all__ = ["router"]
