"""Who has which part in a tender: appointments by its bureau; bidders and experts come for themselves."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from api.accounts import appointments
from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere, in_bureau
from api.service.context import Service
from api.service.routes import Caller, Here, ServiceRoute, about, ruled
from api.service.shapes import Bureau, Number, Shape, Time, time_of
from api.tenders import joining
from api.tenders.query import tender_row
from api.tenders.schemas import TenderNumber
from chain.kernel.errors import NotFound

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["tenders"])
_APPOINTING = in_bureau(Role.PROCUREMENT, scope=Scope.TENDERS, noted=True, repeats=True)
_ENDING = in_bureau(Role.PROCUREMENT, scope=Scope.TENDERS, noted=True)
_LOOKING = in_bureau(Role.PROCUREMENT, Role.AUDITOR, scope=Scope.TENDERS)
_FOLLOWING = anywhere(Role.BIDDER, scope=Scope.TENDERS, noted=True)
_EVALUATING = anywhere(Role.EXPERT, scope=Scope.TENDERS, noted=True)
_Part = Literal["procurement", "agent", "supervisor", "keyholder"]


class AppointmentRequest(Shape):
    """Who is to have which part."""

    account: str = Field(description="name of the account", min_length=3, max_length=64, examples=["li.hua"])
    role: _Part = Field(description="a role that the account holds", examples=["supervisor"])


class AppointmentView(Shape):
    """An account's part in a tender."""

    number: int = Field(examples=[5])
    account: int = Field(description="number of the account", examples=[3])
    display: str = Field(examples=["Li Hua"])
    role: str = Field(examples=["supervisor"])
    by: int = Field(description="account that appointed", examples=[2])
    since: Time
    ended: Time | None = None
    ended_by: int | None = Field(None, examples=[None])

    @classmethod
    def of(cls, row: Any, display: str) -> AppointmentView:
        """From a row of ``appointments``."""
        return cls(
            number=row.number, account=row.account_id, display=display, role=row.role, by=row.by,
            since=time_of(row.from_at), ended=time_of(row.ended_at), ended_by=row.ended_by,
        )  # fmt: skip


class Appointments(Shape):
    """Everybody whom the bureau appointed to a tender, ended or not."""

    items: list[AppointmentView]


@router.get("/bureaus/{bureau}/tenders/{tender}/appointments", **ruled(_LOOKING))
def list_appointments(service: Here, bureau: Bureau, tender: TenderNumber) -> Appointments:
    """Who has or had which part in a tender of this bureau. Who bids or evaluates is told to nobody."""
    _of_the_bureau(service, bureau, tender)
    return Appointments(
        items=[AppointmentView.of(row, row.display) for row in appointments.of_tender(service.engine, tender)]
    )


@router.post("/bureaus/{bureau}/tenders/{tender}/appointments", status_code=201, **ruled(_APPOINTING))
def appoint(
    request: Request, service: Here, caller: Caller, bureau: Bureau, tender: TenderNumber, body: AppointmentRequest
) -> AppointmentView:
    """Give an account a part in a tender of this bureau; the same again changes nothing."""
    about(request, f"tender {tender}")
    _of_the_bureau(service, bureau, tender)
    account, row = joining.appoint(service, tender, body.account, Role(body.role), bureau=bureau, by=caller.account)
    about(request, f"tender {tender}, account {account.number}")
    return AppointmentView.of(row, account.display)


@router.delete("/bureaus/{bureau}/tenders/{tender}/appointments/{number}", status_code=204, **ruled(_ENDING))
def end_appointment(
    request: Request, service: Here, caller: Caller, bureau: Bureau, tender: TenderNumber, number: Number
) -> None:
    """End a part in a tender of this bureau. That it was held stays on record."""
    about(request, f"tender {tender}, appointment {number}")
    _of_the_bureau(service, bureau, tender)
    appointments.end(service.engine, number, tender=tender, by=caller.account, now=service.clock())


@router.put("/tenders/{tender}/following", status_code=204, **ruled(_FOLLOWING))
def follow_tender(service: Here, caller: Caller, tender: TenderNumber) -> None:
    """Follow a tender as a bidder and be told of it; no list shows who does. Not for those with another part in it."""
    joining.take_part(service, caller, tender, Role.BIDDER)


@router.delete("/tenders/{tender}/following", status_code=204, **ruled(_FOLLOWING))
def unfollow_tender(service: Here, caller: Caller, tender: TenderNumber) -> None:
    """Follow it no more."""
    joining.leave(service, caller, tender, Role.BIDDER)


@router.put("/tenders/{tender}/evaluating", status_code=204, **ruled(_EVALUATING))
def join_evaluation(service: Here, caller: Caller, tender: TenderNumber) -> None:
    """Evaluate in a tender if drawn or sent, and be told when; no list shows who. Not for those with another part."""
    joining.take_part(service, caller, tender, Role.EXPERT)


@router.delete("/tenders/{tender}/evaluating", status_code=204, **ruled(_EVALUATING))
def leave_evaluation(service: Here, caller: Caller, tender: TenderNumber) -> None:
    """Take no part in it any more; until the deadline, for then the pool is settled and somebody may be drawn."""
    joining.leave(service, caller, tender, Role.EXPERT)


def _bureau_of(service: Service, tender: int) -> str:
    with service.engine.connect() as connection:
        return str(tender_row(connection, tender).bureau)


def _of_the_bureau(service: Service, bureau: str, tender: int) -> None:
    if _bureau_of(service, tender) != bureau:
        raise NotFound(
            f"bureau {bureau} has no tender {tender}",
            code="tender.unknown",
            field="tender",
            fix="GET /v1/tenders lists them",
        )


__all__ = ["router"]
