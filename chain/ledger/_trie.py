"""Merkle Patricia tries of a block's receipts (Ethereum Yellow Paper, appendix D): build, prove, check.

Keys are the RLP of the receipt's index. Nodes shorter than 32 bytes, which would be embedded in
their parent, cannot occur: every receipt carries a bloom filter of 256 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from eth_hash.auto import keccak

from chain.kernel.errors import InvalidInput
from chain.ledger import _rlp

EMPTY_TRIE = keccak(b"\x80")
"""Root of the trie without entries."""

_Nibbles = tuple[int, ...]


def _nibbles(key: bytes) -> _Nibbles:
    return tuple(half for byte in key for half in (byte >> 4, byte & 15))


def _key(index: int) -> _Nibbles:
    return _nibbles(_rlp.encode(_rlp.encode_int(index)))


def _pack(path: _Nibbles, leaf: bool) -> bytes:
    flag = 2 if leaf else 0
    padded = (flag + 1, *path) if len(path) % 2 else (flag, 0, *path)
    return bytes(padded[at] << 4 | padded[at + 1] for at in range(0, len(padded), 2))


class IndexTrie:
    """The trie over ``values[0], values[1], …``, keyed by index.

    Args:
        values: at least 32 bytes each.
    """

    def __init__(self, values: Sequence[bytes]) -> None:
        self._nodes: dict[bytes, bytes] = {}
        entries = sorted((_key(index), value) for index, value in enumerate(values))
        self.root = self._build(entries, 0) if entries else EMPTY_TRIE

    def _store(self, node: Sequence[object]) -> bytes:
        raw = _rlp.encode(node)
        reference = keccak(raw)
        self._nodes[reference] = raw
        return reference

    def _build(self, entries: list[tuple[_Nibbles, bytes]], depth: int) -> bytes:
        first = entries[0][0]
        if len(entries) == 1:
            return self._store([_pack(first[depth:], True), entries[0][1]])
        last = entries[-1][0]
        shared = depth
        while shared < len(first) and first[shared] == last[shared]:
            shared += 1
        if shared > depth:
            return self._store([_pack(first[depth:shared], False), self._build(entries, shared)])
        branches: list[bytes] = []
        for nibble in range(16):
            below = [entry for entry in entries if entry[0][depth] == nibble]
            branches.append(self._build(below, depth + 1) if below else b"")
        return self._store([*branches, b""])

    def path(self, index: int) -> tuple[bytes, ...]:
        """The nodes from the root to entry ``index``, as RLP."""
        nodes: list[bytes] = []
        key, depth, reference = _key(index), 0, self.root
        while True:
            raw = self._nodes[reference]
            nodes.append(raw)
            node = _rlp.as_list(_rlp.decode(raw), "node")
            if len(node) == 17:
                reference = _rlp.as_bytes(node[key[depth]], "node")
                depth += 1
                continue
            part, leaf = _unpack(_rlp.as_bytes(node[0], "node"))
            if leaf:
                return tuple(nodes)
            depth += len(part)
            reference = _rlp.as_bytes(node[1], "node")


def value_of(root: bytes, index: int, nodes: Sequence[bytes]) -> bytes:
    """The entry that ``nodes`` prove to stand at ``index`` under ``root``.

    Exactly the nodes on the way are allowed, in order, so a proof has one form.

    Raises:
        InvalidInput: a node is missing, left over, not the one referred to, or not in its one form.
    """
    if not 0 <= index < 2**32 or not 0 < len(nodes) <= 16:
        raise _bad("index or number of nodes out of range")
    key, depth, reference = _key(index), 0, root
    for position, raw in enumerate(nodes):
        if keccak(raw) != reference:
            raise _bad(f"node {position} is not the one its parent names")
        node = _rlp.as_list(_rlp.decode(raw, what="receipt proof"), "receipt proof")
        if len(node) == 17:
            if depth >= len(key):
                raise _bad("the path ends inside the trie")
            reference = _rlp.as_bytes(node[key[depth]], "receipt proof", 32)
            depth += 1
            continue
        if len(node) != 2:
            raise _bad("a node has 2 or 17 items")
        part, leaf = _unpack(_rlp.as_bytes(node[0], "receipt proof"))
        if key[depth : depth + len(part)] != part or (not leaf and not part):
            raise _bad("another entry than the one asked for")
        depth += len(part)
        if leaf:
            if depth != len(key):
                raise _bad("the entry lies elsewhere")
            if position != len(nodes) - 1:
                raise _bad("nodes left over")
            return _rlp.as_bytes(node[1], "receipt proof")
        reference = _rlp.as_bytes(node[1], "receipt proof", 32)
    raise _bad("a node is missing")


def _unpack(packed: bytes) -> tuple[_Nibbles, bool]:
    half = _nibbles(packed)
    if not half or half[0] > 3 or (half[0] % 2 == 0 and half[1] != 0):
        raise _bad("a path is not in its one form")
    return half[1:] if half[0] % 2 else half[2:], half[0] >= 2


def _bad(why: str) -> InvalidInput:
    return InvalidInput(f"receipt proof: {why}", code="proof.receipt", field="chain.receipt")
