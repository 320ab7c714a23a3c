"""What is known of a tender is what its papers say; before an opening that is nothing about bids."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from chain.contracting.insight import Gatherer, TenderFact
from chain.contracting.insight.signals import lot_signals, thresholds
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import CaseKind, Phase
from chain.tenders.story import tell
from tests.chain.contracting.insight.whole import PRICES, WholeTender, lose, organisation
from tests.chain.sealing.samples import GENESIS
from tests.chain.tenders.events import BOOK, CUSTODIAN, TERMS, Teller


@pytest.fixture
def whole(tmp_path: Path) -> WholeTender:
    return WholeTender(tmp_path)


def fact(whole: WholeTender, step: str) -> TenderFact:
    """The facts after that step."""
    return Gatherer(whole.board, GENESIS).fact(whole.until(step))


def test_a_whole_tender_is_known_by_its_papers(whole: WholeTender) -> None:
    found = fact(whole, "contracted")
    assert (found.number, found.category, found.price, found.currency, found.unread) == (3, "goods", "price", "CNY", 0)
    assert not found.demo
    (lot,) = found.lots
    assert lot.phase is Phase.CONTRACTED
    assert {bid.place: str(bid.price) for bid in lot.bids} == PRICES
    assert [dict(bid.companies) for bid in lot.bids] == [dict([organisation(place)]) for place in PRICES]
    assert {bid.custodian for bid in lot.bids} == {CUSTODIAN}
    assert (lot.decoys, lot.withdrawn, lot.organisations) == (1, 1, 3)
    assert lot.ceiling is not None
    assert lot.outcome is not None
    assert (lot.outcome.place, lot.outcome.price.amount, lot.outcome.rank) == (2, Decimal("3300000.00"), 2)
    assert lot.first is not None
    assert lot.first.place == 1
    assert [(case.kind, case.upheld) for case in lot.cases] == [(CaseKind.OBJECTION, False), (CaseKind.COMPLAINT, True)]
    assert sum(one.count for one in lot.presented) == 3 * len(whole.notice.qualification)
    assert len({bid.guarantee for bid in lot.bids}) == 3
    assert "first-stepped-back" in {one.code for one in lot_signals(found, lot, thresholds())}


def test_before_the_opening_the_facts_are_the_same_whatever_was_bid(whole: WholeTender) -> None:
    for step in ("bid", "closed"):
        (lot,) = fact(whole, step).lots
        assert (lot.bids, lot.decoys, lot.withdrawn, lot.opened_at, lot.kinds) == ((), 0, 0, None, {})
    assert replace(fact(whole, "bid"), lots=()) == replace(fact(whole, "published"), lots=())
    assert fact(whole, "bid") == fact(whole, "published")


@pytest.mark.parametrize("kind", ["opening", "qualification"])
def test_a_paper_that_nobody_has_is_counted_and_nothing_is_guessed(
    whole: WholeTender, tmp_path: Path, kind: str
) -> None:
    digest = next(one.values["digest"] for one in whole.story.lots[1].records if one.values["kind"] == kind)
    lose(whole.board, tmp_path, digest)
    found = fact(whole, "contracted")
    assert found.unread == 1
    (lot,) = found.lots
    if kind == "opening":
        assert all(bid.price is None and not bid.companies for bid in lot.bids)
        assert len(lot.bids) == 3
    else:
        assert lot.presented == ()


def test_what_was_missing_is_looked_for_again_and_what_was_whole_is_not(whole: WholeTender, tmp_path: Path) -> None:
    gatherer = Gatherer(whole.board, GENESIS)
    data = whole.board.get(whole.notice.digest)
    lose(whole.board, tmp_path, whole.notice.digest)
    assert gatherer.fact(whole.story).category == ""
    whole.board.put(data)
    known = gatherer.fact(whole.story)
    assert known.category == "goods"
    assert gatherer.fact(whole.story) is known
    assert gatherer.fact(whole.until("opened")) != known


def test_papers_of_another_ledger_count_for_nothing(whole: WholeTender) -> None:
    found = Gatherer(whole.board, sha256(b"another ledger")).fact(whole.story)
    (lot,) = found.lots
    assert found.category == ""
    assert found.unread > 3
    assert lot.outcome is None
    assert lot.presented == ()


def test_a_lot_without_enough_bids_says_so(tmp_path: Path) -> None:
    teller = Teller(TERMS)
    teller.publish()
    one = teller.commitment(1)
    teller.commit(1, one)
    teller.settle()
    teller.close(one)
    teller.say("LotFailed", lot=1, digest=bytes(32))
    whole = WholeTender(tmp_path)
    (lot,) = Gatherer(whole.board, GENESIS).fact(tell(teller.events, BOOK)).lots
    assert (lot.failed, lot.bids, lot.phase) == ("too-few-bids", (), Phase.FAILED)
