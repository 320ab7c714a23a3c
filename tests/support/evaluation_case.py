"""The lot of :mod:`tests.support.draw_case`, with figures and a committee that judges, in memory.

case = EvaluationCase.seated(folder)            # three bids of desks, a committee of five
case.commit_all(); case.record_commitments(); case.reveal_all()
evaluate(case.scene, 1)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from chain.evaluation.report.gathering import Scene
from chain.evaluation.sheets import BidSheet, Opinion
from chain.evaluation.sheets.acts import Round, commit_sheet, record_commitments, reveal_sheet, round_of
from chain.kernel.encoding import sha256
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import CaseKind, Phase
from chain.kernel.tender_ports import TenderActs, TenderLedger
from chain.keys.signatures import address_of
from chain.sealing import Disclosure
from chain.sealing.form import Figure
from chain.tenders.opening import OpeningRecord
from tests.support.draw_case import DrawCase, expert_key

FIGURES = {
    1: {"price": "1000000.00", "delivery.days": "30", "warranty": "3y"},
    2: {"price": "1100000.00", "delivery.days": "45", "warranty": "5y"},
    3: {"price": "1200000.00", "delivery.days": "60", "warranty": "1y"},
}
OWNER = sha256(b"account of the representative")
POINTS = {1: ("20", "21", "22", "23", "24"), 2: ("25",) * 5, 3: ("10", "10", "28", "10", "10")}


class EvaluationCase(DrawCase):
    """See the module."""

    figures: Mapping[int, Mapping[str, str]] = FIGURES

    @classmethod
    def seated(cls, folder: Path, **more: Any) -> EvaluationCase:
        """With a committee of four experts and a representative on record."""
        case = cast(EvaluationCase, cls.opened(folder, qualification=(), guarantee=None, **more))
        draw = case.draw(case.seats(4))
        case.complete(draw)
        case.seat()
        return case

    def seat(self, number: int = 1) -> None:
        """Those who are drawn by now, and a representative, on record."""
        made = self.committee(number=number)
        owner = replace(made.members[-1], account=address_of(OWNER))
        self.commit(replace(made, members=(*made.members[:-1], owner)))

    def opening_record(self, live: bytes) -> OpeningRecord:
        """The same bids, with figures."""
        said = super().opening_record(live)
        bids = tuple(
            replace(
                bid,
                figures=tuple(
                    Disclosure(Figure(name, value, bytes(32)), 0, 1, ())
                    for name, value in self.figures[bid.place].items()
                ),
            )
            for bid in said.bids
        )
        return replace(said, bids=bids)

    @property
    def scene(self) -> Scene:
        """As the library sees it."""
        return Scene(cast(TenderLedger, self.memory), self.board, self.story, self.notice, 1)

    @property
    def memory(self) -> Any:
        """The ledger, whose newest block is the last event's."""
        ledger: Any = self.ledger
        last = self.teller.events[-1].block
        ledger.block = BlockRef(last.number, last.hash, self.teller.time)
        return ledger

    @property
    def acts(self) -> TenderActs:
        """The officer's."""
        return cast(TenderActs, _Acts(self))

    # ------------------------------------------------------------------ members

    def round(self, number: int | None = None) -> Round:
        """The round under way."""
        return round_of(self.ledger, self.board, self.story, self.notice, 1, number)

    def key(self, seat: int) -> bytes:
        """Private key of that seat's account."""
        account = self.round().committee.members[seat - 1].account
        return next(key for key in (OWNER, *map(expert_key, range(12))) if address_of(key) == account)

    def sheet_folder(self, seat: int) -> Path:
        """Where that seat's home keeps sheets."""
        return self.folder / f"home-{seat}" / "sheets"

    def bids(self, seat: int, places: Sequence[int] = (1, 2, 3)) -> list[BidSheet]:
        """What that seat says."""
        return [
            BidSheet(place, Opinion(True), Opinion(True), {"quality": Decimal(POINTS[place][seat - 1])})
            for place in places
        ]

    def commit_sheet(self, seat: int, bids: Sequence[BidSheet] | None = None, number: int | None = None) -> bytes:
        """Commit; SHA-256 of the sheet."""
        at = self.round(number)
        account = at.committee.members[seat - 1].account
        said = self.bids(seat) if bids is None else bids
        return commit_sheet(
            self.board, self.sheet_folder(seat), self.scene.place, at, account, self.key(seat), said
        ).sheet  # fmt: skip

    def reveal(self, seat: int) -> bytes:
        """Show; SHA-256 of the sheet."""
        at = self.round()
        account = at.committee.members[seat - 1].account
        return reveal_sheet(self.board, self.sheet_folder(seat), self.scene.place, at, account).digest

    def sheets(self, number: int | None = None, reason: str | None = None, case: int | None = None) -> None:
        """All commit, the officer records, all show."""
        for seat in range(1, 6):
            self.commit_sheet(seat, number=number)
        record_commitments(self.acts, self.board, self.scene.place, self.round(number), reason, case)
        for seat in range(1, 6):
            self.reveal(seat)


class _Acts:
    """The officer's acts, told as events."""

    def __init__(self, case: EvaluationCase) -> None:
        self._case = case

    def record(self, tender: int, lot: int, kind: str, digest: bytes) -> bytes:
        self._case.teller.say("Recorded", lot=lot, kind=kind, digest=digest)
        return bytes(32)

    def name_candidates(self, tender: int, lot: int, number: int, digest: bytes) -> bytes:
        self._case.teller.say("CandidatesNamed", lot=lot, number=number, digest=digest)
        self._case.teller.say("LotAdvanced", lot=lot, phase=Phase.CANDIDATES)
        return bytes(32)

    def fail(self, tender: int, lot: int, digest: bytes) -> bytes:
        self._case.teller.say("LotFailed", lot=lot, digest=digest)
        return bytes(32)

    def file(self, tender: int, lot: int, kind: CaseKind, digest: bytes) -> bytes:
        number = len(self._case.story.lots[lot].cases) + 1
        self._case.teller.say("CaseFiled", lot=lot, number=number, kind=kind, by=bytes(20), digest=digest)
        return bytes(32)


def other(digest: bytes) -> bytes:
    """Another digest."""
    return sha256(digest)


__all__ = ["FIGURES", "EvaluationCase", "expert_key", "other"]
