"""Merkle trees over 32-byte leaf hashes (RFC 9162 section 2.1, SHA-256).

The room knows no certificates: a leaf hash comes in, a root and proofs go out. Leaves and inner nodes
are hashed with different first bytes (0x00 and 0x01), so an inner node never passes as a leaf. Callers
that have bytes rather than a leaf hash use :func:`leaf_hash`; nothing else here hashes leaves again.

>>> tree = Tree([leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")])
>>> verify_inclusion(leaf_hash(b"b"), 1, tree.size, tree.path(1), tree.root)
True

For a log that only grows, :class:`Frontier` keeps O(log n) hashes instead of the tree.
"""

from chain.merkle.frontier import Frontier
from chain.merkle.hashing import EMPTY_ROOT, leaf_hash, node_hash
from chain.merkle.proofs import root_of, verify_consistency, verify_inclusion
from chain.merkle.tree import Tree

__all__ = [
    "EMPTY_ROOT",
    "Frontier",
    "Tree",
    "leaf_hash",
    "node_hash",
    "root_of",
    "verify_consistency",
    "verify_inclusion",
]
