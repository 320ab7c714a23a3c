"""From ledger and board to what a report follows from: the papers that stand, as of now or as of an event.

Nothing here is chosen: which record, qualification, committee, sheets, draws and clarifications count is decided by the
order of the chain. So officer, bidder and auditor gather the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from chain.evaluation.committee import Committee, float_point_of, tie_orders_of
from chain.evaluation.committee.draws import before
from chain.evaluation.qualifying import KIND as QUALIFICATION
from chain.evaluation.qualifying import Qualification, read_qualification
from chain.evaluation.report.computing import Asked, Basis, members_look_at
from chain.evaluation.report.report import KIND, EvaluationReport, read_report
from chain.evaluation.sheets import ClarificationQuestion, ScoreSheet, read_clarification
from chain.evaluation.sheets.checking import is_right
from chain.evaluation.sheets.clarifying import ASKED
from chain.evaluation.sheets.clarifying import KIND as CLARIFIED
from chain.evaluation.sheets.standing import (
    RecordedCommitments,
    committee_before,
    shown_sheet,
    standing_commitments,
)
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import Board, TenderLedger
from chain.tenders.notice import Notice
from chain.tenders.opening import LotPlace, OpeningRecord
from chain.tenders.opening.finishing import records_of, standing_record
from chain.tenders.story import LotStory, Story


@dataclass(frozen=True, slots=True)
class RecordedReport:
    """A report on record: SHA-256 of its paper and the event."""

    digest: bytes
    event: TenderEvent


@dataclass(frozen=True, slots=True)
class Scene:
    """One lot of one tender, as ledger and board tell it.

    Attributes:
        ledger: what the contracts say.
        board: where papers lie.
        story: of the tender.
        notice: in force.
        lot: which lot.
    """

    ledger: TenderLedger
    board: Board
    story: Story
    notice: Notice
    lot: int

    @property
    def place(self) -> LotPlace:
        """As papers name it."""
        return LotPlace(self.notice.genesis, self.notice.book, self.notice.tender, self.lot)

    @property
    def line(self) -> LotStory:
        """What the ledger tells of the lot."""
        return self.story.lots[self.lot]

    def until(self, event: TenderEvent | None) -> Scene:
        """The same, with only those documents on record that stand before that event."""
        if event is None:
            return self
        line = replace(self.line, records=[one for one in self.line.records if before(one, event)])
        return replace(self, story=replace(self.story, lots={**self.story.lots, self.lot: line}))


def reports_of(scene: Scene, envelope: int) -> Iterator[RecordedReport]:
    """Reports on record on an envelope, oldest first; papers that cannot be read are passed over.

    Raises:
        NotFound, Damaged, Unavailable: a paper cannot be had.
    """
    found = [event for event in scene.line.records if event.values["kind"] == KIND]
    if scene.line.review is not None:
        found.append(scene.line.review)
    for event in sorted(found, key=lambda one: (one.block.number, one.index)):
        digest = event.values["digest"]
        try:
            if read_report(scene.board.get(digest)).envelope == envelope:
                yield RecordedReport(digest, event)
        except InvalidInput:
            continue


def newest_report(
    scene: Scene, envelope: int, event: TenderEvent | None = None
) -> tuple[bytes, EvaluationReport] | None:
    """Digest and content of the newest report on an envelope, before that event or now; None if there is none."""
    digests = [one.digest for one in reports_of(scene, envelope) if event is None or before(one.event, event)]
    return (digests[-1], read_report(scene.board.get(digests[-1]))) if digests else None


def gather(
    scene: Scene, envelope: int, event: TenderEvent | None = None, reason: str | None = None, case: int | None = None
) -> Basis:
    """What a report on that envelope follows from, if it stood just before that event, or now.

    Raises:
        Refused: something is missing or cannot be used; says what is to be done.
        NotFound, Damaged, Unavailable: a paper cannot be had.
    """
    seen = scene.until(event)
    record = _record(seen, envelope)
    technical, first = None, None
    if envelope > 1:
        technical, first = newest_report(scene, 1, event), _record(seen, 1)[1]
        if technical is None:
            raise Refused(
                "there is no technical result on record", code="evaluation.technical", field="envelope",
                fix=f"yinxin tender review {scene.story.number} --lot {scene.lot}",
            )  # fmt: skip
    committee = committee_before(seen.ledger, seen.board, seen.story, seen.notice, seen.lot, event)
    commitments, sheets = _sheets(seen, envelope, record[1] if first is None else first, committee, event)
    drawn = float_point_of(seen.story, seen.board, seen.notice, seen.lot)
    ties = tie_orders_of(seen.ledger, seen.board, seen.story, seen.notice, seen.lot)
    return Basis(
        seen.notice, seen.place, envelope, record, first, technical, _qualification(seen, envelope, record), committee,
        None if commitments is None else commitments.digest, sheets,
        None if drawn is None else (drawn[0], drawn[1].point),
        tuple((digest, paper.order) for digest, paper in ties),
        tuple(clarifications_of(seen, envelope)), reason, case,
    )  # fmt: skip


def _record(scene: Scene, envelope: int) -> tuple[bytes, OpeningRecord]:
    found = standing_record(scene.board, scene.story, scene.lot, envelope)
    if found is None:
        raise NotFound(
            f"lot {scene.lot}, envelope {envelope} has no opening record to be had", code="evaluation.record",
            field="envelope", fix=f"yinxin tender finish-opening {scene.story.number} --lot {scene.lot}",
        )  # fmt: skip
    return records_of(scene.line, envelope)[0].values["digest"], found


def asks_certificates(notice: Notice) -> bool:
    """True if the notice asks for certificates or a guarantee that the ledger shows."""
    guarantee = notice.guarantee
    return bool(notice.qualification) or (guarantee is not None and bool(guarantee.certificate_type))


def _qualification(
    scene: Scene, envelope: int, record: tuple[bytes, OpeningRecord]
) -> tuple[bytes, Qualification] | None:
    """The first paper on this envelope's record; needed for envelope 1 where the notice asks for certificates.

    Where the record alone drops every bid, there is nothing to qualify.
    """
    if not asks_certificates(scene.notice) or not members_look_at(record[1], scene.notice):
        return None
    for event in (one for one in scene.line.records if one.values["kind"] == QUALIFICATION):
        try:
            paper = read_qualification(scene.board.get(event.values["digest"]))
        except InvalidInput:
            continue
        if (paper.place, paper.envelope, paper.record) == (scene.place, envelope, record[0]):
            return event.values["digest"], paper
    if envelope > 1:
        return None
    raise Refused(
        "the notice asks for certificates, and no qualification paper is on record", code="evaluation.qualification",
        field="qualification", fix=f"yinxin tender qualify {scene.story.number} --lot {scene.lot}",
    )  # fmt: skip


def _sheets(
    scene: Scene,
    envelope: int,
    first: OpeningRecord,
    committee: tuple[bytes, Committee] | None,
    event: TenderEvent | None,
) -> tuple[RecordedCommitments | None, tuple[ScoreSheet, ...]]:
    """Commitments and sheets of the newest round, in the order of the seats; of envelope 1, whichever is evaluated."""
    places = members_look_at(first, scene.notice)
    if not places:
        return None, ()
    found = standing_commitments(scene.ledger, scene.board, scene.story, scene.notice, scene.lot, 1, event)
    if found is None or found.paper is None:
        raise Refused(
            "the members' commitments to their sheets are not on record", code="evaluation.commitments",
            field="commitments", fix=f"yinxin tender commitments {scene.story.number} --lot {scene.lot}",
        )  # fmt: skip
    if envelope == 1 and committee is not None and found.paper.committee != committee[0]:
        raise Refused(
            "the committee has changed since its members committed to their sheets", code="evaluation.round",
            field="commitments", fix=f"another round: yinxin tender commitments {scene.story.number} --lot {scene.lot}",
        )  # fmt: skip
    return found, tuple(right_sheets(scene, found, places))


def right_sheets(scene: Scene, found: RecordedCommitments, places: tuple[int, ...]) -> Iterator[ScoreSheet]:
    """The sheets of a round. Raises NotFound, Refused: seats that have not shown theirs, or show what is no sheet."""
    assert found.paper is not None
    assert found.committee is not None
    absent: list[int] = []
    wrong: list[int] = []
    sheets: list[ScoreSheet] = []
    for member, commitment in zip(found.committee.members, found.paper.commitments, strict=True):
        try:
            sheet = shown_sheet(scene.board, commitment)
        except NotFound:
            absent.append(member.seat)
            continue
        except (InvalidInput, Refused):
            wrong.append(member.seat)
            continue
        if is_right(sheet, scene.notice, places):
            sheets.append(sheet)
        else:
            wrong.append(member.seat)
    if absent or wrong:
        said = [f"seats {', '.join(map(str, absent))} have not shown their sheets"] if absent else []
        said += [f"what seats {', '.join(map(str, wrong))} committed to breaks the rules"] if wrong else []
        raise (Refused if wrong else NotFound)(
            "; ".join(said), code="evaluation.sheets", field="sheets",
            fix="yinxin expert reveal in their homes; who cannot is replaced by a draw, and another round follows",
        )  # fmt: skip
    yield from sheets


# --------------------------------------------------------------------------- clarifications


def question_of(scene: Scene, digest: bytes, event: TenderEvent | None = None) -> ClarificationQuestion:
    """The question with that digest, on record before that event. Raises NotFound, InvalidInput."""
    for one in scene.line.records:
        if one.values["kind"] == ASKED and one.values["digest"] == digest and (event is None or before(one, event)):
            return ClarificationQuestion.from_bytes(scene.board.get(digest))
    raise NotFound("no such question is on record", code="clarification.unknown", field="question")


def clarifications_of(scene: Scene, envelope: int) -> Iterator[Asked]:
    """Clarifications of an envelope that count, in the order of the ledger; of each question the newest.

    Raises:
        NotFound, Damaged, Unavailable: a paper cannot be had, so what counts cannot be told.
    """
    newest: dict[bytes, Asked] = {}
    for event in (one for one in scene.line.records if one.values["kind"] == CLARIFIED):
        try:
            found = check_clarification(scene, event)
        except (InvalidInput, Refused):
            continue
        except NotFound as error:
            if error.code != "clarification.unknown":
                raise
            continue
        newest.pop(found.clarification.question, None)
        if found.question.envelope == envelope:
            newest[found.clarification.question] = found
    yield from newest.values()


def check_clarification(scene: Scene, event: TenderEvent) -> Asked:
    """A clarification on record, if it counts.

    Raises:
        InvalidInput: it cannot be read.
        Refused: it is of another lot or bid, or somebody did not sign what stands in it.
        NotFound: no such question is on record (``clarification.unknown``), or a paper cannot be had.
    """
    digest = event.values["digest"]
    paper = read_clarification(scene.board.get(digest))
    question = question_of(scene, paper.question, event)
    if paper.lot_place != scene.place or question.lot_place != scene.place or paper.bid != question.bid:
        raise Refused("it is of another lot or bid than its question", code="clarification.place", field="bid")
    bid = next((one for one in scene.line.bids if one.place == paper.bid), None)
    if bid is None:
        raise Refused("there is no such bid", code="clarification.bid", field="bid")
    if paper.answer is not None and paper.answer.signer != bid.bidder:
        raise Refused(
            "the answer is not signed by whoever acts for the bid", code="clarification.answer", field="answer"
        )
    if paper.answer is None and event.block.time <= question.until:
        raise Refused("the time for an answer is not over", code="clarification.early", field="answer")
    office = committee_before(scene.ledger, scene.board, scene.story, scene.notice, scene.lot, event)
    if office is None or office[0] != paper.committee:
        raise Refused("its committee is not the one in office", code="clarification.committee", field="committee")
    if any(office[1].member(one.account) is None or not one.is_signed for one in paper.votes):
        raise Refused("a vote is not signed by a member of the committee", code="clarification.vote", field="votes")
    return Asked(digest, question, paper, len(office[1].members))
