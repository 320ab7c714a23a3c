"""Which commitments stand: every paper of a lot's envelope on record, judged in the order of the chain."""

from __future__ import annotations

from dataclasses import dataclass

from chain.evaluation.committee import Committee, committees_of
from chain.evaluation.committee.draws import before
from chain.evaluation.sheets.commitments import KIND, SheetCommitment, SheetCommitments, read_commitments, sheets_topic
from chain.evaluation.sheets.sheet import ScoreSheet, read_sheet
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import Board, TenderLedger
from chain.tenders.notice import Notice
from chain.tenders.opening import LotPlace
from chain.tenders.story import Story


@dataclass(frozen=True, slots=True)
class RecordedCommitments:
    """Commitments on record: SHA-256 of the paper, event, paper, committee; why they do not count (empty: they do)."""

    digest: bytes
    event: TenderEvent
    paper: SheetCommitments | None
    committee: Committee | None
    fault: str


def committee_before(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int, event: TenderEvent | None
) -> tuple[bytes, Committee] | None:
    """Digest and paper of the committee in office just before that event, or now; None if there is none."""
    found = None
    for one in committees_of(ledger, board, story, notice, lot):
        if one.committee is not None and not one.fault and (event is None or before(one.event, event)):
            found = one.digest, one.committee
    return found


def commitments_of(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int, envelope: int
) -> tuple[RecordedCommitments, ...]:
    """Every paper of that envelope on record, oldest first. One of an unreadable form stands under envelope 1.

    Raises:
        NotFound, Damaged, Unavailable: a paper cannot be had.
    """
    found: list[RecordedCommitments] = []
    rounds = 0
    for event in (one for one in story.lots[lot].records if one.values["kind"] == KIND):
        digest, paper, committee, fault = event.values["digest"], None, None, ""
        try:
            paper = read_commitments(board.get(digest))
        except InvalidInput as error:
            fault = error.message
        if envelope != (1 if paper is None else paper.envelope):
            continue
        if paper is not None:
            office = committee_before(ledger, board, story, notice, lot, event)
            fault = _fault(paper, LotPlace(notice.genesis, notice.book, notice.tender, lot), rounds + 1, office)
            committee = None if office is None else office[1]
            rounds += not fault
        found.append(RecordedCommitments(digest, event, paper, committee, fault))
    return tuple(found)


def standing_commitments(
    ledger: TenderLedger,
    board: Board,
    story: Story,
    notice: Notice,
    lot: int,
    envelope: int,
    event: TenderEvent | None = None,
) -> RecordedCommitments | None:
    """The newest that count, just before that event or now; None if there are none."""
    counted = [
        one
        for one in commitments_of(ledger, board, story, notice, lot, envelope)
        if not one.fault and (event is None or before(one.event, event))
    ]
    return counted[-1] if counted else None


def left_commitments(
    board: Board, place: LotPlace, envelope: int, round_: int, committee: bytes, members: Committee
) -> dict[bytes, SheetCommitment]:
    """Commitments that members left as notes for that round, by account; of each member the first."""
    found: dict[bytes, SheetCommitment] = {}
    for name, data in board.notes(sheets_topic(place.tender, place.lot, envelope)):
        if name != "commitment":
            continue
        try:
            note = SheetCommitment.from_bytes(data)
        except InvalidInput:
            continue
        own = (note.lot_place, note.envelope, note.round, note.committee) == (place, envelope, round_, committee)
        if own and note.account not in found and members.member(note.account) is not None and note.is_signed:
            found[note.account] = note
    return found


def shown_sheet(board: Board, commitment: SheetCommitment) -> ScoreSheet:
    """The sheet that a commitment names.

    Raises:
        NotFound: its member has not shown it.
        InvalidInput, Refused: what it committed to is no sheet, or that of another place, round or member.
    """
    sheet = read_sheet(board.get(commitment.sheet))
    own = (sheet.lot_place, sheet.envelope, sheet.round, sheet.committee, sheet.account)
    said = (commitment.lot_place, commitment.envelope, commitment.round, commitment.committee, commitment.account)
    if own != said:
        raise Refused(
            "the sheet is of another place, round, committee or member than its commitment", code="sheet.foreign",
            field="sheet", fix="the committee needs another round",
        )  # fmt: skip
    return sheet


def require_committee(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int
) -> tuple[bytes, Committee]:
    """The committee in office now. Raises NotFound."""
    found = committee_before(ledger, board, story, notice, lot, None)
    if found is None:
        raise NotFound(
            f"lot {lot} has no committee on record", code="committee.none", field="lot",
            fix=f"yinxin tender committee {story.number} --lot {lot}",
        )  # fmt: skip
    return found


def _fault(paper: SheetCommitments, place: LotPlace, round_: int, office: tuple[bytes, Committee] | None) -> str:
    if paper.lot_place != place:
        return "it is of another lot"
    if paper.round != round_:
        return f"it is round {paper.round}, and {round_} is next"
    if office is None or paper.committee != office[0]:
        return "its committee is not the one in office"
    accounts = [one.account for one in paper.commitments]
    if accounts != [one.account for one in office[1].members]:
        return "it has not exactly one commitment of each member, in the order of the seats"
    unsigned = [office[1].members[at].seat for at, one in enumerate(paper.commitments) if not one.is_signed]
    return f"seats {', '.join(map(str, unsigned))} have not signed theirs" if unsigned else ""
