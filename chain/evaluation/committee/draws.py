"""The draws of a lot, as ledger and board tell them: each judged by the rules, in the order of the chain.

A draw on record counts if everything in it was settled before its seed could be known and nothing could be chosen:
it is the next one, those before it were completed, it excludes whom the rules exclude, and a further one only replaces.
What does not count is never signed and never completed; it stays visible, with the reason. Draws of experts and of
ties share one counter: the n-th record of kind ``draw`` or ``tie`` of the lot has counter n, whether it counts or not.
Rules: docs/formats/draw.md.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from chain.evaluation.committee.conflicts import barred
from chain.evaluation.committee.papers import Drawn, DrawReasons, TieDrawn
from chain.evaluation.draw import Seats, draw_experts, draw_order, read_tie, seed_of
from chain.evaluation.pool import PoolPaper, read_pool_paper
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import Board
from chain.sealing import Draw, verify
from chain.tenders.notice import Notice
from chain.tenders.opening import LotPlace
from chain.tenders.opening.finishing import records_of
from chain.tenders.story import LotStory, Story

POOL, DRAW, TIE, DRAWN, TIE_DRAWN = "expert-pool", "draw", "tie", "drawn", "tie-drawn"
"""Kinds on the ledger."""
_LARGEST = 32 * 2**20


@dataclass
class Turn:
    """One record of kind ``draw`` or ``tie``.

    Attributes:
        kind: which.
        counter: its number among both kinds.
        event: that recorded it.
        digest: of its paper: the subject, 32 bytes.
        fault: why it does not count; empty if it does.
        seats: of a draw that can be read.
        reasons: of a draw that can be read.
        places: of a tie that can be read.
        result: once it is completed.
        result_digest: SHA-256 of the result's paper.
    """

    kind: str
    counter: int
    event: TenderEvent
    digest: bytes
    fault: str = ""
    seats: Seats | None = None
    reasons: DrawReasons | None = None
    places: tuple[int, ...] = ()
    result: Drawn | TieDrawn | None = None
    result_digest: bytes = b""

    def message(self, place: LotPlace) -> Draw:
        """What key holders sign."""
        return Draw(place.genesis, place.book, place.tender, place.lot, self.counter, self.digest)


@dataclass
class Draws:
    """Everything drawn for a lot.

    Attributes:
        lot: which.
        turns: records of both kinds, in order.
        strays: results on record that complete nothing, and why.
        seated: place in the pool by seat (1, 2, 3 …), as the completed draws leave it.
        drawn: every place that was ever drawn.
        excluded: every place that a counting draw excluded.
    """

    lot: LotPlace
    turns: list[Turn] = field(default_factory=list)
    strays: list[tuple[TenderEvent, str]] = field(default_factory=list)
    seated: dict[int, int] = field(default_factory=dict)
    drawn: set[int] = field(default_factory=set)
    excluded: set[int] = field(default_factory=set)

    @property
    def next_counter(self) -> int:
        """Counter of the next record of either kind."""
        return len(self.turns) + 1

    def pending(self, kind: str) -> Turn | None:
        """The record of that kind that counts and waits for its result, or None."""
        return next((one for one in self.turns if one.kind == kind and not one.fault and one.result is None), None)

    @property
    def completed(self) -> list[Turn]:
        """Draws of experts that were completed, in order."""
        return [one for one in self.turns if one.kind == DRAW and one.result is not None]


def pool_on_record(board: Board, story: Story) -> tuple[bytes, PoolPaper]:
    """Digest and paper of the tender's pool: the first that was recorded, by the deadline.

    Raises:
        NotFound: none was recorded in time, or its paper is on no board.
        InvalidInput: what was recorded is no pool.
    """
    due = [event for event in story.records if event.values["kind"] == POOL and event.block.time <= story.deadline]
    if not due:
        raise NotFound(
            f"tender {story.number} has no pool of experts on record by its deadline", code="pool.none",
            field="tender", fix="yinxin tender pool, before the deadline; after it only a new tender helps",
        )  # fmt: skip
    digest: bytes = due[0].values["digest"]
    return digest, read_pool_paper(board.get(digest, limit=_LARGEST))


def read_draws(board: Board, story: Story, notice: Notice, lot: int, parts: Collection[bytes]) -> Draws:
    """The draws of a lot.

    Args:
        board: where papers lie.
        story: of the tender.
        notice: the newest, compared with the ledger.
        lot: its number.
        parts: accounts with another part in the tender (:func:`other_parts`).

    Raises:
        NotFound: a paper that decides what counts is on no board; nothing is signed or taken on without it.
        Damaged, Unavailable: it cannot be had.
    """
    line = story.lots[lot]
    place = LotPlace(notice.genesis, notice.book, notice.tender, lot)
    judge = _Judge(board, story, notice, line, parts, Draws(place))
    for event in line.records:
        kind = event.values["kind"]
        if kind in (DRAW, TIE):
            judge.take(event)
        elif kind in (DRAWN, TIE_DRAWN):
            judge.complete(event)
    return judge.draws


@dataclass
class _Judge:
    board: Board
    story: Story
    notice: Notice
    line: LotStory
    parts: Collection[bytes]
    draws: Draws

    def take(self, event: TenderEvent) -> None:
        """A draw or a tie."""
        turn = Turn(event.values["kind"], self.draws.next_counter, event, event.values["digest"])
        try:
            (self._draw if turn.kind == DRAW else self._tie)(turn)
        except (InvalidInput, Refused) as error:
            turn.fault = error.message
        self.draws.turns.append(turn)
        if turn.kind == DRAW and not turn.fault and turn.seats is not None:
            self.draws.excluded.update(turn.seats.excluded)

    def _draw(self, turn: Turn) -> None:
        draws = self.draws
        if not any(before(record, turn.event) for record in records_of(self.line, 1)):
            raise _fault("there was no opening record yet, so conflicts were not known")
        if self.line.awards and before(self.line.awards[0], turn.event):
            raise _fault("the lot was awarded")
        waiting = draws.pending(DRAW)
        if waiting is not None:
            raise _fault(f"draw {waiting.counter} was not completed")
        digest, pool = self._pool()
        turn.seats = seats = Seats.from_bytes(self._paper(turn.digest))
        if seats.pool != digest:
            raise _fault("it is about another pool")
        turn.reasons = reasons = DrawReasons.from_bytes(self._paper(seats.reasons))
        if (reasons.place, reasons.counter) != (draws.lot, turn.counter):
            raise _fault("its reasons are those of another draw")
        if tuple(one.place for one in reasons.excluded) != seats.excluded:
            raise _fault("its reasons are about other places than it excludes")
        self._rules(turn, seats, {one.place for one in reasons.replaced}, pool)
        draw_experts(pool, seats, bytes(32))  # fillable, whatever the seed

    def _rules(self, turn: Turn, seats: Seats, replaced: set[int], pool: PoolPaper) -> None:
        draws, excluded = self.draws, set(seats.excluded)
        if not draws.drawn:
            if replaced:
                raise _fault("there is nobody to be replaced")
            if seats.count != self.notice.committee.experts:
                raise _fault(f"it draws {seats.count}; the notice says {self.notice.committee.experts} experts")
        elif not replaced or not replaced <= set(draws.seated.values()):
            raise _fault("a further draw replaces experts who sit on the committee, and does nothing else")
        elif seats.count != len(replaced):
            raise _fault(f"it draws {seats.count} and replaces {len(replaced)}")
        if not draws.drawn | draws.excluded <= excluded:
            raise _fault("whoever was drawn or excluded before is not drawn again")
        if not barred(pool, self.parts) <= excluded:
            places = ", ".join(map(str, sorted(barred(pool, self.parts) - excluded)))
            raise _fault(f"places {places} have another part in the tender and are not excluded")

    def _tie(self, turn: Turn) -> None:
        if not openedbefore(self.line, self.story.terms.envelopes, turn.event):
            raise _fault("prices were not opened yet")
        turn.places = read_tie(self._paper(turn.digest))
        if not set(turn.places) <= {bid.place for bid in self.line.bids}:
            raise _fault("it names places that nobody took")
        if any(one.kind == TIE and not one.fault and one.places == turn.places for one in self.draws.turns):
            raise _fault("these places were drawn before, and are not drawn again")

    def complete(self, event: TenderEvent) -> None:
        """A result."""
        try:
            (self._drawn if event.values["kind"] == DRAWN else self._tie_drawn)(event)
        except (InvalidInput, Refused) as error:
            self.draws.strays.append((event, error.message))

    def _drawn(self, event: TenderEvent) -> None:
        found = Drawn.from_bytes(self._paper(event.values["digest"]))
        turn = self._turn(DRAW, found.place, found.counter, found.draw, found.signature)
        assert turn.seats is not None
        assert turn.reasons is not None
        if found.seats != draw_experts(self._pool()[1], turn.seats, seed_of(found.signature)):
            raise _fault("the signature gives other seats")
        turn.result, turn.result_digest = found, event.values["digest"]
        replaced = {one.place for one in turn.reasons.replaced}
        left = sorted(seat for seat, place in self.draws.seated.items() if place in replaced)
        self.draws.seated.update(zip(left or range(1, len(found.seats) + 1), found.seats, strict=True))
        self.draws.drawn.update(found.seats)

    def _tie_drawn(self, event: TenderEvent) -> None:
        found = TieDrawn.from_bytes(self._paper(event.values["digest"]))
        turn = self._turn(TIE, found.place, found.counter, found.tie, found.signature)
        if found.order != draw_order(turn.places, seed_of(found.signature)):
            raise _fault("the signature gives another order")
        turn.result, turn.result_digest = found, event.values["digest"]

    def _turn(self, kind: str, place: LotPlace, counter: int, subject: bytes, signature: bytes) -> Turn:
        turn = next((one for one in self.draws.turns if one.counter == counter and one.kind == kind), None)
        if place != self.draws.lot or turn is None or turn.digest != subject:
            raise _fault("it completes no record of this lot")
        if turn.fault:
            raise _fault(f"{kind} {counter} does not count: {turn.fault}")
        if turn.result is not None:
            raise _fault(f"{kind} {counter} was completed before")
        if not verify(self.notice.opening_key, turn.message(place).digest(), signature):
            raise _fault("the signature is not the key holders' over it")
        return turn

    def _pool(self) -> tuple[bytes, PoolPaper]:
        try:
            return pool_on_record(self.board, self.story)
        except NotFound as error:
            if error.code == "pool.none":
                raise _fault(error.message) from error
            raise

    def _paper(self, digest: bytes) -> bytes:
        try:
            return self.board.get(digest, limit=_LARGEST)
        except NotFound as error:
            raise NotFound(
                f"the paper {hex0x(digest)} of a draw is on no board", code="draw.missing", field="board",
                fix="ask the procuring officer, or another board, for it; nothing is drawn without it",
            ) from error  # fmt: skip


def before(one: TenderEvent, other: TenderEvent) -> bool:
    """True if the one happened before the other."""
    return (one.block.number, one.index) < (other.block.number, other.index)


def openedbefore(line: LotStory, envelopes: int, event: TenderEvent) -> bool:
    """True if the last envelope was opened before that event."""
    opening = line.openings.get(envelopes)
    return opening is not None and before(opening.event, event)


def _fault(why: str) -> Refused:
    return Refused(why, code="draw.fault", field="draw")
