"""What both sides of a hand-over (转出, 转入) between bureaus need: the key and its card, the rows, the checks.

The old bureau exports a package, encrypted to the new bureau's key and signed (:mod:`.handover_out`). The new bureau
checks every credential against the ledger, takes them in as a batch of operation ``transfer``, answers with a receipt
that holds the successors' evidence (:mod:`.handover_in`). On that receipt the old bureau makes the certificates
*transferred*, each naming its successor. Every step may be done again; what the other side made is verified, never
believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Row

from api.certificates.care_tables import handovers
from api.certificates.office import Office
from chain.credentials.verification import Verdict, Verification, verify_bundle
from chain.evidence import ManifestIndex
from chain.issuing.handover import bytes32, make_card
from chain.kernel.errors import Damaged, NotFound, Refused
from chain.ledger.evidence import LedgerProofs

KEY = "handover"
"""Name of the key that opens parcels."""


def own_card(office: Office) -> bytes:
    """This bureau's card, for the other bureau; makes the key if there is none."""
    open_key(office)
    return make_card(office.bureau, public_key(office), office.clock(), office.signer)


def public_key(office: Office) -> bytes:
    """Its public key, 32 bytes."""
    return bytes32(office.keys.card(KEY).public)


def open_key(office: Office) -> bytes:
    """The private key that opens parcels, 32 bytes; made if there is none."""
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


def set_state(office: Office, number: int, state: str) -> None:
    """Note how far a hand-over has come."""
    with office.engine.begin() as connection:
        connection.execute(update(handovers).where(handovers.c.id == number).values(state=state))


def checked_bundles(office: Office, bundles: Sequence[bytes]) -> Iterator[tuple[bytes, Verification]]:
    """Each bundle with what a verifier says of it now, by this home's own sources."""
    reader = office.ledger.refresh()
    index, proofs = ManifestIndex(reader, office.store), LedgerProofs(office.ledger.trust_root)
    for data in bundles:
        yield data, verify_bundle(data, trust=reader, at=office.clock(), proofs=proofs, index=index)


def hold(checked: Verification, bureau: str, certificate_type: str, position: int) -> None:
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
