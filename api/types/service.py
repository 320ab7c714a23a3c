"""A definition on its way: waiting → signed → anchored → active.

Every step writes what it made before the next one begins, and each may be done again: run it once more after any crash
and it goes on, with one anchor. Steps are named for tests by :func:`chain.kernel.steps.reached`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.db import exclusive_transaction
from api.indexer.follow import follow
from api.types.known import catalogue_in
from api.types.tables import OPEN, type_acts
from chain.catalogue import Catalogue, Change, Retirement, check_proposal, read_definition
from chain.catalogue.definition import check_retirement_reason
from chain.credentials.leaf import type_leaf
from chain.desk.lanes import TYPES_LANE
from chain.desk.messages import Request
from chain.documents.manifest import build_manifest
from chain.issuing.events import check_reason
from chain.kernel.encoding import b64url
from chain.kernel.errors import Conflict, NotFound, Refused, Unavailable
from chain.kernel.steps import reached
from chain.ledger.typed import Anchor


@dataclass(frozen=True, slots=True)
class TypeAct:
    """A proposal, or a version's end, as the register has it.

    Attributes:
        id: its number.
        action: ``approve`` or ``retire``.
        code: type code.
        version: of the definition.
        state: waiting, signed, anchored, active, refused or recalled.
        operator: who asked for it; empty after a rebuild.
        reason: why; empty after a rebuild, except for retirements.
        at: when, seconds.
        digest: SHA-256 of the document, 32 bytes.
        sequence: its place in the lane ``$types``: the one asked for while it waits, or None.
        document: canonical JSON.
        refusal: what was said, or None.
        waiting_for: ``approval`` if a second person or the signer must act first, else empty.
    """

    id: int
    action: str
    code: str
    version: int
    state: str
    operator: str
    reason: str
    at: int
    digest: bytes
    sequence: int | None
    document: bytes
    refusal: str | None
    waiting_for: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a proposal came to.

    Attributes:
        act: its number.
        new: False if this very document is in the register already.
        changes: what it brings, for people; empty if it is not new.
    """

    act: int
    new: bool
    changes: tuple[Change, ...] = ()


# --------------------------------------------------------------------------- asking


def propose_type(office: Office, definition: bytes, *, reason: str = "") -> Proposed:
    """Put a new type, or the next version of one, into the register. It waits for a second person.

    Safe beside other writers by its one transaction. The same definition again answers the proposal that has it.

    Args:
        office: the officer's office.
        definition: JSON of the format ``yinxin-certificate-type-1``, in any form.
        reason: why; the second person reads it, it is not public.

    Raises:
        InvalidInput: a fault in the definition; ``field`` names the place, ``fix`` what to write.
        Conflict: its version is not the next one, a name is taken, or another proposal for it is open.
        Refused: it would break certificates that exist, or this home answers for another bureau.
    """
    check_reason(reason)
    found = read_definition(definition)
    kind = found.kind
    with exclusive_transaction(office.engine, "types") as connection:
        known = _standing(connection, found.digest)
        if known is not None:
            return Proposed(known, False)
        _own_only(office)
        _none_open(connection, kind.code)
        changes = check_proposal(catalogue_in(connection), kind)
        act = _insert(
            office, connection, "approve", kind.code, kind.version, found.document, found.digest, reason.strip()
        )
    reached("type-waiting")
    return Proposed(act, True, changes)


def retire_type(office: Office, name: str, version: int, *, reason: str) -> Proposed:
    """Ask that nothing be issued or renewed under a version any more. It waits for a second person.

    Args:
        office: the officer's office.
        name: code, slug or Chinese name.
        version: of the definition; shipped ones too.
        reason: why; it becomes public.

    Raises:
        NotFound: no such version.
        InvalidInput: no reason, or too long a one.
        Conflict: it is retired already, or something about this type is open.
    """
    check_retirement_reason(reason)
    with exclusive_transaction(office.engine, "types") as connection:
        catalogue = catalogue_in(connection)
        kind = catalogue.find(name, version)
        end = Retirement(kind.code, kind.version, reason.strip())
        known = _standing(connection, end.digest)
        if known is not None:
            return Proposed(known, False)
        _own_only(office)
        if not catalogue.is_active(kind):
            raise Conflict(
                f"version {version} of {kind.slug} is retired already", code="catalogue.retired", field="version"
            )
        _none_open(connection, kind.code)
        act = _insert(office, connection, "retire", kind.code, kind.version, end.document, end.digest, end.reason)
    reached("type-waiting")
    return Proposed(act, True)


def _own_only(office: Office) -> None:
    if office.actor != office.bureau:
        raise Refused(
            f"{office.bureau} has been succeeded by {office.actor} and issues no more",
            code="type.succeeded",
            field="bureau",
            fix="propose it in the successor's own home",
        )


def _standing(connection: Connection, digest: bytes) -> int | None:
    query = select(type_acts.c.id).where(type_acts.c.digest == digest, type_acts.c.state.in_((*OPEN, "active")))
    return connection.execute(query).scalar()


def _none_open(connection: Connection, code: str) -> None:
    query = select(type_acts.c.id).where(type_acts.c.code == code, type_acts.c.state.in_(OPEN))
    other = connection.execute(query).scalar()
    if other is not None:
        raise Conflict(
            f"proposal {other} about this type is not finished",
            code="type.open",
            field="code",
            fix=f"finish it first: yinxin type run {other}, or yinxin type recall {other}",
        )


def _insert(
    office: Office,
    connection: Connection,
    action: str,
    code: str,
    version: int,
    document: bytes,
    digest: bytes,
    reason: str,
) -> int:
    found = connection.execute(
        insert(type_acts).values(
            action=action,
            code=code,
            version=version,
            document=document.decode(),
            digest=digest,
            operator=office.operator,
            reason=reason,
            at=office.clock(),
            state="waiting",
        )
    ).inserted_primary_key
    assert found is not None
    return int(found[0])


# --------------------------------------------------------------------------- looking


def types_of(office: Office) -> Catalogue:
    """The types this bureau may issue under, each in every version."""
    return office.catalogue


def type_act(office: Office, act: int) -> TypeAct:
    """One proposal. Raises NotFound."""
    return _shown(_row(office, act))


def type_acts_of(office: Office, *, code: str | None = None) -> list[TypeAct]:
    """All proposals, newest first; of one type if ``code`` names it."""
    query = select(type_acts).order_by(type_acts.c.id.desc())
    if code is not None:
        query = query.where(type_acts.c.code == code)
    with office.engine.connect() as connection:
        return [_shown(row) for row in connection.execute(query)]


def is_definition(act: TypeAct) -> bool:
    """Whether it is a version of a type that is in force or was: its anchor is final."""
    return act.action == "approve" and act.state == "active"


def open_types(office: Office) -> list[int]:
    """Numbers of proposals that are not over, oldest first."""
    with office.engine.connect() as connection:
        query = select(type_acts.c.id).where(type_acts.c.state.in_(OPEN)).order_by(type_acts.c.id)
        return list(connection.execute(query).scalars())


def _row(office: Office, act: int) -> Row[Any]:
    with office.engine.connect() as connection:
        row = connection.execute(select(type_acts).where(type_acts.c.id == act)).one_or_none()
    if row is None:
        raise NotFound(
            f"no proposal {act}", code="type.unknown", field="act", fix="yinxin type list shows the open ones"
        )
    return row


def _shown(row: Row[Any], waiting_for: str = "") -> TypeAct:
    return TypeAct(
        row.id,
        row.action,
        row.code,
        row.version,
        row.state,
        row.operator,
        row.reason,
        row.at,
        bytes(row.digest),
        row.sequence,
        row.document.encode(),
        row.refusal,
        waiting_for,
    )


# --------------------------------------------------------------------------- going on


def run_type(office: Office, act: int, *, wait: float = 0.0) -> TypeAct:
    """Take a proposal as far as it goes. Safe to repeat.

    Args:
        office: the officer's office, under its writing lock.
        act: its number.
        wait: seconds to wait for the second person and the signer.

    Raises:
        Refused: the second person or the signer refused; it is over.
        Unavailable: ledger, store or desk did not answer; run it again.
    """
    while True:
        row = _row(office, act)
        if row.state == "waiting":
            if not _sign(office, row, wait):
                return _shown(row, "approval")
        elif row.state == "signed":
            _anchor(office, row)
        elif row.state == "anchored":
            _put_in_force(office, row)
        else:
            return _shown(row)


def recall_type(office: Office, act: int, *, wait: float) -> TypeAct:
    """Take a proposal back that no signature was given for.

    Raises:
        Refused: it is signed already, or the signer did not answer in time.
    """
    row = _row(office, act)
    if row.state in ("recalled", "refused"):
        return _shown(row)
    too_late = Refused(
        f"proposal {act} is signed already",
        code="type.too_late",
        field="act",
        fix="let it finish, then retire that version",
    )
    if row.state != "waiting":
        raise too_late
    request = Request("recall", office.bureau, {"rowsDigest": b64url(bytes(row.digest)), "type": act})
    answer = office.ask(request, wait)
    if answer is None:
        raise Refused(
            "the approver's signer has not answered yet",
            code="type.signer",
            field="act",
            fix="start yinxin signer, then recall again",
        )
    office.desk.clear(request.id)
    if not answer.ok:
        raise too_late
    if row.sequence is not None:
        office.desk.clear(type_request(office, row, row.sequence).id)
    _move_type(office, act, "recalled", sequence=None)
    return type_act(office, act)


def introduce_types(office: Office, *, wait: float = 0.0) -> int:
    """Tell the signer of every definition that stands on the ledger: a new approver's home knows none of them.

    The signer looks each up on the ledger itself, so no person is asked. Returns how many it took note of.
    """
    told = 0
    with office.engine.connect() as connection:
        query = select(type_acts).where(type_acts.c.state == "active").order_by(type_acts.c.id)
        rows = connection.execute(query).all()
    for row in rows:
        request = type_request(office, row, row.sequence)
        answer = office.ask(request, wait)
        office.desk.clear(request.id)
        told += answer is not None and answer.ok
    return told


def _move_type(office: Office, act: int, state: str, **values: Any) -> None:
    with office.engine.begin() as connection:
        connection.execute(update(type_acts).where(type_acts.c.id == act).values(state=state, **values))
    reached(f"type-{state}")


def _next_request(office: Office, row: Row[Any], sequence: int) -> Request:
    """The request for that place; one for a place that was taken meanwhile leaves the desk."""
    if row.sequence not in (None, sequence):
        office.desk.clear(type_request(office, row, row.sequence).id)
    with office.engine.begin() as connection:
        connection.execute(update(type_acts).where(type_acts.c.id == row.id).values(sequence=sequence))
    return type_request(office, row, sequence)


def type_request(office: Office, row: Row[Any], sequence: int) -> Request:
    """What the second person is asked, for that place in the lane of types."""
    body = {
        "act": row.id,
        "document": b64url(row.document.encode()),
        "operator": row.operator,
        "reason": row.reason,
        "sequence": sequence,
    }
    return Request("type", office.bureau, body)


def _sign(office: Office, row: Row[Any], wait: float) -> bool:
    """Store the document where anybody finds it, then have its anchor signed; False while that waits."""
    document, digest = row.document.encode(), bytes(row.digest)
    root = type_leaf(digest)
    manifest = build_manifest(bureau=office.bureau, lane=TYPES_LANE, root=root, leaves=[digest])
    office.store.put_many([document, *manifest.blobs])
    reached("type-stored")
    reader = office.ledger.refresh()
    held = next((facts for facts in reader.anchors(office.bureau, TYPES_LANE) if facts.root == root), None)
    if held is not None:  # signed and sent before this register was set back
        _move_type(office, row.id, "anchored", sequence=held.sequence, root=root, manifest_digest=held.manifest_digest)
        return True
    request = _next_request(office, row, reader.lane_head(office.bureau, TYPES_LANE)[0] + 1)
    answer = office.ask(request, wait)
    reached("type-requested")
    if answer is None:
        return False
    if not answer.ok:
        office.desk.clear(request.id)
        if answer.code in ("desk.sequence", "desk.anchored"):
            raise Unavailable(
                f"proposal {row.id}: {answer.message}", code="type.sequence", field="sequence", fix="run it again"
            )
        _move_type(office, row.id, "refused", refusal=answer.message)
        raise Refused(
            f"proposal {row.id} was refused: {answer.message}",
            code="type.refused",
            field="act",
            fix="mend the definition and propose it again",
        )
    message = Anchor(office.bureau, TYPES_LANE, int(request.body["sequence"]), root, 1, manifest.digest)
    signature = office.signature(request, answer, "anchor", message)
    _move_type(office, row.id, "signed", root=root, manifest_digest=manifest.digest, signature=signature)
    office.desk.clear(request.id)
    return True


def _anchor(office: Office, row: Row[Any]) -> None:
    held = office.anchor(TYPES_LANE, row.sequence, bytes(row.root), 1, bytes(row.manifest_digest), bytes(row.signature))
    if not held:
        office.desk.clear("type-")  # whatever was signed before is asked anew
        _move_type(office, row.id, "waiting", sequence=None, root=None, manifest_digest=None, signature=None)
        return
    reached("type-sent")
    _move_type(office, row.id, "anchored")


def _put_in_force(office: Office, row: Row[Any]) -> None:
    follow(office.engine, office.ledger.refresh(), office.bureau)
    facts = office.ledger.reader.anchor(office.bureau, TYPES_LANE, row.sequence)
    if facts is None or facts.root != bytes(row.root):
        raise Unavailable(
            f"the anchor of proposal {row.id} is not final yet", code="type.not_final", field="act", fix="run it again"
        )
    office.desk.clear(type_request(office, row, row.sequence).id)
    _move_type(office, row.id, "active")
