"""What webhooks tell: noted once, with a delivery for each webhook that wants it, in one transaction.

Most events are read from the registers' rows after the fact: a batch that is complete and has no event gets one. The
unique key of kind, number, occasion and code makes that exactly once, whoever completed the batch and whatever died.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Select, exists, insert, literal, select

from api.certificates.office import Office
from api.certificates.tables import acts, batches
from api.jobs.tables import job_states
from api.webhooks.tables import webhook_deliveries, webhook_events, webhooks
from chain.kernel.clock import rfc3339
from chain.kernel.steps import reached

EVENT_KINDS: dict[str, str] = {
    "batch.waiting": "a batch waits for a person",
    "batch.completed": "a batch is anchored and its certificates may be handed out",
    "batch.recalled": "a batch was taken back or refused",
    "act.waiting": "a status act waits for a person",
    "act.completed": "a status act is anchored",
    "act.refused": "a status act was refused",
    "certificate.expiring": "certificates came within a number of days of their end",
    "tender.published": "a tender was published",
    "tender.amended": "the notice of a tender was amended",
    "tender.cancelled": "a tender was cancelled",
    "tender.closed": "the live bids of a lot are fixed",
    "tender.opened": "an envelope of a lot was opened",
    "tender.failed": "a lot failed",
    "tender.candidates": "candidates of a lot are public",
    "tender.awarded": "a lot is awarded",
    "tender.contracted": "the contract of a lot is on record",
    "job.stuck": "a job waits for somebody to mend something",
    "webhook.ping": "a test that somebody asked for",
}
"""Kinds of events, and what each says."""

UNATTENDED = ("lapse", "supersede")
DAY = 86_400
_GROUP = 500


def note(
    connection: Connection,
    kind: str,
    number: int,
    *,
    now: int,
    occasion: int = 0,
    count: int = 0,
    code: str = "",
    only: int | None = None,
) -> int:
    """Note an event, in the caller's transaction.

    Args:
        connection: of the register.
        kind: one of :data:`EVENT_KINDS`.
        number: of the batch, act …
        now: seconds.
        occasion: tells apart what may happen more than once.
        count: how many certificates.
        code: of a fault, or who is waited for.
        only: the one webhook that is told; all that want it if not given.

    Returns:
        Its row's id.
    """
    event = "evt_" + base64.b32encode(os.urandom(20)).decode().lower()
    values = {"kind": kind, "number": number, "occasion": occasion, "count": count, "code": code, "at": now}
    key = connection.execute(insert(webhook_events).values(event=event, **values)).inserted_primary_key
    assert key is not None
    for hook in connection.execute(select(webhooks).where(webhooks.c.active)):
        wanted = hook.id == only if only is not None else not hook.kinds or kind in hook.kinds.split()
        if wanted:
            connection.execute(
                insert(webhook_deliveries).values(
                    event_id=key[0],
                    webhook_id=hook.id,
                    state="pending",
                    attempts=0,
                    next_at=now,
                    give_up_at=now + DAY,
                    answer="",
                )
            )
    return int(key[0])


def payload(bureau: str, event: Any) -> dict[str, Any]:
    """What is sent of an event's row: names, numbers, counts, a time."""
    data: dict[str, Any] = {"event": event.event, "bureau": bureau, "number": event.number, "count": event.count}
    if event.code:
        data["code"] = event.code
    return {"type": event.kind, "timestamp": rfc3339(event.at), "data": data}


def open_events(office: Office) -> list[int]:
    """``[0]`` if something happened that has no event yet."""
    with office.engine.connect() as connection:
        return [0] if any(True for query in _queries() if connection.execute(query.limit(1)).first()) else []


def run_events(office: Office, _number: int, _progress: Callable[[str, int, int], None]) -> str:
    """Note what happened and has no event yet."""
    for query in _queries():
        while True:
            with office.engine.begin() as connection:
                rows = connection.execute(query.limit(_GROUP)).all()
                for row in rows:
                    note(
                        connection,
                        row.kind,
                        row.number,
                        occasion=row.occasion,
                        count=row.size,
                        code=row.code,
                        now=office.clock(),
                    )
            if rows:
                reached("events")
            if len(rows) < _GROUP:
                break
    return ""


def _queries() -> Iterator[Select[Any]]:
    """One query a kind: number, occasion, size and code of what has no event yet."""
    for table, noun, ends in (
        (batches, "batch", {"complete": "completed", "recalled": "recalled"}),
        (acts, "act", {"complete": "completed", "refused": "refused"}),
    ):
        for state, word in ends.items():
            kind = f"{noun}.{word}"
            yield _unnoted(kind, table.c.id, literal(0), table.c.size, literal("")).where(table.c.state == state)
        waiting = _unnoted(
            f"{noun}.waiting", table.c.id, literal(0), table.c.size, job_states.c.waiting_for
        ).select_from(table.join(job_states, job_states.c.number == table.c.id))
        waiting = waiting.where(job_states.c.kind == noun, job_states.c.state == "waiting")
        # What the signer does by itself is no news: it answers within a second.
        yield waiting.where(
            job_states.c.waiting_for != "signer" if table is batches else acts.c.operation.not_in(UNATTENDED)
        )
    yield _unnoted(
        "job.stuck", job_states.c.number, job_states.c.since, literal(0), job_states.c.kind + ":" + job_states.c.code
    ).where(job_states.c.state == "stuck")


def _unnoted(kind: str, number: Any, occasion: Any, count: Any, code: Any) -> Select[Any]:
    noted = exists().where(
        webhook_events.c.kind == kind,
        webhook_events.c.number == number,
        webhook_events.c.occasion == occasion,
        webhook_events.c.code == code,
    )
    columns = (number.label("number"), occasion.label("occasion"), count.label("size"), code.label("code"))
    return select(literal(kind).label("kind"), *columns).where(~noted).order_by(number)
