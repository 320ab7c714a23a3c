"""Complaints about boxes, and the dealers' answers: one share shown, by which everybody can make the box again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput, Refused
from chain.sealing import curve
from chain.sealing.ceremony._wire import a_number, ascending, read_message, some_bytes
from chain.sealing.ceremony.deal import Deal, open_share, share_for
from chain.sealing.ceremony.roster import Roster

COMPLAINT = "yinxin-complaint-1"
ANSWER = "yinxin-answer-1"


@dataclass(frozen=True, slots=True)
class Complaint:
    """``member`` says that the boxes of the dealers ``against`` (ascending) do not hold the committed shares."""

    ceremony: bytes
    member: int
    against: tuple[int, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": COMPLAINT,
                "ceremony": hex0x(self.ceremony),
                "member": self.member,
                "against": list(self.against),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, roster: Roster, member: int) -> Complaint:
        """A member's complaint. Raises InvalidInput."""
        value = read_message(data, COMPLAINT, roster.digest(), {"member", "against"})
        if type(value["member"]) is not int or value["member"] != member or not isinstance(value["against"], list):
            raise InvalidInput("another member's complaint, or no list", code="ceremony.complaint", field="member")
        against = [a_number(one, roster.size, "against") for one in value["against"]]
        return cls(roster.digest(), member, ascending(against, "against"))


@dataclass(frozen=True, slots=True)
class Answer:
    """``dealer`` shows the shares (32 bytes) of the members that complained."""

    ceremony: bytes
    dealer: int
    shares: Mapping[int, bytes]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        shares = [{"member": number, "share": b64url(self.shares[number])} for number in sorted(self.shares)]
        return canonical({"format": ANSWER, "ceremony": hex0x(self.ceremony), "dealer": self.dealer, "shares": shares})

    @classmethod
    def from_bytes(cls, data: bytes, roster: Roster, dealer: int) -> Answer:
        """A dealer's answer. Raises InvalidInput."""
        value = read_message(data, ANSWER, roster.digest(), {"dealer", "shares"})
        if type(value["dealer"]) is not int or value["dealer"] != dealer or not isinstance(value["shares"], list):
            raise InvalidInput("another dealer's answer, or no list", code="ceremony.answer", field="dealer")
        shares: dict[int, bytes] = {}
        for one in value["shares"]:
            if not isinstance(one, dict) or set(one) != {"member", "share"}:
                raise InvalidInput("member and share", code="ceremony.answer", field="shares")
            number = a_number(one["member"], roster.size, "member")
            ascending([*shares, number], "shares")
            shares[number] = some_bytes(one["share"], curve.SCALAR_SIZE, "share")
        return cls(roster.digest(), dealer, shares)


def make_complaint(roster: Roster, member: int, private: bytes, deals: Iterable[Deal]) -> Complaint | None:
    """What ``member`` has to complain of, or None. ``deals`` are those that :func:`read_deal` accepted."""
    against = sorted(deal.dealer for deal in deals if open_share(deal, member, private) is None)
    return Complaint(roster.digest(), member, tuple(against)) if against else None


def make_answer(roster: Roster, dealer: int, seed: bytes, complaints: Iterable[Complaint]) -> Answer | None:
    """A dealer's answer to those who complained of it, or None if nobody did.

    Raises:
        Refused: t or more complain. The answer would give the dealer's secret away, and the rules leave the dealer
            out whatever it says.
    """
    members = sorted({one.member for one in complaints if dealer in one.against})
    if len(members) >= roster.threshold:
        raise Refused(
            f"{len(members)} members complain; {roster.threshold} shares would give the secret away",
            code="ceremony.complaints", field="complaints", fix="do not answer; the others go on without this deal",
        )  # fmt: skip
    shares = {member: share_for(roster, dealer, seed, member) for member in members}
    return Answer(roster.digest(), dealer, shares) if shares else None
