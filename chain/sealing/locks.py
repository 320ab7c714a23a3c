"""The two locks of a sealed bid, in one age stanza: ``-> yinxin-bid-1 <identity>``.

The file key is k1 xor k2. Lock 1 holds k1 for whoever has the key holders' signature over the bid's identity; lock 2
holds k2 in two boxes, one for the procuring officer, one for the supervisor. Either lock alone gives nothing, and
there is no way to make a stanza with one of them.

    body = U ‖ V ‖ W ‖ officer's box ‖ supervisor's box       96 + 16 + 16 + 64 + 64 = 256 bytes
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from chain.containers import FILE_KEY_SIZE, Header, Stanza, b64, unb64
from chain.kernel.errors import InvalidInput
from chain.sealing import box, curve, ibe
from chain.sealing.faults import BidFault, FaultKind
from chain.sealing.messages import BidIdentity

STANZA_TYPE = "yinxin-bid-1"
BOX_SIZE = box.OVERHEAD + FILE_KEY_SIZE
BODY_SIZE = ibe.CIPHERTEXT_SIZE + 2 * BOX_SIZE

_LABEL = b"yinxin-bid-1/lock-2"


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whose X25519 keys (32 bytes each) lock 2 is for, as the notice names them for that envelope."""

    officer: bytes
    supervisor: bytes

    def __post_init__(self) -> None:
        box.check_recipient(self.officer, field="officer")
        box.check_recipient(self.supervisor, field="supervisor")
        if self.officer == self.supervisor:
            raise InvalidInput(
                "officer and supervisor have the same key", code="sealing.recipient", field="supervisor",
                fix="two people, two keys",
            )  # fmt: skip

    def boxes(self, k2: bytes, identity: bytes) -> dict[str, bytes]:
        """What lock 2 must be for this k2."""
        return {
            "officer": box.make_box(k2, self.officer, _LABEL, identity),
            "supervisor": box.make_box(k2, self.supervisor, _LABEL, identity),
        }


class BidRecipient:
    """Seals one bid; use it once.

    Attributes:
        k2: after :meth:`wrap`, the secret of lock 2. The bidder keeps it: it proves that lock 2 was made rightly.
    """

    def __init__(self, identity: BidIdentity, opening_key: bytes, recipients: Recipients) -> None:
        self._identity = identity.digest()
        self._key = curve.read_g2(opening_key, field="opening key")
        self._recipients = recipients
        self.k2 = b""

    def wrap(self, file_key: bytes) -> tuple[Stanza, ...]:
        """The one stanza of a sealed bid."""
        self.k2 = os.urandom(FILE_KEY_SIZE)
        k1 = _xor(file_key, self.k2)
        boxes = self._recipients.boxes(self.k2, self._identity)
        body = ibe.lock(self._key, self._identity, k1).to_bytes() + boxes["officer"] + boxes["supervisor"]
        return (Stanza((STANZA_TYPE, b64(self._identity)), body),)


@dataclass(frozen=True, slots=True)
class BidStanza:
    """A sealed bid's stanza, taken apart.

    Attributes:
        identity: digest that it names, 32 bytes.
        lock_one: ciphertext of k1.
        boxes: the boxes of lock 2 by recipient, ``officer`` and ``supervisor``.
    """

    identity: bytes
    lock_one: ibe.Locked
    boxes: Mapping[str, bytes]

    @classmethod
    def of(cls, stanzas: tuple[Stanza, ...]) -> BidStanza:
        """From the stanzas of a header. Raises InvalidInput for anything but exactly one of ours."""
        if len(stanzas) != 1 or stanzas[0].args[0] != STANZA_TYPE or len(stanzas[0].args) != 2:
            raise InvalidInput("not a sealed bid: its header has other stanzas", code="bid.stanzas")
        body = stanzas[0].body
        if len(body) != BODY_SIZE:
            raise InvalidInput("not a sealed bid: its stanza has another size", code="bid.stanzas")
        cut = ibe.CIPHERTEXT_SIZE
        return cls(
            unb64(stanzas[0].args[1], size=32, field="identity"),
            ibe.Locked.from_bytes(body[:cut]),
            {"officer": body[cut : cut + BOX_SIZE], "supervisor": body[cut + BOX_SIZE :]},
        )


@dataclass(frozen=True, slots=True)
class BidKeys:
    """What opens one bid.

    Attributes:
        signature: the key holders' signature over the bid's identity, 48 bytes. Public after the opening.
        k2: what lock 2 holds, 16 bytes. Secret.
    """

    signature: bytes
    k2: bytes = field(repr=False)


def open_box(stanza: BidStanza, recipient: str, private: bytes) -> bytes:
    """k2, from the box of ``officer`` or ``supervisor``, with that recipient's X25519 private key.

    Raises:
        BidFault: SHUT_BOX. The other recipient's box may open; if neither does, the bidder shows k2.
    """
    k2 = box.open_box(stanza.boxes[recipient], private, _LABEL, stanza.identity)
    if k2 is None:
        raise BidFault(
            FaultKind.SHUT_BOX,
            f"the {recipient}'s box of lock 2 does not open",
            evidence={"recipient": recipient},
            fix="ask the other recipient for k2, then the bidder; whoever has it can prove it",
        )
    return k2


def unlock(header: Header, identity: BidIdentity, opening_key: bytes, recipients: Recipients, keys: BidKeys) -> bytes:
    """The file key, after everything that can be blamed on somebody has been looked at in this order.

    1. the header is that of a sealed bid (BAD_HEADER), under the expected identity (FOREIGN);
    2. the signature is the group's over this identity (WRONG_SIGNATURE);
    3. lock 1 opens with it (BAD_LOCK_ONE);
    4. k2 is the one that lock 2 was made of. It is proved by a box that it makes, or by the header's MAC. Proved by
       neither: WRONG_LOCK_KEY. Proved, but a box differs: BAD_LOCK_TWO;
    5. the header's MAC fits (BAD_CIPHERTEXT).

    Raises:
        BidFault: with the kind named above.
    """
    digest = identity.digest()
    try:
        stanza = BidStanza.of(header.stanzas)
    except InvalidInput as error:
        raise BidFault(FaultKind.BAD_HEADER, error.message) from error
    if stanza.identity != digest:
        raise BidFault(FaultKind.FOREIGN, "sealed under another identity", evidence={"found": stanza.identity.hex()})
    key = curve.read_g2(opening_key, field="opening key")
    try:
        signature = curve.read_g1(keys.signature)
        right = curve.signed_by(signature, curve.hash_to_g1(digest), key)
    except InvalidInput:
        right = False
    if not right:
        raise BidFault(FaultKind.WRONG_SIGNATURE, "not the key holders' signature over this bid")
    k1 = ibe.unlock(signature, stanza.lock_one)
    if k1 is None:
        raise BidFault(
            FaultKind.BAD_LOCK_ONE,
            "lock 1 does not open with the right signature",
            evidence={"signature": keys.signature.hex(), "lockOne": stanza.lock_one.to_bytes().hex()},
        )
    if len(keys.k2) != FILE_KEY_SIZE:
        raise BidFault(FaultKind.WRONG_LOCK_KEY, f"k2 has {FILE_KEY_SIZE} bytes")
    file_key = _xor(k1, keys.k2)
    made = recipients.boxes(keys.k2, digest)
    differ = [name for name, value in made.items() if stanza.boxes[name] != value]
    authentic = header.fits(file_key)
    if len(differ) == len(made) and not authentic:
        raise BidFault(
            FaultKind.WRONG_LOCK_KEY,
            "k2 fits neither a box of lock 2 nor the header",
            fix="ask the other recipient for k2, then the bidder",
        )
    if differ:
        raise BidFault(FaultKind.BAD_LOCK_TWO, "lock 2 is not what its k2 makes", evidence={"boxes": differ})
    if not authentic:
        raise BidFault(FaultKind.BAD_CIPHERTEXT, "the header's MAC does not match")
    return file_key


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
