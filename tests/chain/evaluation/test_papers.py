"""Papers of the evaluation: each has one form, and whatever else is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from chain.evaluation.report import LotFailedForReasons, read_candidates, read_report
from chain.evaluation.sheets import (
    ClarificationAnswer,
    ClarificationQuestion,
    ClarificationVote,
    SheetCommitment,
    read_clarification,
    read_commitments,
    read_sheet,
)
from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput
from tests.chain.evaluation import papers

PAPERS: list[tuple[Any, Callable[[bytes], Any]]] = [
    (papers.SHEET, read_sheet),
    (papers.COMMITMENTS.commitments[0], SheetCommitment.from_bytes),
    (papers.COMMITMENTS, read_commitments),
    (replace(papers.COMMITMENTS, round=2, commitments=tuple(replace(one, round=2) for one in
             papers.COMMITMENTS.commitments), reason="缺席", case=3), read_commitments),
    (papers.QUESTION, ClarificationQuestion.from_bytes),
    (papers.ANSWER, ClarificationAnswer.from_bytes),
    (papers.VOTES[0], ClarificationVote.from_bytes),
    (papers.CLARIFICATION, read_clarification),
    (replace(papers.CLARIFICATION, answer=None, votes=()), read_clarification),
    (papers.REPORT, read_report),
    (replace(papers.REPORT, qualification=None, float_point=None, reason=None, case=None), read_report),
    (papers.CANDIDATES, read_candidates),
    (papers.LOT_FAILED, LotFailedForReasons.from_bytes),
    (replace(papers.LOT_FAILED, evaluation=None, valid=None, case=2), LotFailedForReasons.from_bytes),
]  # fmt: skip


@pytest.mark.parametrize(("paper", "read"), PAPERS)
def test_every_paper_is_read_as_it_was_written(paper: Any, read: Callable[[bytes], Any]) -> None:
    assert read(paper.to_bytes()) == paper


@pytest.mark.parametrize(("paper", "read"), PAPERS)
def test_what_is_missing_unknown_or_of_another_kind_is_refused(paper: Any, read: Callable[[bytes], Any]) -> None:
    body = msgspec.json.decode(paper.to_bytes())
    for name in body:
        spoilt = [{key: value for key, value in body.items() if key != name}, {**body, name: 1.5}, {**body, name: [[]]}]
        for one in spoilt:
            with pytest.raises(InvalidInput):
                read(msgspec.json.encode(one, order="sorted"))
    for more in ({**body, "more": 1}, {**body, "format": "yinxin-score-sheet-9"}):
        with pytest.raises(InvalidInput):
            read(canonical(more))
    with pytest.raises(InvalidInput):
        read(paper.to_bytes() + b" ")


def test_signatures_are_those_of_whom_they_name_over_everything() -> None:
    commitment = papers.COMMITMENTS.commitments[0]
    assert commitment.is_signed
    for change in ({"round": 2}, {"envelope": 2}, {"committee": bytes(32)}, {"sheet": bytes(32)},
                   {"account": papers.ACCOUNTS[1]}, {"lot_place": replace(papers.PLACE, lot=2)}):  # fmt: skip
        assert not replace(commitment, **change).is_signed, change
    vote = papers.VOTES[0]
    assert vote.is_signed
    for change in ({"accept": not vote.accept}, {"reason": "另一理由"}, {"answer": None}, {"bid": 4},
                   {"question": bytes(32)}, {"committee": bytes(32)}):  # fmt: skip
        assert not replace(vote, **change).is_signed, change
    assert papers.ANSWER.signer not in (None, *papers.ACCOUNTS)
    assert replace(papers.ANSWER, text="另一答复").signer != papers.ANSWER.signer


def test_more_than_half_of_all_members_decide() -> None:
    assert papers.CLARIFICATION.decision(3) is True
    assert papers.CLARIFICATION.decision(4) is None
    against = tuple(replace(one, accept=False) for one in papers.VOTES)
    assert replace(papers.CLARIFICATION, votes=against).decision(5) is False
    assert replace(papers.CLARIFICATION, votes=()).decision(3) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: replace(papers.SHEET, bids=papers.SHEET.bids[::-1]).to_bytes(),
        lambda: replace(papers.SHEET, salt=b"short").to_bytes(),
        lambda: replace(
            papers.SHEET, bids=(replace(papers.SHEET.bids[1], formal=replace(papers.FAILED, reason="")),)
        ).to_bytes(),
        lambda: replace(papers.COMMITMENTS, round=2).to_bytes(),
        lambda: replace(papers.COMMITMENTS, commitments=papers.COMMITMENTS.commitments[:1] * 2).to_bytes(),
        lambda: replace(papers.QUESTION, matter="weather").to_bytes(),
        lambda: replace(papers.REPORT, bids=papers.REPORT.bids[:1] * 2).to_bytes(),
        lambda: replace(papers.REPORT, dropped=papers.REPORT.dropped[::-1]).to_bytes(),
        lambda: replace(papers.REPORT, dropped=(replace(papers.REPORT.dropped[0], reasons=()),)).to_bytes(),
        lambda: replace(papers.CANDIDATES, candidates=papers.CANDIDATES.candidates[1:]).to_bytes(),
        lambda: replace(papers.CANDIDATES, number=1).to_bytes(),
        lambda: replace(papers.LOT_FAILED, valid=None).to_bytes(),
        lambda: replace(papers.LOT_FAILED, reasons=()).to_bytes(),
    ],
)
def test_what_cannot_be_is_not_written(spoil: Callable[[], bytes]) -> None:
    with pytest.raises(InvalidInput):
        spoil()
