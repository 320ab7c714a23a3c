"""Status acts: suspend, reinstate, revoke and the rest."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.query import act_page
from api.certificates.schemas import ActRequest, Acts, ActsMade, ActState, ActView
from api.certificates.search import expired, select_for_act
from api.certificates.statuses import act, create_acts
from api.service.paging import Cursor, Limit, after, cut
from api.service.routes import Caller, Here, ServiceRoute, about, ruled
from api.service.shapes import Bureau, Number
from chain.kernel.errors import InvalidInput

router = APIRouter(prefix="/v1/bureaus/{bureau}/acts", route_class=ServiceRoute, tags=["statuses"])

_DOING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.STATUSES, noted=True, repeats=True)
_LOOKING = in_bureau(Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR, scope=Scope.STATUSES)


@router.post("", status_code=202, **ruled(_DOING))
def make_acts(request: Request, service: Here, caller: Caller, bureau: Bureau, body: ActRequest) -> ActsMade:
    """Ask for a status act. It waits for the second person, and the worker carries it out.

    The same act again, while it is open, answers the open one. Only lapses past their date need no person.
    """
    office = service.office(bureau)
    if body.expired and body.operation != "lapse":
        raise InvalidInput(
            "expired goes with lapse only", code="status.expired", field="expired", fix="name the certificates instead"
        )
    rows = select_for_act(office, body.certificates, holder=body.holder)
    if body.expired:
        rows += expired(office, service.now())
    made = create_acts(office.acting(caller.name, maker=caller.address), body.operation, rows, body.reason)
    about(request, "act " + ", ".join(str(number) for number in made))
    return ActsMade(items=[ActView.of(act(office, number)) for number in made])


@router.get("", **ruled(_LOOKING))
def list_acts(
    service: Here,
    bureau: Bureau,
    limit: Limit = 50,
    cursor: Cursor = None,
    state: Annotated[ActState | None, Query(description="only in this state", examples=["sealed"])] = None,
) -> Acts:
    """Status acts, newest first."""
    found = act_page(service.office(bureau), state=state, after=after(cursor), limit=limit + 1)
    kept, following = cut(found, limit, lambda row: int(row.id))
    return Acts(items=[ActView.of(row) for row in kept], next=following)


@router.get("/{number}", **ruled(_LOOKING))
def show_act(service: Here, bureau: Bureau, number: Number) -> ActView:
    """One status act."""
    return ActView.of(act(service.office(bureau), number))
