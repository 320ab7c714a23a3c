"""Facts of tenders as the contracts keep them: plain data, no I/O.

Names, units and meanings are those of contracts/tenders/I*.sol; byte layouts: docs/formats/tender-digests.md.
Addresses are 20 bytes, digests 32, times seconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from chain.kernel.ports import BlockRef


class Phase(IntEnum):
    """Where a lot stands; phases only grow. Values are the contract's."""

    NONE = 0
    BIDDING = 1
    CLOSED = 2
    OPENED = 3
    REVIEWED = 4
    PRICE_CLOSED = 5
    PRICE_OPENED = 6
    CANDIDATES = 7
    AWARDED = 8
    CONTRACTED = 9
    FAILED = 10
    CANCELLED = 11


class CaseKind(IntEnum):
    """What may be filed. Values are the contract's."""

    NONE = 0
    OBJECTION = 1
    COMPLAINT = 2


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One envelope's file, as a commitment names it.

    Attributes:
        digest: SHA-256 of the sealed file, 32 bytes.
        size: its length in bytes.
        form: root of its opening form, 32 bytes.
    """

    digest: bytes
    size: int
    form: bytes


NO_FILE = SealedFile(bytes(32), 0, bytes(32))
"""The second file of a tender with one envelope."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """A bid, as its bidder signs it.

    Attributes:
        tender: number of the tender in its book.
        lot: 1, 2, 3 …
        bidder: address of the fresh key that signs.
        version: the bidder's last act in the lot plus 1.
        recovery: address that may withdraw or move the bid; another than the bidder.
        not_after: last second, by the block's time, at which this is accepted.
        kind_digest: salted digest of what it is, a bid or a decoy.
        first: the technical envelope, or the only one.
        second: the price envelope, or :data:`NO_FILE`.
    """

    tender: int
    lot: int
    bidder: bytes
    version: int
    recovery: bytes
    not_after: int
    kind_digest: bytes
    first: SealedFile
    second: SealedFile = NO_FILE


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """The rules of a tender that the chain keeps, fixed when it is published (``ITenderBook.Notice``).

    Attributes:
        bureau: USCC of the procuring entity.
        digest: SHA-256 of the notice.
        lots: number of lots, 1 to 256.
        envelopes: 1, or 2 with the price in the second.
        minimum_bids: with fewer live bids a lot fails.
        deadline: last second for bids.
        open_at: first second for opening.
        ceremony: whose key the bids are sealed to.
        supervisor: who decides complaints.
        gap: seconds between two blocks across the deadline above which there was an outage.
        grace: seconds of bidding after the block that ended the outage.
        reveal_window: seconds for custodians to reveal decoys.
        amendment_margin: least seconds between an amendment and the deadline.
        standstill: seconds for objections, from the naming of candidates to the award.
        complaint_period: seconds for complaints, from the award to the contract.
    """

    bureau: str
    digest: bytes
    lots: int
    envelopes: int
    minimum_bids: int
    deadline: int
    open_at: int
    ceremony: int
    supervisor: bytes
    gap: int
    grace: int
    reveal_window: int
    amendment_margin: int
    standstill: int
    complaint_period: int


@dataclass(frozen=True, slots=True)
class TenderState:
    """Where a tender stands (``ITenderBook.TenderView``); ``settled_at`` 0 until the deadline is final."""

    bureau: str
    lots: int
    envelopes: int
    minimum_bids: int
    amendments: int
    deadline: int
    open_at: int
    settled_at: int
    ceremony: int
    supervisor: bytes
    standstill: int
    complaint_period: int
    grace_used: bool
    cancelled: bool


@dataclass(frozen=True, slots=True)
class LotState:
    """Where a lot stands: phase, places ever taken, second at which the newest phase, ranking or award began."""

    phase: Phase
    places: int
    since: int


@dataclass(frozen=True, slots=True)
class LiveSetState:
    """A live set: chain over the live commitments, places looked at, live bids among them."""

    digest: bytes
    cursor: int
    count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A bidder's place in a lot (``ITenderBook.Entry``); ``place`` 0: never there."""

    recovery: bytes
    version: int
    place: int
    live: bool
    moved: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the proceedings of a lot have come (``ITenderProceedings.Progress``)."""

    open_cases: int
    cases: int
    rankings: int
    awards: int


@dataclass(frozen=True, slots=True)
class CeremonyPlan:
    """What a ceremony is for, and when (``IKeyHolderRegistry.Plan``).

    Attributes:
        bureau: USCC of who convenes it; empty for the authority.
        book: TenderBook the key is for.
        tender: number of the one tender it is for, or 0: any tender of the book that opens by ``usable_until``.
        term: digest that names the term or the occasion.
        roster_digest: SHA-256 of the roster (docs/formats/opening-key.md).
        threshold: how many open together.
        deals_until: last second for deals.
        complaints_until: last second for complaints.
        answers_until: last second for answers.
        confirm_until: last second for confirmations.
        usable_until: last second at which a tender may open with this key.
    """

    bureau: str
    book: bytes
    tender: int
    term: bytes
    roster_digest: bytes
    threshold: int
    deals_until: int
    complaints_until: int
    answers_until: int
    confirm_until: int
    usable_until: int


@dataclass(frozen=True, slots=True)
class CeremonyState:
    """A ceremony as the registry keeps it.

    Attributes:
        plan: as convened.
        members: accounts of the invited, in the order of the roster; member 1 of the roster is bit 0 on the chain.
        eligible: numbers (from 1) of members who dealt and left no complaint unanswered.
        key: group key in force, compressed, 96 bytes; empty until then.
    """

    plan: CeremonyPlan
    members: tuple[bytes, ...]
    eligible: tuple[int, ...]
    key: bytes


@dataclass(frozen=True, slots=True)
class TenderEvent:
    """One event of TenderBook, TenderProceedings or KeyHolderRegistry.

    Attributes:
        contract: ``TenderBook``, ``TenderProceedings`` or ``KeyHolderRegistry``.
        name: of the event, as in the interface: ``BidCommitted``.
        values: its arguments under the interface's own names. ``notice`` is a :class:`NoticeTerms`, ``commitment`` a
            :class:`Commitment`, ``plan`` a :class:`CeremonyPlan`; bureaus are text (empty for zero), short names such
            as ``kind`` of ``Recorded`` are text (``0x…`` for a word that is no name), addresses, digests and byte
            strings are bytes, enums are :class:`Phase` or :class:`CaseKind`, lists are tuples. Members count
            from 1, sets of them are tuples of numbers, and points (``signature``, ``publicKey``) are compressed, as
            everywhere off the chain.
        block: where it happened.
        transaction: hash of the transaction, 32 bytes.
        index: of the log in its block.
    """

    contract: str
    name: str
    values: Mapping[str, Any]
    block: BlockRef
    transaction: bytes
    index: int
