"""Events of a tender, made as the chain would make them: one block an event."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from chain.kernel.encoding import sha256
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import Commitment, NoticeTerms, SealedFile, TenderEvent
from chain.tenders.digests import kind_digest, live_set_digest
from chain.tenders.typed import commitment_hash

BOOK = bytes.fromhex("b0" * 20)
CUSTODIAN = bytes.fromhex("c0" * 20)
START = 1_800_000_000
TERMS = NoticeTerms(
    bureau="11440100000000001F", digest=sha256(b"notice"), lots=1, envelopes=1, minimum_bids=2, deadline=START + 100,
    open_at=START + 120, ceremony=1, supervisor=bytes.fromhex("d0" * 20), gap=30, grace=60, reveal_window=5,
    amendment_margin=10, standstill=20, complaint_period=20,
)  # fmt: skip


def address(number: int) -> bytes:
    """A 20-byte address."""
    return number.to_bytes(20, "big")


@dataclass
class Teller:
    """Makes the events of tender 3, one after the other."""

    terms: NoticeTerms = TERMS
    time: int = START
    events: list[TenderEvent] = field(default_factory=list)

    def say(self, name: str, /, *, at: int | None = None, **values: Any) -> TenderEvent:
        """One event more, ``at`` that second or one after the last."""
        self.time = at if at is not None else self.time + 1
        number = len(self.events) + 1
        block = BlockRef(number, sha256(number.to_bytes(8, "big")), self.time)
        event = TenderEvent("TenderBook", name, {"tender": 3} | values, block, sha256(b"t" + block.hash), 0)
        self.events.append(event)
        return event

    def publish(self) -> None:
        """The publication."""
        self.say("Published", bureau=self.terms.bureau, notice=self.terms, custodians=(CUSTODIAN,))

    def commitment(self, bidder: int, version: int = 1, *, decoy: bytes | None = None) -> Commitment:
        """A commitment of bidder number ``bidder``; a decoy with that salt if one is given."""
        kind = kind_digest(BOOK, 3, 1, address(bidder), decoy, custodian=CUSTODIAN) if decoy else sha256(b"kind")
        file = SealedFile(sha256(bytes([bidder, version])), 70_000, sha256(b"form"))
        second = replace(file, size=66_000) if self.terms.envelopes == 2 else SealedFile(bytes(32), 0, bytes(32))
        return Commitment(3, 1, address(bidder), version, address(bidder + 100), START + 500, kind, file, second)

    def commit(self, place: int, commitment: Commitment, *, at: int | None = None) -> TenderEvent:
        """A bid enters or is replaced."""
        return self.say(
            "BidCommitted", at=at, lot=1, bidder=commitment.bidder, place=place, commitment=commitment,
            commitmentHash=commitment_hash(commitment), custodian=CUSTODIAN,
        )  # fmt: skip

    def settle(self) -> None:
        """The deadline becomes final two seconds after it."""
        self.say("DeadlineSettled", at=self.terms.deadline + 2, timeBefore=self.terms.deadline, timeAfter=self.time)

    def close(self, *live: Commitment, envelope: int = 1, at: int | None = None) -> TenderEvent:
        """The live set is fixed."""
        digest = live_set_digest(commitment_hash(one) for one in live)
        at = at if at is not None else self.terms.deadline + 2 + self.terms.reveal_window + 1
        return self.say("EnvelopeClosed", at=at, lot=1, envelope=envelope, digest=digest, count=len(live))
