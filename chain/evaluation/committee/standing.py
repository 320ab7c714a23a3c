"""What stands: the committee in office, the float point, the orders of ties; each recomputed from what was drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chain.evaluation.committee.conflicts import other_parts, part_of
from chain.evaluation.committee.draws import Draws, before, pool_on_record, read_draws
from chain.evaluation.committee.members import Committee, Member, MemberKind, read_committee
from chain.evaluation.committee.papers import FloatPointDrawn, TieDrawn
from chain.evaluation.draw import draw_point, seed_of
from chain.evaluation.pool import PoolPaper
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import Board, TenderLedger
from chain.sealing import FloatPoint, verify
from chain.tenders.notice import Notice
from chain.tenders.opening import LotPlace
from chain.tenders.story import Story

COMMITTEE, FLOAT, NAMES = "committee", "float", "committee-names"
"""Kinds on the ledger."""


@dataclass(frozen=True, slots=True)
class RecordedCommittee:
    """A committee on record: SHA-256 of its paper, the event, and why it does not count (empty: it does)."""

    digest: bytes
    event: TenderEvent
    committee: Committee | None
    fault: str


def draws_of(ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int) -> Draws:
    """:func:`read_draws` with the accounts that have another part in the tender, as the ledger tells them."""
    return read_draws(board, story, notice, lot, other_parts(ledger, story))


def committees_of(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int
) -> tuple[RecordedCommittee, ...]:
    """Every committee on record, oldest first, each compared with what was drawn before it.

    Raises:
        NotFound, Damaged, Unavailable: a paper cannot be had.
    """
    found: list[RecordedCommittee] = []
    number = 0
    for event in (one for one in story.lots[lot].records if one.values["kind"] == COMMITTEE):
        digest, committee, fault = event.values["digest"], None, ""
        try:
            committee = read_committee(board.get(digest))
            _check(ledger, board, story, notice, lot, committee, number + 1, event)
            number = committee.number
        except (InvalidInput, Refused) as error:
            fault = error.message
        found.append(RecordedCommittee(digest, event, committee, fault))
    return tuple(found)


def current_committee(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int
) -> tuple[bytes, Committee]:
    """SHA-256 of its paper, and the committee in office: the newest that follows from the draws.

    Raises:
        NotFound: there is none, or a paper cannot be had.
        Damaged, Unavailable: a paper cannot be had.
    """
    for one in reversed(committees_of(ledger, board, story, notice, lot)):
        if one.committee is not None and not one.fault:
            return one.digest, one.committee
    raise NotFound(
        f"lot {lot} has no committee on record", code="committee.none", field="lot",
        fix=f"yinxin tender draw {story.number} --lot {lot}, then drawn, then committee",
    )  # fmt: skip


def float_point_of(story: Story, board: Board, notice: Notice, lot: int) -> tuple[bytes, FloatPointDrawn] | None:
    """SHA-256 of its paper, and the float point of a lot; None while there is none on record, or the notice has none.

    There is one right float point, whoever records it; whatever else is recorded is passed over.

    Raises:
        NotFound, Damaged, Unavailable: a paper that was recorded before a right one cannot be had.
    """
    for event in (one for one in story.lots[lot].records if one.values["kind"] == FLOAT):
        try:
            return event.values["digest"], check_float(story, board.get(event.values["digest"]), notice, lot)
        except (InvalidInput, Refused):
            continue
    return None


def check_float(story: Story, data: bytes, notice: Notice, lot: int) -> FloatPointDrawn:
    """The float point in a paper that is right. Raises InvalidInput, Refused."""
    found = FloatPointDrawn.from_bytes(data)
    message = float_message(notice, lot)
    if (found.place, found.notice, found.counter) != (place_of(notice, lot), notice.digest, message.counter):
        raise Refused("it is the float point of something else", code="float.place", field="float")
    if not verify(notice.opening_key, message.digest(), found.signature):
        raise Refused("the signature is not the key holders' over it", code="float.signature", field="signature")
    assert notice.evaluation.reference is not None
    if found.point != draw_point(notice.evaluation.reference.floats, seed_of(found.signature)):
        raise Refused("the signature gives another point", code="float.point", field="point")
    return found


def float_message(notice: Notice, lot: int) -> FloatPoint:
    """What key holders sign for a lot's float point: nothing of it is chosen. Raises Refused: the notice has none."""
    if notice.evaluation.reference is None:
        raise Refused(
            "the notice has no reference price, so no float point is drawn", code="float.none", field="notice"
        )
    return FloatPoint(notice.genesis, notice.book, notice.tender, lot, 1, notice.digest)


def may_draw_float(story: Story, lot: int) -> bool:
    """True once the lot's last envelope, with the prices, is opened."""
    return story.terms.envelopes in story.lots[lot].openings


def tie_orders_of(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int
) -> tuple[tuple[bytes, TieDrawn], ...]:
    """Orders of equal bids that were drawn, with the SHA-256 of each paper; each set of places at most once.

    Raises:
        NotFound, Damaged, Unavailable: a paper cannot be had.
    """
    turns = draws_of(ledger, board, story, notice, lot).turns
    return tuple((one.result_digest, one.result) for one in turns if isinstance(one.result, TieDrawn))


def place_of(notice: Notice, lot: int) -> LotPlace:
    """As papers of that lot name it."""
    return LotPlace(notice.genesis, notice.book, notice.tender, lot)


def expert_members(draws: Draws, pool: PoolPaper) -> tuple[Member, ...]:
    """The seats of those who were drawn and not replaced."""
    return tuple(
        Member(seat, pool.lines[place].account, pool.lines[place].box, MemberKind.EXPERT, place)
        for seat, place in sorted(draws.seated.items())
    )


def check_members(ledger: TenderLedger, story: Story, committee: Committee, notice: Notice) -> None:
    """What holds of a committee whatever was drawn. Raises Refused."""
    said = notice.committee
    if (len(committee.members), len(committee.experts)) != (said.members, said.experts):
        raise Refused(
            f"{len(committee.members)} members with {len(committee.experts)} experts; the notice says "
            f"{said.members} with {said.experts}", code="committee.size", field="members",
            fix="draw replacements, or name as many representatives as the notice says",
        )  # fmt: skip
    for member in committee.members:
        part = part_of(ledger, story, member.account)
        if part:
            raise Refused(
                f"seat {member.seat} has another part in the tender: {part}", code="committee.part", field="members",
                fix="an expert is replaced by a draw, a representative by somebody else",
            )  # fmt: skip


def _check(
    ledger: TenderLedger, board: Board, story: Story, notice: Notice, lot: int, committee: Committee, number: int,
    event: TenderEvent,
) -> None:  # fmt: skip
    """See whether a committee follows from what was drawn before it was recorded. Raises Refused, InvalidInput."""
    if (committee.lot, committee.number) != (place_of(notice, lot), number):
        raise Refused("it is another lot's, or not the next one", code="committee.place", field="number")
    awards = story.lots[lot].awards
    if awards and before(awards[0], event):
        raise Refused("the lot was awarded", code="committee.late", field="lot")
    digest, pool = pool_on_record(board, story)
    draws = draws_of(ledger, board, _until(story, lot, event), notice, lot)
    if draws.pending("draw") is not None:
        raise Refused("a draw is not completed", code="committee.pending", field="drawn")
    if committee.pool != digest or committee.drawn != tuple(one.result_digest for one in draws.completed):
        raise Refused("it rests on another pool or on other draws", code="committee.draws", field="drawn")
    if committee.experts != expert_members(draws, pool):
        raise Refused("its experts are not those who were drawn", code="committee.experts", field="members")
    check_members(ledger, story, committee, notice)


def _until(story: Story, lot: int, event: TenderEvent) -> Story:
    """The story with only those records of the lot that stand before that event."""
    line = story.lots[lot]
    kept = replace(line, records=[one for one in line.records if before(one, event)])
    return replace(story, lots={**story.lots, lot: kept})
