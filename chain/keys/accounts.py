"""What a ledger account signs besides transactions: plain text (EIP-191)."""

from __future__ import annotations

from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from chain.keys.signatures import recover


def to_checksum(address: str) -> str:
    """The address in the mixed case of ERC-55."""
    return to_checksum_address(address)


def text_hash(text: str) -> bytes:
    """The 32 bytes that are signed for a text (``personal_sign``, EIP-191 version 0x45)."""
    words = text.encode("utf-8")
    return keccak(b"\x19Ethereum Signed Message:\n" + str(len(words)).encode("ascii") + words)


def recover_text(text: str, signature: bytes) -> str | None:
    """Address, 0x lower case, whose key signed the text (``personal_sign``), or None for no valid signature."""
    address = recover(text_hash(text), signature)
    return None if address is None else "0x" + address.hex()
