"""A tender with everything that an audit looks at, on a real chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from chain.audit import Report
from chain.audit.tenders import audit_tender
from chain.evaluation.qualifying import Qualification, companies_behind
from chain.evaluation.qualifying.recording import record_qualification
from chain.kernel.tender_ports import Board
from chain.keys.signatures import address_of, sign
from chain.ledger.tenders.inputs import TransactionInputs
from chain.sealing import Manifest
from chain.tenders.board import FolderBoard
from chain.tenders.opening import (
    LotPlace,
    OpeningRecord,
    ReleaseBox,
    WitnessNote,
    combine_keys,
    read_record,
    releases_topic,
    witness_digest,
)
from chain.tenders.opening.finishing import answer_objection, finish, object_to
from chain.tenders.opening.record import KIND
from chain.tenders.opening.session import FileFolder, FileSource, draft_record, open_bids, publish_keys, recorded_bid
from chain.tenders.typed import withdrawal_hash
from tests.support.opening_stage import OpeningCase
from tests.support.tender_stage import TenderStage


class Lying(FolderBoard):
    """A board that a reader would have to believe without digests."""

    def __init__(self, folder: Path, digest: bytes, data: bytes) -> None:
        super().__init__(folder)
        self._lie = (digest, data)

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        return self._lie[1] if digest == self._lie[0] else super().get(digest, limit=limit)


@dataclass
class Whole:
    """A tender with everything: an objection, a withdrawal, a move, a bad file, a signed record."""

    case: OpeningCase
    granted: dict[bytes, bytes]
    manifests: dict[int, Manifest]

    def qualify(self) -> None:
        """Put the qualification on record."""
        case, (digest, record) = self.case, self.record
        bench = case.bench()
        bids = tuple(
            bench.judge(bid.place, self.manifests[bid.place], companies_behind(bid.organisation))
            for bid in record.bids
            if bid.place in self.manifests
        )
        blocks = [(block.number, block.time) for block in (bench.last, bench.opening)]
        paper = Qualification(record.place, 1, digest, blocks[0], blocks[1], bids)
        record_qualification(case.stage.acts("officer"), case.stage.board, case.story, paper)

    def audit(
        self, board: Board | None = None, custody: Path | Sequence[FileSource] | None = None, **more: object
    ) -> Report:
        case, report = self.case, Report()
        ledger = case.stage.ledger
        if custody is None or isinstance(custody, Path):
            custody = [FileFolder(custody or case.custody)]
        values: dict[str, object] = {
            "calls": TransactionInputs(ledger.rpc), "custody": custody,
            "granted": self.granted, "evidence": case.companies.evidence(),
        }  # fmt: skip
        audit_tender(report, ledger, board or case.stage.board, case.tender, **{**values, **more})  # type: ignore[arg-type]
        return report

    @property
    def record(self) -> tuple[bytes, OpeningRecord]:
        """Digest and content of the one that stands on the ledger."""
        event = next(event for event in self.case.story.lots[1].records if event.values["kind"] == KIND)
        return event.values["digest"], read_record(self.case.stage.board.get(event.values["digest"]))

    def lying(self, lie: OpeningRecord) -> Lying:
        """The board of the stage, with that record in the place of the true one."""
        return Lying(self.case.stage.folder / "board", self.record[0], lie.to_bytes())


@pytest.fixture(scope="module")
def whole(tender_stage: TenderStage, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return make_whole(tender_stage, tmp_path_factory.mktemp("case"))


def make_whole(stage: TenderStage, folder: Path) -> Whole:
    """Play it from the notice to the record; takes as long as its periods."""
    case = OpeningCase.publish(stage, folder / "tender", minimumBids=2, deadline=9, guaranteed=True)
    case.bid(1)
    case.bid(2)
    case.bid(3, spoil=_junk)
    case.bid(4)
    _withdraw(case, 4)
    live = case.close()
    case.attest()
    case.release(1, 2, 3)
    box = ReleaseBox(stage.key.opening_key, live)
    box.take(stage.board.notes(releases_topic(case.tender, 1, 1)))
    stage.wait_until(case.story.open_at)
    officer = stage.acts("officer")
    digest = publish_keys(stage.ledger, officer, stage.board, combine_keys(box))
    place = LotPlace(case.notice.genesis, case.notice.book, case.tender, 1)
    object_to(stage.acts("supervisor"), stage.board, place, "开标时间有误。")
    answer_objection(officer, stage.board, case.story, place, 1, "时间无误。")
    officer.record(case.tender, 0, "minutes", stage.board.put(b'{"format":"sample"}'))
    opened = list(
        open_bids(live, combine_keys(box), case.notice, case.sources, case.box("officer"), folder / "officer", {})
    )
    bids = [recorded_bid(live, one, case.notice, case.judge()) for one in opened]
    record = draft_record(case.story, live, case.notice, digest, box, bids)
    key = bytes(stage.account("supervisor").key)
    note = WitnessNote(record.content, sign(witness_digest(record.content), key))
    finish(officer, stage.board, record.with_witness(note.signature), case.story)
    granted = {live.identity(one.bid).digest(): one.k2 for one in opened if one.k2 is not None}
    return Whole(case, granted, {one.bid.place: one.manifest for one in opened if one.manifest is not None})


def _junk(path: Path) -> None:
    path.write_bytes(b"not a sealed bid at all")


def _withdraw(case: OpeningCase, bidder: int) -> None:
    stage, address = case.stage, address_of(case.stage.bidder_key(bidder))
    until = case.story.deadline + 100
    digest = stage.domain.digest(withdrawal_hash(case.tender, 1, address, 2, until))
    stage.acts("custodian-1").withdraw(case.tender, 1, address, 2, until, sign(digest, stage.bidder_key(bidder)))
