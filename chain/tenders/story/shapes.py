"""What a tender's events tell, as plain typed state."""

from __future__ import annotations

from dataclasses import dataclass, field

from chain.kernel.tender_facts import CaseKind, Commitment, NoticeTerms, Phase, TenderEvent


@dataclass(slots=True)
class Bid:
    """One place of a lot, taken by whoever came first to it.

    Attributes:
        place: 1, 2, 3 …
        bidder: address that acts for it now, 20 bytes.
        version: of its last act.
        recovery: 20 bytes.
        commitment: the newest.
        digest: its commitment hash, 32 bytes.
        custodian: who signed for its files, 20 bytes.
        event: that committed it.
        live: false once withdrawn, revealed as a decoy, or dropped by the technical result.
        is_decoy: true once revealed.
        history: every commitment of this place, oldest first.
    """

    place: int
    bidder: bytes
    version: int
    recovery: bytes
    commitment: Commitment
    digest: bytes
    custodian: bytes
    event: TenderEvent
    live: bool = True
    is_decoy: bool = False
    history: list[TenderEvent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Closing:
    """A live set as it was fixed: digest, the commitments in it in order, and the event."""

    digest: bytes
    commitments: tuple[Commitment, ...]
    places: tuple[int, ...]
    event: TenderEvent


@dataclass(frozen=True, slots=True)
class OpenedEnvelope:
    """An opening: the group's signature (48 bytes), the digest of the blob with the keys, and the event."""

    signature: bytes
    keys_digest: bytes
    event: TenderEvent


@dataclass(slots=True)
class Case:
    """An objection or complaint; ``answer`` is the digest of what settled it, or None."""

    number: int
    kind: CaseKind
    by: bytes
    digest: bytes
    filed: TenderEvent
    answer: bytes | None = None
    settled: TenderEvent | None = None


@dataclass(slots=True)
class LotStory:
    """One lot. ``since``: second at which its newest phase, ranking or award began; 0 before the first."""

    number: int
    phase: Phase = Phase.BIDDING
    since: int = 0
    bids: list[Bid] = field(default_factory=list)
    moved: set[bytes] = field(default_factory=set)
    closings: dict[int, Closing] = field(default_factory=dict)
    openings: dict[int, OpenedEnvelope] = field(default_factory=dict)
    custody: dict[int, list[tuple[bytes, bytes]]] = field(default_factory=dict)
    review: TenderEvent | None = None
    dropped: tuple[int, ...] = ()
    failed: TenderEvent | None = None
    cases: list[Case] = field(default_factory=list)
    rankings: list[TenderEvent] = field(default_factory=list)
    awards: list[TenderEvent] = field(default_factory=list)
    contract: TenderEvent | None = None
    records: list[TenderEvent] = field(default_factory=list)

    def live(self) -> list[Bid]:
        """The bids that are live now, in the order of their places."""
        return [bid for bid in self.bids if bid.live]

    def of(self, bidder: bytes) -> Bid | None:
        """The place for which that address acts now, or None."""
        return next((bid for bid in self.bids if bid.bidder == bidder), None)


@dataclass(slots=True)
class Story:
    """One tender, as its events tell it up to one block.

    Attributes:
        book: address of the TenderBook, 20 bytes.
        number: of the tender.
        terms: the rules as published.
        custodians: accounts, 20 bytes each.
        deadline: the present one.
        open_at: the present one.
        settled_at: second at which the deadline became final; 0 before.
        outage: the event that moved the deadline, or None.
        seen_at: block from which the look-back counts, or 0.
        notices: events that carry a notice's digest: the publication, then amendments.
        cancelled: the event, or None.
        lots: by number.
        records: documents on record for the whole tender.
        events: everything, in order.
    """

    book: bytes
    number: int
    terms: NoticeTerms
    custodians: tuple[bytes, ...]
    deadline: int
    open_at: int
    lots: dict[int, LotStory]
    notices: list[TenderEvent]
    events: list[TenderEvent]
    settled_at: int = 0
    outage: TenderEvent | None = None
    seen_at: int = 0
    cancelled: TenderEvent | None = None
    records: list[TenderEvent] = field(default_factory=list)

    @property
    def notice_digest(self) -> bytes:
        """SHA-256 of the notice in force, 32 bytes."""
        last = self.notices[-1].values
        return bytes(last["digest"] if "digest" in last else last["notice"].digest)

    def phase(self, lot: int) -> Phase:
        """Where a lot stands, a cancelled tender's too."""
        phase = self.lots[lot].phase
        return Phase.CANCELLED if self.cancelled and phase < Phase.CONTRACTED else phase
