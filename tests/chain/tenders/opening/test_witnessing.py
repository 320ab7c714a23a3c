"""No note on the board decides alone: the supervisor signs what contradicts nothing, whoever left what beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chain.kernel.errors import NotFound
from chain.sealing import BidFault, FaultKind
from chain.tenders.board import FolderBoard
from chain.tenders.opening import (
    LiveBids,
    LotPlace,
    NamedOrganisation,
    OpenedBid,
    OpeningRecord,
    Outcome,
    RecordedBid,
    RecordedFault,
    ReleaseBox,
)
from chain.tenders.opening.finishing import session_topic, show_k2, shown_k2
from chain.tenders.opening.witnessing import MOST, drafts, k2_to_show, published_k2, signable
from tests.chain.sealing.samples import RECIPIENTS, holders, private
from tests.chain.tenders.opening.openings import closed, notes, seal

TOPIC = session_topic(3, 1, 1)
Change = Callable[[OpeningRecord], OpeningRecord]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> LiveBids:
    folder = tmp_path_factory.mktemp("bids")
    return closed([seal(folder, bidder) for bidder in (1, 2)])


@pytest.fixture(scope="module")
def box(live: LiveBids) -> ReleaseBox:
    found = ReleaseBox(holders().key, live)
    found.take(notes(live, 1, 2, 3))
    return found


@pytest.fixture
def board(tmp_path: Path) -> FolderBoard:
    return FolderBoard(tmp_path / "board")


@pytest.fixture(scope="module")
def mine(live: LiveBids) -> OpeningRecord:
    """Bid 1 opened; bid 2 has a bad lock 2, with its k2."""
    bids = [
        RecordedBid(bid.place, bid.hash, identity.bidder, identity.version, Outcome.OPENED)
        for bid, identity in zip(live.bids, live.identities, strict=True)
    ]
    fault = RecordedFault(FaultKind.BAD_LOCK_TWO, "lock 2 is not what its k2 makes", {"x": 1}, b"k" * 16)
    first = replace(bids[0], organisation=NamedOrganisation("valid", "A", "示例甲", (("A", "示例甲"),), ("note",)))
    second = replace(bids[1], outcome=Outcome.REVOKED, fault=fault)
    return OpeningRecord(
        LotPlace(live.genesis, live.book, 3, 1), 1, bytes(32), 1_800_000_000, live.digest, bytes(32), (1, 2, 3), (),
        (first, second), 2, 2,
    )  # fmt: skip


def faulty(record: OpeningRecord, **change: object) -> OpeningRecord:
    """The record with another fault at bid 2."""
    first, second = record.bids
    assert second.fault is not None
    return replace(record, bids=(first, replace(second, fault=replace(second.fault, **change))))  # type: ignore[arg-type]


def named(record: OpeningRecord, **change: object) -> OpeningRecord:
    """The record with another organisation at bid 1."""
    first, second = record.bids
    assert first.organisation is not None
    return replace(record, bids=(replace(first, organisation=replace(first.organisation, **change)), second))  # type: ignore[arg-type]


def undecided(record: OpeningRecord, place: int = 2) -> OpeningRecord:
    """The record with the officer's box of bid 2 shut."""
    fault = RecordedFault(FaultKind.SHUT_BOX, "the officer's box does not open", {"recipient": "officer"})
    last = replace(record.bids[1], place=place, outcome=Outcome.UNDECIDED, fault=fault)
    return replace(record, bids=(record.bids[0], last))


def test_junk_altered_and_foreign_notes_before_and_after_a_right_draft_stop_nothing(
    live: LiveBids, box: ReleaseBox, mine: OpeningRecord, board: FolderBoard
) -> None:
    altered = replace(mine, organisations=1)
    foreign = replace(mine, live=bytes(32))
    for data in (
        b"junk",
        altered.to_bytes(),
        mine.to_bytes(),
        undecided(mine, 999).to_bytes(),
        foreign.to_bytes(),
        b"{}",
    ):
        board.post(TOPIC, "draft", data)
    found = list(drafts(board, live))
    assert found == [altered, mine]
    assert signable(mine, box, (), found) == ([mine], [])


def test_the_draft_that_comes_nearest_says_what_differs(box: ReleaseBox, mine: OpeningRecord) -> None:
    officers = replace(mine, organisations=1)
    strangers = replace(mine, keys=b"x" * 32, minimum=9, alone="nobody")
    assert signable(mine, box, (), [officers, strangers]) == ([], ["organisations"])
    assert signable(mine, box, (), []) == ([], ["no draft lies on the board"])


def test_of_many_right_drafts_the_oldest_and_the_newest_are_signed(box: ReleaseBox, mine: OpeningRecord) -> None:
    many = [named(mine, findings=(f"finding {number}",)) for number in range(MOST + 5)]
    right, _ = signable(mine, box, (), many)
    assert len(right) == MOST
    assert (right[0], right[-1]) == (many[0], many[-1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: faulty(one, kind=FaultKind.BAD_MANIFEST), "bids[2].fault.kind"),
        (lambda one: faulty(one, message=""), "bids[2].fault.message"),
        (lambda one: faulty(one, evidence={"x": 2}), "bids[2].fault.evidence"),
        (lambda one: faulty(one, evidence={"x": 1, "asked": []}), "bids[2].fault.evidence"),
        (lambda one: faulty(one, k2=None), "bids[2].fault.k2"),
        (lambda one: faulty(one, k2=b"z" * 16), "bids[2].fault.k2"),
        (lambda one: named(one, result="invalid"), "bids[1].organisation"),
        (lambda one: named(one, members=()), "bids[1].organisation"),
        (lambda one: replace(one, signed=(1, 2, 4)), "keyHolders.signed"),
        (lambda one: replace(one, signed=(1, 2)), "keyHolders.signed"),
        (lambda one: replace(one, refused=((4, ()),)), "keyHolders.refused"),
        (lambda one: replace(one, alone="nobody came"), "alone"),
    ],
)
def test_what_a_draft_says_otherwise_is_named(box: ReleaseBox, mine: OpeningRecord, change: Change, said: str) -> None:
    assert signable(mine, box, (), [change(mine)]) == ([], [said])


def test_k2_of_a_bid_whose_documents_are_readable_is_no_evidence(box: ReleaseBox, mine: OpeningRecord) -> None:
    slip = faulty(mine, kind=FaultKind.BAD_DOCUMENT, k2=None)
    assert signable(slip, box, (), [faulty(slip, k2=b"k" * 16)]) == ([], ["bids[2].fault.k2"])


def test_findings_of_another_second_and_who_was_asked_are_no_difference(box: ReleaseBox, mine: OpeningRecord) -> None:
    later = named(mine, findings=())
    assert signable(mine, box, (), [later]) == ([later], [])
    lost, theirs = (
        faulty(mine, kind=FaultKind.MISSING_FILE, k2=None, evidence={"size": 1, "asked": asked})
        for asked in (["no answer"], ["not here"])
    )
    assert signable(lost, box, (), [theirs]) == ([theirs], [])


def test_two_shut_boxes_are_one_finding(box: ReleaseBox, mine: OpeningRecord) -> None:
    officers = undecided(mine)
    own = faulty(officers, message="the supervisor's box does not open", evidence={"recipient": "supervisor"})
    assert signable(own, box, (), [officers]) == ([officers], [])


def test_messages_that_came_after_the_draft_are_no_difference(live: LiveBids, mine: OpeningRecord) -> None:
    later = ReleaseBox(holders().key, live)
    later.take([*notes(live, 1, 2, 3, 4, 5), ("holder-4", b"junk")])
    assert signable(mine, later, (), [mine]) == ([mine], [])


def test_k2_that_a_draft_publishes_is_a_candidate_for_the_other_side(mine: OpeningRecord) -> None:
    other = faulty(mine, k2=b"z" * 16)
    kept_back = faulty(mine, kind=FaultKind.BAD_DOCUMENT)
    assert published_k2([mine, other, mine, kept_back]) == {2: [b"k" * 16, b"z" * 16]}


def test_k2_is_shown_for_every_draft_with_a_shut_box_and_for_live_places_alone(
    live: LiveBids, mine: OpeningRecord, board: FolderBoard
) -> None:
    opened = [
        OpenedBid(live.bids[0], None, None, b"1" * 16),
        OpenedBid(live.bids[1], None, BidFault(FaultKind.BAD_LOCK_TWO, "x"), b"2" * 16),
    ]
    found = k2_to_show([undecided(mine), mine, undecided(mine, 999)], opened)
    assert found == {2: b"2" * 16}
    show_k2(board, live, 2, found[2], RECIPIENTS.officer)
    assert shown_k2(board, live, private("officer")) == {2: [b"2" * 16]}
    with pytest.raises(NotFound):
        show_k2(board, live, 999, b"2" * 16, RECIPIENTS.officer)
