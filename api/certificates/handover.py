"""Hand-over between bureaus (转出, 转入): certificates go to another bureau, and the old ones name their successors.

The old bureau exports a package, encrypted to the new bureau's key and signed. The new bureau checks every credential
against the ledger, takes them in as a batch of operation ``transfer``, and answers with a receipt that holds the
successors' evidence. On that receipt the old bureau makes the certificates *transferred*, each naming its successor.
Every step may be done again; what the other side made is verified, never believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row

from api.certificates.batches import batch, create_batch
from api.certificates.care_tables import handover_entries, handovers
from api.certificates.evidence import bundle_of
from api.certificates.office import Office
from api.certificates.search import found_by
from api.certificates.statuses import ActOutcome, create_acts, run_act
from api.certificates.successors import successor_of
from api.certificates.tables import batches, certificates
from chain.catalogue import get_type
from chain.credentials.bundle import read_bundle
from chain.credentials.credential import parse_credential
from chain.credentials.status_list import Status
from chain.credentials.verification import Verdict, Verification, verify_bundle
from chain.evidence import ManifestIndex
from chain.issuing.events import check_reason
from chain.issuing.handover import (
    MOST,
    PACKAGE,
    RECEIPT,
    Parcel,
    bytes32,
    check_sender,
    header_digest,
    header_of,
    make_card,
    open_parcel,
    read_card,
    seal_parcel,
)
from chain.issuing.lifecycle import OPERATIONS
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached
from chain.ledger.evidence import LedgerProofs

KEY = "handover"
"""Name of the key that opens parcels."""

_IDENTIFIER = "certificateIdentifier"


@dataclass(frozen=True, slots=True)
class Closing:
    """How far the old bureau has come.

    Attributes:
        number: of the hand-over.
        state: ``closing`` or ``closed``.
        acts: the status acts of this run.
        ended_otherwise: identifiers that ended in another way meanwhile; the other bureau must be told.
    """

    number: int
    state: str
    acts: tuple[ActOutcome, ...]
    ended_otherwise: tuple[str, ...]


def own_card(office: Office) -> bytes:
    """This bureau's card, for the other bureau; makes the key if there is none."""
    _open_key(office)
    return make_card(office.bureau, _public_key(office), office.clock(), office.signer)


def _public_key(office: Office) -> bytes:
    return bytes32(office.keys.card(KEY).public)


def _open_key(office: Office) -> bytes:
    if not office.keys.has(KEY):
        office.keys.create(KEY, "desk")
    return office.keys.desk(KEY)


def handover(office: Office, number: int) -> Row[Any]:
    """One hand-over's row. Raises NotFound."""
    with office.engine.connect() as connection:
        row = connection.execute(select(handovers).where(handovers.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"no hand-over {number}", code="handover.unknown", field="number", fix="yinxin handover list")
    return row


def all_handovers(office: Office) -> list[Row[Any]]:
    """Every hand-over, newest first."""
    with office.engine.connect() as connection:
        return list(connection.execute(select(handovers).order_by(handovers.c.id.desc())))


# --------------------------------------------------------------------------- the old bureau: export


def live_of_type(office: Office, certificate_type: str) -> list[Row[Any]]:
    """Everything of a type that is in force."""
    query = (
        select(certificates)
        .join(batches)
        .where(batches.c.certificate_type == get_type(certificate_type).code, certificates.c.shredded_at.is_(None))
        .order_by(certificates.c.id)
    )
    return [one.row for one in found_by(office, query) if one.status is Status.VALID and one.batch.state == "complete"]


def export(office: Office, rows: Sequence[Row[Any]], *, to: str, card: bytes, reason: str, file: Path) -> int:
    """Note a hand-over and write its package; the same certificates to the same bureau again are the same hand-over.

    Args:
        office: the officer's office, under its writing lock.
        rows: rows of ``certificates``, all of one type.
        to: USCC of the new bureau.
        card: its card, whose signature is checked against the registry.
        reason: why.
        file: where the package goes, whole or not at all.

    Returns:
        Number of the hand-over.

    Raises:
        InvalidInput: no reason, too many, or several types.
        Refused: a certificate is not in force, the new bureau is not accredited for the type, or the card is not its.
        Conflict: a certificate is being handed over already.
    """
    if not reason.strip():
        raise InvalidInput("a hand-over needs a reason", code="handover.reason", field="reason", fix="give --reason")
    check_reason(reason)
    if not rows or len(rows) > MOST or len({row.id for row in rows}) != len(rows):
        raise InvalidInput(
            f"{len(rows)} certificates: a package takes 1 to {MOST}, each once",
            code="handover.size",
            field="identifier",
            fix="name each once, or split them",
        )
    reader = office.ledger.refresh()
    recipient = read_card(card, to, reader)
    found = found_by(office, select(certificates).where(certificates.c.id.in_([row.id for row in rows])))
    kinds = {one.batch.certificate_type for one in found}
    if len(kinds) != 1:
        raise InvalidInput(
            "a package has one certificate type", code="handover.type", field="identifier", fix="one package a type"
        )
    (kind,) = kinds
    there = reader.bureau(to)
    if to == office.bureau or there is None or not there.was_accredited(kind, reader.block.time):
        raise Refused(
            f"{to} is not accredited for {get_type(kind).zh}",
            code="handover.bureau",
            field="to",
            fix="ask the authority",
        )
    known = _exported(office, {row.id for row in rows}, to)
    if known is None:
        for one in found:
            if one.status is not Status.VALID or one.batch.state != "complete":
                state = one.status.name.lower() if one.status is not None else one.batch.state
                raise Refused(
                    f"{one.row.identifier} is {state}",
                    code="handover.state",
                    field="identifier",
                    fix="only what is in force is handed over",
                )
    at, words = (office.clock(), reason.strip()) if known is None else (known.at, known.reason)
    ordered = sorted(rows, key=lambda row: int(row.id))
    items = [bundle_of(office, row) for row in ordered]
    _open_key(office)
    header = header_of(
        PACKAGE,
        sender=office.bureau,
        receiver=to,
        at=at,
        certificate_type=kind,
        items=items,
        key=office.signer.thumbprint,
        reason=words,
        reply=b64url(_public_key(office) if known is None else bytes(known.reply)),
    )
    if known is None:
        number = _note(office, header, [row.id for row in ordered])
    elif header_digest(header) != bytes(known.package):
        raise Conflict(
            f"hand-over {known.id} was exported with another key or evidence",
            code="handover.changed",
            field="identifier",
            fix=f"yinxin handover withdraw {known.id}, then export again",
        )
    else:
        number = int(known.id)
    reached("handover-noted")
    write_atomically(file, seal_parcel(header, items, office.signer, recipient))
    reached("handover-written")
    return number


def _exported(office: Office, ids: set[int], to: str) -> Row[Any] | None:
    """The open hand-over of just these to that bureau, or None. Raises Conflict if some are in another one."""
    with office.engine.connect() as connection:
        open_ones = (
            select(handover_entries.c.handover_id)
            .join(handovers)
            .where(handovers.c.direction == "out", handovers.c.state.in_(("exported", "closing")))
        )
        found = connection.execute(
            select(handover_entries.c.handover_id, handover_entries.c.certificate_id).where(
                handover_entries.c.handover_id.in_(open_ones)
            )
        ).all()
        touched = {row.handover_id for row in found if row.certificate_id in ids}
        if not touched:
            return None
        number = min(touched)
        row = connection.execute(select(handovers).where(handovers.c.id == number)).one()
    inside = {one.certificate_id for one in found if one.handover_id == number}
    if len(touched) == 1 and inside == ids and (row.other, row.state) == (to, "exported"):
        return row
    raise Conflict(
        f"some of these are in hand-over {number} to {row.other}, which is {row.state}",
        code="handover.open",
        field="identifier",
        fix="close or withdraw that one first: yinxin handover list",
    )


def _note(office: Office, header: dict[str, Any], ids: Sequence[int]) -> int:
    with office.engine.begin() as connection:
        key = connection.execute(
            insert(handovers).values(
                direction="out",
                other=header["to"],
                package=header_digest(header),
                certificate_type=header["type"],
                size=len(ids),
                operator=office.operator,
                reason=header["reason"],
                at=header["at"],
                state="exported",
                reply=bytes32(header["reply"]),
            )
        ).inserted_primary_key
        assert key is not None
        connection.execute(
            insert(handover_entries),
            [
                {"handover_id": key[0], "position": position, "certificate_id": certificate_id}
                for position, certificate_id in enumerate(ids)
            ],
        )
    return int(key[0])


def withdraw(office: Office, number: int) -> None:
    """Give a hand-over up whose receipt never came; a receipt that comes after all is still accepted.

    Raises:
        Refused: its receipt is in.
    """
    row = handover(office, number)
    if row.direction != "out" or row.state not in ("exported", "withdrawn"):
        raise Refused(f"hand-over {number} is {row.state}", code="handover.state", field="number", fix="let it finish")
    _set_state(office, number, "withdrawn")


def _set_state(office: Office, number: int, state: str) -> None:
    with office.engine.begin() as connection:
        connection.execute(update(handovers).where(handovers.c.id == number).values(state=state))


# --------------------------------------------------------------------------- the new bureau: import, receipt


def take_in(office: Office, data: bytes) -> tuple[int, int]:
    """Check a package against the ledger and put its certificates into the register as a batch of successors.

    Args:
        office: the new bureau's office, under its writing lock.
        data: the package.

    Returns:
        Number of the hand-over and of the batch; the same package again answers the same ones.

    Raises:
        InvalidInput, Damaged: not a package, or altered.
        Refused: not for this bureau, not signed by the other one, or a certificate in it does not hold.
        NumbersTaken: a number or identifier is in this register already.
    """
    parcel = open_parcel(data, _open_key(office), PACKAGE)
    header = parcel.header
    if header["to"] != office.bureau or header["from"] == office.bureau:
        raise Refused(f"the package is for {header['to']}", code="handover.receiver", field="file")
    check_sender(parcel, office.ledger.refresh())
    known = _taken_in(office, parcel)
    if known is not None:
        return known
    kind = get_type(header["type"])
    name = office.bureau_name
    drafts = []
    for position, (item, checked) in enumerate(_checked(office, parcel.items), 1):
        _hold(checked, header["from"], kind.code, position)
        credential = parse_credential(read_bundle(item).credential)
        assert credential.identifier is not None
        drafts.append(successor_of(credential, kind, office.bureau, name))
    batch_id, _new = create_batch(
        office,
        drafts,
        kind,
        operation="transfer",
        source=f"转入 from {header['from']}",
        reason=header["reason"],
    )
    with office.engine.begin() as connection:
        number = connection.execute(select(handovers.c.id).where(handovers.c.package == parcel.digest)).scalar()
        values = {"batch_id": batch_id, "state": "imported"}
        if number is None:
            key = connection.execute(
                insert(handovers).values(
                    direction="in",
                    other=header["from"],
                    package=parcel.digest,
                    certificate_type=kind.code,
                    size=len(drafts),
                    operator=office.operator,
                    reason=header["reason"],
                    at=header["at"],
                    reply=bytes32(header["reply"]),
                    **values,
                )
            ).inserted_primary_key
            assert key is not None
            number = key[0]
        else:
            connection.execute(update(handovers).where(handovers.c.id == number).values(**values))
    reached("handover-taken")
    return int(number), batch_id


def _taken_in(office: Office, parcel: Parcel) -> tuple[int, int] | None:
    """Hand-over and batch of a package that was taken in, unless its batch was recalled or refused."""
    with office.engine.connect() as connection:
        row = connection.execute(
            select(handovers.c.id, handovers.c.batch_id)
            .join(batches, batches.c.id == handovers.c.batch_id)
            .where(handovers.c.package == parcel.digest, batches.c.state != "recalled")
        ).one_or_none()
    return None if row is None else (int(row.id), int(row.batch_id))


def receipt(office: Office, number: int, file: Path) -> None:
    """Write the receipt for a package whose batch is complete: each predecessor with its successor's evidence.

    Raises:
        Refused: the batch is not complete, or the hand-over is one that went out.
    """
    row = handover(office, number)
    state = batch(office, row.batch_id).state if row.batch_id is not None else row.state
    if row.direction != "in" or state != "complete":
        raise Refused(
            f"hand-over {number} is {state}",
            code="handover.state",
            field="number",
            fix=f"yinxin batch run {row.batch_id}" if row.batch_id is not None else "it went out from here",
        )
    with office.engine.connect() as connection:
        query = select(certificates).where(certificates.c.batch_id == row.batch_id).order_by(certificates.c.position)
        successors = connection.execute(query).all()
    items = [
        canonical(
            {
                "predecessor": one.predecessor,
                "bundle": read_canonical(bundle_of(office, one, [_IDENTIFIER]), what="bundle"),
            }
        )
        for one in successors
    ]
    header = header_of(
        RECEIPT,
        sender=office.bureau,
        receiver=row.other,
        at=office.clock(),
        certificate_type=row.certificate_type,
        items=items,
        key=office.signer.thumbprint,
        package=b64url(bytes(row.package)),
    )
    write_atomically(file, seal_parcel(header, items, office.signer, bytes(row.reply)))
    reached("handover-answered")


# --------------------------------------------------------------------------- the old bureau: close


def accept_receipt(office: Office, data: bytes) -> int:
    """Check a receipt and note the successors; :func:`close` does the rest.

    Raises:
        InvalidInput, Damaged: not a receipt, or altered.
        Refused: not of the bureau the package went to, not for just those certificates, or a successor does not hold.
        NotFound: of no hand-over here.
    """
    parcel = open_parcel(data, _open_key(office), RECEIPT)
    header = parcel.header
    with office.engine.connect() as connection:
        row = connection.execute(
            select(handovers).where(handovers.c.package == bytes32(header["package"]), handovers.c.direction == "out")
        ).one_or_none()
    if row is None:
        raise NotFound("a receipt for no hand-over of this register", code="handover.unknown", field="file")
    if (header["from"], header["to"]) != (row.other, office.bureau):
        raise Refused(f"the receipt is by {header['from']}", code="handover.sender", field="file")
    check_sender(parcel, office.ledger.refresh())
    if row.state in ("closing", "closed"):
        return int(row.id)
    successors = _successors(office, parcel, row)
    with office.engine.begin() as connection:
        entries = connection.execute(
            select(handover_entries.c.id, certificates.c.identifier)
            .join(certificates)
            .where(handover_entries.c.handover_id == row.id)
        ).all()
        if {entry.identifier for entry in entries} != set(successors):
            raise Refused(
                "the receipt is for other certificates than the package",
                code="handover.other",
                field="file",
                fix="ask the bureau for the receipt of this package",
            )
        for entry in entries:
            connection.execute(
                update(handover_entries)
                .where(handover_entries.c.id == entry.id)
                .values(successor=successors[entry.identifier])
            )
        connection.execute(update(handovers).where(handovers.c.id == row.id).values(state="closing"))
    reached("handover-receipt")
    return int(row.id)


def _successors(office: Office, parcel: Parcel, row: Row[Any]) -> dict[str, str]:
    """Successor's identifier by predecessor's; each successor is the other bureau's and in force."""
    values = [read_canonical(item, what="receipt", limit=2**20) for item in parcel.items]
    try:
        names = [str(value["predecessor"]) for value in values]
        bundles = [canonical(value["bundle"]) for value in values]
    except (KeyError, TypeError) as error:
        raise InvalidInput("receipt: a member is missing", code="handover.form", field="file") from error
    found = {}
    for position, (name, (_, checked)) in enumerate(zip(names, _checked(office, bundles), strict=True), 1):
        _hold(checked, row.other, row.certificate_type, position)
        found[name] = str(checked.certificate["identifier"])
    if len(set(found.values())) != len(values):
        raise Refused("two predecessors with one successor", code="handover.other", field="file")
    return found


def close(office: Office, number: int, *, wait: float = 0.0) -> Closing:
    """Make the certificates *transferred*, each naming its successor. Safe to repeat until it is closed.

    Raises:
        Refused: no receipt is in, or the second person refused the act.
    """
    row = handover(office, number)
    if row.direction != "out" or row.state not in ("closing", "closed"):
        raise Refused(
            f"hand-over {number} is {row.state}; no receipt is in",
            code="handover.state",
            field="number",
            fix="yinxin handover close RECEIPT",
        )
    with office.engine.connect() as connection:
        following = {
            entry.certificate_id: entry.successor
            for entry in connection.execute(select(handover_entries).where(handover_entries.c.handover_id == number))
        }
    found = found_by(office, select(certificates).where(certificates.c.id.in_(list(following))))
    left = [one for one in found if one.status in OPERATIONS["transfer"].before]
    outcomes: list[ActOutcome] = []
    if left and row.state == "closing":
        office.unlock()
        acts = create_acts(
            office,
            "transfer",
            [one.row for one in left],
            f"转出 to {row.other}: {row.reason}",
            {one.row.id: following[one.row.id] for one in left},
        )
        outcomes = [run_act(office, act, wait=wait) for act in acts]
    done = all(outcome.state == "complete" for outcome in outcomes)
    if done and row.state == "closing":
        _set_state(office, number, "closed")
        reached("handover-closed")
    others = [one for one in found if one.status not in OPERATIONS["transfer"].before]
    ended = tuple(str(one.row.identifier) for one in others if one.status is not Status.TRANSFERRED)
    return Closing(number, "closed" if done else "closing", tuple(outcomes), ended)


# --------------------------------------------------------------------------- checking what the other side made


def _checked(office: Office, bundles: Sequence[bytes]) -> Iterator[tuple[bytes, Verification]]:
    """Each bundle with what a verifier says of it now, by this home's own sources."""
    reader = office.ledger.refresh()
    index, proofs = ManifestIndex(reader, office.store), LedgerProofs(office.ledger.trust_root)
    for data in bundles:
        yield data, verify_bundle(data, trust=reader, at=office.clock(), proofs=proofs, index=index)


def _hold(checked: Verification, bureau: str, certificate_type: str, position: int) -> None:
    """Refuse what is not in force, not that bureau's, or of another type."""
    shown = checked.certificate
    if checked.verdict is not Verdict.VALID:
        raise Refused(
            f"certificate {position} of the parcel is {checked.verdict}",
            code="handover.verdict",
            field="file",
            fix="let the other bureau make the parcel again without it",
        )
    if (shown["bureau"]["uscc"], shown["type"]["code"]) != (bureau, certificate_type) or not shown.get("identifier"):
        raise Damaged(f"certificate {position} of the parcel is another one", code="handover.other", field="file")
