"""A member's acts: commit to a sheet, keep it, show it; and the officer's, who puts all commitments on record.

What a member has committed to lies in the member's own home, with its salt, before the commitment leaves it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chain.evaluation.committee import Committee
from chain.evaluation.sheets.commitments import KIND, SheetCommitment, SheetCommitments, sheets_topic
from chain.evaluation.sheets.sheet import BidSheet, ScoreSheet, read_sheet
from chain.evaluation.sheets.standing import (
    RecordedCommitments,
    commitments_of,
    left_commitments,
    require_committee,
)
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached
from chain.kernel.tender_ports import Board, TenderActs, TenderLedger
from chain.tenders.notice import Notice
from chain.tenders.opening import LotPlace
from chain.tenders.story import Story

ENVELOPE = 1
"""Sheets are about the first envelope: with two, members judge before prices are known."""


@dataclass(frozen=True, slots=True)
class Round:
    """The round of a lot that is under way.

    Attributes:
        number: 1, 2, 3 …
        digest: SHA-256 of the paper of the committee in office, 32 bytes.
        committee: that committee.
        recorded: the commitments of this round on record, or None: members still commit.
    """

    number: int
    digest: bytes
    committee: Committee
    recorded: RecordedCommitments | None


def round_of(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int, number: int | None = None
) -> Round:
    """The round that is under way: the newest on record if the committee is still the same, else the next one.

    Args:
        ledger: what the contracts say.
        board: where papers lie.
        story: of the tender.
        notice: in force.
        lot: which lot.
        number: the round after the newest on record, where the same committee judges anew; None: see above.

    Raises:
        NotFound: the lot has no committee.
        Refused: the number is neither the newest round's nor the next one's.
    """
    digest, committee = require_committee(ledger, board, story, notice, lot)
    counted = [one for one in commitments_of(ledger, board, story, notice, lot, ENVELOPE) if not one.fault]
    newest = counted[-1] if counted else None
    same = newest is not None and newest.paper is not None and newest.paper.committee == digest
    under_way = len(counted) if same else len(counted) + 1
    if number not in (None, under_way, len(counted) + 1):
        raise Refused(
            f"round {number} is neither under way nor next", code="sheet.round", field="round",
            fix=f"round {under_way} is under way" + (f", {len(counted) + 1} is next" if same else ""),
        )  # fmt: skip
    chosen = under_way if number is None else number
    return Round(chosen, digest, committee, newest if same and chosen == len(counted) else None)


# --------------------------------------------------------------------------- a member


def sheet_file(folder: Path, place: LotPlace, round_: int) -> Path:
    """Where a member's home keeps the sheet of that round."""
    return folder / f"{place.tender}-{place.lot}-{round_}.json"


def commit_sheet(
    board: Board,
    folder: Path,
    place: LotPlace,
    at: Round,
    account: bytes,
    key: bytes,
    bids: Sequence[BidSheet],
) -> SheetCommitment:
    """Keep a sheet and leave the commitment to it; the same again does nothing more.

    Args:
        board: where the commitment is left.
        folder: of the member's home, for sheets.
        place: the lot.
        at: the round.
        account: the member's, 20 bytes.
        key: its private key, 32 bytes.
        bids: what the member says, already checked (:func:`chain.evaluation.sheets.checking.sheet_faults`).

    Raises:
        Refused: the commitments of this round are on record.
        Conflict: this member has committed to another sheet in this round.
    """
    if at.committee.member(account) is None:
        raise Refused(
            "this account does not sit on the committee", code="sheet.member", field="account",
            fix="use the home whose account the committee's paper names",
        )  # fmt: skip
    file = sheet_file(folder, place, at.number)
    kept = _kept(file)
    if kept is not None and (kept.committee, kept.account) == (at.digest, account):
        if kept.bids != tuple(bids):
            raise Conflict(
                f"you have committed to another sheet in round {at.number}", code="sheet.committed", field="file",
                fix="nobody takes a commitment back; show that sheet with yinxin expert reveal",
            )  # fmt: skip
        sheet = kept
    elif at.recorded is not None:
        raise Refused(
            f"the commitments of round {at.number} are on record", code="sheet.recorded", field="round",
            fix="show your sheet with yinxin expert reveal",
        )  # fmt: skip
    else:
        sheet = ScoreSheet(place, ENVELOPE, at.number, at.digest, account, os.urandom(32), tuple(bids))
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(file, sheet.to_bytes())
    reached("sheet-kept")
    commitment = SheetCommitment.sign(place, ENVELOPE, at.number, at.digest, sheet.digest, account, key)
    board.post(sheets_topic(place.tender, place.lot, ENVELOPE), "commitment", commitment.to_bytes())
    reached("sheet-committed")
    return commitment


def reveal_sheet(board: Board, folder: Path, place: LotPlace, at: Round, account: bytes) -> ScoreSheet:
    """Show the kept sheet, once the commitments of all members are on record; the same again does nothing more.

    Raises:
        NotFound: this home has no sheet of this round.
        Refused: the commitments are not on record, or hold another digest: then nothing is shown.
    """
    sheet = _kept(sheet_file(folder, place, at.number))
    if sheet is None:
        raise NotFound(
            f"this home has no sheet of round {at.number}", code="sheet.none", field="lot",
            fix=f"yinxin expert commit {place.tender} SHEET --lot {place.lot}",
        )  # fmt: skip
    if at.recorded is None or at.recorded.paper is None:
        raise Refused(
            "not all members' commitments are on record: nobody shows a sheet before", code="sheet.early", field="lot",
            fix=f"the officer: yinxin tender commitments {place.tender} --lot {place.lot}",
        )  # fmt: skip
    commitment = at.recorded.paper.of(account)
    if commitment is None or commitment.sheet != sheet.digest:
        raise Refused(
            "the sheet in this home is not the one that is committed to on record", code="sheet.differs", field="sheet",
            fix="show the sheet as it was committed to; without it the committee needs another round",
        )  # fmt: skip
    board.put(sheet.to_bytes())
    reached("sheet-shown")
    return sheet


def _kept(file: Path) -> ScoreSheet | None:
    try:
        return read_sheet(file.read_bytes())
    except FileNotFoundError:
        return None


# --------------------------------------------------------------------------- the officer


def missing_seats(board: Board, place: LotPlace, at: Round) -> tuple[int, ...]:
    """Seats whose members have not left a commitment for this round."""
    left = left_commitments(board, place, ENVELOPE, at.number, at.digest, at.committee)
    return tuple(one.seat for one in at.committee.members if one.account not in left)


def record_commitments(
    acts: TenderActs, board: Board, place: LotPlace, at: Round, reason: str | None = None, case: int | None = None
) -> bytes:
    """Put the commitments of all members on record; SHA-256 of the paper. On record already, nothing is done.

    Raises:
        Refused: members are missing (their seats are named), or a further round has no reason.
    """
    if at.recorded is not None:
        return at.recorded.digest
    missing = missing_seats(board, place, at)
    if missing:
        raise Refused(
            f"round {at.number}: seats {', '.join(map(str, missing))} have not committed to a sheet",
            code="sheet.missing", field="commitments",
            fix="wait for them, or draw a replacement; then all members commit anew",
        )  # fmt: skip
    if at.number > 1 and reason is None:
        raise Refused(
            f"round {at.number} needs a reason", code="sheet.reason", field="reason",
            fix="--reason, and --case if an objection or complaint caused it",
        )  # fmt: skip
    left = left_commitments(board, place, ENVELOPE, at.number, at.digest, at.committee)
    paper = SheetCommitments(
        place, ENVELOPE, at.number, at.digest, tuple(left[one.account] for one in at.committee.members),
        reason if at.number > 1 else None, case if at.number > 1 else None,
    )  # fmt: skip
    digest = board.put(paper.to_bytes())
    reached("commitments-put")
    acts.record(place.tender, place.lot, KIND, digest)
    reached("commitments-recorded")
    return digest
