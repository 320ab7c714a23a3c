"""A custodian's receipt for one part of a file: its account's signature over what it has on disk."""

from __future__ import annotations

from dataclasses import dataclass

from eth_hash.auto import keccak

from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x
from chain.keys.signatures import recover, sign

FORMAT = "yinxin-part-receipt-1"


@dataclass(frozen=True, slots=True)
class PartReceipt:
    """What is receipted.

    Attributes:
        custodian: its account, 20 bytes.
        tender: number of the tender.
        file: SHA-256 of the whole file, 32 bytes.
        size: bytes of the whole file.
        part: 1, 2, 3 …
        digest: SHA-256 of the part, 32 bytes.
    """

    custodian: bytes
    tender: int
    file: bytes
    size: int
    part: int
    digest: bytes

    def to_bytes(self) -> bytes:
        """The statement, canonical JSON."""
        return canonical(
            {
                "format": FORMAT, "custodian": hex0x(self.custodian), "tender": self.tender, "file": b64url(self.file),
                "size": self.size, "part": self.part, "digest": b64url(self.digest),
            }
        )  # fmt: skip

    def sign(self, private_key: bytes) -> bytes:
        """The custodian's signature, 65 bytes (EIP-191, ``personal_sign`` of :meth:`to_bytes`)."""
        return sign(_signed(self.to_bytes()), private_key)

    def holds(self, signature: bytes) -> bool:
        """True if the custodian signed it."""
        return recover(_signed(self.to_bytes()), signature) == self.custodian


def _signed(text: bytes) -> bytes:
    return keccak(b"\x19Ethereum Signed Message:\n" + str(len(text)).encode() + text)
