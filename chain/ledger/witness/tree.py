"""Proofs from stored perfect subtrees: O(log n) reads for any proof (RFC 9162 sections 2.1.3.1 and 2.1.4.1)."""

from __future__ import annotations

from collections.abc import Callable

from chain.kernel.errors import InvalidInput
from chain.merkle import EMPTY_ROOT, node_hash

Nodes = Callable[[int, int], bytes]
"""Hash of the perfect subtree over leaves [index·2^level, (index+1)·2^level), 32 bytes."""


def new_nodes(nodes: Nodes, index: int, leaf: bytes) -> list[tuple[int, int, bytes]]:
    """The perfect subtrees that leaf number ``index`` completes, as (level, index, hash), the leaf itself first."""
    out = [(0, index, leaf)]
    level, place, value = 0, index, leaf
    while place & 1:
        value = node_hash(nodes(level, place - 1), value)
        level, place = level + 1, place >> 1
        out.append((level, place, value))
    return out


def root(nodes: Nodes, size: int) -> bytes:
    """Root of the first ``size`` leaves."""
    return _hash(nodes, 0, size) if size else EMPTY_ROOT


def inclusion(nodes: Nodes, index: int, size: int) -> tuple[bytes, ...]:
    """Path of leaf ``index`` in the first ``size`` leaves, leaf side first. Raises InvalidInput if it is not there."""
    if not 0 <= index < size:
        raise InvalidInput(f"block {index} is not among {size} blocks", code="witness.proof", field="block")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_hash(nodes, middle, end))
            end = middle
        else:
            path.append(_hash(nodes, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency(nodes: Nodes, earlier: int, later: int) -> tuple[bytes, ...]:
    """Proof that the first ``earlier`` leaves are a prefix of the first ``later``. Raises InvalidInput."""
    if not 0 <= earlier <= later:
        raise InvalidInput(f"no consistency proof from {earlier} to {later}", code="witness.proof", field="from")
    if earlier in (0, later):
        return ()
    path: list[bytes] = []
    start, end, whole = 0, later, True
    while earlier != end - start:
        middle = _split(end - start)
        if earlier <= middle:
            path.append(_hash(nodes, start + middle, end))
            end = start + middle
        else:
            path.append(_hash(nodes, start, start + middle))
            start, earlier, whole = start + middle, earlier - middle, False
    if not whole:
        path.append(_hash(nodes, start, end))
    return tuple(reversed(path))


def _split(count: int) -> int:
    """Largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)


def _hash(nodes: Nodes, start: int, end: int) -> bytes:
    """Root over leaves [start, end), where start is a multiple of the largest power of two within."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(count)
    return node_hash(_hash(nodes, start, middle), _hash(nodes, middle, end))
