"""Reminders: which certificates end soon. One row a certificate and threshold; who is told reads the register."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.certificates.statuses import status_of
from api.certificates.tables import batches, certificates
from api.jobs.tables import reminders
from api.webhooks.events import note
from chain.credentials.status_list import Status, StatusList
from chain.kernel.steps import reached

_DAY = 86_400
_GROUP = 1000


def run_reminders(office: Office, _number: int, _progress: Callable[[str, int, int], None]) -> str:
    """Note a reminder for each certificate that came within a threshold, and one event for all of a threshold."""
    now = office.ledger.refresh().block.time
    thresholds = sorted(set(office.home.settings.jobs.remind_days))
    for shorter, days in zip([0, *thresholds], thresholds, strict=False):
        while True:
            with office.engine.begin() as connection:
                due = ending(connection, now + shorter * _DAY, now + days * _DAY, days)
                if due:
                    connection.execute(
                        insert(reminders), [{"certificate_id": found, "days": days, "at": now} for found in due]
                    )
                    note(
                        connection,
                        "certificate.expiring",
                        days,
                        occasion=due[0],
                        count=len(due),
                        now=office.clock(),
                    )
            if due:
                reached("reminded")
            if len(due) < _GROUP:
                break
    return ""


def ending(connection: Connection, after: int, until: int, days: int) -> Sequence[int]:
    """Ids of valid certificates without successor that end in (after, until] and were not reminded of at ``days``."""
    query = (
        select(certificates.c.id, certificates.c.status_list, certificates.c.status_index)
        .join(batches)
        .where(
            certificates.c.expires > after,
            certificates.c.expires <= until,
            certificates.c.status_list.is_not(None),
            certificates.c.successor.is_(None),
            certificates.c.shredded_at.is_(None),
            batches.c.state == "complete",
            certificates.c.id.not_in(select(reminders.c.certificate_id).where(reminders.c.days == days)),
        )
        .order_by(certificates.c.expires, certificates.c.id)
    )
    lists: dict[str, StatusList] = {}
    found: list[int] = []
    rows: list[Row[Any]] = list(connection.execute(query))
    for row in rows:
        if status_of(connection, row, lists) is Status.VALID:
            found.append(row.id)
        if len(found) == _GROUP:
            break
    return found
