"""The chained head of a status list, as AnchorLog computes it.

``head' = keccak256(abi.encode(previousHead, bureau, list, digest, uint64(block.timestamp)))``: five words of
32 bytes (Solidity ABI); ``bytes18`` and names stand left in their word, numbers right.
"""

from __future__ import annotations

from functools import lru_cache

from Crypto.Hash import keccak

from chain.kernel.ports import StatusFacts

NO_HEAD = bytes(32)
"""The head of a list that was never anchored."""


def keccak256(data: bytes) -> bytes:
    """Keccak-256 with the original padding, as the EVM computes it (not SHA3-256)."""
    return keccak.new(digest_bits=256, data=data).digest()


def word(text: str) -> bytes:
    """ASCII text left in a 32-byte word, filled with zeros: how AnchorLog writes bureaus, lanes and lists."""
    return text.encode("ascii").ljust(32, b"\0")


def status_head(previous: bytes, bureau: str, list_name: str, digest: bytes, time: int) -> bytes:
    """The head after one status change, 32 bytes."""
    return keccak256(previous + word(bureau) + word(list_name) + digest + time.to_bytes(32, "big"))


@lru_cache(maxsize=256)
def recomputes(facts: StatusFacts) -> bool:
    """True if the head is what its parts and its block's time give."""
    if not 0 < len(facts.list) <= 32 or not facts.list.isascii() or len(facts.bureau) != 18:
        return False
    return facts.head == status_head(facts.previous_head, facts.bureau, facts.list, facts.digest, facts.block.time)
