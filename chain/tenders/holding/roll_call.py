"""Roll call, the day before: each key holder signs, so that everybody sees whose share is there and works."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, unb64url
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.steps import reached
from chain.kernel.tender_ports import Board, TenderActs, TenderLedger
from chain.sealing import KeyShare, OpeningKey, RollCall, combine, verify
from chain.tenders.holding.ceremonies import Ceremony, key_in_force, read_ceremony
from chain.tenders.holding.partials import Partial, check_partials

FORMAT = "yinxin-roll-call-1"
RECENT = 86_400
"""Seconds for which a roll call that stands on the ledger can still be joined."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A key holder's answer to a roll call: a note on the board."""

    ceremony: int
    counter: int
    key_holder: int
    signature: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": FORMAT,
                "ceremony": self.ceremony,
                "counter": self.counter,
                "keyHolder": self.key_holder,
                "signature": b64url(self.signature),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Presence:
        """Inverse of :meth:`to_bytes`; the signature is not checked yet. Raises InvalidInput."""
        value: Any = read_canonical(data, what="roll call", limit=4096)
        members = {"format", "ceremony", "counter", "keyHolder", "signature"}
        if not isinstance(value, dict) or value.get("format") != FORMAT or set(value) != members:
            raise InvalidInput(f"not a note of the form {FORMAT}", code="holding.roll_call")
        ceremony, counter, holder = (value[name] for name in ("ceremony", "counter", "keyHolder"))
        if any(type(number) is not int for number in (ceremony, counter, holder)):
            raise InvalidInput("ceremony, counter, keyHolder are numbers", code="holding.roll_call")
        if not isinstance(value["signature"], str):
            raise InvalidInput("the signature is text", code="holding.roll_call", field="signature")
        return cls(ceremony, counter, holder, unb64url(value["signature"], field="signature"))


@dataclass(frozen=True, slots=True)
class Roll:
    """How a roll call stands.

    Attributes:
        ceremony: its number.
        counter: of the roll call.
        threshold: how many are needed.
        present: key holders whose shares signed rightly.
        wrong: in whose names only wrong signatures lie on the board.
        absent: of whom nothing came.
        complete: True once it stands on the ledger.
    """

    ceremony: int
    counter: int
    threshold: int
    present: tuple[int, ...]
    wrong: tuple[int, ...]
    absent: tuple[int, ...]
    complete: bool


def roll_message(ledger: TenderLedger, ceremony: Ceremony, counter: int) -> RollCall:
    """What is signed."""
    tender = ceremony.state.plan.tender or 1
    return RollCall(ledger.genesis, ledger.book, tender, ledger.key_registry, ceremony.number, counter)


def call_roll(
    ledger: TenderLedger, board: Board, acts: TenderActs, number: int, share: KeyShare, *, new: bool = False
) -> Roll:
    """Sign the roll call that is under way; the last of t that are needed puts it on the ledger.

    Args:
        ledger: refreshed.
        board: where the notes lie.
        acts: of the key holder.
        number: of the ceremony.
        share: the key holder's.
        new: begin a new one, though the last one is recent.

    Raises:
        Refused: the share belongs to another ceremony, or no key is in force.
        Conflict, Unavailable: see :func:`key_in_force`.
    """
    ceremony = read_ceremony(ledger, board, number)
    key = key_in_force(ceremony).opening_key
    _check_share(ceremony, key, share)
    counter = _counter(ledger, board, ceremony, new)
    message = roll_message(ledger, ceremony, counter)
    _post(board, Presence(number, counter, share.key_holder, share.sign(message)))
    reached("holder-present")
    complete_roll(ledger, board, acts, number, counter)
    return read_roll(ledger, board, number, counter)


def present_roll(ledger: TenderLedger, board: Board, number: int) -> Roll:
    """The roll call that a key holder would join now. Raises Refused: no key is in force."""
    ceremony = read_ceremony(ledger, board, number)
    key = key_in_force(ceremony).opening_key
    return _look(ledger, board, ceremony, key, _counter(ledger, board, ceremony, new=False))[0]


def pass_on(ledger: TenderLedger, board: Board, number: int, note: Presence) -> Roll:
    """Leave another's answer to the roll call that is under way on the board.

    Raises:
        Conflict: it answers another roll call.
        Refused: the signature is not that of the key holder's share, or no key is in force.
    """
    ceremony = read_ceremony(ledger, board, number)
    key = key_in_force(ceremony).opening_key
    counter = _counter(ledger, board, ceremony, new=False)
    if (note.ceremony, note.counter) != (number, counter):
        raise Conflict(
            f"roll call {counter} of ceremony {number} is under way", code="holding.roll_call", field="counter",
            fix="look again, and answer that one",
        )  # fmt: skip
    answered = Partial("signature", roll_message(ledger, ceremony, counter).digest(), note.signature)
    check_partials(key, note.key_holder, [answered], code="holding.other_ceremony")
    _post(board, note)
    return _look(ledger, board, ceremony, key, counter)[0]


def complete_roll(
    ledger: TenderLedger, board: Board, acts: TenderActs, number: int, counter: int | None = None
) -> bool:
    """Put a roll call on the ledger if t have answered it and nobody has done so; anybody may. True if it was done now.

    Args:
        ledger: refreshed; refreshed again once something was sent.
        board: where the notes lie.
        acts: of whoever sends.
        number: of the ceremony.
        counter: of the roll call; the one after the last on the ledger, if not named.

    Raises:
        Refused: no key is in force.
        Conflict, Unavailable: see :func:`key_in_force`.
    """
    ceremony = read_ceremony(ledger, board, number)
    counter = ceremony.roll_calls + 1 if counter is None else counter
    if not any(board.notes(_topic(number, counter))):
        return False
    key = key_in_force(ceremony).opening_key
    roll, partials = _look(ledger, board, ceremony, key, counter)
    if roll.complete or len(roll.present) < key.threshold:
        return False
    signature = combine(key, roll_message(ledger, ceremony, counter).digest(), partials).signature
    done = True
    try:
        acts.roll_call(number, counter, signature)
    except Refused:
        # Another of the last ones was faster.
        ledger.refresh()
        if len(_rolls(ledger, number)) < counter:
            raise
        done = False
    reached("holder-roll-called")
    ledger.refresh()
    return done


def read_roll(ledger: TenderLedger, board: Board, number: int, counter: int) -> Roll:
    """How a roll call stands, for anybody."""
    ceremony = read_ceremony(ledger, board, number)
    return _look(ledger, board, ceremony, key_in_force(ceremony).opening_key, counter)[0]


def _look(
    ledger: TenderLedger, board: Board, ceremony: Ceremony, key: OpeningKey, counter: int
) -> tuple[Roll, dict[int, bytes]]:
    digest = roll_message(ledger, ceremony, counter).digest()
    partials: dict[int, bytes] = {}
    named: set[int] = set()
    for note in _notes(board.notes(_topic(ceremony.number, counter)), ceremony.number, counter):
        if note.key_holder in key.key_holders and note.key_holder not in partials:
            named.add(note.key_holder)
            if verify(key.key_holders[note.key_holder], digest, note.signature):
                partials[note.key_holder] = note.signature
    roll = Roll(
        ceremony.number, counter, key.threshold, tuple(sorted(partials)), tuple(sorted(named - set(partials))),
        tuple(holder for holder in sorted(key.key_holders) if holder not in named), ceremony.roll_calls >= counter,
    )  # fmt: skip
    return roll, partials


def _notes(found: Iterable[tuple[str, bytes]], number: int, counter: int) -> list[Presence]:
    notes = []
    for _, data in found:
        try:
            note = Presence.from_bytes(data)
        except InvalidInput:
            continue
        if (note.ceremony, note.counter) == (number, counter):
            notes.append(note)
    return notes


def _counter(ledger: TenderLedger, board: Board, ceremony: Ceremony, new: bool) -> int:
    """The newest roll call if it is recent and none is begun after it; otherwise the next."""
    following = ceremony.roll_calls + 1
    if new or not ceremony.roll_calls or any(board.notes(_topic(ceremony.number, following))):
        return following
    last = _rolls(ledger, ceremony.number)[-1]
    return ceremony.roll_calls if ledger.block.time <= last + RECENT else following


def _rolls(ledger: TenderLedger, number: int) -> list[int]:
    return [event.block.time for event in ledger.ceremony_events(number) if event.name == "RollCalled"]


def _post(board: Board, note: Presence) -> None:
    board.post(_topic(note.ceremony, note.counter), f"holder-{note.key_holder}", note.to_bytes())


def _topic(number: int, counter: int) -> str:
    return f"roll-call/{number}/{counter}"


def _check_share(ceremony: Ceremony, key: OpeningKey, share: KeyShare) -> None:
    if share.ceremony != ceremony.roster.digest() or key.key_holders.get(share.key_holder) != share.public:
        raise Refused(
            f"the share of this home is not one of ceremony {ceremony.number} ({hex0x(ceremony.roster.digest())})",
            code="holding.other_ceremony", field="ceremony", fix="yinxin keyholder show tells which shares there are",
        )  # fmt: skip
