"""One's own notifications over HTTP, and where one wants letters."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.accounts.roles import Scope
from api.accounts.rules import signed_in
from api.notifications import inbox
from api.notifications.kinds import KINDS
from api.notifications.letters import texts_of
from api.service.paging import Cursor, Limit, Page, after, cut
from api.service.routes import Caller, Here, ServiceRoute, ruled
from api.service.shapes import Number, Shape, Time, time_of
from api.tenders.books import newest_book
from api.tenders.titles import title_of
from chain.kernel.encoding import hex0x

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["notifications"])
_OWN = signed_in(Scope.NOTIFICATIONS)
_MARKING = signed_in(Scope.NOTIFICATIONS, noted=True, repeats=True)


class Words(Shape):
    """The same sentence in both languages."""

    zh: str = Field(examples=["招标项目 12《示例项目》第 1 标段已开标。"])
    en: str = Field(examples=["Lot 1 of tender 12, Sample, is opened."])


class NotificationView(Shape):
    """Something one is told."""

    number: int = Field(examples=[41])
    kind: str = Field(examples=["tender.opened"])
    tender: int | None = Field(None, examples=[12])
    ceremony: int | None = Field(None, examples=[None])
    book: str | None = Field(
        None,
        description="TenderBook in which the numbers count",
        examples=["0x52908400098527886e0f7030069857d2e4169ee7"],
    )
    lot: int | None = Field(None, examples=[1])
    text: Words
    moment: Time | None = Field(None, description="the time it speaks of, such as a deadline")
    at: Time = Field(description="when it was noted")
    read: Time | None = None


class Notifications(Page):
    """One's own notifications, newest first."""

    items: list[NotificationView]


class ReadUpTo(Shape):
    """The newest one that was seen."""

    number: int = Field(ge=1, le=2**53 - 1, examples=[41])


class Letters(Shape):
    """Where one wants letters."""

    address: str = Field(
        description="e-mail address; empty: no letters", max_length=320, examples=["li.hua@example.org"]
    )
    language: Literal["zh", "en"] = Field(examples=["zh"])
    muted: list[str] = Field(
        default_factory=list,
        max_length=len(KINDS),
        description="kinds that are not mailed",
        examples=[["tender.closed"]],
    )


class LettersView(Letters):
    """Where one gets letters."""

    active: bool = Field(
        description="false after the mail server refused the address for good; naming one begins anew", examples=[True]
    )
    kinds: list[str] = Field(description="all kinds there are", examples=[["tender.opened"]])


@router.get("/notifications", **ruled(_OWN))
def list_notifications(
    service: Here,
    caller: Caller,
    limit: Limit = 50,
    cursor: Cursor = None,
    unread: Annotated[bool, Query(description="only what was not read", examples=[True])] = False,
) -> Notifications:
    """What one was told, newest first."""
    rows = inbox.page(service.engine, caller.account, unread=unread, before=after(cursor), limit=limit + 1)
    kept, following = cut(rows, limit, lambda row: row.number)
    with service.engine.connect() as connection:
        # The index has the newest book's titles alone: an older book's tender of that number is another one.
        book = newest_book(connection)
        ours = {row.tender for row in kept if bytes(row.book) == book}
        titles = {(book, tender): title_of(connection, tender) for tender in ours}
    items = [_view(row, titles.get((bytes(row.book), row.tender), {})) for row in kept]
    return Notifications(items=items, next=following)


@router.post("/notifications/{number}/read", status_code=204, **ruled(_MARKING))
def read_notification(service: Here, caller: Caller, number: Number) -> None:
    """Mark one as read."""
    inbox.mark_read(service.engine, caller.account, number, now=service.clock())


@router.post("/notifications/read", status_code=204, **ruled(_MARKING))
def read_notifications(service: Here, caller: Caller, body: ReadUpTo) -> None:
    """Mark all up to one as read."""
    inbox.mark_all_read(service.engine, caller.account, body.number, now=service.clock())


@router.get("/me/letters", **ruled(_OWN))
def show_letters(service: Here, caller: Caller) -> LettersView:
    """Where one gets letters; nobody gets any before having named an address."""
    row = inbox.letters_of(service.engine, caller.account)
    return LettersView(
        address=row.address if row else "", language=row.language if row else "zh",
        muted=row.muted.split() if row else [], active=row.active if row else True, kinds=list(KINDS),
    )  # fmt: skip


@router.put("/me/letters", status_code=204, **ruled(signed_in(Scope.NOTIFICATIONS, noted=True)))
def choose_letters(service: Here, caller: Caller, body: Letters) -> None:
    """Say where one wants letters, in which language, and which kinds not; an empty address ends them all."""
    inbox.choose_letters(
        service.engine, caller.account, address=body.address, language=body.language, muted=body.muted,
        now=service.clock(),
    )  # fmt: skip


def _view(row: Any, title: dict[str, str]) -> NotificationView:
    return NotificationView(
        number=row.number, kind=row.kind, tender=row.tender or None, ceremony=row.ceremony or None, lot=row.lot or None,
        book=hex0x(bytes(row.book)) if row.book else None, text=Words(**texts_of(row, title)),
        moment=time_of(row.moment or None), at=time_of(row.at), read=time_of(row.read_at),
    )  # fmt: skip


__all__ = ["router"]
