"""Manifests: one form, bound to their digest, found in, and free of personal data by construction."""

from __future__ import annotations

import json
import os
from hashlib import sha256

import pytest

from chain.documents.cids import CHUNK, cid_of, cid_of_sha256
from chain.documents.manifest import (
    PAGE_LEAVES,
    Manifest,
    build_manifest,
    find_leaf,
    parse_manifest,
    parse_page,
    read_leaves,
    read_manifest,
    read_pages,
)
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import Damaged, InvalidInput
from chain.kernel.ports import LeafParts

BUREAU, LANE = "11440100000000001F", "11100000MB0143028R001"


def leaves(count: int) -> list[LeafParts]:
    return [LeafParts(*(sha256(b"%d %d" % (index, part)).digest() for part in range(3))) for index in range(count)]


def build(count: int, **more: object) -> Manifest:
    return build_manifest(bureau=BUREAU, lane=LANE, root=bytes(32), leaves=leaves(count), **more)  # type: ignore[arg-type]


def fetch_from(manifest: Manifest) -> dict[str, bytes]:
    return {cid_of(blob): blob for blob in manifest.blobs}


@pytest.mark.parametrize("count", [1, 2, PAGE_LEAVES, PAGE_LEAVES + 1, 2 * PAGE_LEAVES + 5])
def test_every_leaf_comes_back_with_its_cid(count: int) -> None:
    manifest = build(count)
    store = fetch_from(manifest)
    root = read_manifest(manifest.digest, store.__getitem__)
    assert (root.bureau, root.lane, root.kind, root.size, root.root) == (BUREAU, LANE, "certificates", count, bytes(32))
    found = list(read_leaves(root, store.__getitem__))
    assert [leaf.parts for leaf in found] == leaves(count)
    assert [leaf.index for leaf in found] == list(range(count))
    assert all(leaf.cid == cid_of_sha256(leaf.record) for leaf in found)
    assert all(len(blob) <= CHUNK for blob in manifest.blobs)
    assert manifest.cid == cid_of(manifest.document)


def test_events_have_one_digest_a_leaf() -> None:
    digests = [os.urandom(32) for _ in range(5)]
    manifest = build_manifest(bureau=BUREAU, lane="$events", root=bytes(32), leaves=digests)
    store = fetch_from(manifest)
    root = parse_manifest(manifest.document)
    assert root.kind == "events"
    assert [(leaf.record, leaf.parts) for leaf in read_leaves(root, store.__getitem__)] == [(d, None) for d in digests]
    found = find_leaf(root, store.__getitem__, digests[3])
    assert found is not None
    assert found.index == 3


@pytest.mark.parametrize("index", [0, 1, PAGE_LEAVES - 1, PAGE_LEAVES, PAGE_LEAVES + 3])
def test_a_leaf_is_found_by_any_of_its_digests(index: int) -> None:
    manifest = build(PAGE_LEAVES + 4)
    store = fetch_from(manifest)
    root = parse_manifest(manifest.document)
    parts = leaves(PAGE_LEAVES + 4)[index]
    for digest in (parts.jwt, parts.stamp, parts.record):
        found = find_leaf(root, store.__getitem__, digest)
        assert found is not None
        assert found.index == index
    assert find_leaf(root, store.__getitem__, bytes(32)) is None


def test_a_digest_across_a_border_is_not_found() -> None:
    parts = leaves(2)
    manifest = build(2)
    store = fetch_from(manifest)
    across = (parts[0].jwt + parts[0].stamp)[7:39]
    assert find_leaf(parse_manifest(manifest.document), store.__getitem__, across) is None


def test_large_records_carry_their_own_cid() -> None:
    cid = cid_of(bytes(CHUNK + 1))
    manifest = build(PAGE_LEAVES + 2, large={1: cid, PAGE_LEAVES + 1: cid})
    root = parse_manifest(manifest.document)
    found = list(read_leaves(root, fetch_from(manifest).__getitem__))
    assert [leaf.index for leaf in found if leaf.cid == cid] == [1, PAGE_LEAVES + 1]
    with pytest.raises(InvalidInput):
        build(2, large={0: "somewhere"})


def test_pages_know_their_leaves_by_index() -> None:
    manifest = build(PAGE_LEAVES + 2)
    pages = list(read_pages(parse_manifest(manifest.document), fetch_from(manifest).__getitem__))
    assert [len(page) for page in pages] == [PAGE_LEAVES, 2]
    assert pages[1].leaf(PAGE_LEAVES).index == PAGE_LEAVES
    for index in (0, PAGE_LEAVES - 1, PAGE_LEAVES + 2):
        with pytest.raises(IndexError):
            pages[1].leaf(index)


def test_another_document_than_the_anchored_one_is_damage() -> None:
    manifest, other = build(2), build(3)
    with pytest.raises(Damaged):
        read_manifest(manifest.digest, lambda _: other.document)
    root = parse_manifest(manifest.document)
    with pytest.raises(Damaged):
        list(read_leaves(root, lambda _: other.pages[0]))


def test_it_holds_digests_and_nothing_else() -> None:
    manifest = build(3)
    assert set(json.loads(manifest.document)) == {"format", "bureau", "lane", "kind", "root", "size", "pages"}
    assert set(json.loads(manifest.pages[0])) == {"format", "first", "leaves"}


@pytest.mark.parametrize(
    "change",
    [
        {"format": "yinxin-manifest-2"},
        {"kind": "others"},
        {"size": 3},
        {"size": True},
        {"root": "AA"},
        {"pages": []},
        {"pages": [{"count": 2}]},
        {"pages": [{"count": 0, "digest": "A" * 43}, {"count": 2, "digest": "A" * 43}]},
        {"extra": 1},
        {"bureau": 1},
    ],
)
def test_other_root_documents_are_refused(change: dict[str, object]) -> None:
    plain = json.loads(build(2).document)
    parse_manifest(canonical(plain))
    with pytest.raises(InvalidInput):
        parse_manifest(canonical(plain | change))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": 1}', bytes(CHUNK + 1)])
def test_other_forms_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_manifest(data)


@pytest.mark.parametrize(
    "change",
    [
        {"first": 1},
        {"leaves": []},
        {"leaves": ["A" * 128]},
        {"leaves": ["A" * 128, "A" * 127]},
        {"leaves": ["A" * 128, 7]},
        {"leaves": ["A" * 128, "A" * 124]},
        {"large": {}},
        {"large": {"2": cid_of(b"")}},
        {"large": {"00": cid_of(b"")}},
        {"large": {"0": "x"}},
        {"format": "yinxin-manifest-page-2"},
        {"more": 0},
    ],
)
def test_other_pages_are_refused_though_their_digest_is_right(change: dict[str, object]) -> None:
    manifest = build(2)
    page = canonical(json.loads(manifest.pages[0]) | change)
    plain = json.loads(manifest.document)
    plain["pages"][0]["digest"] = b64url(sha256(page).digest())
    root = parse_manifest(canonical(plain))
    with pytest.raises(InvalidInput):
        parse_page(page, root.pages[0], root.kind)


def test_a_manifest_needs_leaves_of_32_byte_digests() -> None:
    for wrong in ([], [bytes(31)], [LeafParts(bytes(32), bytes(32), bytes(31))]):
        with pytest.raises(InvalidInput):
            build_manifest(bureau=BUREAU, lane=LANE, root=bytes(32), leaves=wrong)
