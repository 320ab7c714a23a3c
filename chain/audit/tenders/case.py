"""What an audit of one tender has at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chain.audit.batches import Vouching
from chain.audit.report import Report
from chain.kernel.encoding import hex0x
from chain.kernel.ports import TrustSource
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import Board, TenderLedger
from chain.sealing import Manifest, OpeningKey
from chain.tenders.bidding import Evidence
from chain.tenders.notice import Notice
from chain.tenders.opening.session import FileSource
from chain.tenders.story import Story
from chain.tenders.typed import BookDomain


class Calls(Protocol):
    """Inputs of transactions: there lie the signatures that the contracts checked and did not keep."""

    def input_of(self, transaction: bytes) -> bytes:
        """Input of the transaction with that hash (32 bytes). Raises NotFound, Unavailable."""
        ...


@dataclass
class TenderCase:
    """One tender under audit.

    Attributes:
        report: collects findings.
        ledger: what the contracts say.
        board: where public papers lie.
        story: what the events tell.
        calls: inputs of transactions, or None: signatures are not looked at.
        witnesses: who vouch for blocks, or None: nobody is asked.
        custody: where sealed files lie; none: they are not looked at.
        granted: k2 (16 bytes) by digest of the bid's identity, as granted to the auditor.
        evidence: where licences and bindings are looked up, or None: organisations are not judged again.
        anchors: the ledger of certificates, or None: what is on record of them is not looked up there.
        notice: the newest, once it was read.
        notices: every version that could be read, by digest.
        key: public side of the opening key, once the ceremony was recomputed.
        files: how many sealed files could be had.
        opened: how many of them were opened with a granted k2.
        fitted: those of ``granted`` whose bids are live.
        manifests: of first envelopes that opened here, by lot and place.
    """

    report: Report
    ledger: TenderLedger
    board: Board
    story: Story
    calls: Calls | None = None
    witnesses: Vouching | None = None
    custody: Sequence[FileSource] = ()
    granted: Mapping[bytes, bytes] = field(default_factory=dict)
    evidence: Evidence | None = None
    anchors: TrustSource | None = None
    notice: Notice | None = None
    key: OpeningKey | None = None
    files: int = 0
    opened: int = 0
    fitted: set[bytes] = field(default_factory=set)
    manifests: dict[tuple[int, int], Manifest] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How findings name the tender."""
        return f"tender {self.story.number}"

    @property
    def domain(self) -> BookDomain:
        """Where signatures of bidders and custodians count."""
        return BookDomain(self.ledger.chain_id, self.ledger.book)

    def lot(self, number: int, envelope: int = 0) -> str:
        """How findings name a lot, or its envelope."""
        return f"{self.name}, lot {number}" + (f", envelope {envelope}" if envelope else "")

    def paper(self, rule: str, subject: str, digest: bytes) -> bytes | None:
        """A paper from the board, named by its digest in the finding."""
        return self.report.try_(rule, f"{subject} ({hex0x(digest)})", lambda: self.board.get(digest))


def event_name(event: TenderEvent) -> str:
    """How findings name an event: ``BidCommitted in block 12``."""
    return f"{event.name} in block {event.block.number}"
