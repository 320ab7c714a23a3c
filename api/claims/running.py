"""An entry of the lane of claims on its way: waiting → signed → anchored → complete, or refused.

Every step writes what it made before the next one begins, and each may be done again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.certificates.tables import certificates
from api.claims.tables import bindings, claims
from api.indexer.follow import follow
from chain.claims import CLAIMS_LANE, Binding, BindingParts, Ending, binding_leaf, parse_binding, parse_ending, rows_of
from chain.containers import KEY_ID_SIZE, SECRET_SIZE
from chain.desk.messages import Answer, Request
from chain.documents import Tombstone
from chain.documents.manifest import build_manifest
from chain.documents.records import open_bytes, record_key_id
from chain.kernel.encoding import b64url, sha256, unb64url
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Unavailable
from chain.kernel.ports import AnchorFacts
from chain.kernel.steps import reached
from chain.ledger.typed import Anchor
from chain.merkle import Tree

OVER = ("complete", "refused")


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    """Where an entry stands.

    Attributes:
        claim: its number.
        kind: bind or end.
        state: waiting, signed, anchored, complete or refused.
        waiting_for: ``signer``, ``approval`` or empty.
        fault_code: of a refusal, or None.
        fault: of a refusal, for people, or None.
    """

    claim: int
    kind: str
    state: str
    waiting_for: str = ""
    fault_code: str | None = None
    fault: str | None = None


def run_claim(office: Office, claim_id: int, *, wait: float = 0.0) -> ClaimOutcome:
    """Take an entry as far as it goes. Safe to repeat; what the signer refuses ends as ``refused``.

    Args:
        office: the officer's office, under its writing lock.
        claim_id: as :mod:`api.claims.creating` gave it.
        wait: seconds to wait for the signer, and for a person where one is needed.

    Raises:
        NotFound: no such entry.
        Unavailable: ledger, store or desk did not answer; run it again.
    """
    while True:
        row = _row(office, claim_id)
        if row.state in OVER:
            return ClaimOutcome(claim_id, row.kind, row.state, "", row.fault_code, row.fault)
        if row.state == "waiting":
            for other in _signed(office):
                run_claim(office, other, wait=wait)
            waiting_for = _ask(office, row, wait)
            if waiting_for:
                return ClaimOutcome(claim_id, row.kind, row.state, waiting_for)
        elif row.state == "signed":
            _anchor(office, row)
        else:
            _finish(office, row)


def open_claims(office: Office) -> list[int]:
    """Entries that are not over, oldest first."""
    with office.engine.connect() as connection:
        query = select(claims.c.id).where(claims.c.state.not_in(OVER)).order_by(claims.c.id)
        return list(connection.execute(query).scalars())


def _signed(office: Office) -> list[int]:
    """Entries that hold a place in the lane; they go first."""
    with office.engine.connect() as connection:
        query = select(claims.c.id).where(claims.c.state == "signed").order_by(claims.c.sequence)
        return list(connection.execute(query).scalars())


def _row(office: Office, claim_id: int) -> Row[Any]:
    with office.engine.connect() as connection:
        row = connection.execute(select(claims).where(claims.c.id == claim_id)).one_or_none()
    if row is None:
        raise NotFound(f"no claim {claim_id}", code="claim.unknown", field="claim")
    return row


def _put(office: Office, claim_id: int, **values: Any) -> None:
    with office.engine.begin() as connection:
        connection.execute(update(claims).where(claims.c.id == claim_id).values(**values))


# --------------------------------------------------------------------------- waiting → signed


def _ask(office: Office, row: Row[Any], wait: float) -> str:
    key_id = bytes(row.key_id)
    if office.vault.is_destroyed(key_id):  # a run died between a refusal and noting it
        key_id = os.urandom(KEY_ID_SIZE)
        _put(office, row.id, key_id=key_id)
        row = _row(office, row.id)
    if key_id not in office.vault:
        office.vault.put_many([(key_id, os.urandom(SECRET_SIZE))])
    reached("claim-keyed")
    certificate = _certificate(office, row)
    # A request that waits keeps its place in the lane, so that a person is asked once, however many overtake it.
    sequence = row.sequence
    if sequence is None:
        sequence = office.ledger.refresh().lane_head(office.bureau, CLAIMS_LANE)[0] + 1
        _put(office, row.id, sequence=sequence)
    request = claim_request(office, row, certificate, sequence)
    answer = office.ask(request, wait)
    reached("claim-requested")
    if answer is None:
        return "approval" if row.kind == "end" and row.body is None else "signer"
    if answer.ok:
        _take(office, row, certificate, request, answer)
    elif answer.code == "desk.sequence":
        office.desk.clear(request.id)
        _put(office, row.id, sequence=None)
        if office.ledger.refresh().lane_head(office.bureau, CLAIMS_LANE)[0] + 1 == sequence:
            raise Unavailable(
                f"the signer sees another ledger: {answer.message}",
                code="claim.place",
                field="claim",
                fix="run it again",
            )
        return ""
    else:
        office.desk.clear(request.id)
        office.vault.destroy_many([Tombstone(key_id, {})])
        _put(office, row.id, state="refused", fault_code=answer.code, fault=answer.message)
        reached("claim-refused")
    return ""


def _certificate(office: Office, row: Row[Any]) -> Row[Any]:
    with office.engine.connect() as connection:
        return connection.execute(select(certificates).where(certificates.c.id == row.certificate_id)).one()


def unbind_request(office: Office, row: Row[Any]) -> Request:
    """What a person is asked about the bureau's own wish to end a binding, once it has its place in the lane."""
    return claim_request(office, row, _certificate(office, row), row.sequence)


def claim_request(office: Office, row: Row[Any], certificate: Row[Any], sequence: int) -> Request:
    """What the signer is asked about an entry."""
    sealing = {"keyId": b64url(bytes(row.key_id)), "secret": b64url(office.vault.get(bytes(row.key_id)))}
    if row.kind == "bind":
        body = {"claim": b64url(bytes(row.body)), "sequence": sequence, **sealing}
        return Request("claim", office.bureau, body)
    body = {
        "number": row.id,
        "identifier": certificate.identifier,
        "binding": b64url(bytes(row.binding)),
        "sequence": sequence,
        **sealing,
    }
    if row.body is not None:
        body["statement"] = b64url(bytes(row.body))
    else:
        body |= {"operator": row.operator, "reason": row.reason, "at": row.at}
    return Request("unbind", office.bureau, body)


def _take(office: Office, row: Row[Any], certificate: Row[Any], request: Request, answer: Answer) -> None:
    """Judge an answer, store what belongs to it, and only then rely on it."""
    try:
        sequence, record = int(answer.parts["sequence"]), unb64url(answer.parts["record"])
        rows = rows_of(unb64url(answer.parts["leaves"]))
        key_id = record_key_id(record)
        document = open_bytes(record, office.vault)
    except (KeyError, ValueError, InvalidInput) as error:
        office.desk.clear(request.id)
        raise Damaged("the answer at the desk holds no entry", code="claim.answer", field="desk") from error
    made = _read(row, certificate, document)
    parts = BindingParts(made.tag, sha256(document), sha256(record))
    if rows[0] != parts.to_bytes():
        raise Damaged("the answer at the desk is made of another record", code="claim.answer", field="desk")
    root = Tree([binding_leaf(BindingParts.from_bytes(one)) for one in rows]).root
    manifest = build_manifest(bureau=office.bureau, lane=CLAIMS_LANE, root=root, leaves=rows)
    message = Anchor(office.bureau, CLAIMS_LANE, sequence, root, len(rows), manifest.digest)
    signature = office.signature(request, answer, "anchor", message)
    (cid, *_) = office.store.put_many([record, *manifest.blobs])
    reached("claim-stored")
    # Cleared before it is noted: a run that dies in between asks again and is answered the same.
    office.desk.clear(request.id)
    if key_id != bytes(row.key_id):  # made for an earlier row that was lost; ours was never used
        office.vault.destroy_many([Tombstone(bytes(row.key_id), {})])
    _put(
        office,
        row.id,
        state="signed",
        key_id=key_id,
        sequence=sequence,
        root=root,
        size=len(rows),
        manifest_digest=manifest.digest,
        signature=signature,
        record_digest=parts.record,
        cid=cid,
    )
    reached("claim-signed")


def _read(row: Row[Any], certificate: Row[Any], document: bytes) -> Binding | Ending:
    """What the signer made, if it is made of this entry. Raises Damaged, InvalidInput."""
    jwt = bytes(certificate.jwt_digest)
    if row.kind == "bind":
        binding = parse_binding(document)
        if (binding.claim, binding.certificate) == (bytes(row.digest), jwt):
            return binding
    else:
        ending = parse_ending(document)
        if (ending.binding, ending.certificate) == (bytes(row.binding), jwt):
            return ending
    raise Damaged("the answer at the desk speaks of another claim", code="claim.answer", field="desk")


# --------------------------------------------------------------------------- signed → anchored → complete


def _anchor(office: Office, row: Row[Any]) -> None:
    held = office.anchor(
        CLAIMS_LANE, row.sequence, bytes(row.root), row.size, bytes(row.manifest_digest), bytes(row.signature)
    )
    if not held:
        _put(office, row.id, state="waiting", sequence=None, root=None, manifest_digest=None, signature=None)
        reached("claim-waiting")
        return
    reached("claim-sent")
    follow(office.engine, office.ledger.refresh(), office.bureau)
    _facts(office, row)
    _put(office, row.id, state="anchored")
    reached("claim-anchored")


def _facts(office: Office, row: Row[Any]) -> AnchorFacts:
    facts = office.ledger.refresh().anchor(office.bureau, CLAIMS_LANE, row.sequence)
    if facts is None or facts.root != bytes(row.root):
        raise Unavailable(
            f"the anchor of claim {row.id} is not final yet", code="claim.not_final", field="claim", fix="run it again"
        )
    return facts


def _finish(office: Office, row: Row[Any]) -> None:
    facts = _facts(office, row)
    document = open_bytes(office.store.get(row.cid), office.vault)
    with office.engine.begin() as connection:
        enter(connection, row.id, row.certificate_id, document, facts)
        connection.execute(update(claims).where(claims.c.id == row.id).values(state="complete"))
    reached("claim-complete")


def enter(connection: Any, claim_id: int, certificate_id: int, document: bytes, facts: AnchorFacts) -> None:
    """Write an anchored binding or end into the table of bindings.

    Args:
        connection: within a transaction.
        claim_id: row of ``claims``.
        certificate_id: row of ``certificates``.
        document: of the binding or end.
        facts: where it stands.
    """
    standing = update(bindings).where(bindings.c.certificate_id == certificate_id, bindings.c.until_block.is_(None))
    until = {"until_block": facts.block.number, "until": facts.block.time}
    try:
        binding = parse_binding(document)
    except InvalidInput:
        ending = parse_ending(document)
        connection.execute(standing.where(bindings.c.digest == ending.binding).values(ended_by=ending.by, **until))
        return
    connection.execute(standing.values(ended_by="replaced", **until))
    connection.execute(
        insert(bindings).values(
            certificate_id=certificate_id,
            n=binding.n,
            digest=binding.digest,
            document=document,
            key=binding.key,
            claim_id=claim_id,
            since_block=facts.block.number,
            since=facts.block.time,
        )
    )
