"""A growing tree that keeps only its right edge."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel.errors import InvalidInput
from chain.merkle import EMPTY_ROOT, Frontier, Tree

LEAVES = [sha256(bytes([number])).digest() for number in range(130)]


def test_root_after_every_append_is_the_trees() -> None:
    frontier = Frontier()
    assert frontier.root == EMPTY_ROOT
    for size, leaf in enumerate(LEAVES, 1):
        frontier.append(leaf)
        assert frontier.size == size
        assert frontier.root == Tree(LEAVES[:size]).root


@given(st.integers(0, 100), st.integers(0, 30))
def test_goes_on_from_where_it_was_dumped(before: int, after: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:before]:
        frontier.append(leaf)
    state = frontier.dump()
    assert len(state) == 8 + 32 * before.bit_count()
    again = Frontier.load(state)
    assert again.dump() == state
    for leaf in LEAVES[before : before + after]:
        again.append(leaf)
    assert again.root == Tree(LEAVES[: before + after]).root


@pytest.mark.parametrize(
    "state",
    [b"", bytes(7), bytes(9), (3).to_bytes(8, "big") + bytes(32), (2**64 - 1).to_bytes(8, "big") + bytes(64 * 32)],
)
def test_a_state_that_does_not_fit_is_refused(state: bytes) -> None:
    with pytest.raises(InvalidInput, match="frontier"):
        Frontier.load(state)


def test_a_leaf_of_another_size_is_refused() -> None:
    with pytest.raises(InvalidInput, match="32 bytes"):
        Frontier().append(b"x")
