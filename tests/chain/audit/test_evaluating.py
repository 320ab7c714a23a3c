"""A11: one stored thing is changed, and the one rule speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chain.audit import Report, Result
from chain.audit.tenders import TenderCase
from chain.audit.tenders.evaluating import audit_evaluation
from chain.evaluation.report import LotFailedForReasons, read_candidates, read_report
from chain.evaluation.report.acts import evaluate, name_candidates, record_report
from chain.evaluation.sheets import Clarification, read_commitments
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.opening import LotFailed
from tests.support.evaluation_case import EvaluationCase


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> EvaluationCase:
    """From the sheets to the candidates, twice."""
    found = EvaluationCase.seated(tmp_path_factory.mktemp("case"))
    found.sheets()
    record_report(found.acts, found.scene, evaluate(found.scene, 1)[0])
    name_candidates(found.acts, found.scene)
    return found


def audited(case: EvaluationCase, events: list[TenderEvent] | None = None) -> set[tuple[str, Result]]:
    """Rules that speak, if the ledger told these events."""
    kept = case.teller.events
    case.teller.events = kept if events is None else events
    try:
        report = Report()
        audit_evaluation(TenderCase(report, case.ledger, case.board, case.story, notice=case.notice), 1)
    finally:
        case.teller.events = kept
    return {(one.rule, one.result) for one in report.findings}


def instead(case: EvaluationCase, kind: str, change: Callable[[bytes], bytes]) -> list[TenderEvent]:
    """The events, with another paper in the place of the one of that kind (or event)."""
    out = []
    for event in case.teller.events:
        if kind in (event.name, event.values.get("kind")):
            digest = case.board.put(change(case.board.get(event.values["digest"])))
            event = replace(event, values={**event.values, "digest": digest})
        out.append(event)
    return out


def test_an_honest_evaluation_is_clean(case: EvaluationCase) -> None:
    assert audited(case) == set()


def _report(**changes: Any) -> Callable[[bytes], bytes]:
    return lambda data: replace(read_report(data), **changes).to_bytes()


def _points(data: bytes) -> bytes:
    said = read_report(data)
    first = replace(said.bids[1], total=said.bids[0].total)
    return replace(said, bids=(said.bids[0], first, *said.bids[2:])).to_bytes()


def _named(**changes: Any) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        said = read_candidates(data)
        first = replace(said.candidates[0], **changes)
        return replace(said, candidates=(first, *said.candidates[1:])).to_bytes()

    return change


CHANGED: list[tuple[str, Callable[[bytes], bytes], set[str]]] = [
    ("sheets-committed", lambda data: replace(read_commitments(data), committee=sha256(b"x")).to_bytes(),
     {"A1101", "A1104"}),
    ("evaluation", _points, {"A1104", "A1107"}),
    ("evaluation", _report(bids=()), {"A1104", "A1107"}),
    ("evaluation", _report(notice=sha256(b"other")), {"A1104", "A1107"}),
    ("evaluation", _report(low=(2,)), {"A1104", "A1107"}),
    ("evaluation", _report(sheets=()), {"A1104", "A1107"}),
    ("CandidatesNamed", _named(name="示例他人有限公司"), {"A1107"}),
    ("CandidatesNamed", _named(place=9), {"A1107"}),
    ("CandidatesNamed", lambda data: replace(read_candidates(data), evaluation=sha256(b"x")).to_bytes(), {"A1107"}),
    ("CandidatesNamed", lambda data: replace(read_candidates(data), number=2, reason="又").to_bytes(), {"A1107"}),
]  # fmt: skip
"""Which paper, what becomes of it, and the rules that speak then."""


@pytest.mark.parametrize(("kind", "change", "rules"), CHANGED)
def test_one_changed_paper_is_found(
    case: EvaluationCase, kind: str, change: Callable[[bytes], bytes], rules: set[str]
) -> None:
    found = audited(case, instead(case, kind, change))
    assert {rule for rule, result in found if result is Result.BROKEN} == rules


def test_a_sheet_that_is_gone_leaves_it_open(case: EvaluationCase) -> None:
    commitments = next(one for one in case.teller.events if one.values.get("kind") == "sheets-committed")
    sheet = read_commitments(case.board.get(commitments.values["digest"])).commitments[2].sheet
    (path,) = (case.folder / "board" / "papers").rglob(sheet.hex())
    kept = path.read_bytes()
    path.unlink()
    assert audited(case) == {("A1102", Result.UNKNOWN), ("A1104", Result.UNKNOWN)}
    path.write_bytes(kept)
    assert audited(case) == set()


def test_a_report_that_is_left_out_or_made_twice_is_found(case: EvaluationCase) -> None:
    without = [one for one in case.teller.events if one.values.get("kind") != "evaluation"]
    assert audited(case, without) == {("A1104", Result.UNKNOWN), ("A1107", Result.BROKEN)}
    last = case.teller.events[-1]
    event = next(one for one in case.teller.events if one.values.get("kind") == "evaluation")
    block = replace(last.block, number=last.block.number + 1)
    assert audited(case, [*case.teller.events, replace(event, block=block)]) == {("A1105", Result.BROKEN)}


def test_what_is_made_anew_is_noted_with_its_reason(case: EvaluationCase, tmp_path: Path) -> None:
    anew = instead(case, "evaluation", _report(reason="重新评审", case=7))
    named = {one.values["digest"] for one in anew if one.values.get("kind") == "evaluation"}
    assert len(named) == 1
    assert {("A1105", Result.NOTE), ("A1105", Result.BROKEN)} <= audited(case, anew), "there is no case 7"


def test_a_clarification_that_nobody_may_have_made_is_found(case: EvaluationCase) -> None:
    paper = Clarification(case.scene.place, 1, sha256(b"no question"), None, sha256(b"x"), ())
    digest = case.board.put(paper.to_bytes())
    last = case.teller.events[-1]
    event = replace(
        next(one for one in case.teller.events if one.name == "Recorded" and one.values["lot"] == 1),
        values={"tender": 3, "lot": 1, "kind": "clarification", "digest": digest},
        block=replace(last.block, number=last.block.number + 1),
    )
    assert {rule for rule, _ in audited(case, [*case.teller.events, event])} == {"A1103"}


def test_a_clarification_that_nobody_has_leaves_the_report_open(case: EvaluationCase) -> None:
    place = next(at for at, one in enumerate(case.teller.events) if one.values.get("kind") == "evaluation")
    asked = next(one for one in case.teller.events if one.values.get("kind") == "sheets-committed")
    values = {"tender": 3, "lot": 1, "kind": "clarification", "digest": sha256(b"on no board")}
    lost = replace(asked, values=values, index=asked.index + 1)
    events = [*case.teller.events[:place], lost, *case.teller.events[place:]]
    assert audited(case, sorted(events, key=lambda one: (one.block.number, one.index))) == {
        ("A1103", Result.UNKNOWN), ("A1104", Result.UNKNOWN),
    }  # fmt: skip


def test_reasons_of_a_failure_are_those_of_the_report(case: EvaluationCase) -> None:
    event = next(one for one in case.teller.events if one.values.get("kind") == "evaluation")
    last = case.teller.events[-1]

    def failing(paper: LotFailedForReasons | LotFailed | None) -> set[tuple[str, Result]]:
        data = b"{}" if paper is None else paper.to_bytes()
        failed = replace(
            last, name="LotFailed", values={"tender": 3, "lot": 1, "digest": case.board.put(data)},
            block=replace(last.block, number=last.block.number + 1),
        )  # fmt: skip
        return audited(case, [*case.teller.events, failed])

    right = LotFailedForReasons(case.scene.place, event.values["digest"], 3, ("采购任务取消",))
    assert failing(right) == {("A1108", Result.NOTE)}
    assert failing(replace(right, valid=0)) == {("A1108", Result.BROKEN)}
    assert failing(replace(right, evaluation=sha256(b"x"))) == {("A1108", Result.BROKEN)}
    assert failing(LotFailed(case.scene.place, 1, 2, sha256(b"x"))) == {("A1108", Result.BROKEN)}, "there were enough"
    assert failing(None) == {("A1108", Result.BROKEN)}
