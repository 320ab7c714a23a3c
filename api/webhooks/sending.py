"""Send what is due: one signed request at a time, tried again for a day, the same event id each time."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy import select, update

from api.certificates.office import Office
from api.jobs.faults import fault_of
from api.webhooks.addresses import Target, resolve
from api.webhooks.events import payload
from api.webhooks.signing import OVERLAP, headers, secret_of
from api.webhooks.tables import webhook_deliveries, webhook_events, webhooks
from chain.kernel.canonical import canonical
from chain.kernel.errors import YinxinError
from chain.kernel.steps import reached

TIMEOUT = 10.0
"""Seconds a receiver has to answer."""

PAUSES = (5, 30, 120, 600, 1800, 3600, 7200)
"""Seconds before the next attempt; the last one repeats until the day is over."""

GONE = 410


def open_deliveries(office: Office) -> list[int]:
    """Deliveries that are due now, oldest first."""
    with office.engine.connect() as connection:
        query = (
            select(webhook_deliveries.c.id)
            .where(webhook_deliveries.c.state == "pending", webhook_deliveries.c.next_at <= office.clock())
            .order_by(webhook_deliveries.c.next_at, webhook_deliveries.c.id)
            .limit(100)
        )
        return list(connection.execute(query).scalars())


def run_delivery(office: Office, number: int, _progress: Callable[[str, int, int], None]) -> str:
    """Try one delivery. What the receiver does is no fault of the job: it is written into the delivery's row."""
    query = (
        select(webhook_deliveries, webhook_events, webhooks.c.url, webhooks.c.active, webhooks.c.salt)
        .add_columns(webhooks.c.previous_salt, webhooks.c.rotated_at, webhook_events.c.id.label("event_row"))
        .join(webhook_events, webhook_events.c.id == webhook_deliveries.c.event_id)
        .join(webhooks, webhooks.c.id == webhook_deliveries.c.webhook_id)
        .where(webhook_deliveries.c.id == number)
    )
    with office.engine.connect() as connection:
        row = connection.execute(query).mappings().one_or_none()
    now = office.clock()
    if row is None or row["state"] != "pending":
        return ""
    if not row["active"]:
        _write(office, number, state="failed", answer="webhook.inactive")
        return ""
    answer = _send(office, row, now)
    reached("webhook-sent")
    attempts = row["attempts"] + 1
    if answer.isdigit() and 200 <= int(answer) < 300:
        _write(office, number, state="delivered", answer=answer, attempts=attempts, delivered_at=now)
    elif answer == str(GONE):
        _write(office, number, state="failed", answer=answer, attempts=attempts)
        with office.engine.begin() as connection:
            connection.execute(update(webhooks).where(webhooks.c.id == row["webhook_id"]).values(active=False))
    else:
        pause = PAUSES[min(attempts, len(PAUSES)) - 1] * random.uniform(0.9, 1.1)  # noqa: S311 - jitter
        state = "failed" if now + pause > row["give_up_at"] else "pending"
        _write(office, number, state=state, answer=answer, attempts=attempts, next_at=now + int(pause))
    return ""


def _send(office: Office, row: Any, now: int) -> str:
    """HTTP status, or the code of the fault."""
    salts = [row["salt"]]
    if row["previous_salt"] and now < row["rotated_at"] + OVERLAP:
        salts.append(row["previous_salt"])
    secrets = [secret_of(office.master, office.bureau, salt) for salt in salts]
    event = _Event(row)
    body = canonical(payload(office.bureau, event))
    try:
        target = resolve(row["url"], private=private_allowed(office))
        return str(post(target, body, headers(secrets, event.event, now, body)))
    except (YinxinError, httpx.HTTPError, OSError) as error:
        return fault_of(error).code


class _Event:
    """The event's columns of a joined row."""

    def __init__(self, row: Any) -> None:
        self.event, self.kind, self.number = row["event"], row["kind"], row["number"]
        self.count, self.code, self.at = row["count"], row["code"], row["at"]


def post(target: Target, body: bytes, signed: dict[str, str]) -> int:
    """Send one request to exactly that address and answer the HTTP status; the answer's body is not read.

    Raises httpx.HTTPError.
    """
    fields = {
        "host": target.authority,
        "content-type": "application/json",
        "user-agent": "yinxin-webhooks/1",
        "accept-encoding": "identity",
        **signed,
    }
    # No proxies from the environment, no redirects: nobody else chooses where this goes.
    with httpx.Client(trust_env=False, follow_redirects=False, timeout=TIMEOUT, http2=False) as client:
        with client.stream(
            "POST", target.url, content=body, headers=fields, extensions={"sni_hostname": target.host}
        ) as response:
            return response.status_code


def private_allowed(office: Office) -> bool:
    """May this bureau's webhooks go to private addresses?"""
    return office.home.settings.jobs.private_webhooks


def _write(office: Office, number: int, **values: Any) -> None:
    with office.engine.begin() as connection:
        connection.execute(update(webhook_deliveries).where(webhook_deliveries.c.id == number).values(**values))
