"""The new bureau's side of a hand-over: take a package in, answer with a receipt."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert, select, update

from api.certificates.batches import batch, create_batch
from api.certificates.care_tables import handovers
from api.certificates.evidence import bundle_of
from api.certificates.handover import checked_bundles, handover, hold, open_key
from api.certificates.office import Office
from api.certificates.successors import successor_of
from api.certificates.tables import batches, certificates
from chain.credentials.bundle import read_bundle
from chain.credentials.credential import parse_credential
from chain.issuing.handover import (
    PACKAGE,
    RECEIPT,
    Parcel,
    bytes32,
    check_sender,
    header_of,
    open_parcel,
    seal_parcel,
)
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import Refused
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached

_IDENTIFIER = "certificateIdentifier"


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
    parcel = open_parcel(data, open_key(office), PACKAGE)
    header = parcel.header
    if header["to"] != office.bureau or header["from"] == office.bureau:
        raise Refused(f"the package is for {header['to']}", code="handover.receiver", field="file")
    check_sender(parcel, office.ledger.refresh())
    known = _taken_in(office, parcel)
    if known is not None:
        return known
    kind = office.catalogue.find(header["type"])
    name = office.bureau_name
    drafts = []
    for position, (item, checked) in enumerate(checked_bundles(office, parcel.items), 1):
        hold(checked, header["from"], kind.code, position)
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
