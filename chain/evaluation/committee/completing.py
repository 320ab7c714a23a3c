"""From key holders' shares to a result: combined, verified by pairing, computed, put on board and ledger once."""

from __future__ import annotations

from chain.evaluation.committee.draws import DRAW, DRAWN, TIE, TIE_DRAWN, Turn, pool_on_record
from chain.evaluation.committee.papers import Drawn, DrawReasons, FloatPointDrawn, TieDrawn
from chain.evaluation.committee.shares import ShareBox
from chain.evaluation.committee.standing import FLOAT, float_message, place_of
from chain.evaluation.draw import Seats, draw_experts, draw_order, draw_point, seed_of, tie_paper
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.steps import reached
from chain.kernel.tender_ports import Board, TenderActs
from chain.tenders.notice import Notice
from chain.tenders.opening import LotPlace
from chain.tenders.story import Story


def record_draw(acts: TenderActs, board: Board, seats: Seats, reasons: DrawReasons) -> bytes:
    """Put a draw on board and ledger, with its reasons; its subject."""
    place = reasons.place
    board.put(reasons.to_bytes())
    digest = board.put(seats.to_bytes())
    reached("draw-planned")
    acts.record(place.tender, place.lot, DRAW, digest)
    reached("draw-requested")
    return digest


def record_tie(acts: TenderActs, board: Board, story: Story, lot: int, places: tuple[int, ...]) -> bytes:
    """Put a tie on record; its subject. The same places again record nothing.

    Raises:
        Refused: prices are not open.
        InvalidInput: no two places, or one that nobody took.
    """
    line = story.lots[lot]
    if story.terms.envelopes not in line.openings:
        raise Refused("prices are not open yet", code="draw.not_opened", field="lot")
    known = {bid.place for bid in line.bids}
    if len(set(places)) < 2 or len(set(places)) != len(places) or not set(places) <= known:
        raise InvalidInput(
            "a tie is two or more places of bids, each once", code="draw.tie", field="--tie", fix="--tie 2 --tie 5"
        )
    digest = board.put(tie_paper(places))
    if not any(event.values["kind"] == TIE and event.values["digest"] == digest for event in line.records):
        acts.record(story.number, lot, TIE, digest)
    return digest


def result_of(turn: Turn, place: LotPlace, board: Board, story: Story, box: ShareBox) -> Drawn | TieDrawn:
    """What came of a draw or a tie. Raises BidFault (MISSING_SHARES) naming who is missing and who is wrong."""
    signature = box.signature()
    seed = seed_of(signature)
    if turn.kind == TIE:
        return TieDrawn(place, turn.digest, turn.counter, signature, draw_order(turn.places, seed))
    assert turn.seats is not None
    seats = draw_experts(pool_on_record(board, story)[1], turn.seats, seed)
    return Drawn(place, turn.digest, turn.counter, signature, seats)


def float_of(notice: Notice, lot: int, box: ShareBox) -> FloatPointDrawn:
    """The float point. Raises BidFault (MISSING_SHARES), Refused: the notice has none."""
    message = float_message(notice, lot)
    reference = notice.evaluation.reference
    assert reference is not None
    signature = box.signature()
    point = draw_point(reference.floats, seed_of(signature))
    return FloatPointDrawn(place_of(notice, lot), notice.digest, message.counter, signature, point)


def record_result(acts: TenderActs, board: Board, result: Drawn | TieDrawn | FloatPointDrawn) -> bytes:
    """Put a result on board and ledger; SHA-256 of its paper. The same one again records nothing."""
    kinds = {Drawn: DRAWN, TieDrawn: TIE_DRAWN, FloatPointDrawn: FLOAT}
    digest = board.put(result.to_bytes())
    reached("draw-put")
    acts.record(result.place.tender, result.place.lot, kinds[type(result)], digest)
    reached("draw-recorded")
    return digest
