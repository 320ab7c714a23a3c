"""Papers that papers on the ledger name are public with them: reasons of a draw, sheets that were committed to."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert

from api.tenders.papers import check_public, named_by
from api.tenders.telling import tender_rows
from chain.evaluation import Quota, Seats
from chain.evaluation.committee.draws import DRAW
from chain.evaluation.sheets import read_commitments
from chain.evaluation.sheets.commitments import KIND as COMMITMENTS
from chain.evaluation.sheets.commitments import SheetCommitment, SheetCommitments
from chain.kernel.encoding import sha256
from chain.kernel.errors import NotFound
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.board import FolderBoard
from tests.api.tenders.pages.made import an_index
from tests.chain.tenders.events import BOOK
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
