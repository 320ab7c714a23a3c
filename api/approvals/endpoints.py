"""The second pair of eyes over HTTP: what waits, exactly what it says, and the decision a person signed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.approvals.schemas import (
    ApprovalDetail,
    ApprovalDrafts,
    DecisionRequest,
    Decisions,
    DecisionView,
    WaitingList,
    WaitingView,
)
from api.approvals.service import content, decisions_of, drafts_page, submit_decision
from api.approvals.waiting import waiting
from api.service.paging import Cursor, Limit, after, cut
from api.service.routes import Here, ServiceRoute, about, bytes_of, ruled
from api.service.shapes import SAMPLE_DIGEST, Bureau
from chain.kernel.encoding import unhex0x

router = APIRouter(prefix="/v1/bureaus/{bureau}", route_class=ServiceRoute, tags=["approvals"])

_LOOKING = in_bureau(Role.APPROVER, Role.OFFICER, Role.AUDITOR, scope=Scope.APPROVALS)
_READING = in_bureau(Role.APPROVER, Role.OFFICER, scope=Scope.APPROVALS)
_DECIDING = in_bureau(Role.APPROVER, scope=Scope.APPROVALS, noted=True, repeats=True)
_Reference = Annotated[
    str,
    Path(
        pattern=r"^(batch|act|type|claim|retention)-[1-9][0-9]{0,15}$",
        description="as `/approvals` lists it",
        examples=["batch-12"],
    ),
]
_Digest = Annotated[str, Path(pattern=r"^0x[0-9a-f]{64}$", description="of the request", examples=[SAMPLE_DIGEST])]


@router.get("/approvals", **ruled(_LOOKING))
def list_approvals(service: Here, bureau: Bureau) -> WaitingList:
    """What waits for a person's decision, oldest first."""
    return WaitingList(items=[WaitingView.of(one) for one in waiting(service.office(bureau))])


@router.get("/approvals/{reference}", **ruled(_LOOKING))
def show_approval(service: Here, bureau: Bureau, reference: _Reference) -> ApprovalDetail:
    """One request in plain words, its digest, and what a wallet needs to sign a decision on it."""
    office = service.office(bureau)
    found = content(office, reference)
    return ApprovalDetail.of(found, decisions_of(office, found.digest))


@router.get(
    "/approvals/{reference}/content",
    response_class=Response,
    **ruled(_READING, responses=bytes_of("application/json", description="the request's canonical bytes")),
)
def show_approval_content(service: Here, bureau: Bureau, reference: _Reference) -> Response:
    """The very bytes that a decision is about: every draft, every change. Their SHA-256 is what is signed."""
    return Response(content(service.office(bureau), reference).data, media_type="application/json")


@router.get("/approvals/{reference}/drafts", **ruled(_READING))
def list_approval_drafts(
    service: Here, bureau: Bureau, reference: _Reference, limit: Limit = 50, cursor: Cursor = None
) -> ApprovalDrafts:
    """Every row of a list that waits, in order. The request of a list of more than 1,000 holds only the first five.

    Fetch all pages before deciding: the canonical JSON (RFC 8785) of each item is a leaf of a tree (RFC 9162) whose
    root the request names as `rowsDigest`. `yinxin decide --drafts` computes it.
    """
    first = after(cursor)
    page = drafts_page(service.office(bureau), reference, first=first, limit=limit)
    kept, following = cut(list(enumerate(page.drafts, first + 1)), limit, lambda item: item[0])
    return ApprovalDrafts.of(page, [draft for _, draft in kept], following)


@router.post("/approvals/{reference}/decisions", status_code=202, **ruled(_DECIDING))
def decide(
    request: Request, service: Here, bureau: Bureau, reference: _Reference, body: DecisionRequest
) -> DecisionView:
    """Hand in a decision that a person signed with her own key. The signer alone says whether it counts.

    This service checks form, signature and time early, and carries the decision; it can make none.
    """
    about(request, reference)
    return DecisionView.of(submit_decision(service.office(bureau), reference, body.signed(bureau)))


@router.get("/decisions/{digest}", **ruled(_LOOKING))
def list_decisions(service: Here, bureau: Bureau, digest: _Digest) -> Decisions:
    """Decisions on the request with this SHA-256, also when it waits no more."""
    found = decisions_of(service.office(bureau), unhex0x(digest, size=32))
    return Decisions(items=[DecisionView.of(one) for one in found])
