"""Nodes that are gone when their test is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.ledger.node import NodeHandle, ensure_node, stop_node
from chain.ledger.rpc import RpcClient
from tests.chain.ledger.node.kit import Writer, deploy


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A node folder; whatever runs in it is stopped afterwards."""
    place = tmp_path / "node"
    yield place
    stop_node(place)


class Running:
    """A running node with the tiny contract deployed."""

    def __init__(self, node: NodeHandle) -> None:
        self.node = node
        self.writer = Writer(node.chain_id)
        self.contract = deploy(node, self.writer)
        self.rpc = RpcClient([node.url])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One node for a whole module."""
    place = tmp_path_factory.mktemp("node")
    with ensure_node(place) as node:
        found = Running(node)
        yield found
        found.rpc.close()
    stop_node(place)
