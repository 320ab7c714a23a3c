"""A batch on its way: waiting → released → sealed → signed → confirmed → complete.

Every step writes what it made before the next one begins, and each may be done again: run the batch once
more after any crash and it goes on, with one anchor and no double. Steps are named for tests by
:func:`chain.kernel.steps.reached`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Row

from api.certificates import laying, slots
from api.certificates.batches import batch, forget, type_of
from api.certificates.evidence import gather_evidence
from api.certificates.laying import draft_of_row, lay_certificates, lay_drafts, lay_made, release_request, root_request
from api.certificates.office import Office
from api.certificates.secrets import fresh_secrets
from api.certificates.statuses import follow_predecessors
from api.certificates.tables import batches, certificates, status_lists
from api.db.bulk import execute_many
from api.indexer.follow import follow
from chain.containers import KEY_ID_SIZE
from chain.credentials.credential import issue_credentials
from chain.credentials.leaf import certificate_leaf
from chain.credentials.stamp import issue_stamp
from chain.credentials.status_list import StatusList, issue_status_token
from chain.desk.messages import Answer, Request
from chain.documents.manifest import build_manifest
from chain.documents.records import RecordContent, seal_each
from chain.issuing.contents import Slot, credential_content, stamp_content
from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import Conflict, Refused, Unavailable
from chain.kernel.ports import LeafParts
from chain.kernel.steps import reached
from chain.ledger.typed import Anchor, StatusChange
from chain.merkle import Tree

Progress = Callable[[str, int, int], None]
"""Called with the step's name, how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a batch stands now.

    Attributes:
        batch: its number.
        state: as in the register.
        waiting_for: ``release``, ``signer`` or empty.
    """

    batch: int
    state: str
    waiting_for: str = ""


def run_batch(office: Office, batch_id: int, *, wait: float = 0.0, progress: Progress = lambda *_: None) -> Outcome:
    """Take a batch as far as it goes.

    Args:
        office: the officer's office, under its writing lock.
        batch_id: the batch.
        wait: seconds to wait for the second person and for the signer.
        progress: told how far each step is.

    Raises:
        Refused: the second person or the signer refused.
        Unavailable: ledger, store or desk did not answer; run it again.
    """
    while True:
        row = batch(office, batch_id)
        if row.state in ("complete", "recalled"):
            return Outcome(batch_id, row.state)
        waiting_for = _STEPS[row.state](office, row, wait, progress)
        if waiting_for:
            return Outcome(batch_id, row.state, waiting_for)


def _set_state(office: Office, batch_id: int, state: str, **values: Any) -> None:
    with office.engine.begin() as connection:
        connection.execute(update(batches).where(batches.c.id == batch_id).values(state=state, **values))
    reached(state)


# --------------------------------------------------------------------------- waiting → released


def _await_release(office: Office, row: Row[Any], wait: float, progress: Progress) -> str:
    request = release_request(office, row)
    progress("release", 0, 1)
    answer = office.ask(request, wait, lambda recipient: lay_drafts(office, row, recipient))
    reached("requested")
    if answer is None:
        return "release"
    if not answer.ok:
        office.desk.clear(request.id)
        if answer.code == "desk.part":
            raise _lost(row, answer)
        forget(office, row.id)
        raise Refused(
            f"batch {row.id} was refused: {answer.message}", code="batch.refused", field="batch", fix="correct the list"
        )
    _set_state(office, row.id, "released")
    return ""


def _lost(row: Row[Any], answer: Answer) -> Unavailable:
    return Unavailable(
        f"batch {row.id}: {answer.message}",
        code="batch.desk",
        field="desk",
        fix="run it again; what was lost is laid anew",
    )


# --------------------------------------------------------------------------- released → sealed


def _seal(office: Office, row: Row[Any], wait: float, progress: Progress) -> str:
    if not _allocate(office, row, wait):
        return "signer"
    reached("allocated")
    done = row.size - count_unsealed(office, row.id)
    progress("certificates", done, row.size)
    while True:
        with office.engine.connect() as connection:
            query = (
                select(certificates)
                .where(certificates.c.batch_id == row.id, certificates.c.jwt_digest.is_(None))
                .order_by(certificates.c.position)
                .limit(laying.CHUNK)
            )
            chunk = connection.execute(query).all()
        if not chunk:
            break
        _seal_chunk(office, row, chunk)
        done += len(chunk)
        progress("certificates", done, row.size)
        reached("chunk")
    _set_state(office, row.id, "sealed")
    return ""


def count_unsealed(office: Office, batch_id: int) -> int:
    """How many certificates of a batch are not made yet."""
    with office.engine.connect() as connection:
        return connection.execute(
            select(func.count()).where(certificates.c.batch_id == batch_id, certificates.c.jwt_digest.is_(None))
        ).scalar_one()


def _allocate(office: Office, row: Row[Any], wait: float) -> bool:
    """Give every certificate a slot and a key id, over as many lists as it takes; False while a new list waits."""
    query = select(certificates.c.id).where(certificates.c.batch_id == row.id, certificates.c.status_list.is_(None))
    while True:
        with office.engine.begin() as connection:
            ids = connection.execute(query.order_by(certificates.c.position)).scalars().all()
            if not ids:
                return True
            found = slots.list_with_room(connection, office.bureau)
            if found is not None:
                name, room = found
                ids = ids[:room]
                taken = slots.take(connection, name, len(ids))
                keys = os.urandom(KEY_ID_SIZE * len(ids))
                execute_many(
                    connection,
                    update(certificates)
                    .where(certificates.c.id == bindparam("key"))
                    .values(status_list=bindparam("list"), status_index=bindparam("index"), key_id=bindparam("secret")),
                    ("list", "index", "secret", "key"),
                    [
                        (name, taken[place], keys[place * KEY_ID_SIZE : (place + 1) * KEY_ID_SIZE], key)
                        for place, key in enumerate(ids)
                    ],
                )
                continue
        if not open_list(office, wait):
            return False


def open_list(office: Office, wait: float) -> bool:
    """Open the next status list and anchor its first state; False while the signer has not signed it."""
    with office.engine.begin() as connection:
        pending = connection.execute(
            select(status_lists).where(status_lists.c.bureau == office.bureau, status_lists.c.head.is_(None))
        ).first()
        if pending is None:
            name = slots.next_list_name(connection, office.bureau)
            token = issue_status_token(office.bureau, name, StatusList(), bytes(32), office.clock(), office.signer)
            connection.execute(
                insert(status_lists).values(name=name, bureau=office.bureau, used=slots.empty(), free=0, token=token)
            )
        else:
            name, token = pending.name, bytes(pending.token)
    reached("list")
    office.store.put(token)
    if office.ledger.refresh().status_head(office.bureau, name) is None:
        request = Request("list", office.bureau, {"list": name, "token": b64url(token)})
        answer = office.ask(request, wait)
        if answer is None:
            return False
        if not answer.ok and answer.code != "desk.status":
            office.desk.clear(request.id)
            raise Refused(
                f"the signer refused to open list {name}: {answer.message}", code=answer.code, field="status_list"
            )
        if answer.ok:
            message = StatusChange(office.bureau, name, bytes(32), sha256(token), office.actor)
            office.change_status(name, bytes(32), sha256(token), office.signature(request, answer, "status", message))
        office.desk.clear(request.id)
    head = office.ledger.refresh().status_head(office.bureau, name)
    if head is None or head.previous_head != bytes(32) or head.digest != sha256(token):
        raise Conflict(
            f"list {name} stands otherwise on the ledger",
            code="slots.foreign",
            field="status_list",
            fix="run yinxin rebuild",
        )
    with office.engine.begin() as connection:
        connection.execute(
            update(status_lists).where(status_lists.c.name == name).values(free=slots.SIZE, head=head.head)
        )
    return True


def _seal_chunk(office: Office, row: Row[Any], chunk: Sequence[Row[Any]]) -> None:
    """Sign, encrypt and store some certificates; their secrets are safe before anything encrypted with them is."""
    kind = type_of(office, row)
    pairs = fresh_secrets(office, certificates.c.key_id, [(item.id, bytes(item.key_id)) for item in chunk])
    drafts = [draft_of_row(item) for item in chunk]
    places = [Slot(item.status_list, item.status_index) for item in chunk]
    made = issue_credentials(
        [credential_content(draft, kind, row.bureau, slot) for draft, slot in zip(drafts, places, strict=True)],
        office.signer,
    )
    stamps = [
        issue_stamp(stamp_content(draft, kind, row.bureau, slot, credential.jwt_digest), office.signer)
        for draft, slot, credential in zip(drafts, places, made, strict=True)
    ]
    contents = [
        RecordContent(credential.text, stamp, kind.slug, kind.version).to_bytes()
        for credential, stamp in zip(made, stamps, strict=True)
    ]
    records = seal_each(contents, pairs)
    stored = office.store.put_many([record.ciphertext for record in records])
    if stored != [record.cid for record in records]:
        raise Unavailable(
            "the store answered other addresses than computed", code="store.cid", field="store", fix="run yinxin doctor"
        )
    reached("stored")
    with office.engine.begin() as connection:
        execute_many(
            connection,
            update(certificates)
            .where(certificates.c.id == bindparam("key"))
            .values(
                jwt_digest=bindparam("jwt"),
                stamp_digest=bindparam("stamp"),
                record_digest=bindparam("record"),
                cid=bindparam("blob"),
            ),
            ("jwt", "stamp", "record", "blob", "key"),
            [
                (credential.jwt_digest, sha256(stamp), record.digest, record.cid, item.id)
                for item, credential, stamp, record in zip(chunk, made, stamps, records, strict=True)
            ],
        )
    texts = [credential.text for credential in made]
    lay_made(office, row, chunk[0].position, texts, stamps, [record.digest for record in records])


# --------------------------------------------------------------------------- sealed → signed


def leaf_parts(office: Office, batch_id: int) -> list[LeafParts]:
    """Leaf parts of a batch, in order."""
    with office.engine.connect() as connection:
        query = (
            select(certificates.c.jwt_digest, certificates.c.stamp_digest, certificates.c.record_digest)
            .where(certificates.c.batch_id == batch_id)
            .order_by(certificates.c.position)
        )
        rows = connection.execute(query).all()
    return [LeafParts(bytes(row[0]), bytes(row[1]), bytes(row[2])) for row in rows]


def _sign_root(office: Office, row: Row[Any], wait: float, progress: Progress) -> str:
    with office.engine.connect() as connection:
        query = select(batches.c.id).where(
            batches.c.certificate_type == row.certificate_type, batches.c.state == "signed", batches.c.id != row.id
        )
        ahead = connection.execute(query).scalars().all()
    for other in ahead:
        run_batch(office, int(other), wait=wait, progress=progress)
    sequence = office.ledger.refresh().lane_head(row.bureau, row.certificate_type)[0] + 1
    parts = leaf_parts(office, row.id)
    root = Tree([certificate_leaf(part) for part in parts]).root
    manifest = build_manifest(bureau=row.bureau, lane=row.certificate_type, root=root, leaves=parts)
    office.store.put_many(manifest.blobs)
    reached("manifest")
    progress("signer", 0, 1)
    request = root_request(office, row, sequence, root)
    answer = office.ask(request, wait, lambda recipient: lay_certificates(office, row, recipient))
    reached("root-requested")
    if answer is None:
        return "signer"
    if not answer.ok:
        office.desk.clear(request.id)
        if answer.code in ("desk.part", "desk.root"):
            office.desk.parts.drop(bytes(row.rows_digest))
            raise _lost(row, answer)
        if answer.code in ("desk.recalled", "desk.not_released"):
            forget(office, row.id)
        raise Refused(
            f"the signer refused the root of batch {row.id}: {answer.message}", code=answer.code, field="batch"
        )
    message = Anchor(row.bureau, row.certificate_type, sequence, root, row.size, manifest.digest)
    signature = office.signature(request, answer, "anchor", message)
    _set_state(
        office,
        row.id,
        "signed",
        sequence=sequence,
        root=root,
        manifest_digest=manifest.digest,
        signature=signature,
    )
    office.desk.clear(request.id)
    office.desk.parts.drop(bytes(row.rows_digest))
    return ""


# --------------------------------------------------------------------------- signed → confirmed → complete


def _anchor(office: Office, row: Row[Any], wait: float, progress: Progress) -> str:
    progress("anchor", 0, 1)
    held = office.anchor(
        row.certificate_type, row.sequence, bytes(row.root), row.size, bytes(row.manifest_digest), bytes(row.signature)
    )
    if not held:
        office.desk.clear("root-")  # whatever was signed before is asked anew
        _set_state(office, row.id, "sealed", sequence=None, root=None, manifest_digest=None, signature=None)
        return ""
    reached("sent")
    follow(office.engine, office.ledger.refresh(), office.bureau)
    facts = office.ledger.reader.anchor(row.bureau, row.certificate_type, row.sequence)
    if facts is None or facts.root != bytes(row.root):
        raise Unavailable(
            f"the anchor of batch {row.id} is not final yet", code="batch.not_final", field="batch", fix="run it again"
        )
    _set_state(office, row.id, "confirmed")
    progress("anchor", 1, 1)
    return ""


def _finish(office: Office, row: Row[Any], wait: float, progress: Progress) -> str:
    evidence = gather_evidence(office, row)
    if not follow_predecessors(office, row, wait):
        return "signer"
    office.desk.clear(release_request(office, row).id)
    _set_state(office, row.id, "complete", evidence=evidence)
    return ""


_STEPS: dict[str, Callable[[Office, Row[Any], float, Progress], str]] = {
    "waiting": _await_release,
    "released": _seal,
    "sealed": _sign_root,
    "signed": _anchor,
    "confirmed": _finish,
}
