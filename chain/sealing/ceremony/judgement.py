"""What came of a ceremony: the same for everybody who has its messages.

A dishonest dealer is left out with its deal, a member that complained wrongly of its box too: the boxes can be made
again from what is in them, so an answer proves which of the two is wrong. A qualified member has a share shown in
public only if it said that the deal was missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from py_arkworks_bls12381 import G2Point

from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.sealing import curve
from chain.sealing.ceremony.complaints import Answer
from chain.sealing.ceremony.deal import Deal, at, box_for, open_share
from chain.sealing.ceremony.hearing import Hearing, MemberFault, Offence, Transcript, hear
from chain.sealing.ceremony.roster import Roster
from chain.sealing.share import KeyShare
from chain.sealing.threshold import OpeningKey

_PROVED = (Offence.BAD_DEAL, Offence.BAD_BOX, Offence.FALSE_COMPLAINT)
"""What no honest member does. Who is absent or does not answer may only have had a broken line."""


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
        Refused: fewer than t qualified (the message names who was left out and why); so many of them showed a share
            to who missed their deals that the rest could know the key (``ceremony.hidden``); or it is degenerate.
        InvalidInput: a message of a member that is not on the roster.
        Unavailable: a deal is missing that others have; see :func:`hear`.
    """
    hearing = hear(roster, transcript)
    dealt, faults = hearing.dealt, dict(hearing.faults)
    for dealer in hearing.complainers:
        for fault in _decide(roster, hearing, dealer, transcript.answers.get(dealer)):
            faults.setdefault(fault.member, fault)
    deals = {number: deal for number, deal in dealt.items() if number not in faults}
    named = tuple(faults[number] for number in sorted(faults))
    if len(deals) < roster.threshold:
        reasons = ", ".join(f"{one.member} {one.offence}" for one in named)
        raise Refused(
            f"{len(deals)} of {roster.size} qualified, {roster.threshold} are needed ({reasons})",
            code="ceremony.qualified", fix="begin a new ceremony without those who were left out",
        )  # fmt: skip
    _check_hidden(roster, hearing, deals, named)
    key = _opening_key(roster, deals)
    return Judgement(roster, deals, named, key, _digest(roster, transcript, tuple(deals), key))


def _check_hidden(roster: Roster, hearing: Hearing, deals: Mapping[int, Deal], faults: tuple[MemberFault, ...]) -> None:
    """One of the qualified is honest and has shown nothing; dealers who answered may have lost company since.

    A share shown because a box was said to be wrong tells nothing: the dealer is out, or a liar knew it already.
    """
    exposed = hearing.exposed() & deals.keys()
    proved = sum(fault.offence in _PROVED for fault in faults)
    if exposed and len(deals) - len(exposed) < roster.threshold - proved:
        raise Refused(
            "too few qualified dealers have shown no share; whoever hides deals could know the key "
            f"(shown: {', '.join(map(str, sorted(exposed)))})",
            code="ceremony.hidden", field="answers", fix="convene again, with other boards or other members",
        )  # fmt: skip


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


def _decide(roster: Roster, hearing: Hearing, dealer: int, data: bytes | None) -> list[MemberFault]:
    """Who is wrong: the dealer, or those among the complainers whose boxes were right."""
    try:
        answer = Answer.from_bytes(data or b"", roster, dealer)
    except InvalidInput as error:
        return [MemberFault(dealer, Offence.NO_ANSWER, error.message if data else "no answer")]
    if tuple(sorted(answer.shares)) != hearing.complainers[dealer]:
        return [MemberFault(dealer, Offence.NO_ANSWER, "answers others than those who complain")]
    deal, wrong = hearing.dealt[dealer], []
    for member, missing in hearing.heard.get(dealer, {}).items():
        share, key = answer.shares[member], roster.members[member - 1].key
        right = box_for(deal.ceremony, dealer, member, key, share) == deal.boxes[member - 1]
        if not right or not deal.gives(member, share):
            return [MemberFault(dealer, Offence.BAD_BOX, f"the box of member {member}")]
        if not missing:
            wrong.append(MemberFault(member, Offence.FALSE_COMPLAINT, f"the box of dealer {dealer} is right"))
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
    def listed(digests: Mapping[int, bytes]) -> list[dict[str, Any]]:
        return [{"member": number, "digest": b64url(digests[number])} for number in sorted(digests)]

    def hashed(sent: Mapping[int, bytes]) -> dict[int, bytes]:
        return {number: sha256(data) for number, data in sent.items()}

    return sha256(
        canonical(
            {
                "format": "yinxin-transcript-1",
                "ceremony": hex0x(roster.digest()),
                "deals": listed(transcript.digests()),
                "complaints": listed(hashed(transcript.complaints)),
                "answers": listed(hashed(transcript.answers)),
                "qualified": list(qualified),
                "key": b64url(key.key),
            }
        )
    )
