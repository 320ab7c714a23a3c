"""A record that stands is gone on with, lost files have their window, false digests of keys stop nobody."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.tender_facts import SealedFile
from chain.kernel.tender_ports import Board
from chain.sealing import FaultKind
from chain.tenders.board import FolderBoard
from chain.tenders.opening import (
    LiveBids,
    LotPlace,
    OpeningRecord,
    Outcome,
    RecordedBid,
    RecordedFault,
    live_bids,
    releases_topic,
)
from chain.tenders.opening.finishing import check_handed_in, finish, places_lost, restore_until, standing_record
from chain.tenders.opening.naming import keys_at_hand
from chain.tenders.opening.session import FileFolder, fetch_file
from chain.tenders.story import Story, tell
from tests.chain.sealing.samples import GENESIS, holders
from tests.chain.tenders.events import BOOK, TERMS, Teller
from tests.chain.tenders.opening.openings import commitment, keys, notes, seal


@dataclass
class Acts:
    """Notes what is written."""

    sent: list[str] = field(default_factory=list)

    def record(self, *_: object) -> bytes:
        self.sent.append("record")
        return bytes(32)

    def fail(self, *_: object) -> bytes:
        self.sent.append("fail")
        return bytes(32)


@dataclass
class Case:
    """A lot with one bid, opened."""

    teller: Teller
    live: LiveBids

    @property
    def story(self) -> Story:
        return tell(self.teller.events, BOOK)

    def record(self, *, lost: bool = False) -> OpeningRecord:
        bid, identity = self.live.bids[0], self.live.identities[0]
        kind = FaultKind.MISSING_FILE if lost else FaultKind.BAD_HEADER
        one = RecordedBid(
            bid.place, bid.hash, identity.bidder, identity.version, Outcome.of(kind.party),
            fault=RecordedFault(kind, "does not open", {}),
        )  # fmt: skip
        return OpeningRecord(
            LotPlace(GENESIS, BOOK, 3, 1), 1, bytes(32), self.teller.time, self.live.digest, bytes(32), (), (),
            (one,), 1, 3, alone="nobody came",
        )  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> Case:
    teller = Teller(replace(TERMS, minimum_bids=1))
    teller.publish()
    made = commitment(teller, seal(tmp_path, 1))
    teller.commit(1, made)
    teller.settle()
    teller.close(made)
    live = live_bids(tell(teller.events, BOOK), GENESIS, 1, 1)
    at = max(teller.time + 1, TERMS.open_at)
    teller.say("EnvelopeOpened", at=at, lot=1, envelope=1, signature=bytes(48), keysDigest=sha256(b"nobody has it"))
    return Case(teller, live)


def test_a_record_that_stands_is_gone_on_with_whatever_was_said_since(case: Case, tmp_path: Path) -> None:
    board, acts = FolderBoard(tmp_path / "board"), Acts()
    record = case.record()
    assert standing_record(board, case.story, 1, 1) is None
    case.teller.say("Recorded", lot=1, kind="opening", digest=board.put(record.to_bytes()))
    standing = standing_record(board, case.story, 1, 1)
    assert standing == record
    assert finish(acts, board, standing, case.story) == sha256(record.to_bytes())  # type: ignore[arg-type]
    assert acts.sent == ["fail"]


@pytest.mark.parametrize("what", ["nothing", "junk", "another envelope"])
def test_a_record_whose_bytes_nobody_has_is_not_gone_on_with(case: Case, tmp_path: Path, what: str) -> None:
    board = FolderBoard(tmp_path / "board")
    digest = {
        "nothing": lambda: sha256(b"nobody has it"),
        "junk": lambda: board.put(b"junk"),
        "another envelope": lambda: board.put(replace(case.record(), envelope=2).to_bytes()),
    }[what]()
    case.teller.say("Recorded", lot=1, kind="opening", digest=digest)
    assert standing_record(board, case.story, 1, 1) is None


def test_after_the_window_nobody_hands_files_in_and_what_was_lost_counts_from_a_custodian_alone(case: Case) -> None:
    until = restore_until(case.story, 1, 1)
    lost = case.record(lost=True)
    check_handed_in(case.story, 1, 1, until, "custody")
    with pytest.raises(Refused, match="window") as caught:
        check_handed_in(case.story, 1, 1, until + 1, "custody")
    assert caught.value.field == "custody"
    assert places_lost(case.story, lost, 1, 1, until) == frozenset()
    assert places_lost(case.story, lost, 1, 1, until + 1) == {1}
    assert places_lost(case.story, case.record(), 1, 1, until + 1) == frozenset()
    assert places_lost(case.story, None, 1, 1, until + 1) == frozenset()


class Odd:
    """A custodian that answers as none should."""

    def fetch(self, digest: bytes, size: int, target: Path) -> None:
        raise InvalidInput("HTTP 413", code="custody.status")


def test_an_odd_answer_of_one_custodian_leaves_the_others_to_be_asked(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"file")
    file = SealedFile(sha256(b"file"), 4, bytes(32))
    target = tmp_path / "files" / "1.age"
    assert fetch_file([Odd()], file, target) == (None, ("HTTP 413",))
    assert fetch_file([Odd(), FileFolder(tmp_path / "there")], file, target) == (target, ())


def test_a_file_that_lies_there_is_not_taken_where_only_a_custodians_counts(tmp_path: Path) -> None:
    target = tmp_path / "1.age"
    target.write_bytes(b"file")
    file = SealedFile(sha256(b"file"), 4, bytes(32))
    assert fetch_file([], file, target) == (target, ())
    assert fetch_file([Odd()], file, target, kept=False) == (None, ("HTTP 413",))


def test_a_false_digest_of_the_keys_stops_no_bidder(case: Case, tmp_path: Path) -> None:
    board: Board = FolderBoard(tmp_path / "board")
    line, key = case.story.lots[1], holders().key
    with pytest.raises(NotFound):
        keys_at_hand(line, board, key, case.live)
    for name, data in notes(case.live, 1, 2, 3):
        board.post(releases_topic(3, 1, 1), name, data)
    assert keys_at_hand(line, board, key, case.live) == keys(case.live)
