"""Retention: what is kept for how long after its end, and destroying what is due after a second person said yes.

A run is: waiting (its list lies on the desk) → released → done. The list names certificates that have ended for good,
by status lists that were anchored; the approver's signer checks that, forgets its own notes about them, signs nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Row

from api.certificates.care_tables import retention_entries, retention_runs
from api.certificates.office import Office
from api.certificates.shredding import shred_many
from api.certificates.statuses import status_of
from api.certificates.tables import act_entries, acts, batches, certificates, status_lists
from chain.catalogue import CertificateType
from chain.credentials.status_list import Status, StatusList
from chain.desk.messages import Answer, Request
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import b64url
from chain.kernel.errors import InvalidInput, Refused, YinxinError
from chain.kernel.steps import reached

_POLICY = re.compile(r"([0-9A-Za-z-]+)=([1-9][0-9]{0,2})\Z")


@dataclass(frozen=True, slots=True)
class Policy:
    """How long records of one type are kept.

    Attributes:
        kind: the certificate type.
        years: whole years after the end.
    """

    kind: CertificateType
    years: int


@dataclass(frozen=True, slots=True)
class Due:
    """One certificate whose time of keeping is over.

    Attributes:
        row: its row.
        status: the final state it is in.
        since: when it ended, seconds.
        policy: by which it is due.
    """

    row: Row[Any]
    status: Status
    since: int
    policy: Policy

    def as_dict(self) -> dict[str, Any]:
        """By number, without the holder."""
        return {
            "number": self.row.number,
            "type": self.policy.kind.slug,
            "status": self.status.name,
            "since": rfc3339(self.since),
            "years": self.policy.years,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """Where a retention run stands.

    Attributes:
        number: its number; None if nothing was due.
        state: waiting, released, done or refused.
        size: how many records.
    """

    number: int | None
    state: str
    size: int


def policies(office: Office) -> list[Policy]:
    """The home's policies. Raises InvalidInput that names the setting; NotFound for a type nobody knows."""
    found = []
    for text in office.home.settings.retention.policies:
        match = _POLICY.match(text)
        if match is None:
            raise InvalidInput(
                f"{text!r} is no retention policy",
                code="retention.policy",
                field="retention.policies",
                fix="write type=years, such as business-licence=10",
            )
        try:
            found.append(Policy(office.catalogue.versions(match[1])[-1], int(match[2])))
        except YinxinError as error:
            error.field = "retention.policies"
            raise
    return found


def due(office: Office, at: int) -> list[Due]:
    """Certificates to be destroyed by policy at ``at`` (seconds), oldest first.

    The time begins with the final state; of one that lapsed, with the end of its validity. What is past its date but
    nobody let lapse is not due: ``yinxin lapse --expired`` comes first.
    """
    found = []
    for policy in policies(office):
        ended = (
            select(act_entries.c.certificate_id, func.min(acts.c.at).label("at"))
            .join(acts)
            .where(acts.c.state == "complete", act_entries.c.after.in_([int(one) for one in Status if one.terminal]))
            .group_by(act_entries.c.certificate_id)
            .subquery()
        )
        query = (
            select(certificates, ended.c.at.label("ended"))
            .join(batches)
            .outerjoin(ended, ended.c.certificate_id == certificates.c.id)
            .where(
                batches.c.certificate_type == policy.kind.code,
                batches.c.state == "complete",
                certificates.c.shredded_at.is_(None),
                certificates.c.status_list.is_not(None),
            )
            .order_by(certificates.c.id)
        )
        with office.engine.connect() as connection:
            lists: dict[str, StatusList] = {}
            for row in connection.execute(query):
                status = status_of(connection, row, lists)
                if status is None or not status.terminal:
                    continue
                since = row.expires if status is Status.LAPSED and row.expires is not None else row.ended or row.expires
                if since is not None and _after(since, policy.years) <= at:
                    found.append(Due(row, status, since, policy))
    return sorted(found, key=lambda one: (one.since, one.row.id))


def _after(since: int, years: int) -> int:
    """The same day so many years on; the 29th of February is followed by the 1st of March."""
    day = datetime.fromtimestamp(since, UTC)
    try:
        return int(day.replace(year=day.year + years).timestamp())
    except ValueError:
        return int(day.replace(year=day.year + years, month=3, day=1).timestamp())


def run_retention(office: Office, *, wait: float = 0.0) -> Run:
    """Go on with the open run, or begin one with all that is due by the ledger's clock. Safe to repeat.

    Args:
        office: the officer's office, under its writing lock.
        wait: seconds to wait for the second person.

    Raises:
        Refused: the second person refused; the run is over and nothing was destroyed.
    """
    row = _open_run(office)
    if row is None:
        found = due(office, office.ledger.refresh().block.time)
        if not found:
            return Run(None, "done", 0)
        row = _begin(office, found)
    if row.state == "waiting" and _rows(office, row.id):
        answer = _ask(office, row, wait)
        reached("retention-requested")
        if answer is None:
            return Run(row.id, "waiting", row.size)
        if not answer.ok:
            office.desk.clear("retention-")
            _set_run(office, row.id, state="refused")
            raise Refused(
                f"retention run {row.id} was refused: {answer.message}",
                code="retention.refused",
                field="retention",
                fix="correct the policy, or ask the approver",
            )
        _set_run(office, row.id, state="released")
        reached("retention-released")
    shred_many(office, _rows(office, row.id))
    office.desk.clear("retention-")
    _set_run(office, row.id, state="done")
    reached("retention-done")
    return Run(row.id, "done", row.size)


def open_runs(office: Office) -> list[int]:
    """Number of the run that is open, if one is."""
    row = _open_run(office)
    return [] if row is None else [int(row.id)]


def waits_for(run: Run) -> str:
    """Who has to act before a run goes on: ``approval`` or nobody."""
    return "approval" if run.state == "waiting" else ""


def _ask(office: Office, run: Row[Any], wait: float) -> Answer | None:
    """The answer to this run's request; a list that changed meanwhile makes another request of it."""
    known = None if run.request is None else office.desk.answer(run.request)
    if known is not None:
        return known
    request = retention_request(office, run)
    if run.request is not None and run.request != request.id:
        office.desk.withdraw(run.request)
    _set_run(office, run.id, request=request.id)
    return office.ask(request, wait)


def _open_run(office: Office) -> Row[Any] | None:
    with office.engine.connect() as connection:
        return connection.execute(
            select(retention_runs)
            .where(retention_runs.c.state.in_(("waiting", "released")))
            .order_by(retention_runs.c.id)
        ).first()


def _begin(office: Office, found: Sequence[Due]) -> Row[Any]:
    with office.engine.begin() as connection:
        key = connection.execute(
            insert(retention_runs).values(operator=office.operator, at=office.clock(), size=len(found), state="waiting")
        ).inserted_primary_key
        assert key is not None
        connection.execute(
            insert(retention_entries),
            [
                {
                    "run_id": key[0],
                    "position": position,
                    "certificate_id": item.row.id,
                    "since": item.since,
                    "years": item.policy.years,
                }
                for position, item in enumerate(found)
            ],
        )
        row = connection.execute(select(retention_runs).where(retention_runs.c.id == key[0])).one()
    reached("retention-begun")
    return row


def _rows(office: Office, run_id: int) -> list[Row[Any]]:
    with office.engine.connect() as connection:
        query = (
            select(
                certificates,
                retention_entries.c.since,
                retention_entries.c.years,
                batches.c.certificate_type,
            )
            .join(retention_entries, retention_entries.c.certificate_id == certificates.c.id)
            .join(batches, batches.c.id == certificates.c.batch_id)
            .where(retention_entries.c.run_id == run_id, certificates.c.shredded_at.is_(None))
            .order_by(retention_entries.c.position)
        )
        return list(connection.execute(query))


def retention_request(office: Office, run: Row[Any]) -> Request:
    """What the second person is asked: every record by number, with its end, and the lists that show it."""
    rows = _rows(office, run.id)
    names = sorted({row.status_list for row in rows})
    counted = Counter((row.certificate_type, row.years) for row in rows)
    with office.engine.connect() as connection:
        tokens = {
            row.name: bytes(row.token)
            for row in connection.execute(select(status_lists).where(status_lists.c.name.in_(names)))
        }
        lists: dict[str, StatusList] = {}
        states = {row.id: status_of(connection, row, lists) for row in rows}
    return Request(
        "retention",
        office.bureau,
        {
            "run": run.id,
            "operator": run.operator,
            "at": run.at,
            "rules": [
                {"type": kind, "years": years, "count": count} for (kind, years), count in sorted(counted.items())
            ],
            "lists": [{"name": name, "token": b64url(tokens[name])} for name in names],
            "records": [
                {
                    "identifier": row.identifier,
                    "number": row.number,
                    "list": row.status_list,
                    "index": row.status_index,
                    "state": status.name if (status := states[row.id]) is not None else "",
                    "since": rfc3339(row.since),
                }
                for row in rows
            ],
        },
    )


def _set_run(office: Office, run_id: int, **values: Any) -> None:
    with office.engine.begin() as connection:
        connection.execute(update(retention_runs).where(retention_runs.c.id == run_id).values(**values))
