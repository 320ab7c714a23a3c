"""失效: acts that let certificates lapse once they are past their date by the ledger's clock.

The signer's standing policy signs these alone unattended, after it has looked at each anchored certificate's own date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.certificates.statuses import create_acts, status_of
from api.certificates.tables import act_entries, acts, batches, certificates
from chain.credentials.status_list import Status, StatusList
from chain.kernel.steps import reached

GROUP = 200
"""Certificates an act may hold, so that its request and its event records stay small."""

REASON = "过期失效 past its date"
_LIVE = (Status.VALID, Status.SUSPENDED)


def run_expiry(office: Office, _number: int, _progress: Callable[[str, int, int], None]) -> str:
    """Note acts for certificates that are past their date, one group a list; the acts are jobs of their own.

    Groups follow one another: the next one is made when no lapse is open any more.
    """
    if not office.home.settings.jobs.lapse:
        return ""
    now = office.ledger.refresh().block.time
    with office.engine.connect() as connection:
        rows = past(connection, now)
    if rows:
        create_acts(office, "lapse", rows, REASON)
        reached("expiry")
    return ""


def past(connection: Connection, now: int) -> list[Row[Any]]:
    """At most one group of certificates past their date that nobody has closed, all of one status list.

    Args:
        connection: of the register.
        now: the ledger's time.
    """
    open_lapses = select(acts.c.id).where(acts.c.operation == "lapse", acts.c.state.not_in(("complete", "refused")))
    if connection.execute(open_lapses.limit(1)).first() is not None:
        return []
    in_open_act = select(act_entries.c.certificate_id).join(acts).where(acts.c.state.not_in(("complete", "refused")))
    query = (
        select(certificates.c.id, certificates.c.status_list, certificates.c.status_index)
        .join(batches)
        .where(
            certificates.c.expires <= now,
            certificates.c.status_list.is_not(None),
            # Without its record there is no proof to show the signer; a person may close it by hand.
            certificates.c.shredded_at.is_(None),
            batches.c.state == "complete",
            certificates.c.id.not_in(in_open_act),
        )
        .order_by(certificates.c.status_list, certificates.c.expires, certificates.c.id)
    )
    chosen = _group(connection, connection.execute(query))
    if not chosen:
        return []
    return list(connection.execute(select(certificates).where(certificates.c.id.in_(chosen))))


def _group(connection: Connection, rows: Iterable[Row[Any]]) -> list[int]:
    lists: dict[str, StatusList] = {}
    chosen: list[int] = []
    name = ""
    for row in rows:
        if chosen and (row.status_list != name or len(chosen) == GROUP):
            break
        if status_of(connection, row, lists) in _LIVE:
            name = row.status_list
            chosen.append(row.id)
    return chosen
