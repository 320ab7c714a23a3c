"""What waits for people: from the register's rows alone, so that a list of it costs nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from api.certificates.care_tables import retention_runs
from api.certificates.office import Office
from api.certificates.tables import acts, batches
from api.claims.tables import claims
from api.types.tables import type_acts

_UNATTENDED = ("lapse", "supersede")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request that may wait for people.

    Attributes:
        reference: ``batch-12``, ``act-7``, ``type-1``, ``claim-3`` or ``retention-2``; what
            :func:`api.approvals.content` takes.
        kind: ``release``, ``status``, ``type``, ``unbind`` or ``retention``.
        operation: issue, renew, … or revoke, suspend, … or the kind again.
        size: certificates it speaks of.
        operator: who made it.
        maker: address that may not decide on it, or None.
        at: when it was made, seconds.
        certificate_type: code, of a batch; None for an act.
        reason: as the operator gave it; may be empty for a batch.
    """

    reference: str
    kind: str
    operation: str
    size: int
    operator: str
    maker: str | None
    at: int
    certificate_type: str | None
    reason: str


def waiting(office: Office) -> list[Waiting]:
    """Batches that wait for a release; acts, types, ends of bindings and retention runs whose request is made.

    Oldest first.

    An act that the signer may sign by itself, such as a lapse, is left out.
    """
    with office.engine.connect() as connection:
        lists = connection.execute(select(batches).where(batches.c.state == "waiting")).all()
        changes = connection.execute(
            select(acts).where(acts.c.state == "sealed", acts.c.operation.not_in(_UNATTENDED))
        ).all()
        types = connection.execute(
            select(type_acts).where(type_acts.c.state == "waiting", type_acts.c.sequence.is_not(None))
        ).all()
        ends = connection.execute(
            select(claims).where(
                claims.c.kind == "end",
                claims.c.body.is_(None),
                claims.c.state == "waiting",
                claims.c.sequence.is_not(None),
            )
        ).all()
        runs = connection.execute(
            select(retention_runs).where(retention_runs.c.state == "waiting", retention_runs.c.request.is_not(None))
        ).all()
    found = [
        Waiting(
            f"batch-{row.id}", "release", row.operation, row.size, row.operator, row.maker, row.created_at,
            row.certificate_type, row.reason,
        )
        for row in lists
    ] + [
        Waiting(f"act-{row.id}", "status", row.operation, row.size, row.operator, row.maker, row.at, None, row.reason)
        for row in changes
    ]  # fmt: skip
    found += [
        Waiting(f"type-{row.id}", "type", "type", 1, row.operator, None, row.at, row.code, row.reason) for row in types
    ]
    found += [
        Waiting(f"claim-{row.id}", "unbind", "unbind", 1, row.operator, None, row.at, None, row.reason) for row in ends
    ]
    found += [
        Waiting(f"retention-{row.id}", "retention", "retention", row.size, row.operator, None, row.at, None, "")
        for row in runs
    ]
    return sorted(found, key=lambda item: (item.at, item.reference))
