"""Rooms around a tender: the officer's, the supervisor's, the auditor's. They show and explain; keys act elsewhere."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from api.accounts import appointments
from api.accounts.principals import Principal
from api.accounts.roles import Role, Scope
from api.accounts.rules import Forbidden, anywhere, public, signed_in
from api.service.context import Service
from api.service.languages import language_of
from api.service.pages.policy import origin_of
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.pages.site import address_of_asset
from api.service.routes import Caller, Here, about, ruled
from api.service.shapes import Number
from api.tenders import joining
from api.tenders.endpoints.insight import show_signals
from api.tenders.endpoints.questions import list_questions
from api.tenders.pages.auditing import Audited, Auditor
from api.tenders.pages.control import steps
from api.tenders.pages.room import Room, room
from api.tenders.pages.showing import values
from api.tenders.query import tender_row
from api.tenders.schemas import TenderNumber
from chain.kernel.errors import Conflict, NotFound
from chain.tenders.notice.answers import question_name
from chain.tenders.story import tell

router = APIRouter(route_class=PageRoute)
_AUDITOR = Auditor()
_LEADING = (Role.PROCUREMENT, Role.AGENT)
_CONTROL = anywhere(*_LEADING, scope=Scope.TENDERS)
_APPOINTING = anywhere(Role.PROCUREMENT, scope=Scope.TENDERS, noted=True)
_WATCHING = anywhere(Role.SUPERVISOR, Role.AUDITOR, scope=Scope.TENDERS)
MOST_ENDPOINTS = 4
"""Further endpoints of the ledger that a reader may name."""
_ENDPOINT = re.compile(r"https?://[^/?#@\s]+(?:/[^?#\s]*)?\Z")
PARTS = (Role.PROCUREMENT, Role.AGENT, Role.SUPERVISOR, Role.KEYHOLDER)


@router.get("/tenders/{tender}/control", **ruled(_CONTROL))
def show_control(request: Request, service: Here, caller: Caller, tender: TenderNumber) -> Response:
    """What is due in a tender, from whom, and how it is done; who has which part; questions that wait."""
    found = _room(service, tender)
    _must_lead(caller, found)
    with service.tenders.chain() as chain:
        ledger = chain.ledger
        now = ledger.block.time
        story = tell(ledger.tender_events(tender), ledger.book)
    until = found.notice.questions_until if found.notice is not None else 0
    mine = caller.is_appointed(_LEADING, tender)
    return render(
        request, "tenders/control.html", words="board", **values(found, language_of(request)),
        steps=steps(story, now, until), chain_now=now, may_appoint=_may_appoint(caller, found), parts=PARTS,
        appointed=appointments.of_tender(service.engine, tender), mine=mine,
        waiting=_waiting(service, found) if mine else (),
    )  # fmt: skip


def _waiting(service: Service, found: Room) -> tuple[Any, ...]:
    """Questions on the board that no answer on record names."""
    answered = {question_name(one.question) for one in found.answers.answers} if found.answers is not None else set()
    return tuple(one for one in list_questions(service, found.number).items if one.name not in answered)


@router.post("/tenders/{tender}/appointments", **ruled(_APPOINTING))
def appoint_here(
    request: Request,
    service: Here,
    caller: Caller,
    tender: TenderNumber,
    account: Annotated[str, Form(min_length=3, max_length=64)],
    role: Annotated[Role, Form()],
) -> Response:
    """Give an account a part in a tender of one's bureau; the same again changes nothing."""
    about(request, f"tender {tender}")
    bureau = _bureau_led(service, caller, tender)
    named, _ = joining.appoint(service, tender, account, role, bureau=bureau, by=caller.account)
    about(request, f"tender {tender}, account {named.number}")
    return _back(tender)


@router.post("/tenders/{tender}/appointments/{number}/end", **ruled(_APPOINTING))
def end_appointment_here(
    request: Request, service: Here, caller: Caller, tender: TenderNumber, number: Number
) -> Response:
    """End a part in a tender of one's bureau. That it was held stays on record."""
    about(request, f"tender {tender}, appointment {number}")
    _bureau_led(service, caller, tender)
    appointments.end(service.engine, number, tender=tender, by=caller.account, now=service.clock())
    return _back(tender)


def _bureau_led(service: Service, caller: Principal, tender: int) -> str:
    """USCC of the tender's bureau, in which the caller must be a procuring officer. Raises NotFound, Forbidden."""
    with service.engine.connect() as connection:
        bureau = str(tender_row(connection, tender).bureau)
    if not caller.holds((Role.PROCUREMENT,), bureau):
        raise _forbidden("a procuring officer of its bureau")
    return bureau


@router.get("/tenders/{tender}/supervision", **ruled(_WATCHING))
def show_supervision(request: Request, service: Here, caller: Caller, tender: TenderNumber) -> Response:
    """What the supervisor watches: signals of collusion, cases to decide, what was noted. No public data."""
    found = _room(service, tender)
    bureau = str(found.facts.row.bureau)
    if not (caller.is_appointed((Role.SUPERVISOR,), tender) or caller.holds((Role.AUDITOR,), bureau)):
        raise _forbidden("its supervisor or an auditor of its bureau")
    try:
        signals = show_signals(service, tender)
    except NotFound:
        signals = None  # the ledger was gathered before this tender was published
    return render(
        request, "tenders/supervision.html", words="board", **values(found, language_of(request)), signals=signals,
    )  # fmt: skip


@router.get("/audit", **ruled(public()))
def show_audits(request: Request, tender: Annotated[int | None, Query(ge=1, le=2**53 - 1)] = None) -> Response:
    """Which tender is to be audited, and how everything is without this server."""
    if tender is not None:
        return RedirectResponse(f"/tenders/{tender}/audit", 303)
    return render(request, "tenders/audits.html", words="board")


@router.get("/tenders/{tender}/audit", **ruled(public()))
def show_audit(
    request: Request,
    service: Here,
    tender: TenderNumber,
    endpoint: Annotated[str, Query(max_length=1_000)] = "",
) -> Response:
    """The auditor's page of a tender: the check on the reader's own device, the one here, and how to do without both.

    ``endpoint`` names further endpoints of the ledger, apart by blanks, for the check on the reader's own device.
    """
    return _audit_page(request, service, tender, endpoint, None)


@router.post("/tenders/{tender}/audit", **ruled(signed_in(Scope.TENDERS, noted=True)))
def run_audit(request: Request, service: Here, tender: TenderNumber) -> Response:
    """Audit a tender now; the same page with every finding."""
    about(request, f"tender {tender}")
    found = _room(service, tender)
    if found.sealed:
        raise Conflict(
            "a lot of this tender is sealed, and nothing here tells how many bid", code="audit.sealed", field="tender",
            fix=f"run it yourself: yinxin audit --tender {tender}",
        )  # fmt: skip
    return _audit_page(request, service, tender, "", _AUDITOR.run(service, tender))


def _audit_page(request: Request, service: Here, tender: int, endpoint: str, audited: Audited | None) -> Response:
    found, named = _room(service, tender), endpoint.split()
    good = [one for one in dict.fromkeys(named) if _ENDPOINT.match(one) and origin_of(one)]
    fault = bool(set(named) - set(good)) or len(good) > MOST_ENDPOINTS
    endpoints = [] if fault else good
    data = {"tender": tender, "worker": address_of_asset("audit-worker"), "endpoints": endpoints}
    return render(
        request, "tenders/audit.html", words="board", **values(found, language_of(request)), audited=audited,
        connect=sorted({origin_of(one) for one in endpoints}), data=data, endpoint=endpoint, endpoint_fault=fault,
    )  # fmt: skip


def _room(service: Service, tender: int) -> Room:
    return room(service.engine, service.tenders.board, tender, now=service.clock())


def _must_lead(caller: Principal, found: Room) -> None:
    if not (_may_appoint(caller, found) or caller.is_appointed(_LEADING, found.number)):
        raise _forbidden("one of those who lead it")


def _may_appoint(caller: Principal, found: Room) -> bool:
    return caller.holds((Role.PROCUREMENT,), str(found.facts.row.bureau))


def _forbidden(who: str) -> Forbidden:
    return Forbidden(
        f"this page of the tender is for {who}", field="tender", fix="ask the procuring officer to appoint you"
    )


def _back(tender: int) -> Response:
    return RedirectResponse(f"/tenders/{tender}/control", 303, {"Cache-Control": "no-store"})


__all__ = ["PARTS", "router"]
