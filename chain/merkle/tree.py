"""A whole tree in memory: root, inclusion paths, consistency proofs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from chain.kernel.errors import InvalidInput
from chain.merkle.hashing import EMPTY_ROOT


class Tree:
    """The tree over a fixed sequence of leaf hashes (RFC 9162 section 2.1).

    Level 0 holds the leaves; an odd last node moves up unhashed, which gives the same root as the
    standard's recursive definition. About 2n hashes of 32 bytes are kept.

    Args:
        leaf_hashes: 32 bytes each, in order. They are not hashed again.

    Raises:
        InvalidInput: a leaf is not 32 bytes.
    """

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: Iterable[bytes]) -> None:
        level = list(leaf_hashes)
        for index, leaf in enumerate(level):
            if type(leaf) is not bytes or len(leaf) != 32:
                raise InvalidInput(f"leaf {index} is not 32 bytes", code="merkle.leaf", field=str(index))
        self._levels = [level]
        new = sha256
        while len(level) > 1:
            pairs = iter(level)
            above = [new(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
            if len(level) & 1:
                above.append(level[-1])
            level = above
            self._levels.append(level)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """Merkle tree hash, 32 bytes; :data:`EMPTY_ROOT` without leaves."""
        top = self._levels[-1]
        return top[0] if top else EMPTY_ROOT

    def path(self, index: int) -> tuple[bytes, ...]:
        """Inclusion path of leaf ``index`` (0-based), leaf side first (RFC 9162 section 2.1.3.1).

        Raises:
            InvalidInput: no such leaf.
        """
        if not 0 <= index < self.size:
            raise InvalidInput(f"no leaf {index} in a tree of {self.size}", code="merkle.index", field="index")
        path = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index >>= 1
        return tuple(path)

    def paths(self) -> Iterator[tuple[bytes, ...]]:
        """The inclusion path of every leaf, in order."""
        return (self.path(index) for index in range(self.size))

    def consistency(self, earlier: int) -> tuple[bytes, ...]:
        """Proof that the first ``earlier`` leaves are a prefix of this tree (RFC 9162 section 2.1.4.1).

        Empty for ``earlier`` equal to the size.

        Raises:
            InvalidInput: ``earlier`` is not within 1..size.
        """
        if not 0 < earlier <= self.size:
            raise InvalidInput(
                f"no proof from {earlier} to {self.size} leaves", code="merkle.consistency", field="earlier"
            )
        if earlier == self.size:
            return ()
        # The last node of the earlier tree, climbed up to the largest subtree that both trees share.
        node, height = earlier - 1, 0
        while node & 1:
            node >>= 1
            height += 1
        proof = [self._levels[height][node]] if node else []
        for level in self._levels[height:-1]:
            sibling = node ^ 1
            if sibling < len(level):
                proof.append(level[sibling])
            node >>= 1
        return tuple(proof)
