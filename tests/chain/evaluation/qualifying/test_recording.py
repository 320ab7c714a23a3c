"""What becomes of guarantees: given back in their time, claimed once, nothing twice; the qualification stands once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chain.evaluation.qualifying import Answer, Fate, GuaranteeAnswer, GuaranteeOutcome, Qualification, QualifiedBid
from chain.evaluation.qualifying.recording import (
    next_outcome,
    record_outcome,
    record_qualification,
    settled,
    standing_qualification,
)
from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import NoticeTerms, Phase, TenderEvent
from chain.tenders.board import FolderBoard
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace
from chain.tenders.story import LotStory, Story
from chain.tenders.story.shapes import OpenedEnvelope

PLACE = LotPlace(bytes(32), bytes([7]) * 20, 7, 1)
RECORD = sha256(b"opening record")
TERMS = NoticeTerms(
    "11440100000000001F", bytes(32), 1, 1, 3, 100, 110, 1, bytes(20), 10, 5, 1, 1, 1, 1
)  # fmt: skip


def held(place: int) -> QualifiedBid:
    guarantee = GuaranteeAnswer(
        Answer.PASS, Answer.PASS, Money(Decimal("1.00"), "CNY"), 999, "11440100000000002J", sha256(bytes([place]))
    )
    return QualifiedBid(place, (), guarantee)


PAPER = Qualification(
    PLACE, 1, RECORD, (40, 100), (44, 110),
    (held(1), held(2), held(3), QualifiedBid(4, (), GuaranteeAnswer(Answer.FAIL, Answer.FAIL))),
)  # fmt: skip
STANDING = (sha256(PAPER.to_bytes()), PAPER)


class Chain:
    """A story that grows by what is recorded; also the acts of its officer."""

    def __init__(self, folder: Path) -> None:
        self.board = FolderBoard(folder)
        self.line = LotStory(1, phase=Phase.OPENED)
        published = self.event("Published")
        self.story = Story(PLACE.book, 7, TERMS, (), 100, 110, {1: self.line}, [published], [published])
        self.line.openings[1] = OpenedEnvelope(bytes(48), bytes(32), self.event("EnvelopeOpened"))
        self.record(7, 1, "opening", RECORD)

    def event(self, name: str, **values: Any) -> TenderEvent:
        number = 1 + sum(1 for _ in self.line.records) + len(self.line.awards) + len(self.line.openings)
        return TenderEvent("TenderProceedings", name, values, BlockRef(number, bytes(32), number), bytes(32), 0)

    def record(self, tender: int, lot: int, kind: str, digest: bytes) -> bytes:
        self.line.records.append(self.event("Recorded", tender=tender, lot=lot, kind=kind, digest=digest))
        return bytes(32)

    def award(self) -> None:
        self.line.awards.append(self.event("LotAwarded", digest=bytes(32)))

    def settle(self, **asked: Any) -> GuaranteeOutcome | None:
        done = settled(self.board, self.story, 1, STANDING[0])
        given = {"release": False, "claims": {}, **asked}
        outcome = next_outcome(self.story, PLACE, STANDING, done, **given)
        if outcome is not None:
            record_outcome(self, self.board, outcome)  # type: ignore[arg-type]
        return outcome


@pytest.fixture
def chain(tmp_path: Path) -> Chain:
    return Chain(tmp_path)


def test_losers_have_theirs_back_after_the_award_and_the_winner_after_the_contract(chain: Chain) -> None:
    with pytest.raises(Refused):
        chain.settle(release=True)
    chain.award()
    first = chain.settle(release=True, winner=2)
    assert first is not None
    assert [one.place for one in first.outcomes] == [1, 3]
    assert chain.settle(release=True, winner=2) is None, "nothing is done twice"
    chain.line.contract = chain.event("LotContracted")
    second = chain.settle(release=True, winner=2)
    assert second is not None
    assert [(one.place, one.fate) for one in second.outcomes] == [(2, Fate.RELEASED)]


def test_a_lot_that_fails_gives_all_of_them_back(chain: Chain) -> None:
    chain.line.failed = chain.event("LotFailed")
    found = chain.settle(release=True)
    assert found is not None
    assert [one.place for one in found.outcomes] == [1, 2, 3]


def test_a_claim_counts_once_and_is_not_given_back(chain: Chain) -> None:
    paper = sha256(b"minutes")
    claimed = chain.settle(claims={2: "拒签合同"}, paper=paper)
    assert claimed is not None
    assert (claimed.outcomes[0].fate, claimed.outcomes[0].paper) == (Fate.CLAIMED, paper)
    assert chain.settle(claims={2: "拒签合同"}) is None
    with pytest.raises(Conflict):
        chain.settle(claims={2: "另一理由"})
    chain.award()
    rest = chain.settle(release=True, winner=1)
    assert rest is not None
    assert [one.place for one in rest.outcomes] == [3]
    with pytest.raises(Conflict):
        chain.settle(claims={3: "晚了"})


@pytest.mark.parametrize("place", [4, 9], ids=["not genuine", "no such bid"])
def test_nothing_is_claimed_of_a_bid_without_a_guarantee(chain: Chain, place: int) -> None:
    with pytest.raises(NotFound):
        chain.settle(claims={place: "拒签合同"})


def test_a_qualification_stands_once_and_is_never_exchanged(chain: Chain) -> None:
    assert standing_qualification(chain.board, chain.story, 1, 1) is None
    digest = record_qualification(chain, chain.board, chain.story, PAPER)  # type: ignore[arg-type]
    assert record_qualification(chain, chain.board, chain.story, PAPER) == digest  # type: ignore[arg-type]
    assert standing_qualification(chain.board, chain.story, 1, 1) == (digest, PAPER)
    with pytest.raises(Conflict):
        record_qualification(chain, chain.board, chain.story, replace(PAPER, bids=()))  # type: ignore[arg-type]
    other = replace(PAPER, bids=())
    chain.record(7, 1, "qualification", chain.board.put(other.to_bytes()))
    assert standing_qualification(chain.board, chain.story, 1, 1) == (digest, PAPER), "the first one counts"


def test_no_qualification_without_an_opening_record_or_after_the_evaluation(chain: Chain) -> None:
    chain.line.phase = Phase.CANDIDATES
    with pytest.raises(Refused, match="CANDIDATES"):
        record_qualification(chain, chain.board, chain.story, PAPER)  # type: ignore[arg-type]
    chain.line.phase = Phase.OPENED
    chain.line.records.clear()
    with pytest.raises(Refused, match="opening record"):
        record_qualification(chain, chain.board, chain.story, PAPER)  # type: ignore[arg-type]
