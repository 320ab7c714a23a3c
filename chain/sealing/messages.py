"""What key holders sign: one kind of message, one tag; each bound to ledger, book and tender.

A digest is SHA-256(tag ‖ 0x00 ‖ fields), all fields of fixed width and big-endian, so that a contract makes it with
``sha256(abi.encodePacked(...))``. No tag begins another, so no message of one kind is ever one of another kind. The
digest, 32 bytes, is what is hashed to G1 and signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput

BID_TAG = b"yinxin-bid-identity-1"
LIVE_SET_TAG = b"yinxin-live-set-1"
ROLL_CALL_TAG = b"yinxin-roll-call-1"
DRAW_TAG = b"yinxin-draw-1"
FLOAT_POINT_TAG = b"yinxin-float-point-1"
CONFIRM_TAG = b"yinxin-confirm-1"


class Message(Protocol):
    """Something a key holder signs."""

    @property
    def genesis(self) -> bytes:
        """Hash of the ledger's first block, 32 bytes."""
        ...

    @property
    def book(self) -> bytes:
        """Address of the TenderBook, 20 bytes."""
        ...

    @property
    def tender(self) -> int:
        """Number of the tender in the book."""
        ...

    def digest(self) -> bytes:
        """The 32 bytes that are signed."""
        ...


@dataclass(frozen=True, slots=True)
class BidIdentity:
    """To whom and to what a sealed bid belongs: one identity, one lock, one opening.

    Attributes:
        genesis: hash of the ledger's first block, 32 bytes.
        book: address of the TenderBook, 20 bytes.
        tender: its number, 1 to 2^53 - 1.
        lot: 1 to 2^32 - 1.
        envelope: 1 (all, or the technical part) or 2 (the price).
        bidder: the fresh address that submits, 20 bytes.
        version: 1 for the first bid of that address, one more for each replacement.
    """

    genesis: bytes
    book: bytes
    tender: int
    lot: int
    envelope: int
    bidder: bytes
    version: int

    def __post_init__(self) -> None:
        check_place(self.genesis, self.book, self.tender, self.lot, self.envelope)
        _bytes(self.bidder, 20, "bidder")
        _number(self.version, 32, "version")

    def digest(self) -> bytes:
        """SHA-256(tag ‖ 0 ‖ genesis ‖ book ‖ tender⁸ ‖ lot⁴ ‖ envelope¹ ‖ bidder ‖ version⁴)."""
        place = _place(self.genesis, self.book, self.tender, self.lot, self.envelope)
        return sha256(BID_TAG + b"\0" + place + self.bidder + self.version.to_bytes(4, "big"))

    def as_dict(self) -> dict[str, str | int]:
        """As it stands in a manifest."""
        return {
            "genesis": hex0x(self.genesis),
            "book": hex0x(self.book),
            "tender": self.tender,
            "lot": self.lot,
            "envelope": self.envelope,
            "bidder": hex0x(self.bidder),
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class LiveSet:
    """The bids of a lot's envelope that are to be opened; ``live`` is the digest that closing fixed, 32 bytes."""

    genesis: bytes
    book: bytes
    tender: int
    lot: int
    envelope: int
    live: bytes

    def __post_init__(self) -> None:
        check_place(self.genesis, self.book, self.tender, self.lot, self.envelope)
        _bytes(self.live, 32, "live")

    def digest(self) -> bytes:
        """SHA-256(tag ‖ 0 ‖ genesis ‖ book ‖ tender⁸ ‖ lot⁴ ‖ envelope¹ ‖ live)."""
        place = _place(self.genesis, self.book, self.tender, self.lot, self.envelope)
        return sha256(LIVE_SET_TAG + b"\0" + place + self.live)


@dataclass(frozen=True, slots=True)
class Counted:
    """A message with a counter of its own: SHA-256(tag ‖ 0 ‖ genesis ‖ book ‖ tender⁸ ‖ counter⁸)."""

    genesis: bytes
    book: bytes
    tender: int
    counter: int

    def __post_init__(self) -> None:
        check_place(self.genesis, self.book, self.tender, 1, 1)
        if type(self.counter) is not int or not 0 <= self.counter < 2**53:
            raise InvalidInput("counter: 0 to 2^53 - 1", code="sealing.identity", field="counter")

    def _digest(self, tag: bytes) -> bytes:
        fields = self.genesis + self.book + self.tender.to_bytes(8, "big") + self.counter.to_bytes(8, "big")
        return sha256(tag + b"\0" + fields)


class RollCall(Counted):
    """The day before: shows that a key holder's share is there and works."""

    __slots__ = ()

    def digest(self) -> bytes:
        """See :class:`Counted`."""
        return self._digest(ROLL_CALL_TAG)


class Draw(Counted):
    """Seed of a draw of experts."""

    __slots__ = ()

    def digest(self) -> bytes:
        """See :class:`Counted`."""
        return self._digest(DRAW_TAG)


class FloatPoint(Counted):
    """Seed of the float point of a reference price."""

    __slots__ = ()

    def digest(self) -> bytes:
        """See :class:`Counted`."""
        return self._digest(FLOAT_POINT_TAG)


def check_place(genesis: bytes, book: bytes, tender: int, lot: int, envelope: int) -> None:
    """Raises InvalidInput, naming the part that cannot be one."""
    _bytes(genesis, 32, "genesis")
    _bytes(book, 20, "book")
    _number(tender, 53, "tender")
    _number(lot, 32, "lot")
    if type(envelope) is not int or envelope not in (1, 2):
        raise InvalidInput("envelope: 1 or 2", code="sealing.identity", field="envelope")


def _place(genesis: bytes, book: bytes, tender: int, lot: int, envelope: int) -> bytes:
    return genesis + book + tender.to_bytes(8, "big") + lot.to_bytes(4, "big") + bytes([envelope])


def _bytes(value: bytes, size: int, field: str) -> None:
    if type(value) is not bytes or len(value) != size:
        raise InvalidInput(f"{field}: {size} bytes", code="sealing.identity", field=field)


def _number(value: int, bits: int, field: str) -> None:
    if type(value) is not int or not 0 < value < 1 << bits:
        raise InvalidInput(f"{field}: 1 to 2^{bits} - 1", code="sealing.identity", field=field)
