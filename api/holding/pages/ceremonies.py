"""GET /keyholder/ceremonies, and below it /{ceremony}: what a program needs that takes part for a key holder."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere
from api.holding.endpoints.ceremonies import OwnCeremony, own_ceremonies
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.pages.site import address_of_asset
from api.service.routes import Caller, Here, ruled
from api.tenders.schemas import CeremonyNumber
from chain.kernel.clock import parse_moment

router = APIRouter(prefix="/keyholder/ceremonies", route_class=PageRoute)
_RULE = anywhere(Role.KEYHOLDER, scope=Scope.TENDERS)


@dataclass(frozen=True, slots=True)
class Invited:
    """A ceremony in which the account is a member.

    Attributes:
        number: of the ceremony.
        title: as announced, or None.
        tender: the one it is for; None for a term.
        member: the account's number; of so many ``members``, any ``threshold`` of whom open.
        standing: ``deals``, ``complaints``, ``answers``, ``confirmations`` by the service's clock; ``force`` once the
            key is in force; else ``over``.
        until: last second of the present round; None if none is to come.
    """

    number: int
    title: str | None
    tender: int | None
    member: int
    members: int
    threshold: int
    standing: str
    until: int | None


@router.get("", **ruled(_RULE))
def list_ceremonies_page(request: Request, service: Here, caller: Caller) -> Response:
    """The ceremonies of this key holder, and the program that makes a card."""
    now = service.clock()
    found = [_invited(one, now) for one in own_ceremonies(service, caller)]
    data = _data("card", 0, caller.address)
    return render(request, "holding/ceremonies.html", words="keyroom", found=found, data=data)


@router.get("/{ceremony}", **ruled(_RULE))
def show_ceremony_page(request: Request, service: Here, caller: Caller, ceremony: CeremonyNumber) -> Response:
    """One ceremony, for the program that takes part in it. Which ledger it is of, that program sees for itself."""
    mine = own_ceremonies(service, caller, ceremony)
    found = _invited(mine[0], service.clock()) if mine else None
    data = _data("ceremony", ceremony, caller.address)
    return render(request, "holding/ceremony.html", words="keyroom", found=found, data=data)


def _data(task: str, ceremony: int, account: str | None) -> dict[str, object]:
    return {"task": task, "ceremony": ceremony, "account": account, "worker": address_of_asset("ceremony-worker")}


def _invited(own: OwnCeremony, now: int) -> Invited:
    view = own.ceremony
    ends = {
        "deals": parse_moment(view.deals_until), "complaints": parse_moment(view.complaints_until),
        "answers": parse_moment(view.answers_until), "confirmations": parse_moment(view.confirm_until),
    }  # fmt: skip
    standing = "force" if view.key else next((name for name, end in ends.items() if now <= end), "over")
    return Invited(
        view.number, own.title, view.tender, own.member, len(view.members), view.threshold, standing, ends.get(standing)
    )


__all__ = ["router"]
