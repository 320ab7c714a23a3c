"""Who complains of whom, which complaints are heard, and what a dealer answers.

Everything follows from what stands on the ledger and from the deals whose digests stand there, so every member hears
the same. A deal may be withheld from some members. Then:

- of whom t or more complain is left out, whether or not its deal is to be had: one of them is honest;
- if fewer do, an honest member has the deal and puts it on the boards again; who still misses it waits, and confirms
  nothing that it could not check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, Refused, Unavailable
from chain.sealing.ceremony.complaints import Answer, Complaint
from chain.sealing.ceremony.deal import Deal, read_deal, share_for
from chain.sealing.ceremony.roster import Roster


class Offence(StrEnum):
    """Why a member is left out."""

    ABSENT = "absent"
    """Dealt nothing in time."""
    BAD_DEAL = "bad_deal"
    """The deal is malformed, degenerate, or without its proof of possession."""
    BAD_BOX = "bad_box"
    """A box was proved not to hold the committed share."""
    NO_ANSWER = "no_answer"
    """Did not answer, or not rightly, to each complaint."""
    MANY_COMPLAINTS = "many_complaints"
    """t or more complain: at least one of them is honest."""
    FALSE_COMPLAINT = "false_complaint"
    """Complained of a box that was proved right."""


@dataclass(frozen=True, slots=True)
class MemberFault:
    """Who is left out, why, and the words of the check that failed."""

    member: int
    offence: Offence
    detail: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """All messages of the first three rounds, as they came, by the member that the ledger names as the sender.

    Attributes:
        deals: the bytes whose digests stand on the ledger.
        complaints: :class:`Complaint`, made of the ledger's words.
        answers: :class:`Answer`, made of the ledger's words.
        withheld: digests (32 bytes) of deals that were not to be had.
    """

    deals: Mapping[int, bytes]
    complaints: Mapping[int, bytes] = field(default_factory=dict)
    answers: Mapping[int, bytes] = field(default_factory=dict)
    withheld: Mapping[int, bytes] = field(default_factory=dict)

    def digests(self) -> dict[int, bytes]:
        """Digest of each deal on the ledger."""
        return {number: sha256(data) for number, data in self.deals.items()} | dict(self.withheld)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is known when dealers answer.

    Attributes:
        dealt: deals that are not bad, of dealers of whom fewer than t complain.
        faults: whose deals are not among them, and why.
        complainers: of each dealer in ``dealt`` of whom somebody complains: who does, ascending.
        heard: those among them that are heard; True: the deal was missing, False: the box is said to be wrong.
    """

    dealt: Mapping[int, Deal]
    faults: Mapping[int, MemberFault]
    complainers: Mapping[int, tuple[int, ...]]
    heard: Mapping[int, Mapping[int, bool]]

    def exposed(self) -> frozenset[int]:
        """Dealers who would show a share to a member that says it misses the deal."""
        return frozenset(dealer for dealer, heard in self.heard.items() if any(heard.values()))


def hear(roster: Roster, transcript: Transcript) -> Hearing:
    """Hear the complaints.

    Raises:
        InvalidInput: a message of a member that is not on the roster.
        Unavailable: a deal is missing that others have; nothing can be said before it comes.
    """
    numbers, limit = range(1, roster.size + 1), roster.threshold
    for sent in (transcript.deals, transcript.withheld, transcript.complaints, transcript.answers):
        if any(number not in numbers for number in sent):
            raise InvalidInput("a message of somebody who is not on the roster", code="ceremony.number")
    said = _complaints(roster, transcript)
    spoken: dict[int, dict[int, bool]] = {}
    for member, complaint in said.items():
        for dealer in complaint.accused:
            spoken.setdefault(dealer, {})[member] = dealer in complaint.missing
    there = {*transcript.deals, *transcript.withheld}
    counted = {
        dealer: {
            member: missing
            for member, missing in members.items()
            if member in there and not (missing and len(said[member].missing) >= limit)
        }
        for dealer, members in spoken.items()
    }
    faults: dict[int, MemberFault] = {}
    dealt: dict[int, Deal] = {}
    for number in numbers:
        complaining = len(counted.get(number, ()))
        if number not in there:
            faults[number] = MemberFault(number, Offence.ABSENT, "dealt nothing")
        elif complaining >= limit:
            faults[number] = MemberFault(number, Offence.MANY_COMPLAINTS, f"{complaining} members complain")
        elif number in transcript.withheld:
            raise Unavailable(
                f"the deal of member {number} is on no board, but fewer than {limit} members miss it",
                code="ceremony.withheld", field="deals", fix="ask the others to put it on a board that you read",
            )  # fmt: skip
        else:
            try:
                dealt[number] = read_deal(transcript.deals[number], roster, number)
            except InvalidInput as error:
                faults[number] = MemberFault(number, Offence.BAD_DEAL, error.message)
    heard = {
        dealer: {member: members[member] for member in sorted(members) if member in dealt}
        for dealer, members in sorted(counted.items())
        if dealer in dealt
    }
    complainers = {dealer: tuple(sorted(members)) for dealer, members in sorted(spoken.items()) if dealer in dealt}
    return Hearing(dealt, faults, complainers, heard)


def make_answer(roster: Roster, dealer: int, seed: bytes, transcript: Transcript) -> Answer | None:
    """A dealer's answer to those who complained of it, or None if nobody did, or its own deal does not count.

    Who is not heard gets the digest of the deal, for the ledger wants a word for each.

    Raises:
        Refused: shares must not be shown. t or more members complain (``ceremony.complaints``); or so many members
            say that they miss deals that those who hide deals could learn what was dealt (``ceremony.hidden``).
        Unavailable: a deal is missing that others have.
    """
    hearing = hear(roster, transcript)
    fault = hearing.faults.get(dealer)
    if fault is not None and fault.offence is Offence.MANY_COMPLAINTS:
        raise Refused(
            f"{fault.detail}; {roster.threshold} shares would give the secret away",
            code="ceremony.complaints", field="complaints", fix="do not answer; the others go on without this deal",
        )  # fmt: skip
    if dealer not in hearing.complainers:
        return None
    heard = hearing.heard.get(dealer, {})
    exposed = len(hearing.exposed())
    if any(heard.values()) and len(hearing.dealt) - exposed < roster.threshold:
        raise Refused(
            f"{exposed} dealers are told that their deals are missing; with shares shown to all who say so, "
            "whoever hides deals could learn the key",
            code="ceremony.hidden", field="complaints", fix="convene again, with other boards or other members",
        )  # fmt: skip
    plain = sha256(transcript.deals[dealer])
    words = {
        member: share_for(roster, dealer, seed, member) if member in heard else plain
        for member in hearing.complainers[dealer]
    }
    return Answer(roster.digest(), dealer, words)


def _complaints(roster: Roster, transcript: Transcript) -> dict[int, Complaint]:
    """Complaints in the right form; a malformed one is none."""
    said = {}
    for member in sorted(transcript.complaints):
        try:
            said[member] = Complaint.from_bytes(transcript.complaints[member], roster, member)
        except InvalidInput:
            continue
    return said
