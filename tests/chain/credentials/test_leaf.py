"""Leaf hashes of certificates and event records."""

from __future__ import annotations

from hashlib import sha256

import pytest

from chain.credentials.leaf import certificate_leaf, event_leaf
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import LeafParts
from chain.merkle import leaf_hash

A, B, C = (sha256(bytes([number])).digest() for number in range(3))


def test_is_an_rfc_9162_leaf_hash_of_tagged_digests() -> None:
    assert certificate_leaf(LeafParts(A, B, C)) == leaf_hash(b"yinxin-leaf-v1" + A + B + C)
    assert event_leaf(A) == leaf_hash(b"yinxin-event-v1" + A)


def test_the_place_of_each_part_counts() -> None:
    assert len({certificate_leaf(LeafParts(*parts)) for parts in [(A, B, C), (B, A, C), (A, C, B), (C, B, A)]}) == 4


@pytest.mark.parametrize("parts", [(A[:31], B, C), (A, B + b"\0", C), (A, B, b""), (A + B, b"", C)])
def test_parts_of_another_size_are_refused(parts: tuple[bytes, bytes, bytes]) -> None:
    with pytest.raises(InvalidInput) as caught:
        certificate_leaf(LeafParts(*parts))
    assert caught.value.code == "leaf.part"


def test_an_event_digest_of_another_size_is_refused() -> None:
    with pytest.raises(InvalidInput):
        event_leaf(A + B)
