"""Checking proofs without the tree. Pure; every malformed proof is a plain ``False``."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from chain.merkle.hashing import EMPTY_ROOT, MAX_SIZE


def _hashes(values: Sequence[bytes]) -> bool:
    return all(type(value) is bytes and len(value) == 32 for value in values)


def root_of(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that ``path`` leads to, or None if the path cannot belong to that place (RFC 9162 section 2.1.3.2).

    Args:
        leaf: leaf hash, 32 bytes.
        index: 0-based place of the leaf.
        size: leaves in the tree.
        path: sibling hashes, leaf side first; its length must be exactly what index and size demand.
    """
    if not 0 <= index < size <= MAX_SIZE or len(path) > 64 or len(leaf) != 32 or not _hashes(path):
        return None
    place, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place & 1:
            node = sha256(b"\x01" + sibling + node).digest()
        elif place == last:
            # No sibling on these levels: the last node moves up until it is a right child.
            while not place & 1:
                place >>= 1
                last >>= 1
            node = sha256(b"\x01" + sibling + node).digest()
        else:
            node = sha256(b"\x01" + node + sibling).digest()
        place >>= 1
        last >>= 1
    # Levels that remain need no sibling only if we already stand on the leftmost node.
    return node if last == 0 else None


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """True if ``leaf`` (32-byte leaf hash) is number ``index`` of the ``size`` leaves under ``root``."""
    return root_of(leaf, index, size, path) == root


def verify_consistency(
    earlier: int, later: int, earlier_root: bytes, later_root: bytes, proof: Sequence[bytes]
) -> bool:
    """True if the tree of ``earlier`` leaves is a prefix of the tree of ``later`` leaves (RFC 9162 section 2.1.4.2).

    Beyond the standard, which speaks of 0 < earlier < later: equal sizes need equal roots and an empty
    proof, and the empty tree is a prefix of every tree, with an empty proof.
    """
    if not 0 <= earlier <= later <= MAX_SIZE or len(proof) > 65 or not _hashes(proof):
        return False
    if len(earlier_root) != 32 or len(later_root) != 32:
        return False
    if earlier == later:
        return not proof and earlier_root == later_root and (earlier > 0 or earlier_root == EMPTY_ROOT)
    if earlier == 0:
        return not proof and earlier_root == EMPTY_ROOT
    steps = list(proof)
    if earlier & (earlier - 1) == 0:
        steps.insert(0, earlier_root)
    if not steps:
        return False
    place, last = earlier - 1, later - 1
    while place & 1:
        place >>= 1
        last >>= 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old = sha256(b"\x01" + step + old).digest()
            new = sha256(b"\x01" + step + new).digest()
            while place and not place & 1:
                place >>= 1
                last >>= 1
        else:
            new = sha256(b"\x01" + new + step).digest()
        place >>= 1
        last >>= 1
    return last == 0 and old == earlier_root and new == later_root
