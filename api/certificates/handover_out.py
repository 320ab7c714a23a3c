"""The old bureau's side of a hand-over: export a package; on the receipt, close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row

from api.certificates.care_tables import handover_entries, handovers
from api.certificates.evidence import bundle_of
from api.certificates.handover import checked_bundles, handover, hold, open_key, public_key, set_state
from api.certificates.office import Office
from api.certificates.search import found_by
from api.certificates.statuses import ActOutcome, create_acts, run_act
from api.certificates.tables import batches, certificates
from chain.credentials.status_list import Status
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
    open_parcel,
    read_card,
    seal_parcel,
)
from chain.issuing.lifecycle import OPERATIONS
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached


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


def live_of_type(office: Office, certificate_type: str) -> list[Row[Any]]:
    """Everything of a type that is in force."""
    query = (
        select(certificates)
        .join(batches)
        .where(
            batches.c.certificate_type == office.catalogue.find(certificate_type).code,
            certificates.c.shredded_at.is_(None),
        )
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
            f"{to} is not accredited for {office.catalogue.versions(kind)[-1].zh}",
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
    open_key(office)
    header = header_of(
        PACKAGE,
        sender=office.bureau,
        receiver=to,
        at=at,
        certificate_type=kind,
        items=items,
        key=office.signer.thumbprint,
        reason=words,
        reply=b64url(public_key(office) if known is None else bytes(known.reply)),
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
    set_state(office, number, "withdrawn")


def accept_receipt(office: Office, data: bytes) -> int:
    """Check a receipt and note the successors; :func:`close` does the rest.

    Raises:
        InvalidInput, Damaged: not a receipt, or altered.
        Refused: not of the bureau the package went to, not for just those certificates, or a successor does not hold.
        NotFound: of no hand-over here.
    """
    parcel = open_parcel(data, open_key(office), RECEIPT)
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
    for position, (name, (_, checked)) in enumerate(zip(names, checked_bundles(office, bundles), strict=True), 1):
        hold(checked, row.other, row.certificate_type, position)
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
        set_state(office, number, "closed")
        reached("handover-closed")
    others = [one for one in found if one.status not in OPERATIONS["transfer"].before]
    ended = tuple(str(one.row.identifier) for one in others if one.status is not Status.TRANSFERRED)
    return Closing(number, "closed" if done else "closing", tuple(outcomes), ended)
