"""Papers that papers on the ledger name are public with them: reasons of a draw, sheets that were committed to."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from api.tenders.papers import check_public, named_by
from api.tenders.telling import tender_rows
from chain.evaluation import Quota, Seats
from chain.evaluation.committee.draws import DRAW
from chain.evaluation.sheets import read_commitments
from chain.evaluation.sheets.commitments import KIND as COMMITMENTS
from chain.evaluation.sheets.commitments import SheetCommitment, SheetCommitments
from chain.kernel.encoding import sha256
from chain.kernel.errors import NotFound, Refused, Unavailable, YinxinError
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.board import FolderBoard
from tests.api.tenders.pages.made import an_index
from tests.chain.tenders.events import BOOK, Teller
from tests.support.draw_case import LOT
from tests.support.evaluation_case import EvaluationCase


def test_a_draw_names_its_reasons_and_commitments_name_their_sheets(tmp_path: Path) -> None:
    board = FolderBoard(tmp_path)
    reasons, sheet, committee = sha256(b"reasons"), sha256(b"sheet"), sha256(b"committee")
    draw = board.put(Seats(sha256(b"pool"), (Quota("A08", 1),), (), reasons).to_bytes())
    one = SheetCommitment(LOT, 1, 1, committee, bytes(20), sheet, bytes(65))
    commitments = board.put(SheetCommitments(LOT, 1, 1, committee, (one,)).to_bytes())
    assert set(named_by(board, DRAW, draw)) == {reasons}
    assert set(named_by(board, COMMITMENTS, commitments)) == {sheet}
    assert not named_by(board, DRAW, commitments), "none of our forms"
    assert not named_by(board, DRAW, sha256(b"on no board"))


def test_a_sheet_is_given_out_once_the_commitments_to_it_stand_on_the_ledger(tmp_path: Path) -> None:
    case = EvaluationCase.seated(tmp_path)
    case.sheets()
    events = case.teller.events
    at = next(place for place, one in enumerate(events) if one.values.get("kind") == COMMITMENTS)
    sheet = read_commitments(case.board.get(events[at].values["digest"])).commitments[0].sheet

    def is_public(chosen: list[TenderEvent], tender: int = 3) -> bool:
        engine = an_index()
        with engine.begin() as connection:
            for table, row in tender_rows(chosen, BOOK):
                connection.execute(insert(table).values(**row))
            try:
                check_public(connection, case.board, tender, sheet)
            except NotFound:
                return False
        return True

    assert case.board.get(sheet), "shown on the board, and yet:"
    assert not is_public(events[:at])
    assert is_public(events[: at + 1])
    assert not is_public(events[: at + 1], 4), "no other tender has it"


class Counting(FolderBoard):
    """A board that counts what it is asked for, and has ``faults`` in the place of some papers."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.faults: dict[bytes, YinxinError] = {}
        self.asked: list[bytes] = []

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        self.asked.append(digest)
        if digest in self.faults:
            raise self.faults[digest]
        return super().get(digest, limit=limit)


def drawn(board: FolderBoard, name: bytes) -> tuple[bytes, bytes]:
    """Digest of a draw on the board, and of the reasons that it names."""
    reasons = sha256(name)
    return board.put(Seats(sha256(b"pool"), (Quota("A08", 1),), (), reasons).to_bytes()), reasons


def look(board: FolderBoard, draws: list[bytes], wanted: bytes) -> None:
    """See whether a tender on whose record those draws stand gives out that paper."""
    teller = Teller()
    teller.publish()
    for digest in draws:
        teller.say("Recorded", lot=1, kind=DRAW, digest=digest)
    engine = an_index()
    with engine.begin() as connection:
        for table, row in tender_rows(teller.events, BOOK):
            connection.execute(insert(table).values(**row))
        check_public(connection, board, 3, wanted)


@pytest.mark.parametrize("fault", [Unavailable("silent"), Refused("too many requests")])
def test_a_paper_that_is_not_to_be_had_hides_no_other_ones(tmp_path: Path, fault: YinxinError) -> None:
    board = Counting(tmp_path)
    (first, one), (second, two) = drawn(board, b"one"), drawn(board, b"two")
    board.faults[first] = fault
    look(board, [first, second], two)
    for untold in (one, sha256(b"named by nothing")):
        with pytest.raises(Unavailable, match=fault.message):
            look(board, [first, second], untold)
    del board.faults[first]
    look(board, [first, second], one)
    with pytest.raises(NotFound):
        look(board, [first, second], sha256(b"named by nothing"))


def test_what_a_paper_names_is_read_once_however_often_somebody_asks(tmp_path: Path) -> None:
    board = Counting(tmp_path)
    draws = [drawn(board, b"one")[0], drawn(board, b"two")[0], board.put(b"in no form of ours")]
    for _ in range(3):
        with pytest.raises(NotFound):
            look(board, draws, sha256(b"named by nothing"))
    assert sorted(board.asked) == sorted(draws)


def test_a_paper_that_nobody_had_yet_is_asked_for_again(tmp_path: Path) -> None:
    board, elsewhere = Counting(tmp_path / "here"), FolderBoard(tmp_path / "elsewhere")
    draw, reasons = drawn(elsewhere, b"late")
    with pytest.raises(NotFound):
        look(board, [draw], reasons)
    board.put(elsewhere.get(draw))
    look(board, [draw], reasons)
