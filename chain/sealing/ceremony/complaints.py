"""Complaints about deals, and the dealers' answers. Both are so short that the ledger itself carries them.

A complaint is one word of 32 bytes for each accused, an answer one for each complainer: the share itself, by which
everybody makes the box again. So nobody can withhold them, or show different ones to different members.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.sealing import curve
from chain.sealing.ceremony._wire import a_number, ascending, read_message, some_bytes
from chain.sealing.ceremony.deal import Deal, open_share
from chain.sealing.ceremony.roster import Roster

COMPLAINT = "yinxin-complaint-1"
ANSWER = "yinxin-answer-1"
_MISSING_TAG = b"yinxin-complaint-missing-1\0"
_BOX_TAG = b"yinxin-complaint-box-1\0"


def missing_word(roster: Roster, member: int, accused: int) -> bytes:
    """What ``member`` puts on the ledger if it cannot get the deal whose digest stands there; 32 bytes."""
    return _word(_MISSING_TAG, roster, member, accused)


def box_word(roster: Roster, member: int, accused: int) -> bytes:
    """What ``member`` puts on the ledger if its box in that deal is not right; 32 bytes.

    Whoever reads takes every word other than :func:`missing_word` for this one.
    """
    return _word(_BOX_TAG, roster, member, accused)


def _word(tag: bytes, roster: Roster, member: int, accused: int) -> bytes:
    return sha256(tag + roster.digest() + member.to_bytes(2, "big") + accused.to_bytes(2, "big"))


@dataclass(frozen=True, slots=True)
class Complaint:
    """All that ``member`` says on the ledger.

    Attributes:
        ceremony: digest of the roster.
        member: who complains.
        against: dealers whose boxes do not hold the committed shares, ascending.
        missing: dealers whose deals were not to be had, ascending; none of them in ``against``.
    """

    ceremony: bytes
    member: int
    against: tuple[int, ...]
    missing: tuple[int, ...] = ()

    @property
    def accused(self) -> tuple[int, ...]:
        """Both kinds, ascending."""
        return tuple(sorted({*self.against, *self.missing}))

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": COMPLAINT,
                "ceremony": hex0x(self.ceremony),
                "member": self.member,
                "against": list(self.against),
                "missing": list(self.missing),
            }
        )

    @classmethod
    def of_words(cls, roster: Roster, member: int, words: Mapping[int, bytes]) -> Complaint:
        """From the ledger: the word for each accused."""
        missing = {one for one, word in words.items() if word == missing_word(roster, member, one)}
        return cls(roster.digest(), member, tuple(sorted(set(words) - missing)), tuple(sorted(missing)))

    @classmethod
    def from_bytes(cls, data: bytes, roster: Roster, member: int) -> Complaint:
        """A member's complaint. Raises InvalidInput."""
        value = read_message(data, COMPLAINT, roster.digest(), {"member", "against", "missing"})
        if type(value["member"]) is not int or value["member"] != member:
            raise InvalidInput("another member's complaint", code="ceremony.complaint", field="member")
        lists = []
        for name in ("against", "missing"):
            if not isinstance(value[name], list):
                raise InvalidInput(f"{name}: a list", code="ceremony.complaint", field=name)
            numbers = [a_number(one, roster.size, name) for one in value[name]]
            lists.append(ascending(numbers, name) if numbers else ())
        ascending(sorted((*lists[0], *lists[1])), "against")
        return cls(roster.digest(), member, *lists)


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


def make_complaint(
    roster: Roster, member: int, private: bytes, deals: Iterable[Deal], missing: Iterable[int] = ()
) -> Complaint | None:
    """What ``member`` has to complain of, or None.

    Args:
        roster: of the ceremony.
        member: who complains.
        private: its X25519 key.
        deals: those that :func:`read_deal` accepted.
        missing: dealers whose digest stands on the ledger, and whose deal is not to be had. t or more of them are not
            complained of: at most t - 1 dealers withhold their deals, so it is the member's own line that is broken.
    """
    against = sorted(deal.dealer for deal in deals if open_share(deal, member, private) is None)
    absent = tuple(sorted(set(missing)))
    if len(absent) >= roster.threshold:
        absent = ()
    return Complaint(roster.digest(), member, tuple(against), absent) if against or absent else None
