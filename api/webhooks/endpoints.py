"""Webhooks over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.service.routes import Here, ServiceRoute, about, ruled
from api.service.shapes import Bureau, Number, Shape, Time, time_of
from api.webhooks.service import (
    Delivery,
    Webhook,
    create_webhook,
    delete_webhook,
    deliveries_of,
    list_webhooks,
    ping,
    redeliver,
    rotate_secret,
)

router = APIRouter(prefix="/v1/bureaus/{bureau}", route_class=ServiceRoute, tags=["webhooks"])

_KEEPING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.WEBHOOKS, noted=True, repeats=True)
_DELETING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.WEBHOOKS, noted=True)
_LOOKING = in_bureau(Role.OFFICER, Role.MACHINE, Role.AUDITOR, scope=Scope.WEBHOOKS)


class WebhookRequest(Shape):
    """Who is to be told, and of what."""

    url: str = Field(
        description="https address", min_length=8, max_length=2_000, examples=["https://hall.example/yinxin"]
    )
    kinds: list[str] = Field(
        default_factory=list, description="event kinds; none for all", max_length=50, examples=[["batch.completed"]]
    )


class WebhookView(Shape):
    """A receiver of events."""

    number: int = Field(examples=[2])
    url: str = Field(examples=["https://hall.example/yinxin"])
    kinds: list[str] = Field(examples=[["batch.completed"]])
    active: bool = Field(description="false after it answered 410", examples=[True])
    created: Time
    secret: str | None = Field(
        None, description="shown once, by the call that made it (Standard Webhooks)", examples=["whsec_3q2-7w…"]
    )

    @classmethod
    def of(cls, one: Webhook) -> WebhookView:
        """From the register."""
        return cls(
            number=one.id,
            url=one.url,
            kinds=list(one.kinds),
            active=one.active,
            created=time_of(one.created_at),
            secret=one.secret,
        )


class Webhooks(Shape):
    """The bureau's receivers."""

    items: list[WebhookView]


class DeliveryView(Shape):
    """One telling of one event."""

    number: int = Field(examples=[31])
    event: str = Field(description="the same at every repetition", examples=["evt_4f1c9a52b7d84c0e"])
    kind: str = Field(examples=["batch.completed"])
    about: int = Field(description="number of the batch, act …", examples=[12])
    state: str = Field(description="pending, delivered or failed", examples=["delivered"])
    attempts: int = Field(examples=[1])
    answer: str = Field(description="last HTTP status, or code of the fault", examples=["204"])
    next: Time | None = Field(None, description="next attempt, while it is pending")

    @classmethod
    def of(cls, one: Delivery) -> DeliveryView:
        """From the register."""
        return cls(
            number=one.id,
            event=one.event,
            kind=one.kind,
            about=one.number,
            state=one.state,
            attempts=one.attempts,
            answer=one.answer,
            next=time_of(one.next_at),
        )


class Deliveries(Shape):
    """Deliveries of a webhook, newest first."""

    items: list[DeliveryView]


@router.get("/webhooks", **ruled(_LOOKING))
def show_webhooks(service: Here, bureau: Bureau) -> Webhooks:
    """Who is told what happens in this bureau."""
    return Webhooks(items=[WebhookView.of(one) for one in list_webhooks(service.office(bureau))])


@router.post("/webhooks", status_code=201, **ruled(_KEEPING))
def make_webhook(request: Request, service: Here, bureau: Bureau, body: WebhookRequest) -> WebhookView:
    """Tell an address of events, by signed requests (Standard Webhooks). The secret is shown this once."""
    made = create_webhook(service.office(bureau), body.url, body.kinds)
    about(request, f"webhook {made.id}")
    return WebhookView.of(made)


@router.delete("/webhooks/{number}", status_code=204, **ruled(_DELETING))
def end_webhook(request: Request, service: Here, bureau: Bureau, number: Number) -> None:
    """Tell this address no more, and forget its deliveries."""
    about(request, f"webhook {number}")
    delete_webhook(service.office(bureau), number)


@router.post("/webhooks/{number}/secret", **ruled(_KEEPING))
def rotate_webhook_secret(request: Request, service: Here, bureau: Bureau, number: Number) -> WebhookView:
    """Give it a new secret; for a day requests carry both signatures."""
    about(request, f"webhook {number}")
    return WebhookView.of(rotate_secret(service.office(bureau), number))


@router.post("/webhooks/{number}/ping", status_code=202, **ruled(_KEEPING))
def ping_webhook(request: Request, service: Here, bureau: Bureau, number: Number) -> Deliveries:
    """Send it a test event."""
    about(request, f"webhook {number}")
    office = service.office(bureau)
    made = ping(office, number)
    return Deliveries(items=[DeliveryView.of(one) for one in deliveries_of(office, number) if one.id == made])


@router.get("/webhooks/{number}/deliveries", **ruled(_LOOKING))
def list_deliveries(
    service: Here,
    bureau: Bureau,
    number: Number,
    limit: Annotated[int, Query(ge=1, le=500, description="at most so many", examples=[100])] = 100,
) -> Deliveries:
    """What was sent to it, newest first."""
    found = deliveries_of(service.office(bureau), number, limit=limit)
    return Deliveries(items=[DeliveryView.of(one) for one in found])


@router.post("/deliveries/{number}/repeat", status_code=204, **ruled(_KEEPING))
def repeat_delivery(request: Request, service: Here, bureau: Bureau, number: Number) -> None:
    """Send an event once more, under the same id."""
    about(request, f"delivery {number}")
    redeliver(service.office(bureau), number)
