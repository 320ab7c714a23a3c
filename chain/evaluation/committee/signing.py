"""A key holder's partial signature over a draw, and everything that must hold before it is given.

Signed is only what counts by the rules (:mod:`chain.evaluation.committee.draws`) in a final block of the key holder's
own endpoints, once the opening is due by the key holder's own clock, too. So no seed can be known before everything
that it decides about is on the ledger, and none is ever given for a draw that somebody would choose among others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from chain.evaluation.committee.draws import DRAW, TIE, Draws, Turn
from chain.evaluation.committee.papers import DrawReasons
from chain.evaluation.committee.shares import DrawShare, draws_topic
from chain.evaluation.committee.standing import draws_of, float_message, float_point_of, may_draw_float
from chain.evaluation.draw import Seats
from chain.kernel.clock import Clock
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.steps import reached
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import Board, TenderLedger
from chain.sealing import Draw, FloatPoint, KeyShare, Message
from chain.tenders.holding.releasing import Title, check_time, share_for, title_of
from chain.tenders.holding.store import ShareStore
from chain.tenders.notice import current_notice
from chain.tenders.opening import read_story

FLOAT_KIND: Literal["float"] = "float"
KINDS = (DRAW, TIE, FLOAT_KIND)
"""What may be drawn."""


@dataclass(frozen=True, slots=True)
class ReadyDraw:
    """What is about to be signed, after every check.

    Attributes:
        tender: its number; ``lot``: the lot's.
        title: of the tender; ``lot_title``: of the lot.
        kind: ``draw``, ``tie`` or ``float``.
        counter: of the message.
        subject: what is drawn from: SHA-256 of the draw's paper, of the tie's, or of the notice; 32 bytes.
        seats, reasons: of a draw.
        places: of a tie.
        floats: of a float point, as text.
        ceremony: whose share signs.
        key_holder: number of the key holder.
    """

    tender: int
    lot: int
    title: Title
    lot_title: Title
    kind: str
    counter: int
    subject: bytes
    ceremony: int
    key_holder: int
    seats: Seats | None = None
    reasons: DrawReasons | None = None
    places: tuple[int, ...] = ()
    floats: tuple[str, ...] = ()
    message: Message = field(repr=False, kw_only=True)
    share: KeyShare = field(repr=False, kw_only=True)


def prepare_draws(
    ledger: TenderLedger, board: Board, store: ShareStore, clock: Clock, tender: int, lot: int, kind: str = "draw"
) -> tuple[ReadyDraw, ...]:
    """What is to be signed of that kind now: the next draw, the float point, or every tie that waits.

    Args:
        ledger: as the key holder's own endpoints tell it; it is refreshed.
        board: for the papers.
        store: with the share.
        clock: the key holder's own.
        tender: its number; ``lot``: the lot's.
        kind: one of :data:`KINDS`.

    Raises:
        Refused: too early, not opened, the lot has ended; nothing that counts waits; a share of something else.
        NotFound: no such tender, no share, or a paper is on no board.
        Conflict, Damaged, Unavailable: the endpoints contradict each other or themselves, or do not answer.
    """
    if kind not in KINDS:
        raise InvalidInput(
            f"nothing of the kind {kind!r} is drawn", code="draw.kind", field="--kind", fix=", ".join(KINDS)
        )
    now = clock()
    ledger.refresh()
    state = ledger.tender(tender)
    if state is None:
        raise NotFound(f"there is no tender {tender}", code="tender.unknown", field="tender", fix="give its number")
    check_time(max(state.open_at, store.opening_of(tender)), now, ledger.block.time)
    story = read_story(ledger, tender)
    _check_phase(story.phase(lot) if lot in story.lots else Phase.NONE, story.number, lot)
    notice = current_notice(ledger, board, tender)
    named = notice.lot(lot)
    if notice.digest != story.notice_digest or named is None:
        raise Refused(
            "the notice on the boards is not the one in force", code="release.notice", field="notice",
            fix="ask another endpoint and another board, and tell the supervisor",
        )  # fmt: skip

    def ready(counter: int, subject: bytes, message: Message, turn: Turn | None) -> ReadyDraw:
        share = share_for(ledger, store, state, message)
        reference = notice.evaluation.reference
        floats = tuple(f"{one:f}" for one in reference.floats) if kind == FLOAT_KIND and reference else ()
        return ReadyDraw(
            tender, lot, title_of(notice.title), title_of(named.title), kind, counter, subject, state.ceremony,
            share.key_holder, turn.seats if turn else None, turn.reasons if turn else None,
            turn.places if turn else (), floats, message=message, share=share,
        )  # fmt: skip

    if kind == FLOAT_KIND:
        wanted = float_message(notice, lot)
        if not may_draw_float(story, lot):
            raise Refused(
                "prices are not open yet", code="draw.not_opened", field="--lot",
                fix="the float point is drawn once the envelope with the prices is opened",
            )  # fmt: skip
        return (ready(wanted.counter, wanted.subject, wanted, None),)
    draws = draws_of(ledger, board, story, notice, lot)
    return tuple(ready(turn.counter, turn.digest, turn.message(draws.lot), turn) for turn in waiting(draws, kind))


def waiting(draws: Draws, kind: str) -> tuple[Turn, ...]:
    """Records of that kind that count and wait for their result; at most one draw. Raises Refused: none, and why."""
    turns = [one for one in draws.turns if one.kind == kind]
    open_ = tuple(one for one in turns if not one.fault and one.result is None)
    if open_:
        return open_
    last = turns[-1] if turns else None
    if last is not None and last.fault:
        raise Refused(
            f"{kind} {last.counter} does not count: {last.fault}", code="draw.fault", field="--lot",
            fix="nothing of it is signed; the officer records another one",
        )  # fmt: skip
    done = f"; {kind} {last.counter} is completed" if last else ""
    fix = "nothing is to do" if last else "wait until the officer has recorded it"
    raise Refused(f"no {kind} of this lot waits{done}", code="draw.none", field="--lot", fix=fix)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What counts by the rules and waits for the key holders' signature.

    Attributes:
        kind: ``draw``, ``tie`` or ``float``.
        counter: of the message.
        message: what is signed.
        paper: of a draw or a tie: what it is about.
        reasons: of a draw: the paper that its own names.
    """

    kind: Literal["draw", "tie", "float"]
    counter: int
    message: Draw | FloatPoint
    paper: bytes = b""
    reasons: bytes = b""


def waiting_in(ledger: TenderLedger, board: Board, tender: int, lot: int) -> tuple[Waiting, ...]:
    """Everything of a lot that waits, for whoever passes shares on; nothing before its opening or after its award.

    Args:
        ledger: refreshed.
        board: for the papers.
        tender: its number; ``lot``: the lot's.

    Raises:
        NotFound: a paper is on no board.
        Damaged, Unavailable: it cannot be had.
    """
    story = read_story(ledger, tender)
    opened = lot in story.lots and Phase.OPENED <= story.phase(lot) < Phase.AWARDED
    if not opened or ledger.block.time < story.open_at:
        return ()
    notice = current_notice(ledger, board, tender)
    draws = draws_of(ledger, board, story, notice, lot)
    found = [
        Waiting(
            "draw" if turn.kind == DRAW else "tie", turn.counter, turn.message(draws.lot), board.get(turn.digest),
            board.get(turn.seats.reasons) if turn.seats else b"",
        )
        for turn in draws.turns
        if not turn.fault and turn.result is None
    ]  # fmt: skip
    reference = notice.evaluation.reference
    several = reference is not None and len(reference.floats) > 1
    if several and may_draw_float(story, lot) and not float_point_of(story, board, notice, lot):
        message = float_message(notice, lot)
        found.append(Waiting(FLOAT_KIND, message.counter, message))
    return tuple(found)


def send_share(board: Board, ready: ReadyDraw) -> DrawShare:
    """Sign, and leave the share on the board. Signatures are unique, so a second time nothing else is left there."""
    share = DrawShare(ready.key_holder, ready.message.digest(), ready.share.sign(ready.message))
    reached("draw-signed")
    topic = draws_topic(ready.tender, ready.lot, ready.kind, ready.counter)
    board.post(topic, f"holder-{share.key_holder}", share.to_bytes())
    reached("draw-released")
    return share


def _check_phase(phase: Phase, tender: int, lot: int) -> None:
    if phase is Phase.NONE:
        raise NotFound(f"tender {tender} has no lot {lot}", code="opening.place", field="--lot", fix="name a lot")
    if phase in (Phase.FAILED, Phase.CANCELLED) or phase >= Phase.AWARDED:
        raise Refused(f"the lot has ended or is awarded: {phase.name.lower()}", code="release.ended", field="--lot")
    if phase < Phase.OPENED:
        raise Refused(
            "this lot is not opened in a final block of the ledger", code="draw.not_opened", field="--lot",
            fix="nothing is drawn before the opening",
        )  # fmt: skip
