"""A lot after its opening, without a chain: events as the contracts would make them, a board in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from chain.contracting.award import Award, SignedAgreement, agreement_digest, award_lot
from chain.evaluation.report import Candidate, Candidates
from chain.identifiers.uscc import make
from chain.kernel.encoding import sha256
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import CaseKind, Phase, TenderEvent
from chain.kernel.tender_ports import TenderActs, TenderLedger
from chain.keys.signatures import address_of, sign
from chain.tenders.board import FolderBoard
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace
from chain.tenders.story import Story, tell
from tests.chain.tenders.events import BOOK, TERMS, Teller, address

GENESIS = sha256(b"genesis")
PLACE = LotPlace(GENESIS, BOOK, 3, 1)
OFFICER_KEY, WINNER_KEY = sha256(b"officer"), sha256(b"winner")
OFFICER, WINNER = address_of(OFFICER_KEY), address_of(WINNER_KEY)
SUPERVISOR = TERMS.supervisor
BIDDERS = (WINNER, address(2), address(3))
NAMES = ("示例甲桌椅有限公司", "示例乙桌椅有限公司", "示例丙桌椅有限公司")
CODES = tuple(make("91", "440100", f"{number:08d}") for number in (1, 2, 3))
PRICES = ("3120000.00", "3180000.00", "3240000.00")


@dataclass
class Day:
    """One lot of tender 3: three bids, opened. ``board``: where papers lie."""

    folder: Path
    teller: Teller = field(default_factory=Teller)

    def __post_init__(self) -> None:
        teller = self.teller
        teller.publish()
        commitments = []
        for number, bidder in enumerate(BIDDERS, 1):
            made = replace(teller.commitment(number), bidder=bidder)
            teller.commit(number, made)
            commitments.append(made)
        teller.settle()
        teller.close(*commitments)
        teller.say(
            "EnvelopeOpened", at=TERMS.open_at + 1, lot=1, envelope=1, signature=bytes(48), keysDigest=sha256(b"keys")
        )

    @property
    def board(self) -> FolderBoard:
        """Where papers lie."""
        return FolderBoard(self.folder)

    @property
    def now(self) -> int:
        """The chain's clock."""
        return self.teller.time

    @property
    def story(self) -> Story:
        """As the events tell it."""
        return tell(self.teller.events, BOOK)

    @property
    def ledger(self) -> TenderLedger:
        """What an audit asks besides the events."""
        return cast(TenderLedger, Ledger(self))

    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.teller.time += seconds

    def acts(self, account: bytes = OFFICER) -> TenderActs:
        """Writing from an account."""
        return cast(TenderActs, Acts(self, account))

    def say(self, name: str, **values: Any) -> TenderEvent:
        """One event of this lot."""
        return self.teller.say(name, lot=1, **values)

    def advance(self, phase: Phase, name: str, **values: Any) -> None:
        """A phase and what began it, in one transaction."""
        first = self.say("LotAdvanced", phase=phase)
        second = self.say(name, **values)
        self.teller.time = first.block.time
        self.teller.events[-1] = replace(second, block=first.block, transaction=first.transaction, index=1)

    # ------------------------------------------------------------------ steps

    def candidates(self, order: Sequence[int] = (0, 1, 2), **why: Any) -> Candidates:
        """Name candidates: places in the order of ranks, from 0."""
        found = tuple(
            Candidate(
                rank, at + 1, CODES[at], NAMES[at], ((CODES[at], NAMES[at]),), Money(Decimal(PRICES[at]), "CNY"), None
            )
            for rank, at in enumerate(order, 1)
        )
        number = len(self.story.lots[1].rankings) + 1
        paper = Candidates(PLACE, number, sha256(b"report"), found, **why)
        digest = self.board.put(paper.to_bytes())
        self.advance(Phase.CANDIDATES, "CandidatesNamed", number=number, digest=digest)
        return paper

    def award(self, rank: int = 1, *given: Any) -> Award:
        """Award after the standstill."""
        self.wait(TERMS.standstill + 1)
        return award_lot(self.acts(), self.board, self.story, PLACE, rank, given, self.now)[1]

    def contract(self, award: Award, /, **changes: Any) -> SignedAgreement:
        """A contract of that award, signed by both sides."""
        from tests.chain.contracting.award.papers import CONTRACT

        made = replace(
            CONTRACT, **({"place": PLACE, "award": sha256(award.to_bytes()), "price": award.price} | changes)
        )
        return both_sign(made)


def both_sign(made: Any) -> SignedAgreement:
    """A contract or amendment, signed by both sides."""
    digest = agreement_digest(made)
    return SignedAgreement(made, sign(digest, OFFICER_KEY), sign(digest, WINNER_KEY))


@dataclass
class Acts:
    """The contracts' writing, without their checks: what is refused must be refused before it comes here."""

    day: Day
    address: bytes

    def file(self, tender: int, lot: int, kind: CaseKind, digest: bytes) -> bytes:
        line = self.day.story.lots[1]
        if not any((one.digest, one.by) == (digest, self.address) for one in line.cases):
            self.day.say("CaseFiled", number=len(line.cases) + 1, kind=kind, by=self.address, digest=digest)
        return bytes(32)

    def settle_case(self, tender: int, lot: int, number: int, digest: bytes) -> bytes:
        self.day.say("CaseSettled", number=number, by=self.address, digest=digest)
        return bytes(32)

    def award(self, tender: int, lot: int, number: int, digest: bytes) -> bytes:
        self.day.advance(Phase.AWARDED, "LotAwarded", number=number, digest=digest)
        return bytes(32)

    def record_contract(self, tender: int, lot: int, digest: bytes) -> bytes:
        self.day.advance(Phase.CONTRACTED, "LotContracted", digest=digest)
        return bytes(32)

    def record(self, tender: int, lot: int, kind: str, digest: bytes) -> bytes:
        self.day.say("Recorded", kind=kind, digest=digest)
        return bytes(32)


@dataclass
class Ledger:
    """What an audit asks of the ledger."""

    day: Day
    genesis: bytes = GENESIS
    book: bytes = BOOK

    @property
    def block(self) -> BlockRef:
        return BlockRef(len(self.day.teller.events), bytes(32), self.day.now)

    def is_officer(self, tender: int, account: bytes) -> bool:
        return account == OFFICER

    def tender_events(self, tender: int) -> list[TenderEvent]:
        return self.day.teller.events if tender == 3 else []
