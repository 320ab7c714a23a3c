"""The trees of batches, kept by their root: whatever happens to the register, a root has one tree."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from sqlalchemy import Engine, select

from api.certificates.tables import certificates
from chain.credentials.leaf import certificate_leaf
from chain.kernel.ports import LeafParts
from chain.merkle import Tree

MOST_LEAVES = 400_000
"""Leaves of all trees kept by one process, at some 150 bytes each."""

_lock = threading.Lock()
_kept: OrderedDict[bytes, Tree] = OrderedDict()


def tree_at_hand(root: bytes | None) -> Tree | None:
    """The tree with that root, if it is in memory."""
    return None if root is None else _kept.get(root)


def tree_of(engine: Engine, batch: Any) -> Tree:
    """The tree of a sealed batch, read from the register if it is not in memory.

    Args:
        engine: the register.
        batch: ``id`` and ``root`` of the batch.
    """
    found = tree_at_hand(batch.root)
    if found is not None:
        with _lock:
            if batch.root in _kept:
                _kept.move_to_end(batch.root)
        return found
    tree = _read(engine, batch.id)
    if batch.root is not None and tree.root == bytes(batch.root):
        _keep(tree)
    return tree


def _keep(tree: Tree) -> None:
    with _lock:
        _kept[tree.root] = tree
        total = sum(one.size for one in _kept.values())
        while total > MOST_LEAVES and len(_kept) > 1:
            total -= _kept.popitem(last=False)[1].size


def _read(engine: Engine, batch_id: int) -> Tree:
    with engine.connect() as connection:
        query = (
            select(certificates.c.jwt_digest, certificates.c.stamp_digest, certificates.c.record_digest)
            .where(certificates.c.batch_id == batch_id)
            .order_by(certificates.c.position)
        )
        return Tree(
            certificate_leaf(LeafParts(bytes(row[0]), bytes(row[1]), bytes(row[2])))
            for row in connection.execute(query)
        )
