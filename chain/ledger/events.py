"""AnchorLog's events as they lie in logs, and the chained heads they extend. Pure: bytes in, facts out.

The layout is Solidity's ABI: words of 32 bytes; ``bytes18`` and names stand left in their word,
numbers and addresses right; whatever is left of a word must be zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eth_hash.auto import keccak

from chain.kernel.errors import InvalidInput
from chain.kernel.ports import AnchorFacts, BlockRef, StatusFacts

NO_HEAD = bytes(32)
"""Head of a lane or status list before its first anchor."""

ANCHORED = keccak(b"Anchored(bytes18,bytes32,uint64,bytes32,uint32,bytes32,bytes32,address)")
"""First topic of an ``Anchored`` event."""

STATUS_ANCHORED = keccak(b"StatusAnchored(bytes18,bytes32,bytes32,bytes32,bytes32,address)")
"""First topic of a ``StatusAnchored`` event."""


@dataclass(frozen=True, slots=True)
class Log:
    """One log of a receipt.

    Attributes:
        address: contract that wrote it, 20 bytes.
        topics: 0 to 4 words.
        data: the rest.
    """

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Anchored:
    """An ``Anchored`` event; attributes as in :class:`chain.kernel.ports.AnchorFacts`."""

    bureau: str
    lane: str
    sequence: int
    root: bytes
    size: int
    manifest_digest: bytes
    head: bytes
    key: bytes

    def facts(self, block: BlockRef, transaction: bytes) -> AnchorFacts:
        """With the place where it happened."""
        return AnchorFacts(
            self.bureau, self.lane, self.sequence, self.root, self.size, self.manifest_digest, self.head, self.key,
            block, transaction,
        )  # fmt: skip

    def head_after(self, previous: bytes, time: int) -> bytes:
        """The lane's head after this anchor, from the head before it and the block's time."""
        return keccak(
            previous + word(self.bureau) + word(self.lane) + _number(self.sequence) + self.root + _number(self.size)
            + self.manifest_digest + _number(time)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatusAnchored:
    """A ``StatusAnchored`` event; attributes as in :class:`chain.kernel.ports.StatusFacts`."""

    bureau: str
    list: str
    previous_head: bytes
    head: bytes
    digest: bytes
    key: bytes

    def facts(self, block: BlockRef, transaction: bytes) -> StatusFacts:
        """With the place where it happened."""
        return StatusFacts(
            self.bureau, self.list, self.previous_head, self.head, self.digest, self.key, block, transaction
        )

    def head_after(self, time: int) -> bytes:
        """The list's head after this change, from its parts and the block's time."""
        return keccak(self.previous_head + word(self.bureau) + word(self.list) + self.digest + _number(time))


def word(text: str) -> bytes:
    """ASCII text of 1 to 32 characters, left in a 32-byte word. Raises InvalidInput."""
    if not 0 < len(text) <= 32 or not text.isascii() or "\0" in text:
        raise InvalidInput(f"{text!r} is no name of 1 to 32 ASCII characters", code="ledger.name", field="name")
    return text.encode("ascii").ljust(32, b"\0")


def text_of(value: bytes, field: str = "name") -> str:
    """Inverse of :func:`word`; also takes a bare ``bytes18``. Raises InvalidInput."""
    raw = value.rstrip(b"\0")
    if not raw or b"\0" in raw or not all(0x21 <= byte <= 0x7E for byte in raw):
        raise InvalidInput(f"{field}: {value.hex()} is no ASCII name", code="ledger.name", field=field)
    return raw.decode("ascii")


def bureau_of(value: bytes) -> str:
    """USCC from a ``bytes18`` or its word. Raises InvalidInput."""
    text = text_of(value, "bureau")
    if len(text) != 18:
        raise InvalidInput(f"bureau: {text!r} is not 18 characters", code="ledger.bureau", field="bureau")
    return text


def decode_anchored(log: Log, contract: bytes) -> Anchored | None:
    """The event, or None if the log is another event or another contract's. Raises InvalidInput if malformed."""
    words = _words(log, contract, ANCHORED, topics=4, words=5)
    if words is None:
        return None
    return Anchored(
        bureau_of(log.topics[1]), text_of(log.topics[2], "lane"), _uint(log.topics[3], 64, "sequence"),
        words[0], _uint(words[1], 32, "size"), words[2], words[3], _address(words[4]),
    )  # fmt: skip


def decode_status_anchored(log: Log, contract: bytes) -> StatusAnchored | None:
    """The event, or None if the log is another event or another contract's. Raises InvalidInput if malformed."""
    words = _words(log, contract, STATUS_ANCHORED, topics=3, words=4)
    if words is None:
        return None
    return StatusAnchored(
        bureau_of(log.topics[1]), text_of(log.topics[2], "list"), words[0], words[1], words[2], _address(words[3])
    )


def _words(log: Log, contract: bytes, topic: bytes, *, topics: int, words: int) -> Sequence[bytes] | None:
    if log.address != contract or not log.topics or log.topics[0] != topic:
        return None
    if len(log.topics) != topics or len(log.data) != 32 * words:
        raise InvalidInput("event with another number of topics or words", code="ledger.event", field="log")
    return [log.data[at : at + 32] for at in range(0, len(log.data), 32)]


def _number(value: int) -> bytes:
    return value.to_bytes(32, "big")


def _uint(value: bytes, bits: int, field: str) -> int:
    number = int.from_bytes(value, "big")
    if number >> bits:
        raise InvalidInput(f"{field}: beyond {bits} bits", code="ledger.event", field=field)
    return number


def _address(value: bytes) -> bytes:
    if any(value[:12]):
        raise InvalidInput("key: an address with filled padding", code="ledger.event", field="key")
    return value[12:]
