"""What came of a ceremony: the same for everybody who has its messages.

A dishonest dealer is left out with its deal, a member that complained wrongly too: the boxes can be made again from
what is in them, so an answer proves which of the two is wrong. Nobody qualified ever has a share shown in public.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from py_arkworks_bls12381 import G2Point

from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.sealing import curve
from chain.sealing.ceremony.complaints import Answer, Complaint
from chain.sealing.ceremony.deal import Deal, at, box_for, open_share, read_deal
from chain.sealing.ceremony.roster import Roster
from chain.sealing.share import KeyShare
from chain.sealing.threshold import OpeningKey


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
    """All messages of the first three rounds, as they came, by the member that the ledger names as the sender."""

    deals: Mapping[int, bytes]
    complaints: Mapping[int, bytes] = field(default_factory=dict)
    answers: Mapping[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The end of a ceremony.

    Attributes:
        roster: whose ceremony it was.
        deals: the qualified members' deals, by number.
        faults: who is left out, by number.
        opening_key: the key; its holders are the qualified members.
        transcript: digest over all messages, the qualified and the key, 32 bytes.
    """

    roster: Roster
    deals: Mapping[int, Deal]
    faults: tuple[MemberFault, ...]
    opening_key: OpeningKey
    transcript: bytes

    @property
    def qualified(self) -> tuple[int, ...]:
        """Numbers of the key holders."""
        return tuple(self.deals)


def judge(roster: Roster, transcript: Transcript) -> Judgement:
    """Who qualified, and the key that they share.

    Raises:
        Refused: fewer than t qualified (the message names who was left out and why), or the key is degenerate.
        InvalidInput: a message of a member that is not on the roster.
    """
    numbers = range(1, roster.size + 1)
    for sent in (transcript.deals, transcript.complaints, transcript.answers):
        if any(number not in numbers for number in sent):
            raise InvalidInput("a message of somebody who is not on the roster", code="ceremony.number")
    faults: dict[int, MemberFault] = {}
    dealt: dict[int, Deal] = {}
    for number in numbers:
        if number not in transcript.deals:
            faults[number] = MemberFault(number, Offence.ABSENT, "dealt nothing")
            continue
        try:
            dealt[number] = read_deal(transcript.deals[number], roster, number)
        except InvalidInput as error:
            faults[number] = MemberFault(number, Offence.BAD_DEAL, error.message)
    for dealer, complainers in _complaints(roster, transcript, dealt).items():
        for fault in _hear(roster, dealt[dealer], complainers, transcript.answers.get(dealer)):
            faults.setdefault(fault.member, fault)
    deals = {number: deal for number, deal in dealt.items() if number not in faults}
    named = tuple(faults[number] for number in sorted(faults))
    if len(deals) < roster.threshold:
        reasons = ", ".join(f"{one.member} {one.offence}" for one in named)
        raise Refused(
            f"{len(deals)} of {roster.size} qualified, {roster.threshold} are needed ({reasons})",
            code="ceremony.qualified", fix="begin a new ceremony without those who were left out",
        )  # fmt: skip
    key = _opening_key(roster, deals)
    return Judgement(roster, deals, named, key, _digest(roster, transcript, tuple(deals), key))


def take_share(judgement: Judgement, member: int, private: bytes) -> KeyShare:
    """A qualified member's share: the sum of what the qualified dealt to it, checked against the key.

    Raises:
        Refused: the member did not qualify, or did not complain of a box that does not open.
    """
    if member not in judgement.deals:
        raise Refused(f"{member} did not qualify", code="ceremony.qualified", field="member")
    total = 0
    for deal in judgement.deals.values():
        part = open_share(deal, member, private)
        if part is None:
            raise Refused(
                f"the box of {deal.dealer} does not open, and no complaint was made in time",
                code="ceremony.box", field="member", fix="stay out; the others go on",
            )  # fmt: skip
        total += int.from_bytes(part, "big")
    secret = curve.write_scalar(curve.scalar(total % curve.ORDER))
    share = KeyShare(judgement.roster.scope, judgement.roster.digest(), member, secret)
    if share.public != judgement.opening_key.key_holders[member]:
        raise Refused("the share does not fit the key", code="ceremony.share", field="member")
    return share


def _complaints(roster: Roster, transcript: Transcript, dealt: Mapping[int, Deal]) -> dict[int, list[int]]:
    """Who complains, by dealer. Only members that dealt are heard, and a malformed complaint is none."""
    against: dict[int, list[int]] = {}
    for member in sorted(set(transcript.complaints) & set(dealt)):
        try:
            complaint = Complaint.from_bytes(transcript.complaints[member], roster, member)
        except InvalidInput:
            continue
        for dealer in complaint.against:
            if dealer in dealt:
                against.setdefault(dealer, []).append(member)
    return against


def _hear(roster: Roster, deal: Deal, complainers: list[int], data: bytes | None) -> list[MemberFault]:
    """Who is wrong: the dealer, or those among the complainers whose boxes were right."""
    if len(complainers) >= roster.threshold:
        return [MemberFault(deal.dealer, Offence.MANY_COMPLAINTS, f"{len(complainers)} members complain")]
    try:
        answer = Answer.from_bytes(data or b"", roster, deal.dealer)
    except InvalidInput as error:
        return [MemberFault(deal.dealer, Offence.NO_ANSWER, error.message if data else "no answer")]
    if sorted(answer.shares) != complainers:
        return [MemberFault(deal.dealer, Offence.NO_ANSWER, "answers others than those who complain")]
    wrong = []
    for member in complainers:
        share, key = answer.shares[member], roster.members[member - 1].key
        right = box_for(deal.ceremony, deal.dealer, member, key, share) == deal.boxes[member - 1]
        if not right or not deal.gives(member, share):
            return [MemberFault(deal.dealer, Offence.BAD_BOX, f"the box of member {member}")]
        wrong.append(MemberFault(member, Offence.FALSE_COMPLAINT, f"the box of dealer {deal.dealer} is right"))
    return wrong


def _opening_key(roster: Roster, deals: Mapping[int, Deal]) -> OpeningKey:
    sums = [G2Point.identity()] * roster.threshold
    for deal in deals.values():
        sums = [one + curve.read_g2(other) for one, other in zip(sums, deal.commitments, strict=True)]
    holders = {number: at(sums, number) for number in deals}
    if any(curve.is_zero(point) for point in (*sums, *holders.values())):
        raise Refused("the key is degenerate", code="ceremony.key", fix="begin a new ceremony")
    parts = {number: point.to_compressed_bytes() for number, point in holders.items()}
    return OpeningKey(roster.threshold, sums[0].to_compressed_bytes(), parts)


def _digest(roster: Roster, transcript: Transcript, qualified: tuple[int, ...], key: OpeningKey) -> bytes:
    def digests(sent: Mapping[int, bytes]) -> list[dict[str, Any]]:
        return [{"member": number, "digest": b64url(sha256(sent[number]))} for number in sorted(sent)]

    return sha256(
        canonical(
            {
                "format": "yinxin-transcript-1",
                "ceremony": hex0x(roster.digest()),
                "deals": digests(transcript.deals),
                "complaints": digests(transcript.complaints),
                "answers": digests(transcript.answers),
                "qualified": list(qualified),
                "key": b64url(key.key),
            }
        )
    )
