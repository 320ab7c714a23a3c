"""The audit log on the ledger: from time to time the head of the log is anchored in each bureau's lane ``$audit``.

An anchor goes its way like a batch: sealed → signed → confirmed; each step may be done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.engine import Row

from api.audit.log import digests
from api.audit.tables import audit_anchors, audit_entries
from api.certificates.office import Office
from api.db import exclusive_transaction
from chain.credentials.leaf import audit_leaf
from chain.desk.lanes import AUDIT_LANE
from chain.desk.messages import Request
from chain.documents.manifest import build_manifest
from chain.kernel.encoding import b64url
from chain.kernel.errors import Damaged, NotFound, Refused
from chain.kernel.ports import TrustSource
from chain.kernel.steps import reached
from chain.ledger.typed import Anchor

OPEN = ("sealed", "signed")


def seal_log(engine: Engine, bureau: str) -> int | None:
    """Begin an anchor over everything noted so far; None if nothing of this bureau was noted since the last one.

    An anchor that is still on its way is answered instead.
    """
    table = audit_anchors.c
    with exclusive_transaction(engine, "audit-anchors") as connection:
        newest = connection.execute(
            select(audit_anchors).where(table.bureau == bureau).order_by(table.id.desc()).limit(1)
        ).one_or_none()
        if newest is not None and newest.state in OPEN:
            return int(newest.id)
        done = 0 if newest is None else newest.last
        query = select(audit_entries.c.id).where(audit_entries.c.id > done, audit_entries.c.bureau == bureau).limit(1)
        if connection.execute(query).scalar() is None:
            return None
        last = connection.execute(select(audit_entries.c.id).order_by(audit_entries.c.id.desc()).limit(1)).scalar_one()
        found = connection.execute(
            insert(audit_anchors).values(bureau=bureau, first=done + 1, last=last, state="sealed")
        ).inserted_primary_key
    assert found is not None
    reached("audit-sealed")
    return int(found[0])


def open_anchors(engine: Engine, bureau: str) -> list[int]:
    """Anchors of a bureau that are on their way."""
    query = select(audit_anchors.c.id).where(audit_anchors.c.bureau == bureau, audit_anchors.c.state.in_(OPEN))
    with engine.connect() as connection:
        return list(connection.execute(query.order_by(audit_anchors.c.id)).scalars())


def newest_anchor(engine: Engine, bureau: str) -> int | None:
    """Time of the block of a bureau's newest anchor of the log, seconds; None if there is none."""
    query = select(func.max(audit_anchors.c.anchored_at)).where(audit_anchors.c.bureau == bureau)
    with engine.connect() as connection:
        found: int | None = connection.execute(query).scalar()
    return found


def run_anchor(engine: Engine, office: Office, number: int, *, wait: float = 0.0) -> str:
    """Take an anchor as far as it goes; its state afterwards.

    Args:
        engine: the service's database.
        office: office of the bureau, under its writing lock.
        number: of the anchor.
        wait: seconds to wait for the signer.

    Raises:
        Damaged: the log was changed or has a gap; nothing is anchored then.
        Refused: the signer knows another history of the log.
    """
    while True:
        row = _anchor(engine, number)
        if row.state == "confirmed":
            return "confirmed"
        if row.state == "sealed":
            if not _sign(engine, office, row, wait):
                return "sealed"
        else:
            _send(engine, office, row)


def _anchor(engine: Engine, number: int) -> Row[Any]:
    with engine.connect() as connection:
        row = connection.execute(select(audit_anchors).where(audit_anchors.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"no anchor {number} of the audit log", code="audit.unknown", field="anchor")
    return row


def _keep(engine: Engine, number: int, **values: Any) -> None:
    with engine.begin() as connection:
        connection.execute(update(audit_anchors).where(audit_anchors.c.id == number).values(**values))


def _sign(engine: Engine, office: Office, row: Row[Any], wait: float) -> bool:
    *_, digest = digests(engine, row.first, row.last)
    sequence = office.ledger.refresh().lane_head(office.bureau, AUDIT_LANE)[0] + 1
    leaf = audit_leaf(row.last, digest)
    manifest = build_manifest(bureau=office.bureau, lane=AUDIT_LANE, root=leaf, leaves=[digest])
    office.store.put_many(manifest.blobs)
    request = Request("audit", office.bureau, {"sequence": sequence, "number": row.last, "digest": b64url(digest)})
    answer = office.ask(request, wait)
    reached("audit-requested")
    if answer is None:
        return False
    if not answer.ok:
        office.desk.clear(request.id)
        if answer.code == "desk.sequence":
            return False
        raise Refused(answer.message, code=answer.code, field="audit", fix="see docs/service.md, the audit log")
    message = Anchor(office.bureau, AUDIT_LANE, sequence, leaf, 1, manifest.digest)
    signature = office.signature(request, answer, "anchor", message)
    _keep(
        engine,
        row.id,
        state="signed",
        sequence=sequence,
        root=leaf,
        manifest_digest=manifest.digest,
        signature=signature,
    )
    office.desk.clear(request.id)
    reached("audit-signed")
    return True


def _send(engine: Engine, office: Office, row: Row[Any]) -> None:
    held = office.anchor(AUDIT_LANE, row.sequence, bytes(row.root), 1, bytes(row.manifest_digest), bytes(row.signature))
    if not held:
        _keep(engine, row.id, state="sealed", sequence=None, root=None, manifest_digest=None, signature=None)
        return
    facts = office.ledger.refresh().anchor(office.bureau, AUDIT_LANE, row.sequence)
    at = None if facts is None else facts.block.time
    _keep(engine, row.id, state="confirmed", anchored_at=at)
    reached("audit-confirmed")


def anchors(engine: Engine, bureau: str | None = None) -> Sequence[Row[Any]]:
    """Anchors of the log, oldest first."""
    query = select(audit_anchors).order_by(audit_anchors.c.id)
    if bureau is not None:
        query = query.where(audit_anchors.c.bureau == bureau)
    with engine.connect() as connection:
        return connection.execute(query).all()


def check_log(engine: Engine, ledger: TrustSource) -> tuple[int, int]:
    """Recompute the log and compare it with every anchor on the ledger.

    Returns:
        How many entries there are, and up to which one the ledger vouches for them.

    Raises:
        Damaged: an entry is missing or was changed, or the ledger holds another history; names the place.
    """
    known: dict[int, bytes] = {}
    rows = [row for row in anchors(engine) if row.state == "confirmed"]
    wanted = {row.last for row in rows}
    count = 0
    with engine.connect() as connection:
        last = connection.execute(select(audit_entries.c.id).order_by(audit_entries.c.id.desc()).limit(1)).scalar()
    for count, digest in enumerate(digests(engine, 1, last or 0), 1):
        if count in wanted:
            known[count] = digest
    for row in rows:
        facts = ledger.anchor(row.bureau, AUDIT_LANE, row.sequence)
        if facts is None or row.last not in known or facts.root != audit_leaf(row.last, known[row.last]):
            raise Damaged(
                f"anchor {row.sequence} of {row.bureau} in lane $audit does not fit entry {row.last} of the log",
                code="audit.anchor",
                field="audit",
                fix="the log was rewritten after it was anchored; compare it with a backup",
            )
    return count, max(wanted, default=0)
