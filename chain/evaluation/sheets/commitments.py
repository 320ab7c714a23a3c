"""Commitments to sheets: each member's own, a note, and all of them, the paper on record.

==================================  =======================================================================
``yinxin-sheet-commitment-1``       one member's, signed; a note under :func:`sheets_topic`
``yinxin-sheet-commitments-1``      of all members; kind ``sheets-committed`` on the ledger
==================================  =======================================================================

Nobody shows a sheet before the second stands on the ledger. Format: docs/formats/evaluation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.evaluation.sheets.signing import commitment_text, sign_text, signer_of
from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.opening import LotPlace

NOTE, PAPER = "yinxin-sheet-commitment-1", "yinxin-sheet-commitments-1"
KIND = "sheets-committed"
"""Under which the paper stands on the ledger."""

_PLACE = {"genesis", "book", "tender", "lot"}
_CODE = "sheet.commitment"
_MOST = 200


def sheets_topic(tender: int, lot: int, envelope: int) -> str:
    """Topic of the board under which members leave their commitments (``commitment``)."""
    return f"sheets/{tender}/{lot}/{envelope}"


@dataclass(frozen=True, slots=True)
class SheetCommitment:
    """One member's commitment.

    Attributes:
        lot_place: the lot; ``envelope``, ``round``, ``committee``: as in the sheet.
        account: whose, 20 bytes.
        sheet: SHA-256 of the sheet, 32 bytes.
        signature: by the account, over :func:`commitment_text`, 65 bytes.
    """

    lot_place: LotPlace
    envelope: int
    round: int
    committee: bytes
    account: bytes
    sheet: bytes
    signature: bytes

    @classmethod
    def sign(
        cls, lot_place: LotPlace, envelope: int, round_: int, committee: bytes, sheet: bytes, account: bytes, key: bytes
    ) -> SheetCommitment:
        """Signed with the account's private key, 32 bytes."""
        text = commitment_text(lot_place, envelope, round_, committee, sheet)
        return cls(lot_place, envelope, round_, committee, account, sheet, sign_text(text, key))

    @property
    def is_signed(self) -> bool:
        """True if the account it names signed it."""
        text = commitment_text(self.lot_place, self.envelope, self.round, self.committee, self.sheet)
        return signer_of(text, self.signature) == self.account

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": NOTE,
                **self.lot_place.as_dict(),
                "envelope": self.envelope,
                "round": self.round,
                "committee": hex0x(self.committee),
                "account": hex0x(self.account),
                "sheet": hex0x(self.sheet),
                "signature": b64url(self.signature),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> SheetCommitment:
        """Inverse of :meth:`to_bytes`; the signature is not checked. Raises InvalidInput."""
        names = {*_PLACE, "envelope", "round", "committee", "account", "sheet", "signature"}
        value = strict.paper(data, NOTE, names, _CODE)
        return cls(
            LotPlace.read(value),
            strict.number(value["envelope"], "envelope", _CODE),
            strict.number(value["round"], "round", _CODE),
            strict.hexed(value["committee"], 32, "committee"),
            strict.hexed(value["account"], 20, "account"),
            strict.hexed(value["sheet"], 32, "sheet"),
            strict.raw(value["signature"], 65, "signature", _CODE),
        )


@dataclass(frozen=True, slots=True)
class SheetCommitments:
    """The commitments of all members of one round.

    Attributes:
        lot_place: the lot; ``envelope``, ``round``, ``committee``: as in the sheets.
        commitments: in the order of the committee's seats.
        reason: why there is another round; None for the first.
        case: number of the objection or complaint that caused it, or None.
    """

    lot_place: LotPlace
    envelope: int
    round: int
    committee: bytes
    commitments: tuple[SheetCommitment, ...]
    reason: str | None = None
    case: int | None = None

    def of(self, account: bytes) -> SheetCommitment | None:
        """The commitment of that member (20 bytes), or None."""
        return next((one for one in self.commitments if one.account == account), None)

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput: it would not be read."""
        data = canonical(
            {
                "format": PAPER,
                **self.lot_place.as_dict(),
                "envelope": self.envelope,
                "round": self.round,
                "committee": hex0x(self.committee),
                "commitments": [
                    {"account": hex0x(one.account), "sheet": hex0x(one.sheet), "signature": b64url(one.signature)}
                    for one in self.commitments
                ],
                "reason": self.reason,
                "case": self.case,
            }
        )
        read_commitments(data)
        return data


def read_commitments(data: bytes) -> SheetCommitments:
    """Inverse of :meth:`SheetCommitments.to_bytes`; signatures are not checked. Raises InvalidInput."""
    names = {*_PLACE, "envelope", "round", "committee", "commitments", "reason", "case"}
    value = strict.paper(data, PAPER, names, _CODE)
    place = LotPlace.read(value)
    envelope, round_ = (
        strict.number(value["envelope"], "envelope", _CODE),
        strict.number(value["round"], "round", _CODE),
    )
    committee = strict.hexed(value["committee"], 32, "committee")

    def one(item: Any) -> SheetCommitment:
        row = strict.members(item, {"account", "sheet", "signature"}, "commitments", _CODE)
        return SheetCommitment(
            place, envelope, round_, committee,
            strict.hexed(row["account"], 20, "account"),
            strict.hexed(row["sheet"], 32, "sheet"),
            strict.raw(row["signature"], 65, "signature", _CODE),
        )  # fmt: skip

    found = tuple(one(item) for item in strict.items(value["commitments"], "commitments", _CODE, _MOST))
    if not found or len({each.account for each in found}) != len(found):
        raise InvalidInput("commitments: of each member one", code=_CODE, field="commitments")
    reason, case = value["reason"], value["case"]
    if (reason is None) is not (round_ == 1) or (reason is None and case is not None):
        raise InvalidInput("reason: of every round but the first", code=_CODE, field="reason")
    return SheetCommitments(
        place, envelope, round_, committee, found,
        None if reason is None else strict.text(reason, "reason", _CODE),
        None if case is None else strict.number(case, "case", _CODE),
    )  # fmt: skip
