"""GET /decisions and /decisions/{bureau}/{reference}."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere, in_bureau
from api.approvals.waiting import Waiting, waiting
from api.certificates.office import Office
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.pages.site import address_of_asset
from api.service.routes import Caller, Here, ruled
from api.service.shapes import Bureau

router = APIRouter(prefix="/decisions", route_class=PageRoute)
_Reference = Annotated[str, Path(pattern=r"^(batch|act|type|claim|retention)-[1-9][0-9]{0,17}$")]


@dataclass(frozen=True, slots=True)
class _Line:
    """One request: whose it is, and the certificate type in both languages (of a list; else empty)."""

    bureau: str
    one: Waiting
    type: dict[str, str]


@router.get("", **ruled(anywhere(Role.APPROVER, scope=Scope.APPROVALS)))
def list_decisions_page(request: Request, service: Here, caller: Caller) -> Response:
    """What waits for this person, in every bureau in which she decides, oldest first."""
    mine = caller.bureaus(Role.APPROVER)
    found = [
        _Line(bureau, one, _type_of(office, one))
        for bureau, office in ((bureau, service.office(bureau)) for bureau in service.bureaus if bureau in mine)
        for one in waiting(office)
    ]
    found.sort(key=lambda line: (line.one.at, line.one.reference))
    return render(request, "approvals/decisions.html", words="keyroom", lines=found, several=len(mine) > 1)


@router.get("/{bureau}/{reference}", **ruled(in_bureau(Role.APPROVER, scope=Scope.APPROVALS)))
def show_decision_page(request: Request, service: Here, bureau: Bureau, reference: _Reference) -> Response:
    """One request, for the program that reads it. Whether it still waits, the program is told with its content."""
    service.office(bureau)
    data = {"bureau": bureau, "reference": reference, "worker": address_of_asset("keys-worker")}
    return render(request, "approvals/decision.html", words="keyroom", data=data, reference=reference)


def _type_of(office: Office, one: Waiting) -> dict[str, str]:
    kind = None if one.certificate_type is None else office.catalogue.known(one.certificate_type)
    return {} if kind is None else {"zh": kind.zh, "en": kind.en}


__all__ = ["router"]
