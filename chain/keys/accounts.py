"""What a ledger account signs besides transactions: plain text (EIP-191)."""

from __future__ import annotations

from eth_account import Account
from eth_account.messages import encode_defunct
from eth_hash.auto import keccak
from eth_keys.exceptions import BadSignature
from eth_utils.address import to_checksum_address

_HALF = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""Half of the group's order: a larger s is the other form of the same signature, which is refused (EIP-2)."""


def to_checksum(address: str) -> str:
    """The address in the mixed case of ERC-55."""
    return to_checksum_address(address)


def text_hash(text: str) -> bytes:
    """The 32 bytes that are signed for a text (``personal_sign``, EIP-191 version 0x45)."""
    words = text.encode("utf-8")
    return keccak(b"\x19Ethereum Signed Message:\n" + str(len(words)).encode("ascii") + words)


def recover_text(text: str, signature: bytes) -> str | None:
    """Address, 0x lower case, whose key signed the text (``personal_sign``), or None for no valid signature."""
    if len(signature) != 65 or signature[64] not in (27, 28) or int.from_bytes(signature[32:64], "big") > _HALF:
        return None
    try:
        return str(Account.recover_message(encode_defunct(text=text), signature=signature)).lower()
    except (BadSignature, ValueError):
        return None
