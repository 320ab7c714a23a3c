"""What the tree of an anchor in the lane ``$claims`` is made of: one leaf hash a binding or an end."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from chain.kernel.errors import InvalidInput

BINDING_TAG = b"yinxin-binding-v1"
"""First bytes of such a leaf's content."""

_PREFIX = b"\x00" + BINDING_TAG


@dataclass(frozen=True, slots=True)
class BindingParts:
    """What a leaf is made of; all of it public, 32 bytes each.

    Attributes:
        tag: T_n of a binding, E_n of an end.
        document: SHA-256 of the binding's or ending's document.
        record: SHA-256 of the ciphertext in which that document is stored.
    """

    tag: bytes
    document: bytes
    record: bytes

    @classmethod
    def from_bytes(cls, row: bytes) -> BindingParts:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput if it is not 96 bytes."""
        if len(row) != 96:
            raise InvalidInput("a binding's leaf has 96 bytes", code="leaf.part", field="leaf")
        return cls(row[:32], row[32:64], row[64:])

    def to_bytes(self) -> bytes:
        """The three in a row, as the manifest has them: 96 bytes."""
        return self.tag + self.document + self.record


def rows_of(leaves: bytes) -> list[bytes]:
    """Leaves in a row, cut apart: 96 bytes each. Raises InvalidInput if there is none, or part of one."""
    if not leaves or len(leaves) % 96:
        raise InvalidInput("each leaf of a binding has 96 bytes", code="leaf.part", field="leaves")
    return [leaves[start : start + 96] for start in range(0, len(leaves), 96)]


def binding_leaf(parts: BindingParts) -> bytes:
    """SHA-256(0x00 ‖ "yinxin-binding-v1" ‖ tag ‖ document ‖ record), 32 bytes; an RFC 9162 leaf hash.

    Raises:
        InvalidInput: a part is not 32 bytes.
    """
    if not len(parts.tag) == len(parts.document) == len(parts.record) == 32:
        raise InvalidInput("each leaf part has 32 bytes", code="leaf.part", field="leaf")
    return sha256(_PREFIX + parts.to_bytes()).digest()
