"""The live bids of a lot's envelope, as the story of the tender tells them: what is opened, and nothing else.

A place is kept by its bid when the bid is replaced or moved; a moved bid keeps the identity under which it was sealed
until it is replaced. Which bids are live, and in which order, is what ``close`` chains on the ledger, so whoever has
the events comes to the digest that the contract holds (docs/formats/tender-digests.md, "Live set").
"""

from __future__ import annotations

from dataclasses import dataclass

from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.tender_facts import Commitment, SealedFile
from chain.kernel.tender_ports import TenderLedger
from chain.sealing import BidIdentity, LiveSet
from chain.tenders.digests import live_set_digest
from chain.tenders.story import Story, differences, tell
from chain.tenders.typed import commitment_hash


@dataclass(frozen=True, slots=True)
class LiveBid:
    """A bid that is live.

    Attributes:
        place: 1, 2, 3 … in the order in which places of the lot were first taken.
        commitment: its newest.
        hash: of the commitment, 32 bytes.
        acting: who acts for it now: its bidder, or the address it was moved to.
    """

    place: int
    commitment: Commitment
    hash: bytes
    acting: bytes

    def file(self, envelope: int) -> SealedFile:
        """Its sealed file in that envelope."""
        return self.commitment.first if envelope == 1 else self.commitment.second


@dataclass(frozen=True, slots=True)
class LiveBids:
    """A live set with its bids.

    Attributes:
        genesis: hash of the ledger's first block.
        book: address of the TenderBook.
        tender: its number.
        lot: 1, 2, 3 …
        envelope: 1 or 2.
        bids: in the order of their places.
    """

    genesis: bytes
    book: bytes
    tender: int
    lot: int
    envelope: int
    bids: tuple[LiveBid, ...]

    @property
    def digest(self) -> bytes:
        """Chain over the commitments, 32 bytes."""
        return live_set_digest(bid.hash for bid in self.bids)

    @property
    def message(self) -> LiveSet:
        """What the key holders sign, and the contract checks."""
        return LiveSet(
            self.genesis, self.book, self.tender, self.lot, self.envelope, len(self.bids), self.digest
        )  # fmt: skip

    @property
    def identities(self) -> tuple[BidIdentity, ...]:
        """The identities the bids were sealed under, in the same order."""
        return tuple(self.identity(bid) for bid in self.bids)

    def identity(self, bid: LiveBid) -> BidIdentity:
        """The identity that one of them was sealed under."""
        own = bid.commitment
        return BidIdentity(
            self.genesis, self.book, self.tender, self.lot, self.envelope, own.bidder, own.version
        )  # fmt: skip


def live_bids(story: Story, genesis: bytes, lot: int, envelope: int) -> LiveBids:
    """The live set that the closing of this envelope fixed.

    Args:
        story: of the tender.
        genesis: hash of the ledger's first block, 32 bytes.
        lot: 1, 2, 3 …
        envelope: 1 or 2.

    Raises:
        NotFound: no such lot or envelope.
        Refused: the envelope is not closed.
    """
    if lot not in story.lots or not 1 <= envelope <= story.terms.envelopes:
        raise NotFound(
            f"tender {story.number} has no lot {lot} with an envelope {envelope}", code="opening.place", field="lot",
            fix=f"lots 1 to {story.terms.lots}, envelopes 1 to {story.terms.envelopes}",
        )  # fmt: skip
    line = story.lots[lot]
    closing = line.closings.get(envelope)
    if closing is None:
        raise Refused(
            f"lot {lot}, envelope {envelope} is not closed", code="opening.not_closed", field="envelope",
            fix=f"yinxin tender close {story.number} --lot {lot}",
        )  # fmt: skip
    bids = tuple(
        LiveBid(place, commitment, commitment_hash(commitment), line.bids[place - 1].bidder)
        for place, commitment in zip(closing.places, closing.commitments, strict=True)
    )
    return LiveBids(genesis, story.book, story.number, lot, envelope, bids)


def read_story(ledger: TenderLedger, tender: int) -> Story:
    """The story of a tender, compared with what the contracts hold at the same block.

    Raises:
        NotFound: there is no such tender.
        Conflict: events and contracts do not agree.
        Damaged: events that cannot follow each other.
    """
    if ledger.tender(tender) is None:
        raise NotFound(f"there is no tender {tender}", code="tender.unknown", field="tender", fix="give its number")
    story = tell(ledger.tender_events(tender), ledger.book)
    found = ", ".join(differences(story, ledger))
    if found:
        raise Conflict(
            f"tender {tender}: the contracts hold something else than the events tell: {found}",
            code="tender.differs", field="tender", fix="ask another endpoint",
        )  # fmt: skip
    return story
