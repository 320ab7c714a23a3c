"""The audit log over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere, in_bureau
from api.audit import anchoring, log
from api.service.paging import Cursor, Limit, Page, after, cut
from api.service.routes import Here, ServiceRoute, ruled
from api.service.shapes import SAMPLE_BUREAU, Bureau, Hex, Shape, Time, hex_of, time_of

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["audit"])

_Operation = Annotated[str | None, Query(max_length=64, description="only this operation", examples=["make_batch"])]


class Entry(Shape):
    """One entry of the audit log."""

    number: int = Field(examples=[812])
    at: Time
    kind: str = Field(description="begun or ended", examples=["ended"])
    begun: int | None = Field(None, description="for an end: number of its beginning", examples=[811])
    account: int | None = Field(None, description="number of the account that asked", examples=[3])
    bureau: str | None = Field(None, examples=[SAMPLE_BUREAU])
    operation: str = Field(examples=["make_batch"])
    subject: str = Field(description="what it was about, by number", examples=["batch 12"])
    outcome: int | None = Field(None, description="HTTP status of an end", examples=[201])
    request: str = Field(description="number of the request", examples=["0d3f6a0e-2c7b-4a53-9d6e-51d7c1a0f2b4"])
    digest: Hex

    @classmethod
    def of(cls, row: Any) -> Entry:
        """From a row of ``audit_entries``."""
        return cls(
            number=row.id,
            at=time_of(row.at),
            kind=row.kind,
            begun=row.begun,
            account=row.account,
            bureau=row.bureau or None,
            operation=row.operation,
            subject=row.subject,
            outcome=row.outcome,
            request=row.request,
            digest=hex_of(row.digest),
        )


class Entries(Page):
    """A page of the audit log."""

    items: list[Entry]


@router.get("/audit-events", **ruled(anywhere(Role.AUTHORITY, scope=Scope.AUDIT)))
def list_audit_events(service: Here, limit: Limit = 50, cursor: Cursor = None, operation: _Operation = None) -> Entries:
    """Entries of all bureaus, oldest first."""
    return _page(service, None, limit, cursor, operation)


@router.get("/bureaus/{bureau}/audit-events", **ruled(in_bureau(Role.AUDITOR, Role.AUTHORITY, scope=Scope.AUDIT)))
def list_bureau_audit_events(
    service: Here, bureau: Bureau, limit: Limit = 50, cursor: Cursor = None, operation: _Operation = None
) -> Entries:
    """Entries of one bureau, oldest first."""
    service.office(bureau)
    return _page(service, bureau, limit, cursor, operation)


class AnchorOfLog(Shape):
    """How far the log stands on the ledger."""

    number: int = Field(examples=[3])
    bureau: str = Field(description="in whose lane `$audit`", examples=[SAMPLE_BUREAU])
    last: int = Field(description="newest entry it vouches for, and so for all before", examples=[812])
    state: str = Field(description="sealed, signed or confirmed", examples=["confirmed"])
    sequence: int | None = Field(None, description="number in the lane", examples=[3])
    root: Hex | None = None
    anchored: Time | None = None


class AnchorsOfLog(Shape):
    """Anchors of the audit log, oldest first."""

    items: list[AnchorOfLog]


@router.get("/bureaus/{bureau}/audit-anchors", **ruled(in_bureau(Role.AUDITOR, Role.AUTHORITY, scope=Scope.AUDIT)))
def list_audit_anchors(service: Here, bureau: Bureau) -> AnchorsOfLog:
    """How far the audit log stands on the ledger, in this bureau's lane `$audit`."""
    service.office(bureau)
    return AnchorsOfLog(
        items=[
            AnchorOfLog(
                number=row.id,
                bureau=row.bureau,
                last=row.last,
                state=row.state,
                sequence=row.sequence,
                root=hex_of(row.root),
                anchored=time_of(row.anchored_at),
            )
            for row in anchoring.anchors(service.engine, bureau)
        ]
    )


def _page(service: Here, bureau: str | None, limit: int, cursor: str | None, operation: str | None) -> Entries:
    found = log.entries(service.engine, bureau=bureau, after=after(cursor), limit=limit + 1, operation=operation)
    kept, following = cut(found, limit, lambda row: int(row.id))
    return Entries(items=[Entry.of(row) for row in kept], next=following)
