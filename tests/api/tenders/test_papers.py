"""Papers that papers on the ledger name are public with them: reasons of a draw, sheets that were committed to."""

from __future__ import annotations

from pathlib import Path

from api.tenders.papers import named_by
from chain.evaluation import Quota, Seats
from chain.evaluation.committee.draws import DRAW
from chain.evaluation.sheets.commitments import KIND as COMMITMENTS
from chain.evaluation.sheets.commitments import SheetCommitment, SheetCommitments
from chain.kernel.encoding import sha256
from chain.tenders.board import FolderBoard
from tests.support.draw_case import LOT


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
