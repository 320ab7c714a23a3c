"""CIDs without a node: against golden vectors, against a real Kubo, and in one text only."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.documents import cids
from chain.documents.cids import (
    CHUNK,
    LINKS,
    cid_of,
    cid_of_file,
    cid_of_pieces,
    cid_of_sha256,
    cids_of_sha256,
    parse_cid,
)
from chain.kernel.errors import Damaged, InvalidInput

MIB = 1 << 20


def content(case: dict[str, Any]) -> bytes:
    """Bytes of a vector: ``text``, or ``size`` bytes that count up modulo 251."""
    if "text" in case:
        return str(case["text"]).encode()
    pattern = bytes(range(251))
    size = int(case["size"])
    return (pattern * (size // 251 + 1))[:size]


def test_vectors(vectors: Callable[[str], Any]) -> None:
    for case in vectors("cids")["files"]:
        data = content(case)
        assert cid_of(data) == case["cid"], case
        assert cid_of_pieces(data[at : at + 700_001] for at in range(0, len(data), 700_001)) == case["cid"]


def test_refused_texts(vectors: Callable[[str], Any]) -> None:
    for case in vectors("cids")["refused"]:
        with pytest.raises(InvalidInput):
            parse_cid(case["text"])


def test_a_real_node_computes_the_same(kubo_program: Path, tmp_path: Path) -> None:
    environment = os.environ | {"IPFS_PATH": str(tmp_path / "repo"), "IPFS_TELEMETRY": "off"}

    def ipfs(*arguments: str) -> str:
        done = subprocess.run([kubo_program, *arguments], env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    ipfs("init", "--empty-repo")
    options = ["--cid-version=1", "--raw-leaves", f"--chunker=size-{CHUNK}", f"--max-file-links={LINKS}"]
    for size in (0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB):
        path = tmp_path / "file"
        path.write_bytes(os.urandom(size))
        assert ipfs("add", "--only-hash", "-Q", *options, str(path)) == cid_of_file(path) == cid_of(path.read_bytes())


def test_more_leaves_than_one_node_holds(kubo_program: Path, tmp_path: Path) -> None:
    """Over 1024 links there are two levels. The file is a hole, so it costs no disk."""
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate((LINKS + 1) * CHUNK + 5)
    environment = os.environ | {"IPFS_PATH": str(tmp_path / "repo"), "IPFS_TELEMETRY": "off"}
    subprocess.run([kubo_program, "init", "--empty-repo"], env=environment, capture_output=True, check=True)
    options = ["--cid-version=1", "--raw-leaves", f"--chunker=size-{CHUNK}", f"--max-file-links={LINKS}"]
    command = [str(kubo_program), "add", "--only-hash", "-Q", *options, str(path)]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    zeros = bytes(CHUNK)
    assert cid_of_pieces([*[zeros] * (LINKS + 1), bytes(5)]) == said


@given(st.binary(max_size=300))
def test_a_small_file_is_one_raw_block(data: bytes) -> None:
    digest = sha256(data).digest()
    assert cid_of(data) == cid_of_sha256(digest) == cids_of_sha256([digest])[0]
    parsed = parse_cid(cid_of(data))
    assert (parsed.codec, parsed.digest, str(parsed)) == (cids.RAW, digest, cid_of(data))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=20))
def test_many_at_once_are_as_one_by_one(digests: list[bytes]) -> None:
    assert cids_of_sha256(digests) == [cid_of_sha256(digest) for digest in digests]


def test_digests_of_another_size_are_refused() -> None:
    for call in (cid_of_sha256, lambda digest: cids_of_sha256([bytes(32), digest])):
        with pytest.raises(InvalidInput):
            call(bytes(31))


def test_every_changed_character_is_another_cid_or_none() -> None:
    text = cid_of(b"text")
    alphabet = "abcdefghijklmnopqrstuvwxyz234567ABC018="
    for place in range(len(text)):
        for char in alphabet:
            changed = text[:place] + char + text[place + 1 :]
            if changed == text:
                continue
            try:
                assert parse_cid(changed) != parse_cid(text)
            except InvalidInput:
                continue


def test_blocks_of_a_file_are_a_tree() -> None:
    data = os.urandom(2 * MIB + 9)
    blocks = {block.cid: block for block in cids.file_blocks(data)}
    root = cids.file_blocks(data)[0]
    children = cids.read_file_node(root.data)
    assert b"".join(blocks[cid].data for cid, _ in children) == data
    assert [size for _, size in children] == [MIB, MIB, 9]
    for block in blocks.values():
        cids.check_block(block.cid, block.data)
    with pytest.raises(Damaged):
        cids.check_block(root.cid, root.data + b"\0")


@given(st.data())
def test_a_changed_node_is_refused_or_another(data: st.DataObject) -> None:
    node = cids.file_blocks(bytes(2 * MIB))[0].data
    place = data.draw(st.integers(0, len(node) - 1))
    changed = node[:place] + bytes([node[place] ^ data.draw(st.integers(1, 255))]) + node[place + 1 :]
    try:
        assert cids.read_file_node(changed) != cids.read_file_node(node)
    except InvalidInput:
        return


@given(st.integers(0, 2**56 - 1))
def test_varints_have_one_form(value: int) -> None:
    raw = cids.varint(value)
    assert cids.read_varint(raw, 0) == (value, len(raw))
    with pytest.raises(ValueError, match="shortest"):
        cids.read_varint(raw[:-1] + bytes([raw[-1] | 0x80, 0]), 0) if len(raw) < 8 else cids.read_varint(b"\x80\0", 0)
