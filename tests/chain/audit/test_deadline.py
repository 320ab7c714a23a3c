"""A deadline that was settled or moved is compared with the chain's own headers."""

from __future__ import annotations

from typing import Any

import pytest

from chain.audit import Report, Result
from chain.audit.tenders.case import TenderCase
from chain.audit.tenders.facts import audit_facts
from chain.tenders.story import tell
from tests.chain.tenders.events import BOOK, TERMS, Teller
from tests.support.memory_ledger import MemoryLedger

DEADLINE = TERMS.deadline


class Headers:
    """A chain of which only the headers around the deadline are asked."""

    def __init__(self, before: int, after: int, *, broken: bool = False) -> None:
        chain = MemoryLedger()
        chain.mine(before - chain.block.time)
        chain.mine(after - before)
        self._pair = (chain.blocks[-2].header, chain.blocks[-1].header)
        if broken:
            chain.mine(after - before)
            self._pair = (self._pair[0], chain.blocks[-1].header)

    def spanning_headers(self, time: int) -> tuple[bytes, bytes]:
        return self._pair

    def __getattr__(self, name: str) -> Any:
        def nothing(*_: Any) -> None:
            return None

        return nothing


def found(teller: Teller, headers: Headers) -> list[str]:
    """Details of what is found about the deadline."""
    report = Report()
    audit_facts(TenderCase(report, headers, None, tell(teller.events, BOOK)))  # type: ignore[arg-type]
    return [one.detail for one in report.findings if (one.rule, one.result) == ("A303", Result.BROKEN)]


def settled(before: int, after: int) -> Teller:
    teller = Teller()
    teller.publish()
    teller.say("DeadlineSettled", at=after + 1, timeBefore=before, timeAfter=after)
    return teller


def moved(before: int, after: int) -> Teller:
    teller = Teller()
    teller.publish()
    deadline = after + TERMS.grace
    teller.say(
        "DeadlineMoved", at=after + 1, timeBefore=before, timeAfter=after, deadline=deadline,
        openAt=TERMS.open_at + deadline - TERMS.deadline,
    )  # fmt: skip
    return teller


def test_headers_close_together_make_it_final_and_far_apart_move_it() -> None:
    assert found(settled(DEADLINE, DEADLINE + 2), Headers(DEADLINE, DEADLINE + 2)) == []
    assert found(moved(DEADLINE - 3, DEADLINE + 40), Headers(DEADLINE - 3, DEADLINE + 40)) == []


@pytest.mark.parametrize(
    ("teller", "headers", "words"),
    [
        (settled(DEADLINE, DEADLINE + 2), Headers(DEADLINE - 1, DEADLINE + 2), "the chain's are at"),
        (settled(DEADLINE, DEADLINE + 2), Headers(DEADLINE, DEADLINE + 31), "show an outage"),
        (moved(DEADLINE - 3, DEADLINE + 40), Headers(DEADLINE - 3, DEADLINE + 2), "show no outage"),
        (settled(DEADLINE, DEADLINE + 2), Headers(DEADLINE - 9, DEADLINE - 2), "do not span"),
        (settled(DEADLINE, DEADLINE + 2), Headers(DEADLINE, DEADLINE + 2, broken=True), "do not span"),
    ],
)
def test_what_the_headers_do_not_bear_out_is_found(teller: Teller, headers: Headers, words: str) -> None:
    assert [words in detail for detail in found(teller, headers)] == [True]


def test_looking_back_needs_no_headers_but_hides_no_outage_that_is_moved() -> None:
    teller = Teller()
    teller.publish()
    teller.say("DeadlineSeen", at=DEADLINE + 50, blockNumber=2)
    teller.say("DeadlineSettled", at=DEADLINE + 900, timeBefore=0, timeAfter=0)
    assert found(teller, Headers(DEADLINE, DEADLINE + 50)) == []
