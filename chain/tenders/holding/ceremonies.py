"""A ceremony as ledger and board tell it: the same for everybody (docs/formats/opening-key.md).

Digests of deals, complaints, answers and confirmations stand on the ledger; only rosters and deals lie on boards, and
count if their bytes have the ledger's digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused, Unavailable
from chain.kernel.tender_facts import CeremonyPlan, CeremonyState, TenderEvent
from chain.kernel.tender_ports import Board, TenderLedger
from chain.sealing import OpeningKey, Scope
from chain.sealing.ceremony import Answer, Complaint, Judgement, Roster, Transcript, judge
from chain.tenders.holding.cards import Announcement

_LARGEST = 1 << 20


class Round(StrEnum):
    """Where a ceremony stands by the ledger's clock."""

    DEALS = "deals"
    COMPLAINTS = "complaints"
    ANSWERS = "answers"
    CONFIRMATIONS = "confirmations"
    OVER = "over"


def round_at(plan: CeremonyPlan, time: int) -> Round:
    """The round of a second; every end is inclusive, as the contract has it."""
    ends = (plan.deals_until, plan.complaints_until, plan.answers_until, plan.confirm_until)
    return next((name for name, end in zip(Round, ends, strict=False) if time <= end), Round.OVER)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """All that ledger and board say of one ceremony at one final block.

    Attributes:
        number: on the ledger.
        state: plan, members, key.
        roster: the invited and their keys.
        time: of the block, seconds.
        dealt: digest of each deal, by member.
        complaints: word of each complaint: member, then accused.
        answers: word of each answer: dealer, then complainer.
        confirmed: by member, the newest: transcript, qualified, key.
        roll_calls: how many there were.
        destroyed: by member: digest of the record.
        deals: bytes of the deals that are to be had.
    """

    number: int
    state: CeremonyState
    roster: Roster
    time: int
    dealt: Mapping[int, bytes]
    complaints: Mapping[int, Mapping[int, bytes]]
    answers: Mapping[int, Mapping[int, bytes]]
    confirmed: Mapping[int, tuple[bytes, tuple[int, ...], bytes]]
    roll_calls: int
    destroyed: Mapping[int, bytes]
    deals: Mapping[int, bytes]

    @property
    def round(self) -> Round:
        """Where it stands."""
        return round_at(self.state.plan, self.time)

    @property
    def missing(self) -> tuple[int, ...]:
        """Members whose digest stands on the ledger and whose deal is not to be had."""
        return tuple(sorted(set(self.dealt) - set(self.deals)))

    def transcript(self) -> Transcript:
        """The messages that are judged."""
        complaints = {
            member: Complaint.of_words(self.roster, member, words).to_bytes()
            for member, words in self.complaints.items()
        }
        answers = {
            dealer: Answer(self.roster.digest(), dealer, words).to_bytes() for dealer, words in self.answers.items()
        }
        withheld = {number: self.dealt[number] for number in self.missing}
        return Transcript(self.deals, complaints, answers, withheld)

    def judge(self) -> Judgement:
        """Who is qualified, who is not and why, and the key, once the answers are in.

        Raises:
            Refused: the answers are not in yet, or too few are qualified.
            Unavailable: a deal is missing that others have.
        """
        if self.round not in (Round.CONFIRMATIONS, Round.OVER):
            raise Refused(
                "the answers are not in yet", code="holding.early", field="ceremony",
                fix=f"wait until the ledger's clock is past {self.state.plan.answers_until}",
            )  # fmt: skip
        return judge(self.roster, self.transcript())

    def member_of(self, address: bytes) -> int | None:
        """The number of an account among the members, from 1."""
        members = self.state.members
        return members.index(address) + 1 if address in members else None

    def active(self) -> tuple[bytes, tuple[int, ...], bytes] | None:
        """Transcript, qualified and key in force; None while there is none."""
        if not self.state.key:
            return None
        counts: dict[tuple[bytes, tuple[int, ...], bytes], int] = {}
        for outcome in self.confirmed.values():
            counts[outcome] = counts.get(outcome, 0) + 1
            if counts[outcome] == self.state.plan.threshold and outcome[2] == self.state.key:
                return outcome
        raise Damaged("no confirmations for the key in force", code="holding.key", field="ceremony")


def read_ceremony(ledger: TenderLedger, board: Board, number: int) -> Ceremony:
    """A ceremony at the ledger's present block.

    Raises:
        NotFound: no such ceremony, or its roster is on no board that answers.
        Damaged: the roster is not the one of the plan.
        Unavailable: the ledger does not answer.
    """
    state = ledger.ceremony(number)
    if state is None:
        raise NotFound(f"there is no ceremony {number}", code="holding.unknown", field="ceremony")
    roster = _roster(ledger, board, number, state)
    events = ledger.ceremony_events(number)
    dealt = {event.values["member"]: event.values["digest"] for event in _named(events, "Dealt")}
    deals = {}
    for member, digest in dealt.items():
        data = fetch(board, digest)
        if data is not None:
            deals[member] = data
    return Ceremony(
        number, state, roster, ledger.block.time, dealt,
        _words(_named(events, "Complained"), "accused"), _words(_named(events, "Answered"), "complainant"),
        {
            event.values["member"]: (
                event.values["transcript"], tuple(event.values["qualified"]), event.values["publicKey"]
            )
            for event in _named(events, "Confirmed")
        },
        len(_named(events, "RollCalled")),
        {event.values["member"]: event.values["digest"] for event in _named(events, "ShareDestroyed")},
        deals,
    )  # fmt: skip


def opening_key(ledger: TenderLedger, board: Board, number: int) -> OpeningKey:
    """The key in force of a ceremony, with every qualified key holder's public share, from ledger and deals alone.

    Raises:
        Refused: no key is in force.
        Conflict: the key in force is not the one that the messages give.
        NotFound, Damaged, Unavailable: see :func:`read_ceremony`; a deal is on no board.
    """
    return key_in_force(read_ceremony(ledger, board, number)).opening_key


def key_in_force(ceremony: Ceremony) -> Judgement:
    """The judgement that the key in force rests on. Raises Refused, Conflict, Unavailable."""
    active = ceremony.active()
    if active is None:
        raise Refused(
            f"no key of ceremony {ceremony.number} is in force", code="holding.no_key", field="ceremony",
            fix="wait for its confirmations; if its rounds are over, convene again",
        )  # fmt: skip
    judgement = ceremony.judge()
    if (judgement.transcript, judgement.qualified, judgement.opening_key.key) != active:
        raise Conflict(
            f"the key in force of ceremony {ceremony.number} is not the one its messages give",
            code="holding.other_key", field="ceremony", fix="do not seal to it and do not sign with it; convene again",
        )  # fmt: skip
    return judgement


def fetch(board: Board, digest: bytes) -> bytes | None:
    """A paper; None if it is not to be had, whyever: no board has it, or one that may have it does not answer."""
    try:
        return board.get(digest, limit=_LARGEST)
    except (NotFound, Damaged, Unavailable):
        return None


def confirmations_topic(number: int) -> str:
    """Where members leave their confirmations as notes, each named ``holder-<number>``."""
    return f"ceremony/{number}/confirmations"


def announcement_of(ledger: TenderLedger, board: Board, ceremony: Ceremony) -> Announcement | None:
    """The announcement that ledger and roster bear out; None if there is none."""
    return find_announcement(ledger, board, ceremony.number, ceremony.roster, ceremony.state.plan.term)


def find_announcement(
    ledger: TenderLedger, board: Board, number: int, roster: Roster, term: bytes
) -> Announcement | None:
    """As :func:`announcement_of`, for a roster and the term of a plan."""
    for _, data in board.notes(f"ceremony/{number}"):
        try:
            found = Announcement.from_bytes(data)
        except InvalidInput:
            continue
        here = (found.ceremony, found.genesis, found.registry) == (number, ledger.genesis, ledger.key_registry)
        if here and found.fits(roster, term):
            return found
    return None


def scope_of(ledger: TenderLedger, number: int, tender: int) -> Scope:
    """What a key is for: one tender of the book, or a term that is named by its ceremony's number."""
    if tender:
        return Scope(ledger.genesis, ledger.book, "tender", tender)
    return Scope(ledger.genesis, ledger.book, "term", number)


def _roster(ledger: TenderLedger, board: Board, number: int, state: CeremonyState) -> Roster:
    plan = state.plan
    if plan.book != ledger.book:
        raise Refused(
            f"ceremony {number} is for the book {hex0x(plan.book)}, not for this one",
            code="holding.other_book", field="ceremony", fix="use a home of that ledger",
        )  # fmt: skip
    data = fetch(board, plan.roster_digest)
    if data is None:
        raise NotFound(
            f"the roster of ceremony {number} is on no board that answers",
            code="holding.roster", field="tenders.boards",
            fix="ask the convener on which board it lies, or to put it there again",
        )  # fmt: skip
    try:
        roster = Roster.from_bytes(data)
    except InvalidInput as error:
        raise Damaged(f"the roster of ceremony {number}: {error.message}", code="holding.roster") from error
    same = (
        roster.scope == scope_of(ledger, number, plan.tender)
        and roster.threshold == plan.threshold
        and tuple(member.address for member in roster.members) == state.members
    )
    if not same:
        raise Damaged(
            f"roster and plan of ceremony {number} contradict each other", code="holding.roster_plan", field="roster",
            fix="take no part; the convener convenes again",
        )  # fmt: skip
    return roster


def _named(events: Sequence[TenderEvent], name: str) -> list[TenderEvent]:
    return [event for event in events if event.name == name]


def _words(events: Sequence[TenderEvent], other: str) -> dict[int, dict[int, bytes]]:
    words: dict[int, dict[int, bytes]] = {}
    for event in events:
        words.setdefault(event.values["member"], {})[event.values[other]] = event.values["digest"]
    return words
