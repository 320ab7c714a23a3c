"""What both sides sign of a contract or amendment, and who signed: words that any wallet shows (EIP-191)."""

from __future__ import annotations

from eth_hash.auto import keccak

from chain.contracting.award.contracts import Agreement, content_digest
from chain.kernel.encoding import hex0x
from chain.keys.accounts import recover_text


def agreement_text(agreement: Agreement) -> str:
    """The text that is signed."""
    return f"I agree to this on behalf of my organisation.\n本人代表本单位同意并签署。\n{agreement.form} {hex0x(content_digest(agreement))}"  # noqa: E501


def agreement_digest(agreement: Agreement) -> bytes:
    """The 32 bytes that are signed for :func:`agreement_text` (EIP-191, version 0x45)."""
    words = agreement_text(agreement).encode("utf-8")
    return keccak(b"\x19Ethereum Signed Message:\n" + str(len(words)).encode("ascii") + words)


def signer_of(agreement: Agreement, signature: bytes) -> bytes | None:
    """The account that signed, 20 bytes, or None if the signature is malformed."""
    found = recover_text(agreement_text(agreement), signature)
    return None if found is None else bytes.fromhex(found[2:])
