"""A digest taken beside is that of the same bytes, and never runs far behind."""

from __future__ import annotations

import hashlib
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel import hashing
from chain.kernel.hashing import HashBeside


@given(st.lists(st.binary(max_size=9_000), max_size=12))
def test_it_is_the_digest_of_the_pieces_in_their_order(pieces: list[bytes]) -> None:
    with HashBeside() as beside:
        for number, piece in enumerate(pieces, 1):
            beside.update(memoryview(piece) if number % 2 else piece)
            if number % 5 == 0:
                assert beside.digest() == hashlib.sha256(b"".join(pieces[:number])).digest()
        assert beside.digest() == hashlib.sha256(b"".join(pieces)).digest()
        assert list(beside.passing(pieces)) == pieces
        assert beside.digest() == hashlib.sha256(b"".join(pieces) * 2).digest()
        assert beside.size == 2 * sum(map(len, pieces))


def test_no_more_is_held_than_may_wait() -> None:
    piece = bytes(hashing.AHEAD // 4)
    with HashBeside() as beside:
        for _ in range(40):
            beside.update(piece)
            assert beside._ahead <= hashing.AHEAD
        assert beside.digest() == hashlib.sha256(piece * 40).digest()


def test_its_thread_ends_with_it_also_after_a_fault_that_is_kept() -> None:
    before, mine = set(threading.enumerate()), set()

    def fail() -> None:
        with HashBeside() as beside:
            beside.update(b"x")
            beside.digest()
            mine.update(one for one in set(threading.enumerate()) - before if one.name.startswith("sha256"))
            raise ValueError("kept")

    with pytest.raises(ValueError, match="kept") as kept:
        fail()
    (thread,) = mine
    thread.join(60)
    assert not thread.is_alive()
    assert kept.value.__traceback__ is not None
