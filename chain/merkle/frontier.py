"""The right edge of a growing tree: enough to append and to know the root, O(log n) in size."""

from __future__ import annotations

from hashlib import sha256

from chain.kernel.errors import InvalidInput
from chain.merkle.hashing import EMPTY_ROOT, MAX_SIZE


class Frontier:
    """Append-only tree state: one root for each complete subtree, that is for each 1 bit of the size.

    Gives the same root as :class:`chain.merkle.Tree` over the same leaves.
    """

    __slots__ = ("_edge", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._edge: list[bytes] = []

    @property
    def size(self) -> int:
        """Number of leaves appended."""
        return self._size

    @property
    def root(self) -> bytes:
        """Merkle tree hash of everything appended, 32 bytes; :data:`EMPTY_ROOT` at size 0."""
        if not self._edge:
            return EMPTY_ROOT
        node = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            node = sha256(b"\x01" + left + node).digest()
        return node

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes).

        Raises:
            InvalidInput: not 32 bytes, or the tree is full.
        """
        if type(leaf) is not bytes or len(leaf) != 32:
            raise InvalidInput("leaf is not 32 bytes", code="merkle.leaf", field="leaf")
        if self._size >= MAX_SIZE:
            raise InvalidInput("the tree is full", code="merkle.size")
        size, node = self._size, leaf
        while size & 1:
            node = sha256(b"\x01" + self._edge.pop() + node).digest()
            size >>= 1
        self._edge.append(node)
        self._size += 1

    def dump(self) -> bytes:
        """The state: size in 8 bytes, big-endian, then 32 bytes for each 1 bit of it, largest subtree first."""
        return self._size.to_bytes(8, "big") + b"".join(self._edge)

    @classmethod
    def load(cls, data: bytes) -> Frontier:
        """Inverse of :meth:`dump`.

        Raises:
            InvalidInput: the length does not fit the size it states.
        """
        size = int.from_bytes(data[:8], "big")
        if len(data) != 8 + 32 * size.bit_count() or size > MAX_SIZE:
            raise InvalidInput("not a dumped frontier", code="merkle.frontier", field="frontier")
        state = cls()
        state._size = size
        state._edge = [data[at : at + 32] for at in range(8, len(data), 32)]
        return state
