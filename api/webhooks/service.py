"""What an administrator does with webhooks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.webhooks.addresses import check_url
from api.webhooks.events import DAY, EVENT_KINDS, note
from api.webhooks.sending import private_allowed
from api.webhooks.signing import secret_of, shown
from api.webhooks.tables import webhook_deliveries, webhook_events, webhooks
from chain.kernel.clock import rfc3339
from chain.kernel.errors import Conflict, InvalidInput, NotFound

MOST = 50
"""Webhooks a bureau may have."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver.

    Attributes:
        id: its number.
        url: where requests go.
        kinds: event kinds it wants; empty for all.
        active: False after the receiver answered 410.
        created_at: seconds.
        secret: ``whsec_…``, only in the answer that made it; else None.
    """

    id: int
    url: str
    kinds: tuple[str, ...]
    active: bool
    created_at: int
    secret: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The webhook as plain data."""
        found = {
            "webhook": self.id,
            "url": self.url,
            "kinds": list(self.kinds),
            "active": self.active,
            "createdAt": rfc3339(self.created_at),
        }
        return found | ({"secret": self.secret} if self.secret else {})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One telling of one event to one receiver.

    Attributes:
        id: its number.
        webhook: number of the webhook.
        event: id of the event, as receivers see it.
        kind: of the event.
        number: of the batch, act …
        state: pending, delivered or failed.
        attempts: how often it was tried.
        answer: last HTTP status or code of the fault.
        next_at: next attempt while pending, seconds.
    """

    id: int
    webhook: int
    event: str
    kind: str
    number: int
    state: str
    attempts: int
    answer: str
    next_at: int


def create_webhook(office: Office, url: str, kinds: Sequence[str] = ()) -> Webhook:
    """Register a receiver. The answer alone carries its secret.

    Raises:
        InvalidInput: the address or one of the kinds is not allowed.
        Refused: a private address.
        Conflict: there are :data:`MOST` already.
    """
    check_url(url, private=private_allowed(office))
    for kind in kinds:
        if kind not in EVENT_KINDS:
            raise InvalidInput(
                "there is no such kind of event",
                code="webhook.kind",
                field="kinds",
                fix="one of " + ", ".join(sorted(EVENT_KINDS)),
            )
    salt, now = secrets.token_hex(16), office.clock()
    secret = shown(secret_of(office.master, office.bureau, salt))
    with office.engine.begin() as connection:
        if connection.execute(select(func.count()).select_from(webhooks)).scalar_one() >= MOST:
            raise Conflict(
                f"a bureau has at most {MOST} webhooks", code="webhook.many", field="url", fix="delete one first"
            )
        key = connection.execute(
            insert(webhooks).values(
                url=url,
                kinds=" ".join(sorted(set(kinds))),
                salt=salt,
                previous_salt="",
                rotated_at=0,
                active=True,
                created_at=now,
            )
        ).inserted_primary_key
    assert key is not None
    return Webhook(int(key[0]), url, tuple(sorted(set(kinds))), True, now, secret)


def list_webhooks(office: Office) -> list[Webhook]:
    """All receivers, without their secrets."""
    with office.engine.connect() as connection:
        return [_webhook(row) for row in connection.execute(select(webhooks).order_by(webhooks.c.id))]


def rotate_secret(office: Office, webhook: int) -> Webhook:
    """Give it a new secret; for a day requests carry the old one's signature beside the new one's. Raises NotFound."""
    salt = secrets.token_hex(16)
    secret = shown(secret_of(office.master, office.bureau, salt))
    with office.engine.begin() as connection:
        done = connection.execute(
            update(webhooks)
            .where(webhooks.c.id == webhook)
            .values(previous_salt=webhooks.c.salt, salt=salt, rotated_at=office.clock(), active=True)
        )
        if done.rowcount == 0:
            raise _unknown()
        row = connection.execute(select(webhooks).where(webhooks.c.id == webhook)).one()
    return Webhook(row.id, row.url, tuple(row.kinds.split()), row.active, row.created_at, secret)


def delete_webhook(office: Office, webhook: int) -> None:
    """Forget a receiver and its deliveries. Raises NotFound."""
    with office.engine.begin() as connection:
        connection.execute(delete(webhook_deliveries).where(webhook_deliveries.c.webhook_id == webhook))
        if connection.execute(delete(webhooks).where(webhooks.c.id == webhook)).rowcount == 0:
            raise _unknown()


def ping(office: Office, webhook: int) -> int:
    """Send it a test event; answers the delivery's number. Raises NotFound."""
    with office.engine.begin() as connection:
        if connection.execute(select(webhooks.c.id).where(webhooks.c.id == webhook)).first() is None:
            raise _unknown()
        connection.execute(update(webhooks).where(webhooks.c.id == webhook).values(active=True))
        mine = (webhook_events.c.kind == "webhook.ping", webhook_events.c.number == webhook)
        last = connection.execute(select(func.max(webhook_events.c.occasion)).where(*mine)).scalar() or 0
        event = note(connection, "webhook.ping", webhook, occasion=int(last) + 1, now=office.clock(), only=webhook)
        return int(
            connection.execute(
                select(webhook_deliveries.c.id).where(webhook_deliveries.c.event_id == event)
            ).scalar_one()
        )


def redeliver(office: Office, delivery: int) -> None:
    """Send once more, under the same event id, whatever became of it. Raises NotFound."""
    now = office.clock()
    with office.engine.begin() as connection:
        done = connection.execute(
            update(webhook_deliveries)
            .where(webhook_deliveries.c.id == delivery)
            .values(state="pending", attempts=0, next_at=now, give_up_at=now + DAY, delivered_at=None)
        )
        if done.rowcount == 0:
            raise NotFound("no such delivery", code="webhook.delivery", field="delivery", fix="look at the deliveries")


def deliveries_of(office: Office, webhook: int, *, limit: int = 100) -> list[Delivery]:
    """The newest deliveries of a webhook, newest first."""
    query = (
        select(webhook_deliveries, webhook_events.c.event, webhook_events.c.kind, webhook_events.c.number)
        .join(webhook_events, webhook_events.c.id == webhook_deliveries.c.event_id)
        .where(webhook_deliveries.c.webhook_id == webhook)
        .order_by(webhook_deliveries.c.id.desc())
        .limit(limit)
    )
    with office.engine.connect() as connection:
        return [
            Delivery(
                row.id,
                row.webhook_id,
                row.event,
                row.kind,
                row.number,
                row.state,
                row.attempts,
                row.answer,
                row.next_at,
            )
            for row in connection.execute(query)
        ]


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(row.id, row.url, tuple(row.kinds.split()), row.active, row.created_at)


def _unknown() -> NotFound:
    return NotFound("no such webhook", code="webhook.unknown", field="webhook", fix="list them first")
