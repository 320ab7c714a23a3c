"""Where a bidder bids, and by which two fresh addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.sealing.messages import BidIdentity, check_place
from chain.tenders.bidding.members import exactly, fault, hexed, number


@dataclass(frozen=True, slots=True)
class BidPlace:
    """One bidder in one lot.

    Attributes:
        genesis: hash of the ledger's first block, 32 bytes.
        book: address of the TenderBook, 20 bytes.
        tender: its number.
        lot: 1, 2, 3 …
        bidder: the fresh address that signs the bid, 20 bytes.
        recovery: the fresh address that may withdraw or move it, 20 bytes.
    """

    genesis: bytes
    book: bytes
    tender: int
    lot: int
    bidder: bytes
    recovery: bytes

    def __post_init__(self) -> None:
        check_place(self.genesis, self.book, self.tender, self.lot, 1)
        for name in ("bidder", "recovery"):
            if type(getattr(self, name)) is not bytes or len(getattr(self, name)) != 20:
                raise fault(f"place.{name}", "20 bytes")
        if self.bidder == self.recovery:
            raise fault("place.recovery", "another address than the bidder's")

    def identity(self, envelope: int, version: int) -> BidIdentity:
        """Identity of this bidder's bid of that version."""
        return BidIdentity(self.genesis, self.book, self.tender, self.lot, envelope, self.bidder, version)

    def is_of(self, identity: BidIdentity) -> bool:
        """True if that bid is this bidder's, in this place."""
        here = (self.genesis, self.book, self.tender, self.lot, self.bidder)
        return here == (identity.genesis, identity.book, identity.tender, identity.lot, identity.bidder)

    def as_dict(self) -> dict[str, str | int]:
        """Plain data."""
        return {
            "genesis": hex0x(self.genesis),
            "book": hex0x(self.book),
            "tender": self.tender,
            "lot": self.lot,
            "bidder": hex0x(self.bidder),
            "recovery": hex0x(self.recovery),
        }


def read_place(value: Any) -> BidPlace:
    """Inverse of :meth:`BidPlace.as_dict`. Raises InvalidInput."""
    members = exactly(value, {"genesis", "book", "tender", "lot", "bidder", "recovery"}, "place")
    try:
        return BidPlace(
            hexed(members["genesis"], "place.genesis", 32),
            hexed(members["book"], "place.book", 20),
            number(members["tender"], "place.tender", least=1),
            number(members["lot"], "place.lot", least=1, most=2**32 - 1),
            hexed(members["bidder"], "place.bidder", 20),
            hexed(members["recovery"], "place.recovery", 20),
        )
    except InvalidInput as error:
        raise fault(error.field or "place", error.message) from error
