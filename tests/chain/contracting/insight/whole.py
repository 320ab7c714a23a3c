"""A whole tender of nobody's, events and papers: three bids, one withdrawn, one decoy; award, contract, two cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from chain.contracting.award import Award, Complaint, ComplaintDecision, Ground, Party, Reason
from chain.evaluation.qualifying import Answer, GuaranteeAnswer, Qualification, QualifiedBid, RuleAnswer
from chain.evaluation.report import Candidate, Candidates
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import CaseKind, Phase
from chain.kernel.tender_ports import Board
from chain.sealing import Form
from chain.tenders.board import FolderBoard
from chain.tenders.notice import Money, Notice, Place, make_notice
from chain.tenders.opening import Decision, LotPlace, Objection, ObjectionAnswer, OpeningRecord, Outcome, RecordedBid
from chain.tenders.opening.record import NamedOrganisation
from chain.tenders.story import Story, tell
from chain.tenders.typed import commitment_hash
from scripts.samples.tenders import STATUTORY, desks, write
from tests.chain.sealing.samples import GENESIS, holders
from tests.chain.tenders.events import BOOK, TERMS, Teller, address
from tests.chain.tenders.notice.samples import NOW, PEOPLE

LOT = LotPlace(GENESIS, BOOK, 3, 1)
PRICES = {1: "3000000.00", 2: "3300000.00", 4: "3500000.00"}
"""By place; place 3 is a decoy, place 5 is withdrawn."""
_SALT = b"s" * 32


def organisation(place: int) -> tuple[str, str]:
    """Code and name of who bids at that place."""
    return f"91440101TEST{place:06d}", f"示例公司{place}"


class WholeTender:
    """Its events and papers, step by step.

    Args:
        folder: for the board and the notice's documents.
    """

    def __init__(self, folder: Path) -> None:
        self.board = FolderBoard(folder / "board")
        self.notice = _notice(folder / "notice")
        self.teller = Teller(replace(TERMS, digest=self.board.put(self.notice.data)))
        self.after: list[tuple[str, Story]] = []
        """The story after each step."""
        for step in self._steps():
            self.after.append((step, tell(self.teller.events, BOOK)))

    @property
    def story(self) -> Story:
        """All of it."""
        return self.after[-1][1]

    def until(self, step: str) -> Story:
        """The story just after that step."""
        return dict(self.after)[step]

    def _steps(self) -> Iterator[str]:
        teller, put = self.teller, self.board.put
        teller.publish()
        yield "published"
        bids = {place: teller.commitment(place, decoy=_SALT if place == 3 else None) for place in range(1, 6)}
        for place, one in bids.items():
            teller.commit(place, one)
        teller.say("BidWithdrawn", lot=1, bidder=address(5), place=5, version=2, by=address(5))
        yield "bid"
        teller.settle()
        teller.say("DecoyRevealed", lot=1, bidder=address(3), place=3, custodian=_custodian(teller), salt=_SALT)
        teller.close(*(bids[place] for place in PRICES))
        yield "closed"
        teller.say(
            "EnvelopeOpened", at=TERMS.open_at, lot=1, envelope=1, signature=bytes(48), keysDigest=sha256(b"keys")
        )
        record = self._record()
        recorded = put(record.to_bytes())
        teller.say("Recorded", lot=1, kind="opening", digest=recorded)
        yield "opened"
        teller.say("Recorded", lot=1, kind="qualification", digest=put(self._qualification(recorded).to_bytes()))
        named = Candidates(
            LOT, 1, sha256(b"evaluation"),
            tuple(
                Candidate(rank, place, *organisation(place), (), _cny(PRICES[place]), Decimal(90 - rank))
                for rank, place in enumerate((1, 2), 1)
            ),
        )  # fmt: skip
        digest = put(named.to_bytes())
        teller.say("CandidatesNamed", lot=1, number=1, digest=digest)
        teller.say("LotAdvanced", lot=1, phase=Phase.CANDIDATES)
        yield "candidates"
        self._case(1, CaseKind.OBJECTION, Objection(LOT, "价格有误").to_bytes())
        answer = ObjectionAnswer(LOT, 1, teller.events[-1].values["digest"], "无误", Decision(False))
        teller.say("CaseSettled", lot=1, number=1, by=address(9), digest=put(answer.to_bytes()))
        code, name = organisation(2)
        award = Award(
            LOT, 1, digest, 2, 2, Party(code, name), _cny(PRICES[2]), (Reason(1, Ground.GIVEN_UP, "书面放弃"),)
        )
        teller.say("LotAwarded", at=TERMS.open_at + 2 * 86_400, lot=1, number=1, digest=put(award.to_bytes()))
        teller.say("LotAdvanced", lot=1, phase=Phase.AWARDED)
        yield "awarded"
        self._case(2, CaseKind.COMPLAINT, Complaint(LOT, 1, "评审有误").to_bytes())
        complaint = teller.events[-1].values["digest"]
        decision = ComplaintDecision(LOT, 2, complaint, Decision(True, True), "成立，不影响结果")
        at = teller.time + 3 * 86_400
        teller.say("CaseSettled", at=at, lot=1, number=2, by=address(8), digest=put(decision.to_bytes()))
        yield "decided"
        teller.say("LotContracted", lot=1, digest=sha256(b"contract"))
        teller.say("LotAdvanced", lot=1, phase=Phase.CONTRACTED)
        yield "contracted"

    def _case(self, number: int, kind: CaseKind, paper: bytes) -> None:
        self.teller.say("CaseFiled", lot=1, number=number, kind=kind, by=address(2), digest=self.board.put(paper))

    def _record(self) -> OpeningRecord:
        story = tell(self.teller.events, BOOK)
        bids = []
        for place, price in PRICES.items():
            told = story.lots[1].bids[place - 1]
            form = Form.of({"price": price, "delivery.days": str(20 + place)})
            organised = NamedOrganisation("valid", *organisation(place))
            figures = form.disclose(sha256(b"identity"), ["price", "delivery.days"])
            bids.append(
                RecordedBid(
                    place, commitment_hash(told.commitment), told.bidder, 1, Outcome.OPENED, organised, figures
                )
            )  # fmt: skip
        closing = story.lots[1].closings[1]
        return OpeningRecord(
            LOT, 1, self.notice.digest, self.teller.time, closing.digest, sha256(b"keys"), (1, 2, 3), (), tuple(bids),
            3, 3, alone="nobody came",
        )  # fmt: skip

    def _qualification(self, record: bytes) -> Qualification:
        rules = [rule.name for rule in self.notice.qualification]
        bids = []
        for place in PRICES:
            answers = tuple(
                RuleAnswer(name, True, Answer.PASS, Answer.PASS, (sha256(f"{name} {place}".encode()),))
                for name in rules
            )
            guarantee = GuaranteeAnswer(Answer.PASS, Answer.PASS, certificate=sha256(b"guarantee %d" % place))
            bids.append(QualifiedBid(place, answers, guarantee))
        return Qualification(LOT, 1, record, (9, TERMS.deadline), (12, TERMS.open_at), tuple(bids))


def lose(board: Board, folder: Path, digest: bytes) -> None:
    """The board has that paper no more."""
    assert board.get(digest)
    (folder / "board" / "papers" / digest.hex()[:2] / digest.hex()).unlink()


def _custodian(teller: Teller) -> bytes:
    found: bytes = teller.events[0].values["custodians"][0]
    return found


def _cny(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def _notice(folder: Path) -> Notice:
    folder.mkdir()
    draft = desks(PEOPLE, STATUTORY)
    write(folder, draft)
    place = Place(GENESIS, 1337, BOOK, 3, NOW, lambda _number: holders().key.key, lambda _number: None)
    made = make_notice(draft, folder, place)
    assert made.notice is not None, [one.as_dict() for one in made.findings.errors]
    return made.notice
