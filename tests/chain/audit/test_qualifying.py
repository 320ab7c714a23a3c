"""Qualification and guarantees under audit: each rule finds its one tampering, and nothing is said of what is true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chain.audit import Report, Result
from chain.audit.tenders import audit_tender
from chain.evaluation.qualifying import (
    Answer,
    Fate,
    GuaranteeOutcome,
    Outcome,
    Qualification,
    QualifiedBid,
    read_qualification,
)
from chain.evaluation.qualifying.paper import KIND
from chain.evaluation.report.report import EvaluationReport, RankedBid
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import Phase, TenderEvent
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.board import FolderBoard
from chain.tenders.notice import Money
from chain.tenders.opening.session import FileFolder
from tests.chain.audit.whole import Whole
from tests.chain.contracting.award.papers import AWARD

pytestmark = pytest.mark.loopback


class Told(FolderBoard):
    """A board with more papers, and some in the place of others, which a reader would have to believe."""

    def __init__(self, folder: Path, lies: Mapping[bytes, bytes]) -> None:
        super().__init__(folder)
        self._lies = dict(lies)

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        return self._lies[digest] if digest in self._lies else super().get(digest, limit=limit)


class Events:
    """A ledger with other events."""

    def __init__(self, inner: TenderLedger, change: Callable[[list[TenderEvent]], list[TenderEvent]]) -> None:
        self._inner, self._change = inner, change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def tender_events(self, tender: int) -> list[TenderEvent]:
        return self._change(list(self._inner.tender_events(tender)))


@pytest.fixture(scope="module")
def judged(whole: Whole) -> Whole:
    """A whole tender, with its qualification on record."""
    whole.qualify()
    return whole


def event_of(whole: Whole) -> TenderEvent:
    return next(one for one in whole.case.story.lots[1].records if one.values["kind"] == KIND)


def paper_of(whole: Whole) -> Qualification:
    return read_qualification(whole.case.stage.board.get(event_of(whole).values["digest"]))


def after(events: list[TenderEvent], name: str, **values: Any) -> list[TenderEvent]:
    """One event more, at the end."""
    last = events[-1]
    more = {"tender": last.values["tender"], "lot": 1, **values}
    return [*events, TenderEvent("TenderProceedings", name, more, last.block, last.transaction, last.index + 1)]


def audit(
    whole: Whole,
    lies: Mapping[bytes, bytes] | None = None,
    change: Callable[[list[TenderEvent]], list[TenderEvent]] | None = None,
    *,
    keys: bool = False,
) -> Report:
    case, report = whole.case, Report()
    board = Told(case.stage.folder / "board", lies or {})
    ledger: Any = case.stage.ledger if change is None else Events(case.stage.ledger, change)
    deep: dict[str, Any] = {}
    if keys:
        deep = {
            "granted": whole.granted, "evidence": case.companies.evidence(), "custody": [FileFolder(case.custody)],
        }  # fmt: skip
    audit_tender(report, ledger, board, case.tender, **deep)
    return report


def broken(report: Report) -> set[str]:
    return {one.rule for one in report.findings if one.result is Result.BROKEN and one.rule.startswith("A12")}


def lie(whole: Whole, paper: Qualification) -> dict[bytes, bytes]:
    return {event_of(whole).values["digest"]: paper.to_bytes()}


def first(paper: Qualification, change: Callable[[QualifiedBid], QualifiedBid]) -> Qualification:
    return replace(paper, bids=(change(paper.bids[0]), *paper.bids[1:]))


def test_a_true_one_is_clean_and_judged_again_with_granted_keys(judged: Whole) -> None:
    report = audit(judged, keys=True)
    assert [one.as_dict() for one in report.findings] == []
    assert [bid.result for bid in paper_of(judged).bids] == [Answer.PASS, Answer.PASS]
    assert {"A1201", "A1202", "A1203", "A1204", "A1207", "A1208"} <= {rule for rule, n in report.looked.items() if n}


def _answer(bid: QualifiedBid) -> QualifiedBid:
    return replace(bid, rules=(replace(bid.rules[0], deadline=Answer.FAIL), *bid.rules[1:]))


def _shown(bid: QualifiedBid) -> QualifiedBid:
    return replace(bid, rules=(replace(bid.rules[0], shown=(bytes(32),)), *bid.rules[1:]))


def _bank(bid: QualifiedBid) -> QualifiedBid:
    assert bid.guarantee is not None
    return replace(bid, guarantee=replace(bid.guarantee, money=Money(Decimal("99999.00"), "CNY")))


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("A1201", lambda paper: replace(paper, place=replace(paper.place, lot=2))),
        ("A1203", lambda paper: replace(paper, bids=paper.bids[:1])),
        ("A1203", lambda paper: replace(paper, bids=tuple(replace(one, rules=()) for one in paper.bids))),
        ("A1204", lambda paper: replace(paper, deadline=(paper.deadline[0] - 1, paper.deadline[1]))),
        ("A1207", lambda paper: first(paper, _answer)),
        ("A1208", lambda paper: first(paper, _shown)),
        ("A1208", lambda paper: first(paper, _bank)),
    ],
    ids=["another lot", "a bid less", "no rules", "another block", "another answer", "not shown", "another guarantee"],
)
def test_a_qualification_that_lies_is_found_out(
    judged: Whole, rule: str, change: Callable[[Qualification], Qualification]
) -> None:
    changed = change(paper_of(judged))
    found = broken(audit(judged, lie(judged, changed), keys=rule in ("A1207", "A1208")))
    assert rule in found
    assert found <= {rule, "A1208"}, "one thing was changed"


def test_an_evaluation_without_a_qualification_is_broken_and_before_it_nothing_is_due(judged: Whole) -> None:
    def without(events: list[TenderEvent]) -> list[TenderEvent]:
        return [one for one in events if one.values.get("kind") != KIND]

    early = audit(judged, change=without)
    assert (broken(early), early.looked["A1202"]) == (set(), 1)
    named = audit(judged, change=lambda events: after(without(events), "CandidatesNamed", number=1, digest=bytes(32)))
    assert broken(named) == {"A1202"}


def test_a_second_qualification_of_an_envelope_does_not_count_and_is_named(judged: Whole) -> None:
    data = first(paper_of(judged), _answer).to_bytes()
    more = audit(
        judged,
        {sha256(data): data},
        lambda events: after(events, "Recorded", kind=KIND, digest=sha256(data)),
        keys=True,
    )
    assert broken(more) == {"A1201"}


def test_an_evaluation_must_drop_who_failed(judged: Whole) -> None:
    failed, event = first(paper_of(judged), _answer), event_of(judged)
    place, notice = failed.place, judged.case.notice
    ranked = tuple(RankedBid(one.place, {}, None, Money(Decimal("1.00"), "CNY"), one.place) for one in failed.bids)
    report = EvaluationReport(
        place, 1, notice.digest, failed.record, None, event.values["digest"], bytes(32), bytes(32), (), None, (), (),
        None, (), (), ranked,
    )  # fmt: skip
    data = report.to_bytes()
    lies = {**lie(judged, failed), sha256(data): data}
    found = audit(judged, lies, lambda events: after(events, "Recorded", kind="evaluation", digest=sha256(data)))
    assert broken(found) == {"A1205"}


@pytest.mark.parametrize(
    ("outcomes", "right"),
    [
        ([(1, Fate.CLAIMED)], True),
        ([(1, Fate.RELEASED)], False),
        ([(9, Fate.CLAIMED)], False),
        ([(1, Fate.CLAIMED), (1, Fate.RELEASED)], False),
    ],
    ids=["claimed", "given back too early", "of nobody", "claimed, then given back"],
)
def test_a_guarantee_has_one_outcome_in_its_time(judged: Whole, outcomes: list[tuple[int, Fate]], right: bool) -> None:
    known = event_of(judged).values["digest"]
    papers = [
        GuaranteeOutcome(paper_of(judged).place, known, (Outcome(place, fate, "示例"),)).to_bytes()
        for place, fate in outcomes
    ]

    def told(events: list[TenderEvent]) -> list[TenderEvent]:
        for data in papers:
            events = after(events, "Recorded", kind="guarantees", digest=sha256(data))
        return events

    report = audit(judged, {sha256(data): data for data in papers}, told)
    assert broken(report) == (set() if right else {"A1206"})
    assert report.looked["A1206"] >= len(papers)


@pytest.mark.parametrize(
    ("awarded", "contracted", "released", "right"),
    [(1, False, 1, False), (1, True, 1, True), (2, False, 1, True)],
    ids=["the winner's before the contract", "the winner's after it", "a loser's"],
)
def test_the_winners_guarantee_is_given_back_after_the_contract(
    judged: Whole, awarded: int, contracted: bool, released: int, right: bool
) -> None:
    place, known = paper_of(judged).place, event_of(judged).values["digest"]
    award = replace(AWARD, lot_place=place, place=awarded).to_bytes()
    outcome = GuaranteeOutcome(place, known, (Outcome(released, Fate.RELEASED, "示例"),)).to_bytes()

    def told(events: list[TenderEvent]) -> list[TenderEvent]:
        for phase, name, digest in (
            (Phase.CANDIDATES, "CandidatesNamed", AWARD.candidates), (Phase.AWARDED, "LotAwarded", sha256(award)),
            *(((Phase.CONTRACTED, "LotContracted", sha256(b"contract")),) if contracted else ()),
        ):  # fmt: skip
            events = after(after(events, name, number=1, digest=digest), "LotAdvanced", phase=phase)
        return after(events, "Recorded", kind="guarantees", digest=sha256(outcome))

    report = audit(judged, {sha256(data): data for data in (award, outcome)}, told)
    found = [one for one in report.findings if one.rule == "A1206"]
    assert [one.result for one in found] == ([] if right else [Result.BROKEN])
    assert all("before the contract" in one.detail for one in found)
