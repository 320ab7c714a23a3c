"""Status acts: suspend, reinstate, revoke and the rest, for one certificate or many.

An act is: waiting → sealed (its event records are stored, the new list is signed) → signed (by the approver's
signer) → noted (event records anchored) → complete (new list anchored). A change of the list by somebody
else in between sends it back to waiting; nothing is lost and nothing done twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Row

from api.certificates.expiry import expiry_proofs
from api.certificates.office import Office
from api.certificates.secrets import fresh_secrets
from api.certificates.tables import act_entries, acts, batches, certificates, status_lists
from api.db import exclusive_transaction
from api.indexer.follow import follow
from chain.containers import KEY_ID_SIZE
from chain.credentials.leaf import event_leaf
from chain.credentials.status_list import Status, StatusList, issue_status_token, parse_status_token
from chain.desk.messages import Request
from chain.desk.signer import EVENTS_LANE
from chain.documents import Tombstone
from chain.documents.manifest import build_manifest
from chain.documents.records import seal_bytes
from chain.issuing.events import EventRecord, check_reason
from chain.issuing.lifecycle import OPERATIONS, check_transition
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused, Unavailable
from chain.kernel.steps import reached
from chain.ledger.typed import Anchor, StatusChange
from chain.merkle import Tree


@dataclass(frozen=True, slots=True)
class ActOutcome:
    """Where an act stands.

    Attributes:
        act: its number.
        state: waiting, sealed, signed, noted, complete or refused.
        size: how many certificates.
        waiting_for: ``approval`` or empty.
    """

    act: int
    state: str
    size: int
    waiting_for: str = ""


def current_list(connection: Connection, name: str) -> StatusList:
    """The newest anchored state of a list."""
    token = connection.execute(select(status_lists.c.token).where(status_lists.c.name == name)).scalar_one()
    return parse_status_token(bytes(token)).status_list


def status_of(connection: Connection, row: Row[Any], lists: dict[str, StatusList]) -> Status | None:
    """Status of a certificate's row, or None before it has a slot. ``lists`` keeps what was parsed."""
    if row.status_list is None:
        return None
    if row.status_list not in lists:
        lists[row.status_list] = current_list(connection, row.status_list)
    return Status(lists[row.status_list].get(row.status_index))


def create_acts(
    office: Office, operation: str, rows: Sequence[Row[Any]], reason: str, successors: Mapping[int, str] | None = None
) -> list[int]:
    """Put acts into the register, one a status list; the same ones again while they are open answer the open acts.

    Needs no lock of the caller's: of two who want the same certificate, one transaction lets one come first.

    Args:
        office: the officer's office.
        operation: name in :data:`OPERATIONS`.
        rows: rows of ``certificates``.
        reason: why; never empty.
        successors: identifier that follows, by certificate id.

    Raises:
        InvalidInput: no reason, no certificates, or one named twice.
        Refused: one of them is in a state from which this is not possible, or another act on it is open; nothing
            was changed.
    """
    if operation not in OPERATIONS:
        raise InvalidInput(
            f"operation {operation!r}",
            code="status.operation",
            field="operation",
            fix="one of " + ", ".join(OPERATIONS),
        )
    if not reason.strip():
        raise InvalidInput("a status act needs a reason", code="status.reason", field="reason", fix="give --reason")
    check_reason(reason)
    if not rows:
        raise NotFound("no certificate to act on", code="status.none", field="identifier")
    after = OPERATIONS[operation].after
    with exclusive_transaction(office.engine, "acts") as connection:
        going = _going_on(connection, operation, rows, reason)
        if going:
            return going
        lists: dict[str, StatusList] = {}
        by_list: dict[str, list[tuple[Row[Any], Status]]] = {}
        for row in rows:
            before = _issued_status(connection, row, lists)
            check_transition(before, after, identifier=row.identifier or f"certificate {row.id}")
            by_list.setdefault(row.status_list, []).append((row, before))
        created = []
        for name, entries in sorted(by_list.items()):
            if len({row.id for row, _ in entries}) != len(entries):
                raise InvalidInput(
                    "a certificate is named twice", code="status.twice", field="identifier", fix="name each once"
                )
            found = connection.execute(
                insert(acts).values(
                    operation=operation,
                    actor=office.actor,
                    status_list=name,
                    operator=office.operator,
                    maker=office.maker,
                    reason=reason.strip(),
                    at=office.clock(),
                    state="waiting",
                    size=len(entries),
                )
            ).inserted_primary_key
            assert found is not None
            created.append(int(found[0]))
            connection.execute(
                insert(act_entries),
                [
                    {
                        "act_id": found[0],
                        "position": position,
                        "certificate_id": row.id,
                        "before": int(before),
                        "after": int(after),
                        "linked": (successors or {}).get(row.id),
                        "key_id": os.urandom(KEY_ID_SIZE),
                    }
                    for position, (row, before) in enumerate(entries)
                ],
            )
    reached("act")
    return created


def _going_on(connection: Connection, operation: str, rows: Sequence[Row[Any]], reason: str) -> list[int]:
    """The open acts that are just these, or none. Raises Refused if another act on one of them is open."""
    wanted = {row.id: row for row in rows}
    open_entries = (
        select(act_entries.c.certificate_id, acts.c.id, acts.c.operation, acts.c.reason)
        .join(acts)
        .where(acts.c.state.not_in(("complete", "refused")))
    )
    found = connection.execute(open_entries).all()
    touched = sorted({entry.id for entry in found if entry.certificate_id in wanted})
    if not touched:
        return []
    inside = [entry for entry in found if entry.id in touched]
    if {entry.certificate_id for entry in inside} == set(wanted) and all(
        (entry.operation, entry.reason) == (operation, reason.strip()) for entry in inside
    ):
        return touched
    first = next(entry for entry in inside if entry.certificate_id in wanted)
    raise Refused(
        f"{wanted[first.certificate_id].identifier}: act {first.id} ({first.operation}) on it is not finished",
        code="status.open_act",
        field="identifier",
        fix="finish it first: yinxin acts",
    )


def _issued_status(connection: Connection, row: Row[Any], lists: dict[str, StatusList]) -> Status:
    state = connection.execute(select(batches.c.state).where(batches.c.id == row.batch_id)).scalar_one()
    status = status_of(connection, row, lists)
    if state not in ("confirmed", "complete") or status is None:
        raise Refused(
            f"{row.identifier} is not issued yet",
            code="status.not_issued",
            field="identifier",
            fix="recall its batch, or wait until it is complete",
        )
    return status


def run_act(office: Office, act_id: int, *, wait: float = 0.0) -> ActOutcome:
    """Take an act as far as it goes. Safe to repeat.

    Raises:
        Refused: the second person refused; the act is over.
        Unavailable: ledger, store or desk did not answer; run it again.
    """
    while True:
        row = act(office, act_id)
        if row.state in ("complete", "refused"):
            return ActOutcome(act_id, row.state, row.size)
        if row.state == "waiting":
            for other in _half_done(office):
                run_act(office, other, wait=wait)
            _seal(office, row)
        elif row.state == "sealed":
            if not _sign(office, row, wait):
                return ActOutcome(act_id, "sealed", row.size, "approval")
        elif row.state == "signed":
            _note(office, row)
        else:
            _change(office, row)


def _half_done(office: Office) -> list[int]:
    """Acts that are signed but not complete; they go first, so that nobody builds on a list about to change."""
    with office.engine.connect() as connection:
        query = select(acts.c.id).where(acts.c.state.in_(("signed", "noted"))).order_by(acts.c.id)
        return list(connection.execute(query).scalars())


def open_acts(office: Office) -> list[int]:
    """Acts that are not over."""
    with office.engine.connect() as connection:
        query = select(acts.c.id).where(acts.c.state.not_in(("complete", "refused"))).order_by(acts.c.id)
        return list(connection.execute(query).scalars())


def follow_predecessors(office: Office, batch: Row[Any], wait: float) -> bool:
    """After a batch of successors is confirmed, close their predecessors; False while that waits."""
    with office.engine.connect() as connection:
        new = certificates.alias("new")
        query = (
            select(certificates, new.c.identifier.label("follower"))
            .join(new, new.c.predecessor == certificates.c.identifier)
            .where(new.c.batch_id == batch.id)
        )
        rows = connection.execute(query).all()
        if not rows:
            return True
        followers = select(certificates.c.identifier).where(certificates.c.batch_id == batch.id)
        linked = connection.execute(
            select(act_entries.c.act_id)
            .join(acts)
            .where(act_entries.c.linked.in_(followers), acts.c.state != "refused")
            .distinct()
        ).scalars()
        known = list(linked)
    if not known:
        operation = "transfer" if batch.operation == "transfer" else "supersede"
        reason = batch.reason or {"renew": "延续 renewed", "change": "变更 changed"}.get(
            batch.operation, batch.operation
        )
        with office.engine.connect() as connection:
            lists: dict[str, StatusList] = {}
            live = [row for row in rows if status_of(connection, row, lists) in OPERATIONS[operation].before]
        known = create_acts(office, operation, live, reason, {row.id: row.follower for row in live}) if live else []
    return all(run_act(office, act_id, wait=wait).state == "complete" for act_id in known)


# --------------------------------------------------------------------------- the steps


def act(office: Office, act_id: int) -> Row[Any]:
    """One act's row. Raises NotFound."""
    with office.engine.connect() as connection:
        row = connection.execute(select(acts).where(acts.c.id == act_id)).one_or_none()
    if row is None:
        raise NotFound(f"no act {act_id}", code="act.unknown", field="act")
    return row


def _entries(office: Office, act_id: int) -> list[Row[Any]]:
    query = (
        select(act_entries, certificates.c.identifier, certificates.c.status_index)
        .join(certificates)
        .where(act_entries.c.act_id == act_id)
        .order_by(act_entries.c.position)
    )
    with office.engine.connect() as connection:
        return list(connection.execute(query))


def _set(office: Office, act_id: int, state: str, **values: Any) -> None:
    with office.engine.begin() as connection:
        connection.execute(update(acts).where(acts.c.id == act_id).values(state=state, **values))
    reached(f"act-{state}")


def events_of(bureau: str, row: Row[Any], entries: Sequence[Row[Any]]) -> list[EventRecord]:
    """The event records of an act."""
    return [
        EventRecord(
            row.operation,
            bureau,
            entry.identifier,
            row.status_list,
            entry.status_index,
            entry.before,
            entry.after,
            row.operator,
            row.reason,
            row.at,
            entry.linked,
        )
        for entry in entries
    ]


def _synchronise(office: Office, name: str) -> tuple[bytes, bytes]:
    """Head and token of a list as the ledger has it now; the register's copy follows.

    Raises:
        Unavailable: the bytes of the anchored token are nowhere to be had.
    """
    head = office.ledger.refresh().status_head(office.bureau, name)
    if head is None:
        raise Conflict(
            f"status list {name} is not on the ledger",
            code="status.list",
            field="status_list",
            fix="run yinxin rebuild",
        )
    with office.engine.connect() as connection:
        token = bytes(connection.execute(select(status_lists.c.token).where(status_lists.c.name == name)).scalar_one())
    if sha256(token) != head.digest:
        token = office.token(head.digest)
        with office.engine.begin() as connection:
            connection.execute(
                update(status_lists).where(status_lists.c.name == name).values(token=token, head=head.head)
            )
    return head.head, token


def _seal(office: Office, row: Row[Any]) -> None:
    head, token = _synchronise(office, row.status_list)
    entries = _entries(office, row.id)
    changed = parse_status_token(token).status_list.copy()
    for entry in entries:
        before = Status(changed.get(entry.status_index))
        try:
            check_transition(before, Status(entry.after), identifier=entry.identifier)
        except Refused:
            _give_up(office, row)
            raise
        changed.set(entry.status_index, Status(entry.after))
        if before != entry.before:
            with office.engine.begin() as connection:
                connection.execute(update(act_entries).where(act_entries.c.id == entry.id).values(before=int(before)))
    entries = _entries(office, row.id)
    new_token = issue_status_token(
        office.bureau,
        row.status_list,
        changed,
        head,
        office.clock(),
        office.signer,
        actor=None if office.actor == office.bureau else office.actor,
    )
    pairs = fresh_secrets(office, act_entries.c.key_id, [(entry.id, bytes(entry.key_id)) for entry in entries])
    sealed = [
        seal_bytes(event.to_bytes(), key_id, secret)
        for event, (key_id, secret) in zip(events_of(office.bureau, row, entries), pairs, strict=True)
    ]
    digests = [record.digest for record in sealed]
    sequence = office.ledger.reader.lane_head(office.actor, EVENTS_LANE)[0] + 1
    root = Tree([event_leaf(digest) for digest in digests]).root
    manifest = build_manifest(bureau=office.actor, lane=EVENTS_LANE, root=root, leaves=digests)
    office.store.put_many([*(record.ciphertext for record in sealed), *manifest.blobs, new_token])
    with office.engine.begin() as connection:
        for entry, record in zip(entries, sealed, strict=True):
            connection.execute(
                update(act_entries)
                .where(act_entries.c.id == entry.id)
                .values(record_digest=record.digest, cid=record.cid)
            )
    _set(
        office,
        row.id,
        "sealed",
        previous_head=head,
        token=new_token,
        sequence=sequence,
        root=root,
        manifest_digest=manifest.digest,
    )


def _give_up(office: Office, row: Row[Any]) -> None:
    """The act is over and changed nothing; the secrets of its event records are destroyed."""
    office.vault.destroy_many([Tombstone(bytes(entry.key_id), {}) for entry in _entries(office, row.id)])
    _set(office, row.id, "refused", sequence=None)


def _back(office: Office, row: Row[Any]) -> None:
    _set(office, row.id, "waiting", sequence=None, event_signature=None, status_signature=None)


def _sign(office: Office, row: Row[Any], wait: float) -> bool:
    head, token = _synchronise(office, row.status_list)
    last = office.ledger.reader.lane_head(office.actor, EVENTS_LANE)[0]
    if head != bytes(row.previous_head) or last + 1 != row.sequence:
        _back(office, row)
        return True
    request = status_request(office, row, token)
    answer = office.ask(request, wait)
    reached("act-requested")
    if answer is None:
        return False
    if answer.ok:
        anchor = Anchor(office.actor, EVENTS_LANE, row.sequence, bytes(row.root), row.size, bytes(row.manifest_digest))
        change = StatusChange(office.bureau, row.status_list, head, sha256(bytes(row.token)), office.actor)
        _set(
            office,
            row.id,
            "signed",
            event_signature=office.signature(request, answer, "anchor", anchor),
            status_signature=office.signature(request, answer, "status", change),
        )
    elif answer.code == "desk.status":
        _back(office, row)
    else:
        _give_up(office, row)
    office.desk.clear(request.id)
    if not answer.ok and answer.code != "desk.status":
        raise Refused(f"act {row.id} was refused: {answer.message}", code=answer.code, field="act")
    return True


def status_request(office: Office, row: Row[Any], token: bytes) -> Request:
    """What the second person is asked, for a sealed act; ``token`` is the list it was sealed over."""
    entries = _entries(office, row.id)
    body: dict[str, Any] = {
        "act": row.id, "maker": row.maker or "", "owner": office.bureau, "list": row.status_list,
        "previousHead": hex0x(bytes(row.previous_head)), "sequence": row.sequence,
        "oldToken": b64url(token), "newToken": b64url(bytes(row.token)),
        "events": [event.as_dict() for event in events_of(office.bureau, row, entries)],
        "records": [b64url(bytes(entry.record_digest)) for entry in entries],
    }  # fmt: skip
    if row.operation == "lapse":
        body["expired"] = expiry_proofs(office, entries)
    return Request("status", office.actor, body)


def _note(office: Office, row: Row[Any]) -> None:
    held = office.anchor(
        EVENTS_LANE, row.sequence, bytes(row.root), row.size, bytes(row.manifest_digest), bytes(row.event_signature)
    )
    if not held:
        _back(office, row)
        return
    _set(office, row.id, "noted")


def _change(office: Office, row: Row[Any]) -> None:
    digest = sha256(bytes(row.token))
    head = office.ledger.refresh().status_head(office.bureau, row.status_list)
    if head is not None and head.digest != digest and head.head != bytes(row.previous_head):
        _back(office, row)
        return
    if (head is None or head.digest != digest) and not office.change_status(
        row.status_list, bytes(row.previous_head), digest, bytes(row.status_signature)
    ):
        _back(office, row)
        return
    reader = office.ledger.refresh()
    now = reader.status_head(office.bureau, row.status_list)
    if now is None or now.digest != digest:
        raise Unavailable(
            f"act {row.id} is not final yet", code="act.not_final", field="act", fix="run the same command again"
        )
    follow(office.engine, reader, office.bureau)
    with office.engine.begin() as connection:
        connection.execute(
            update(status_lists)
            .where(status_lists.c.name == row.status_list)
            .values(token=bytes(row.token), head=now.head)
        )
        for entry in _entries(office, row.id):
            if entry.linked:
                connection.execute(
                    update(certificates).where(certificates.c.id == entry.certificate_id).values(successor=entry.linked)
                )
    _set(office, row.id, "complete")
