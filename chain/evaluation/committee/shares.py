"""Key holders' partial signatures over a draw, collected from the board: any order, wrong ones refused by name.

A note is believed for nothing but its signature. Anybody may leave one in a key holder's name, so a wrong note never
keeps a right one of the same key holder out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput
from chain.sealing import Message, OpeningKey, combine
from chain.sealing.threshold import wrong_among
from chain.tenders.opening import NoteBox, RefusedRelease

FORMAT = "yinxin-draw-share-1"
_CODE = "draw.share"


def draws_topic(tender: int, lot: int, kind: str, counter: int) -> str:
    """Topic of the board under which key holders leave their partial signatures; ``kind``: draw, tie or float."""
    return f"draws/{tender}/{lot}/{kind}-{counter}"


@dataclass(frozen=True, slots=True)
class DrawShare:
    """One key holder's partial signature (48 bytes) over a message with that digest (32 bytes)."""

    key_holder: int
    message: bytes
    signature: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        own = {"keyHolder": self.key_holder, "message": hex0x(self.message), "signature": b64url(self.signature)}
        return canonical({"format": FORMAT, **own})

    @classmethod
    def from_bytes(cls, data: bytes) -> DrawShare:
        """Inverse of :meth:`to_bytes`; the signature is not checked. Raises InvalidInput."""
        value = strict.paper(data, FORMAT, {"keyHolder", "message", "signature"}, _CODE)
        return cls(
            strict.number(value["keyHolder"], "keyHolder", _CODE),
            strict.hexed(value["message"], 32, "message"),
            strict.raw(value["signature"], 48, "signature", _CODE),
        )


@dataclass(slots=True)
class ShareBox(NoteBox):
    """What has come so far for one message; every note is looked at once.

    Attributes:
        key: public side of the opening key.
        message: what is to be signed.
        shares: right partial signatures by key holder.
        refused: the others, each distinct one once, in the order in which they came.
    """

    key: OpeningKey
    message: Message
    shares: dict[int, bytes] = field(default_factory=dict)
    refused: list[RefusedRelease] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    def right(self) -> Mapping[int, bytes]:
        """Right partial signatures by key holder."""
        return self.shares

    def signature(self) -> bytes:
        """The key holders' signature, 48 bytes, checked by pairing. Raises BidFault (MISSING_SHARES)."""
        return combine(self.key, self.message.digest(), self.shares).signature

    def _look(self, data: bytes) -> None:
        try:
            share = DrawShare.from_bytes(data)
        except InvalidInput as error:
            self.refused.append(RefusedRelease(None, (), error.message))
            return
        holder, digest = share.key_holder, self.message.digest()
        if holder not in self.key.key_holders:
            self.refused.append(RefusedRelease(holder, (), f"{holder} is no qualified key holder"))
        elif share.message != digest:
            self.refused.append(RefusedRelease(holder, (), "signs another message"))
        elif wrong_among(self.key.key_holders[holder], [digest], [share.signature]):
            self.refused.append(RefusedRelease(holder, (), "a wrong signature"))
        else:
            self.shares.setdefault(holder, share.signature)
