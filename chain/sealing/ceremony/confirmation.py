"""Confirmations: each qualified member shows that it holds its share under the same transcript as the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256, unhex0x
from chain.kernel.errors import InvalidInput
from chain.sealing import curve
from chain.sealing.ceremony._wire import read_message, some_bytes
from chain.sealing.ceremony.judgement import Judgement
from chain.sealing.ceremony.roster import Roster
from chain.sealing.messages import CONFIRM_TAG
from chain.sealing.share import KeyShare
from chain.sealing.threshold import sign, verify

FORMAT = "yinxin-confirmation-1"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """``member``'s share signs (48 bytes) ceremony and transcript."""

    ceremony: bytes
    member: int
    transcript: bytes
    signature: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": FORMAT,
                "ceremony": hex0x(self.ceremony),
                "member": self.member,
                "transcript": hex0x(self.transcript),
                "signature": b64url(self.signature),
            }
        )


def make_confirmation(judgement: Judgement, share: KeyShare) -> Confirmation:
    """The confirmation of a member that took its share."""
    digest = _digest(share.ceremony, judgement.transcript)
    signature = sign(curve.read_scalar(share.secret, field="share"), digest)
    return Confirmation(share.ceremony, share.key_holder, judgement.transcript, signature)


def confirmed(judgement: Judgement, messages: Mapping[int, bytes]) -> tuple[int, ...]:
    """Which qualified members confirmed this transcript. The key is in force with t of them."""
    return tuple(number for number in judgement.qualified if number in messages and _right(judgement, number, messages))


def read_confirmation(data: bytes, roster: Roster, member: int) -> Confirmation:
    """That member's confirmation, by its form alone: what it confirms, :func:`confirmed` tells. Raises InvalidInput."""
    ceremony = roster.digest()
    value = read_message(data, FORMAT, ceremony, {"member", "transcript", "signature"})
    if type(value["member"]) is not int or value["member"] != member:
        raise InvalidInput("another member's confirmation", code="ceremony.member", field="member")
    transcript = unhex0x(value["transcript"], size=32, field="transcript")
    return Confirmation(ceremony, member, transcript, some_bytes(value["signature"], curve.G1_SIZE, "signature"))


def _right(judgement: Judgement, number: int, messages: Mapping[int, bytes]) -> bool:
    try:
        found = read_confirmation(messages[number], judgement.roster, number)
    except InvalidInput:
        return False
    if found.transcript != judgement.transcript:
        return False
    digest = _digest(found.ceremony, judgement.transcript)
    return verify(judgement.opening_key.key_holders[number], digest, found.signature)


def _digest(ceremony: bytes, transcript: bytes) -> bytes:
    return sha256(CONFIRM_TAG + b"\0" + ceremony + transcript)
