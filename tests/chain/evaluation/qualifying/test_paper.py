"""The public papers of qualification and guarantees: one form each, and results that follow from their parts."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from chain.evaluation.qualifying import (
    Answer,
    Fate,
    GuaranteeAnswer,
    GuaranteeOutcome,
    Moment,
    Outcome,
    Qualification,
    QualifiedBid,
    RuleAnswer,
    Said,
    read_outcome,
    read_qualification,
)
from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace

PLACE = LotPlace(bytes(32), bytes(20), 7, 1)
SAID = Said(Moment.OPENING, "certificate.refused", "营业执照：无效（暂停）。", "licence: not in force (suspended).")
GUARANTEE = GuaranteeAnswer(
    Answer.PASS, Answer.PASS, Money(Decimal("80000.00"), "CNY"), 2_000_000_000, "91440100000000019A", bytes(32)
)


def paper() -> Qualification:
    rules = (
        RuleAnswer("builder", True, Answer.PASS, Answer.FAIL, (bytes([1]) * 32,), (SAID,)),
        RuleAnswer("prize", False, Answer.FAIL, Answer.FAIL),
    )
    good = (RuleAnswer("builder", True, Answer.PASS, Answer.PASS), RuleAnswer("prize", False, Answer.FAIL, Answer.FAIL))
    return Qualification(
        PLACE, 1, bytes(32), (40, 1_700_000_000), (44, 1_700_000_060),
        (QualifiedBid(1, rules, GUARANTEE), QualifiedBid(3, good, GUARANTEE)),
    )  # fmt: skip


def test_a_qualification_comes_back_and_says_who_fails() -> None:
    read = read_qualification(paper().to_bytes())
    assert read == paper()
    assert (read.places(Answer.FAIL), read.places(Answer.PASS)) == ((1,), (3,))


@pytest.mark.parametrize(
    ("deadline", "opening", "result"),
    [("pass", "pass", "pass"), ("pass", "unknown", "unknown"), ("unknown", "fail", "fail"), ("fail", "pass", "fail")],
)
def test_a_result_is_the_worse_of_both_blocks(deadline: str, opening: str, result: str) -> None:
    assert RuleAnswer("builder", True, Answer(deadline), Answer(opening)).result == result


def test_a_rule_that_is_not_required_decides_nothing_and_a_guarantee_does() -> None:
    optional = RuleAnswer("prize", False, Answer.FAIL, Answer.FAIL)
    assert QualifiedBid(1, (optional,)).result is Answer.PASS
    unknown = GuaranteeAnswer(Answer.UNKNOWN, Answer.PASS)
    assert QualifiedBid(1, (optional,), unknown).result is Answer.UNKNOWN


def _change(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def act(value: dict[str, Any]) -> None:
        inner: Any = value
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to

    return act


@pytest.mark.parametrize(
    "change",
    [
        _change("format", to="yinxin-qualification-2"),
        _change("more", to=1),
        _change("bids", 0, "place", to=3),
        _change("bids", 0, "result", to="pass"),
        _change("bids", 0, "rules", 0, "result", to="unknown"),
        _change("bids", 0, "rules", 0, "required", to=1),
        _change("bids", 0, "rules", 0, "rule", to="other"),
        _change("bids", 0, "rules", 0, "deadline", to="maybe"),
        _change("bids", 0, "rules", 0, "shown", 0, to="0x00"),
        _change("bids", 0, "rules", 0, "findings", 0, "at", to="now"),
        _change("bids", 0, "rules", 0, "findings", 0, "code", to="Refused"),
        _change("bids", 0, "guarantee", "amount", to="80000"),
        _change("bids", 0, "guarantee", "currency", to=None),
        _change("bids", 0, "guarantee", "bank", to="ICBC"),
        _change("bids", 0, "guarantee", "result", to="fail"),
        _change("deadline", "number", to=-1),
    ],
)
def test_any_other_form_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    value = json.loads(paper().to_bytes())
    change(value)
    with pytest.raises(InvalidInput):
        read_qualification(canonical(value))


def test_an_outcome_comes_back() -> None:
    outcome = GuaranteeOutcome(
        PLACE, bytes(32), (Outcome(1, Fate.RELEASED, "未中标"), Outcome(2, Fate.CLAIMED, "拒签合同", bytes([2]) * 32))
    )
    assert read_outcome(outcome.to_bytes()) == outcome


@pytest.mark.parametrize(
    "outcomes",
    [(), (Outcome(2, Fate.RELEASED, "x"), Outcome(1, Fate.RELEASED, "x")), (Outcome(1, Fate.RELEASED, ""),)],
    ids=["none", "order", "no reason"],
)
def test_an_outcome_without_order_or_reason_is_refused(outcomes: tuple[Outcome, ...]) -> None:
    with pytest.raises(InvalidInput):
        GuaranteeOutcome(PLACE, bytes(32), outcomes).to_bytes()
