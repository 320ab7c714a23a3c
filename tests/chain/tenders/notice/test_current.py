"""The notice in force, as ledger and board give it; each difference between paper and chain is refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.board import FolderBoard
from chain.tenders.notice import Notice, current_notice, notices, read_notice
from chain.tenders.notice.answers import (
    Answer,
    Answers,
    Question,
    answers_and_others,
    answers_of,
    questions,
    unanswered,
)
from tests.chain.sealing.samples import BOOK, GENESIS, holders
from tests.chain.tenders.events import START, Teller
from tests.chain.tenders.notice.samples import sample


@dataclass
class Chain:
    """What is read of the ledger: a tender's events and a ceremony's key."""

    teller: Teller = field(default_factory=Teller)
    key: bytes = field(default_factory=lambda: holders().key.key)
    genesis: bytes = GENESIS
    book: bytes = BOOK
    chain_id: int = 1337

    def tender_events(self, tender: int) -> Sequence[TenderEvent]:
        return self.teller.events if tender == 7 else ()

    def ceremony(self, number: int) -> Any:
        return SimpleNamespace(key=self.key) if number == 1 else None

    def publish(self, notice: Notice, **terms: Any) -> None:
        self.teller.say(
            "Published",
            notice=replace(notice.terms, **terms),
            custodians=tuple(one.account for one in notice.custodians),
        )

    def amend(self, notice: Notice, **values: Any) -> None:
        said = {"number": notice.number, "digest": notice.digest, "deadline": notice.deadline, "openAt": notice.open_at}
        self.teller.say("Amended", **(said | values))


def current(chain: Chain, board: FolderBoard) -> Notice:
    return current_notice(cast(TenderLedger, chain), board, 7)


@pytest.fixture
def board(tmp_path: Path) -> FolderBoard:
    return FolderBoard(tmp_path / "board")


@pytest.fixture
def chain() -> Chain:
    return Chain(Teller(time=START))


def altered(notice: Notice, **changes: Any) -> Notice:
    """The next version."""
    value = read_canonical(notice.data)
    value |= {"number": notice.number + 1, "amends": hex0x(notice.digest), "changes": {"zh": "改", "en": ""}}
    return read_notice(canonical(value | changes))


def test_every_version_is_found_oldest_first(tmp_path: Path, chain: Chain, board: FolderBoard) -> None:
    first = sample(tmp_path)
    second = altered(first, deadline=first.deadline + 60, openAt=first.open_at + 60)
    for notice in (first, second):
        board.put(notice.data)
    chain.publish(first)
    assert current(chain, board) == first
    chain.amend(second)
    assert current(chain, board) == second
    assert notices(cast(TenderLedger, chain), board, 7) == (first, second)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"bureau": "12440100000000002L"}, "bureau.uscc"),
        ({"lots": 2}, "lots"),
        ({"envelopes": 2}, "envelopes"),
        ({"minimum_bids": 1}, "minimumBids"),
        ({"deadline": START}, "deadline"),
        ({"open_at": START}, "openAt"),
        ({"ceremony": 2}, "ceremony"),
        ({"supervisor": bytes(20)}, "supervisor.account"),
        ({"gap": 1}, "gap"),
        ({"grace": 1}, "grace"),
        ({"reveal_window": 1}, "revealWindow"),
        ({"amendment_margin": 1}, "amendmentMargin"),
        ({"standstill": 1}, "standstill"),
        ({"complaint_period": 1}, "complaintPeriod"),
    ],
)
def test_a_term_that_the_chain_keeps_differently_is_refused(
    tmp_path: Path, chain: Chain, board: FolderBoard, terms: dict[str, Any], field: str
) -> None:
    notice = sample(tmp_path)
    board.put(notice.data)
    chain.publish(notice, **terms)
    with pytest.raises(Refused) as refused:
        current(chain, board)
    assert (refused.value.code, refused.value.field) == ("notice.differs", field)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"key": bytes(96)}, "openingKey"),
        ({"genesis": bytes(32)}, "genesis"),
        ({"book": bytes(20)}, "book"),
        ({"chain_id": 1}, "chainId"),
    ],
)
def test_a_notice_of_another_place_or_key_is_refused(
    tmp_path: Path, chain: Chain, board: FolderBoard, other: dict[str, Any], field: str
) -> None:
    notice = sample(tmp_path)
    board.put(notice.data)
    chain.publish(notice)
    for name, value in other.items():
        setattr(chain, name, value)
    with pytest.raises(Refused) as refused:
        current(chain, board)
    assert refused.value.field == field


def test_custodians_in_another_order_are_refused(tmp_path: Path, chain: Chain, board: FolderBoard) -> None:
    notice = sample(tmp_path)
    board.put(notice.data)
    chain.teller.say(
        "Published", notice=notice.terms, custodians=tuple(one.account for one in reversed(notice.custodians))
    )
    with pytest.raises(Refused) as refused:
        current(chain, board)
    assert refused.value.field == "custodians"


@pytest.mark.parametrize(
    ("changes", "values", "field"),
    [
        ({"minimumBids": 1}, {}, "minimumBids"),
        ({"ocid": "ocds-yinxin-other"}, {}, "ocid"),
        ({"amends": hex0x(bytes(32))}, {}, "amends"),
        ({"number": 2}, {}, "number"),
        ({}, {"deadline": 1}, "deadline"),
        ({}, {"openAt": 1}, "openAt"),
        ({}, {"number": 2}, "number"),
    ],
)
def test_an_amendment_that_may_not_be_is_refused(
    tmp_path: Path, chain: Chain, board: FolderBoard, changes: Any, values: Any, field: str
) -> None:
    first = sample(tmp_path)
    second = altered(first, **changes)
    for notice in (first, second):
        board.put(notice.data)
    chain.publish(first)
    chain.amend(second, **({"number": 1} | values))
    with pytest.raises(Refused) as refused:
        current(chain, board)
    assert refused.value.field == field


def test_a_paper_that_is_missing_altered_or_no_notice_says_so(tmp_path: Path, chain: Chain, board: FolderBoard) -> None:
    notice = sample(tmp_path)
    with pytest.raises(NotFound, match="no tender 7"):
        current(chain, board)
    chain.publish(notice)
    with pytest.raises(NotFound, match="the notice of tender 7"):
        current(chain, board)
    board.put(notice.data)
    (paper,) = (tmp_path / "board" / "papers").rglob(notice.digest.hex())
    paper.write_bytes(notice.data.replace(b"12000", b"12001"))
    with pytest.raises(Damaged):
        current(chain, board)
    chain.teller.events.clear()
    chain.publish(notice, digest=board.put(b"{}"))
    with pytest.raises(InvalidInput):
        current(chain, board)


class TestAnswers:
    def asked(self, *texts: str) -> list[Question]:
        return [Question(GENESIS, BOOK, 7, text) for text in texts]

    def record(self, chain: Chain, board: FolderBoard, paper: Answers) -> Answers:
        digest = board.put(paper.to_bytes())
        chain.teller.say("Recorded", lot=0, kind="answers", digest=digest)
        return paper

    def test_questions_are_each_read_once_and_rubbish_is_passed_over(self, chain: Chain, board: FolderBoard) -> None:
        first, second = self.asked("甲？", "乙？")
        for name, data in (
            ("question", first.to_bytes()), ("again", first.to_bytes()), ("question", b"rubbish"),
            ("question", replace(first, tender=8).to_bytes()), ("question", replace(first, book=bytes(20)).to_bytes()),
            ("question", second.to_bytes()),
        ):  # fmt: skip
            board.post("questions/7", name, data)
        found = questions(cast(TenderLedger, chain), board, 7)
        assert found == (first, second)
        paper = Answers(GENESIS, BOOK, 7, None, (Answer("甲？", "是。"),))
        assert unanswered(found, paper) == (second,)
        assert unanswered(found, None) == found

    def test_the_newest_answers_hold_all_earlier_ones(self, chain: Chain, board: FolderBoard) -> None:
        ledger = cast(TenderLedger, chain)
        assert answers_of(ledger, board, 7) is None
        first = self.record(chain, board, Answers(GENESIS, BOOK, 7, None, (Answer("甲？", "是。"),)))
        self.record(chain, board, first)
        second = Answers(GENESIS, BOOK, 7, first.digest, (*first.answers, Answer("乙？", "否。")))
        self.record(chain, board, second)
        assert answers_of(ledger, board, 7) == second

    @pytest.mark.parametrize(
        "paper",
        [
            Answers(GENESIS, BOOK, 7, None, (Answer("甲？", "是。"), Answer("乙？", "否。"))),
            Answers(GENESIS, BOOK, 7, sha256(b"x"), (Answer("甲？", "是。"),)),
            Answers(GENESIS, BOOK, 8, None, (Answer("甲？", "是。"),)),
        ],
    )
    def test_answers_that_do_not_follow_are_named_and_passed_over(
        self, chain: Chain, board: FolderBoard, paper: Answers
    ) -> None:
        ledger = cast(TenderLedger, chain)
        first = self.record(chain, board, Answers(GENESIS, BOOK, 7, None, (Answer("甲？", "不是。"),)))
        self.record(chain, board, paper)
        found, others = answers_and_others(ledger, board, 7)
        assert found == first
        assert [(one.digest, one.block) for one in others] == [(paper.digest, chain.teller.events[-1].block.number)]
        later = replace(first, previous=first.digest, answers=(*first.answers, Answer("丙？", "可。")))
        self.record(chain, board, later)
        assert answers_of(ledger, board, 7) == later

    def test_of_two_papers_after_the_same_one_the_first_on_the_chain_counts(
        self, chain: Chain, board: FolderBoard
    ) -> None:
        ledger = cast(TenderLedger, chain)
        first = self.record(chain, board, Answers(GENESIS, BOOK, 7, None, (Answer("甲？", "是。"),)))
        one, other = (
            Answers(GENESIS, BOOK, 7, first.digest, (*first.answers, Answer("乙？", said))) for said in ("否。", "是。")
        )
        self.record(chain, board, one)
        self.record(chain, board, other)
        chain.teller.say("Recorded", lot=0, kind="answers", digest=board.put(b"rubbish"))
        found, others = answers_and_others(ledger, board, 7)
        assert found == one
        assert [passed.digest for passed in others] == [other.digest, sha256(b"rubbish")]

    def test_no_question_is_answered_twice(self) -> None:
        with pytest.raises(InvalidInput, match="twice"):
            Answers(GENESIS, BOOK, 7, None, (Answer("甲？", "是。"), Answer("甲？", "否。"))).to_bytes()

    def test_a_question_carries_no_name_and_no_hidden_characters(self) -> None:
        with pytest.raises(InvalidInput):
            Question(GENESIS, BOOK, 7, "甲\u202e？").to_bytes()
        assert b"from" not in self.asked("甲？")[0].to_bytes()
