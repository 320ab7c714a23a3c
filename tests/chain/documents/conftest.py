"""Two real Kubo nodes of one private swarm, for all tests of a run that ask for them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.documents.kubo import KuboNode, new_swarm_key


@pytest.fixture(scope="session")
def kubo_nodes(kubo_program: Path) -> Iterator[tuple[KuboNode, KuboNode]]:
    """Connected to each other and to nobody else."""
    with tempfile.TemporaryDirectory(prefix="yx-kubo-") as folder:
        key = new_swarm_key()
        one = KuboNode(Path(folder) / "one", swarm_key=key, binary=kubo_program)
        two = KuboNode(Path(folder) / "two", swarm_key=key, binary=kubo_program)
        with one, two:
            two.connect(one)
            yield one, two
