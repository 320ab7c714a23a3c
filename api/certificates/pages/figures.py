"""Figures of a register for the overview: sums of rows, never a row of a holder."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from api.certificates.batches import FINAL
from api.certificates.office import Office
from api.certificates.statuses import current_list
from api.certificates.tables import batches, certificates, status_lists
from api.indexer.tables import ledger_anchors
from chain.credentials.status_list import Status, StatusList
from chain.kernel.canonical import read_canonical
from chain.kernel.clock import CHINA

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Day:
    """One day in China and what was issued on it.

    Attributes:
        day: the day.
        count: certificates of batches whose anchor's block lies in it.
    """

    day: date
    count: int


def by_day(office: Office, *, now: int, days: int) -> list[Day]:
    """Certificates by the day of their anchor, oldest first, days without any included."""
    today = datetime.fromtimestamp(now, UTC).astimezone(CHINA).date()
    wanted = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    query = (
        select(ledger_anchors.c.block_time, ledger_anchors.c.size)
        .join(
            batches,
            (batches.c.bureau == ledger_anchors.c.bureau)
            & (batches.c.certificate_type == ledger_anchors.c.lane)
            & (batches.c.sequence == ledger_anchors.c.sequence),
        )
        .where(ledger_anchors.c.block_time > now - days * _DAY)
    )
    counts: Counter[date] = Counter()
    with office.engine.connect() as connection:
        for time, size in connection.execute(query):
            counts[datetime.fromtimestamp(time, UTC).astimezone(CHINA).date()] += size
    return [Day(day, counts[day]) for day in wanted]


def by_type(office: Office) -> list[tuple[str, int]]:
    """Type code and how many certificates of it are on the ledger, most first."""
    query = (
        select(batches.c.certificate_type, func.sum(batches.c.size))
        .where(batches.c.state == "complete")
        .group_by(batches.c.certificate_type)
    )
    with office.engine.connect() as connection:
        found = [(str(code), int(count)) for code, count in connection.execute(query)]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def by_status(office: Office) -> dict[Status, int]:
    """How many certificates have which status, by the newest anchored lists; all that were ever given a place count."""
    counts: Counter[Status] = Counter()
    with office.engine.connect() as connection:
        placed = select(func.count()).where(
            certificates.c.status_list.is_not(None), certificates.c.jwt_digest.is_not(None)
        )
        total = int(connection.execute(placed).scalar_one())
        names = connection.execute(select(status_lists.c.name).where(status_lists.c.head.is_not(None))).scalars().all()
        for name in names:
            found = current_list(connection, name)
            counts.update(now for _, _, now in StatusList(found.size).changes(found))
    counts[Status.VALID] = total - sum(count for status, count in counts.items() if status is not Status.VALID)
    return {status: counts[status] for status in Status if counts[status]}


def expiring(office: Office, *, now: int, days: int) -> int:
    """How many certificates end within so many days."""
    query = select(func.count()).where(
        certificates.c.expires >= now, certificates.c.expires <= now + days * _DAY, certificates.c.shredded_at.is_(None)
    )
    with office.engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def by_state(office: Office) -> dict[str, int]:
    """How many batches are in which state, those that are over left out."""
    query = select(batches.c.state, func.count()).where(batches.c.state.not_in(FINAL)).group_by(batches.c.state)
    with office.engine.connect() as connection:
        return {str(state): int(count) for state, count in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Storage:
    """Where the encrypted records lie.

    Attributes:
        store: ``local``, ``ipfs`` or ``kubo``.
        records: how many there are; shredded ones are not.
        free: bytes free where the home lies.
    """

    store: str
    records: int
    free: int


def storage(office: Office) -> Storage:
    """The state of the store."""
    query = select(func.count()).where(certificates.c.cid.is_not(None), certificates.c.shredded_at.is_(None))
    with office.engine.connect() as connection:
        records = int(connection.execute(query).scalar_one())
    return Storage(office.home.settings.documents.store, records, shutil.disk_usage(office.home.path).free)


def newest_is_witnessed(office: Office) -> bool | None:
    """Whether the newest complete batch carries a witnessed checkpoint; None if there is no such batch."""
    query = select(batches.c.evidence).where(batches.c.state == "complete").order_by(batches.c.id.desc()).limit(1)
    with office.engine.connect() as connection:
        evidence = connection.execute(query).scalar_one_or_none()
    return None if evidence is None else read_canonical(bytes(evidence), what="evidence")["checkpoint"] is not None


__all__ = [
    "Day", "Storage", "by_day", "by_state", "by_status", "by_type", "expiring", "newest_is_witnessed", "storage",
]  # fmt: skip
