"""A whole process of nobody's, to the performance: events as the chain makes them, papers on a board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from chain.contracting.award import (
    Amendment,
    Award,
    CertificateOnRecord,
    CertificateUse,
    Contract,
    PaperDocument,
    Party,
    Period,
    SignedAgreement,
)
from chain.contracting.ocds import Packages, Publication, publish
from chain.evaluation.report import Candidate, Candidates, DroppedBid, EvaluationReport, RankedBid
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import CaseKind, Commitment, Phase, SealedFile, TenderEvent
from chain.kernel.tender_ports import TenderLedger
from chain.sealing import Form
from chain.tenders.board import FolderBoard
from chain.tenders.digests import live_set_digest
from chain.tenders.notice import Money, Notice, read_notice
from chain.tenders.notice.answers import Answer, Answers
from chain.tenders.opening import (
    LotFailed,
    LotPlace,
    NamedOrganisation,
    Objection,
    ObjectionAnswer,
    OpeningRecord,
    Outcome,
    RecordedBid,
)
from chain.tenders.typed import commitment_hash
from tests.chain.sealing.samples import BOOK, GENESIS, holders, identity
from tests.chain.tenders.notice.samples import NOW, sample

TENDER = 7
COMPANIES = {
    1: ("91440101MA5CUP001A", "示例家具有限公司"),
    2: ("91440101MA5CUP002B", "示例木业有限公司"),
    3: ("91440101MA5CUP003C", "示例教学设备有限公司"),
}
PRICES = {1: "3100000.00", 2: "2999999.90", 3: "3350000.00"}
WEB = Publication("https://tenders.example.org")


@dataclass
class Process:
    """Makes events and papers of tender 7, one after the other; each event is in a block of its own.

    Attributes:
        folder: where the board lies.
        events: so far.
        time: second of the newest block.
    """

    folder: Path
    sample: str = "desks"
    events: list[TenderEvent] = field(default_factory=list)
    time: int = NOW

    def __post_init__(self) -> None:
        self.board = FolderBoard(self.folder / "board")
        self.notice = sample(self.folder, self.sample)
        self.board.put(self.notice.data)
        self.places: dict[int, list[Commitment]] = {}

    # ------------------------------------------------------------------ as a ledger

    genesis, book, chain_id = GENESIS, BOOK, 1337

    def tender_events(self, tender: int) -> Sequence[TenderEvent]:
        return tuple(self.events) if tender == TENDER else ()

    def ceremony(self, number: int) -> Any:
        return SimpleNamespace(key=holders().key.key) if number == 1 else None

    def publish(self, publication: Publication = WEB) -> Packages:
        """What is published of it so far."""
        return publish(cast(TenderLedger, self), self.board, TENDER, publication)

    # ------------------------------------------------------------------ events

    def say(self, name: str, /, *, at: int | None = None, **values: Any) -> TenderEvent:
        self.time = at if at is not None else self.time + 60
        number = len(self.events) + 1
        block = BlockRef(number, sha256(number.to_bytes(8, "big")), self.time)
        event = TenderEvent("TenderBook", name, {"tender": TENDER} | values, block, sha256(b"t" + block.hash), 0)
        self.events.append(event)
        return event

    def record(self, kind: str, data: bytes, lot: int = 1) -> bytes:
        digest = self.board.put(data)
        self.say("Recorded", lot=lot, kind=kind, digest=digest)
        return digest

    def begin(self) -> None:
        self.say("Published", at=NOW, notice=self.notice.terms, custodians=self.custodians)

    @property
    def custodians(self) -> tuple[bytes, ...]:
        return tuple(one.account for one in self.notice.custodians)

    def answer(self) -> None:
        first = Answers(GENESIS, BOOK, TENDER, None, (Answer("第1标段含安装吗？", "含安装与三年维护。"),))
        self.record("answers", first.to_bytes(), 0)
        more = (*first.answers, Answer("可以联合体投标吗？", "不接受联合体。"))
        self.record("answers", Answers(GENESIS, BOOK, TENDER, first.digest, more).to_bytes(), 0)

    def amend(self) -> Notice:
        value = read_canonical(self.notice.data)
        value |= {"number": 1, "amends": hex0x(self.notice.digest), "changes": {"zh": "增加样品尺寸", "en": "sizes"}}
        value |= {"deadline": self.notice.deadline + 86_400, "openAt": self.notice.open_at + 86_400}
        self.notice = read_notice(canonical(value))
        digest = self.board.put(self.notice.data)
        times = {"deadline": self.notice.deadline, "openAt": self.notice.open_at}
        self.say("Amended", number=1, digest=digest, **times)
        return self.notice

    def extend(self) -> None:
        self.say("Extended", deadline=self.notice.deadline + 3600, openAt=self.notice.open_at + 3600)

    @property
    def deadline(self) -> int:
        moved = [one.values["deadline"] for one in self.events if one.name in ("Amended", "Extended")]
        return int(moved[-1]) if moved else self.notice.deadline

    @property
    def open_at(self) -> int:
        moved = [one.values["openAt"] for one in self.events if one.name in ("Amended", "Extended")]
        return int(moved[-1]) if moved else self.notice.open_at

    def bid(self, lot: int = 1, bids: int = 3) -> None:
        """So many bids; the first is replaced once."""
        self.places[lot] = []
        for place in range(1, bids + 1):
            self.places[lot].append(self._commit(lot, place, 1))
        self.places[lot][0] = self._commit(lot, 1, 2)

    def withdraw(self, place: int, lot: int = 1) -> None:
        one = self.places[lot].pop(place - 1)
        self.say("BidWithdrawn", lot=lot, bidder=one.bidder, place=place, version=2, by=one.bidder)

    def _commit(self, lot: int, place: int, version: int) -> Commitment:
        files = [
            SealedFile(sha256(b"%d %d %d %d" % (lot, place, version, one)), 70_000 + one, sha256(b"form"))
            for one in range(len(self.notice.envelopes))
        ]
        who = identity(place, version).bidder
        one = Commitment(
            TENDER, lot, who, version, sha256(who)[:20], self.notice.deadline, sha256(b"kind"), *files
        )  # fmt: skip
        self.say(
            "BidCommitted", lot=lot, bidder=who, place=place, commitment=one, commitmentHash=commitment_hash(one),
            custodian=self.custodians[0],
        )  # fmt: skip
        return one

    def settle(self) -> None:
        self.say("DeadlineSettled", at=self.deadline + 5, timeBefore=self.deadline, timeAfter=self.deadline + 5)

    def close(self, lot: int = 1, envelope: int = 1) -> None:
        live = [commitment_hash(one) for one in self.places[lot]]
        at = max(self.time + 60, self.deadline + 5 + self.notice.reveal_window + 1)
        self.say("EnvelopeClosed", at=at, lot=lot, envelope=envelope, digest=live_set_digest(live), count=len(live))

    def open(self, lot: int = 1, envelope: int = 1) -> None:
        self.record("custody", b'{"files":[]}', lot)
        self.say(
            "EnvelopeOpened", at=max(self.time + 60, self.open_at), lot=lot, envelope=envelope, signature=bytes(48),
            keysDigest=sha256(b"keys"),
        )  # fmt: skip

    def lot_place(self, lot: int = 1) -> LotPlace:
        return LotPlace(GENESIS, BOOK, TENDER, lot)

    def opening(self, lot: int = 1, envelope: int = 1, *, minimum: int = 3) -> bytes:
        """The opening record: everything opened, every organisation valid."""
        last = envelope == len(self.notice.envelopes)
        bids = tuple(
            RecordedBid(
                place, commitment_hash(one), one.bidder, one.version, Outcome.OPENED,
                NamedOrganisation("valid", *COMPANIES[place], (COMPANIES[place],)),
                Form.of({"price": PRICES[place]}).disclose(b"i" * 32, ["price"]) if last else (),
            )
            for place, one in enumerate(self.places[lot], 1)
        )  # fmt: skip
        opened = next(
            one
            for one in reversed(self.events)
            if one.name == "EnvelopeOpened" and (one.values["lot"], one.values["envelope"]) == (lot, envelope)
        )
        closing = next(
            one
            for one in reversed(self.events)
            if one.name == "EnvelopeClosed" and (one.values["lot"], one.values["envelope"]) == (lot, envelope)
        )
        record = OpeningRecord(
            self.lot_place(lot), envelope, self.notice.digest, opened.block.time, closing.values["digest"],
            sha256(b"keys"), (1, 2, 3), (), bids, len(bids), minimum, alone="监督员未到场",
        )  # fmt: skip
        return self.record("opening", record.to_bytes(), lot)

    def report(self, dropped: tuple[DroppedBid, ...] = (), lot: int = 1) -> bytes:
        record = next(
            one.values["digest"]
            for one in self.events
            if one.values.get("kind") == "opening" and one.values["lot"] == lot
        )
        out = {one.place for one in dropped}
        left = [place for place in (2, 1, 3) if place not in out and place <= len(self.places[lot])]
        bids = tuple(
            RankedBid(place, {"price": Decimal(40)}, Decimal(90 - rank), Money(Decimal(PRICES[place]), "CNY"), rank)
            for rank, place in enumerate(left, 1)
        )
        paper = EvaluationReport(
            self.lot_place(lot), 1, self.notice.digest, record, None, None, sha256(b"committee"), sha256(b"c"),
            ((bytes(20), sha256(b"sheet")),), None, (), (), None, (), dropped, bids,
        )  # fmt: skip
        return self.record("evaluation", paper.to_bytes(), lot)

    def candidates(self, evaluation: bytes, *places: int, number: int = 1, lot: int = 1) -> bytes:
        lines = tuple(
            Candidate(
                rank, place, *COMPANIES[place], (COMPANIES[place],), Money(Decimal(PRICES[place]), "CNY"),
                Decimal(90 - rank),
            )
            for rank, place in enumerate(places, 1)
        )  # fmt: skip
        paper = Candidates(
            self.lot_place(lot), number, evaluation, lines, "复评" if number > 1 else None, 1 if number > 1 else None
        )  # fmt: skip
        digest = self.board.put(paper.to_bytes())
        self.say("LotAdvanced", lot=lot, phase=Phase.CANDIDATES)
        self.say("CandidatesNamed", at=self.time, lot=lot, number=number, digest=digest)
        return digest

    def object(self) -> None:
        place = self.lot_place()
        paper = self.board.put(Objection(place, "第一名资质存疑").to_bytes())
        self.say("CaseFiled", lot=1, number=1, kind=CaseKind.OBJECTION, by=bytes(20), digest=paper)
        answer = self.board.put(ObjectionAnswer(place, 1, paper, "经核查属实有效").to_bytes())
        self.say("CaseSettled", lot=1, number=1, by=bytes(20), digest=answer)

    def award(self, candidates: bytes, place: int, rank: int = 1, number: int = 1) -> bytes:
        paper = Award(
            self.lot_place(), number, candidates, rank, place, Party(*COMPANIES[place], (COMPANIES[place],)),
            Money(Decimal(PRICES[place]), "CNY"),
        )  # fmt: skip
        digest = self.board.put(paper.to_bytes())
        self.say("LotAdvanced", lot=1, phase=Phase.AWARDED)
        self.say("LotAwarded", at=self.time, lot=1, number=number, digest=digest)
        return digest

    def certificate(self, use: CertificateUse, award: bytes) -> None:
        paper = CertificateOnRecord(
            self.lot_place(),
            use,
            sha256(b"leaf"),
            "11440100000000001F",
            "11440100000000001FT01",
            1,
            sha256(b"bundle"),
            award,
        )
        self.record(use.value, paper.to_bytes())

    def contract(self, award: bytes, place: int) -> bytes:
        paper = Contract(
            self.lot_place(), award, "HT-2026-07", "课桌椅采购合同", Money(Decimal(PRICES[place]), "CNY"),
            Period(date(2026, 11, 1), date(2027, 1, 31)),
            (PaperDocument("合同.pdf", "application/pdf", 90_000, sha256(b"pdf"), False),), date(2026, 10, 28),
        )  # fmt: skip
        digest = self.board.put(SignedAgreement(paper, bytes(65), bytes(65)).to_bytes())
        self.say("LotAdvanced", lot=1, phase=Phase.CONTRACTED)
        self.say("LotContracted", at=self.time, lot=1, digest=digest)
        return digest

    def change(self, contract: bytes) -> bytes:
        paper = Amendment(
            self.lot_place(), contract, contract, 1, "增购一百套", "入学人数增加", Money(Decimal("3025000.50"), "CNY"),
            Period(date(2026, 11, 1), date(2027, 2, 28)),
            (PaperDocument("补充协议.pdf", "application/pdf", 20_000, sha256(b"more"), True),), date(2026, 12, 1),
        )  # fmt: skip
        return self.record("contract-amendment", SignedAgreement(paper, bytes(65), bytes(65)).to_bytes())

    def fail(self, record: bytes, lot: int = 1) -> None:
        paper = LotFailed(self.lot_place(lot), 2, 3, record)
        self.say("LotFailed", lot=lot, digest=self.board.put(paper.to_bytes()))


def to_the_closing(folder: Path) -> Process:
    """Notice, answers, amendment, extension, bids, and the live set."""
    process = Process(folder)
    process.begin()
    process.answer()
    process.amend()
    process.extend()
    process.bid()
    process.settle()
    process.close()
    return process


def whole(folder: Path) -> Process:
    """Everything, to the record of performance; place 3 is dropped, place 2 wins."""
    process = to_the_closing(folder)
    process.open()
    process.opening()
    evaluation = process.report((DroppedBid(3, "qualification", ("执照已失效",)),))
    named = process.candidates(evaluation, 2, 1)
    process.object()
    award = process.award(named, 2)
    process.certificate(CertificateUse.AWARD_LETTER, award)
    contract = process.contract(award, 2)
    process.change(contract)
    process.certificate(CertificateUse.PERFORMANCE, award)
    return process


__all__ = ["COMPANIES", "TENDER", "WEB", "Process", "to_the_closing", "whole"]
