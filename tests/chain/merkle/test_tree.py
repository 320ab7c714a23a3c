"""Roots, paths and proofs against the published values of Certificate Transparency and against a plain model."""

from __future__ import annotations

import os
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel.errors import InvalidInput
from chain.merkle import (
    EMPTY_ROOT,
    Tree,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# Inputs, roots and proofs of the Certificate Transparency reference tests, which RFC 6962 and RFC 9162 share.
PUBLISHED_INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
PUBLISHED_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PUBLISHED_CONSISTENCY = {
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [sha256(bytes([number])).digest() for number in range(64)]


def model_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(model_root(leaves[:split]), model_root(leaves[split:]))


def model_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162 section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if index < split:
        return [*model_path(index, leaves[:split]), model_root(leaves[split:])]
    return [*model_path(index - split, leaves[split:]), model_root(leaves[:split])]


def model_consistency(earlier: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 9162 section 2.1.4.1."""
    if earlier == len(leaves):
        return [] if whole else [model_root(leaves)]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if earlier <= split:
        return [*model_consistency(earlier, leaves[:split], whole), model_root(leaves[split:])]
    return [*model_consistency(earlier - split, leaves[split:], False), model_root(leaves[:split])]


class TestPublishedValues:
    def test_roots(self) -> None:
        leaves = [leaf_hash(data) for data in PUBLISHED_INPUTS]
        assert [Tree(leaves[:size]).root.hex() for size in range(9)] == PUBLISHED_ROOTS
        assert EMPTY_ROOT.hex() == PUBLISHED_ROOTS[0]

    @pytest.mark.parametrize(("earlier", "later"), PUBLISHED_CONSISTENCY)
    def test_consistency(self, earlier: int, later: int) -> None:
        tree = Tree([leaf_hash(data) for data in PUBLISHED_INPUTS[:later]])
        assert [node.hex() for node in tree.consistency(earlier)] == PUBLISHED_CONSISTENCY[earlier, later]

    def test_the_standards_own_example_of_seven_leaves(self) -> None:
        # RFC 9162 section 2.1.5: names of nodes as in its figure.
        a, b, c, d, e, f, j = (leaf_hash(b"d%d" % number) for number in range(7))
        g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
        k, m = node_hash(g, h), node_hash(i, j)
        tree = Tree([a, b, c, d, e, f, j])
        assert tree.root == node_hash(k, m)
        assert tree.path(0) == (b, h, m)
        assert tree.path(3) == (c, g, m)
        assert tree.path(4) == (f, j, k)
        assert tree.path(6) == (i, k)
        assert tree.consistency(3) == (c, d, g, m)
        assert tree.consistency(4) == (m,)
        assert tree.consistency(6) == (i, j, k)


class TestEverySizeUpTo64:
    def test_root_and_paths_are_the_models(self) -> None:
        for size in range(1, 65):
            tree = Tree(LEAVES[:size])
            assert tree.root == model_root(LEAVES[:size])
            assert tree.size == size
            for index, path in enumerate(tree.paths()):
                assert list(path) == model_path(index, LEAVES[:size])
                assert verify_inclusion(LEAVES[index], index, size, path, tree.root)

    def test_consistency_is_the_models_and_verifies(self) -> None:
        roots = [EMPTY_ROOT] + [model_root(LEAVES[:size]) for size in range(1, 65)]
        for later in range(1, 65):
            tree = Tree(LEAVES[:later])
            for earlier in range(1, later + 1):
                proof = tree.consistency(earlier)
                assert list(proof) == model_consistency(earlier, LEAVES[:later])
                assert verify_consistency(earlier, later, roots[earlier], roots[later], proof)
            assert verify_consistency(0, later, EMPTY_ROOT, roots[later], ())

    def test_a_path_fits_no_other_place_and_no_other_size_of_its_length(self) -> None:
        for size in range(1, 33):
            tree = Tree(LEAVES[:size])
            for index in range(size):
                path = tree.path(index)
                for other in range(size):
                    if other != index:
                        assert not verify_inclusion(LEAVES[index], other, size, path, tree.root)
                assert not verify_inclusion(LEAVES[index], index, size, (*path, LEAVES[0]), tree.root)
                if path:
                    assert not verify_inclusion(LEAVES[index], index, size, path[:-1], tree.root)

    def test_a_wrong_older_root_is_not_consistent(self) -> None:
        for later in range(2, 33):
            tree = Tree(LEAVES[:later])
            for earlier in range(1, later):
                forged = Tree([sha256(b"other").digest(), *LEAVES[1:earlier]]).root
                proof = tree.consistency(earlier)
                assert not verify_consistency(earlier, later, forged, tree.root, proof)
                assert not verify_consistency(earlier, later, tree.root, tree.root, proof)
                assert not verify_consistency(earlier, later, forged, tree.root, (forged, *proof))


class TestSecondPreimage:
    def test_an_inner_node_is_no_leaf_of_a_smaller_tree(self) -> None:
        # Two trees with one root: impossible, because leaves and nodes are hashed with different first bytes.
        first, second = leaf_hash(b"first"), leaf_hash(b"second")
        inner = node_hash(first, second)
        tree = Tree([first, second, leaf_hash(b"third"), leaf_hash(b"fourth")])
        assert leaf_hash(first + second) != inner
        assert not verify_inclusion(leaf_hash(first + second), 0, 2, tree.path(0)[1:], tree.root)

    def test_the_size_is_part_of_the_claim(self) -> None:
        # Taking the inner node itself for a leaf hash works only under a smaller size, which the anchor states.
        tree = Tree(LEAVES[:4])
        inner = node_hash(LEAVES[0], LEAVES[1])
        assert not verify_inclusion(inner, 0, 4, tree.path(0)[1:], tree.root)
        assert root_of(inner, 0, 4, tree.path(0)[1:]) is None


class TestRefusals:
    @pytest.mark.parametrize("leaf", [b"", bytes(31), bytes(33), "x" * 32, bytearray(32)])
    def test_leaf_of_another_kind(self, leaf: bytes) -> None:
        with pytest.raises(InvalidInput, match="32 bytes"):
            Tree([bytes(32), leaf])

    @pytest.mark.parametrize("index", [-1, 3])
    def test_path_of_no_leaf(self, index: int) -> None:
        with pytest.raises(InvalidInput):
            Tree(LEAVES[:3]).path(index)

    @pytest.mark.parametrize("earlier", [-1, 0, 4])
    def test_consistency_with_no_such_size(self, earlier: int) -> None:
        with pytest.raises(InvalidInput):
            Tree(LEAVES[:3]).consistency(earlier)

    def test_malformed_proofs_are_plain_no(self) -> None:
        tree = Tree(LEAVES[:8])
        path = tree.path(2)
        assert not verify_inclusion(LEAVES[2], -1, 8, path, tree.root)
        assert not verify_inclusion(LEAVES[2], 8, 8, path, tree.root)
        assert not verify_inclusion(LEAVES[2], 2, 2**64, path, tree.root)
        assert not verify_inclusion(LEAVES[2], 2, 8, [*path[:2], path[2][:31]], tree.root)
        assert not verify_inclusion(LEAVES[2], 2, 8, [b"x"] * 100, tree.root)
        assert not verify_inclusion(b"", 2, 8, path, tree.root)
        assert not verify_inclusion(LEAVES[2], 0, 0, (), EMPTY_ROOT)
        assert not verify_consistency(3, 2, tree.root, tree.root, ())
        assert not verify_consistency(-1, 2, tree.root, tree.root, ())
        assert not verify_consistency(4, 8, tree.root, tree.root, [b"short"])
        assert not verify_consistency(4, 8, b"", tree.root, tree.consistency(4))
        assert not verify_consistency(3, 8, Tree(LEAVES[:3]).root, tree.root, ())
        assert not verify_consistency(8, 8, tree.root, tree.root, (LEAVES[0],))
        assert not verify_consistency(0, 8, tree.root, tree.root, ())
        assert not verify_consistency(0, 0, tree.root, tree.root, ())
        assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, ())


@given(st.integers(1, 300), st.data())
def test_one_changed_bit_anywhere_is_noticed(size: int, data: st.DataObject) -> None:
    leaves = [sha256(b"%d" % number).digest() for number in range(size)]
    tree = Tree(leaves)
    index = data.draw(st.integers(0, size - 1))
    parts = [leaves[index], *tree.path(index), tree.root]
    place = data.draw(st.integers(0, len(parts) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = bytearray(parts[place])
    changed[bit // 8] ^= 1 << bit % 8
    parts[place] = bytes(changed)
    assert not verify_inclusion(parts[0], index, size, parts[1:-1], parts[-1])


@given(st.integers(1, 300), st.data())
def test_one_changed_bit_in_a_consistency_proof_is_noticed(later: int, data: st.DataObject) -> None:
    leaves = [sha256(b"%d" % number).digest() for number in range(later)]
    earlier = data.draw(st.integers(1, later))
    parts = [Tree(leaves[:earlier]).root, *Tree(leaves).consistency(earlier), Tree(leaves).root]
    assert verify_consistency(earlier, later, parts[0], parts[-1], parts[1:-1])
    place = data.draw(st.integers(0, len(parts) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = bytearray(parts[place])
    changed[bit // 8] ^= 1 << bit % 8
    parts[place] = bytes(changed)
    assert not verify_consistency(earlier, later, parts[0], parts[-1], parts[1:-1])


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=40))
def test_root_of_any_data_is_the_models(values: list[bytes]) -> None:
    leaves = [leaf_hash(value) for value in values]
    assert Tree(leaves).root == model_root(leaves)


def test_random_leaves_at_ten_thousand() -> None:
    leaves = [os.urandom(32) for _ in range(10_000)]
    tree = Tree(leaves)
    for index in (0, 1, 4_095, 4_096, 8_191, 8_192, 9_999):
        assert root_of(leaves[index], index, 10_000, tree.path(index)) == tree.root
