"""CARv1: what is written is read back, an IPFS node takes it, and nothing else is accepted."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.documents import cids
from chain.documents.car import batch_root, car_header, car_section, read_batch_root, read_car, write_car
from chain.kernel.errors import Damaged, InvalidInput

BLOCKS = [cids.leaf_block(data) for data in (b"one", b"two", b"", os.urandom(5000))]
PAIRS = [(block.cid, block.data) for block in BLOCKS]


def archive(roots: list[bytes], pairs: list[tuple[bytes, bytes]]) -> bytes:
    out = io.BytesIO()
    assert write_car(roots, pairs, out) == len(out.getvalue())
    return out.getvalue()


def read(data: bytes) -> tuple[tuple[bytes, ...], list[tuple[bytes, bytes]]]:
    roots, blocks = read_car(io.BytesIO(data))
    return roots, list(blocks)


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_comes_back(count: int) -> None:
    roots = [block.cid for block in BLOCKS[:count]]
    assert read(archive(roots, PAIRS)) == (tuple(roots), PAIRS)


@pytest.mark.parametrize("count", [23, 24, 255, 256, 300])
def test_many_roots_come_back(count: int) -> None:
    blocks = [cids.leaf_block(number.to_bytes(4, "big")) for number in range(count)]
    pairs = [(block.cid, block.data) for block in blocks]
    assert read(archive([block.cid for block in blocks], pairs))[0] == tuple(block.cid for block in blocks)


def test_a_root_must_be_inside() -> None:
    stranger = cids.leaf_block(b"stranger").cid
    with pytest.raises(InvalidInput):
        archive([stranger], PAIRS)
    forged = car_header([stranger]) + b"".join(car_section(cid, data) for cid, data in PAIRS)
    with pytest.raises(InvalidInput) as caught:
        read(forged)
    assert caught.value.code == "car.root"


def test_a_block_must_be_what_its_cid_says() -> None:
    with pytest.raises(Damaged):
        archive([], [(BLOCKS[0].cid, b"two")])
    with pytest.raises(Damaged):
        read(car_header([]) + car_section(BLOCKS[0].cid, b"two"))


def test_no_changed_byte_is_accepted_as_the_same() -> None:
    whole = archive([BLOCKS[0].cid], PAIRS[:3])
    before = read(whole)
    for place in range(len(whole)):
        for change in (1, 0x80, 0xFF):
            data = whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :]
            with pytest.raises((InvalidInput, Damaged)):
                assert read(data) == before


def test_an_archive_cut_off_is_refused() -> None:
    whole = archive([PAIRS[-1][0]], PAIRS)
    for end in range(len(whole)):
        with pytest.raises(InvalidInput):
            read(whole[:end])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\xff" * 20,
        b"\x0b\xa2\x65roots\x80\x67version\x01",
        car_header([]) + b"\xff\xff\xff\xff\x0f",
        car_header([]) + b"\x80\x00",
        car_header([]) + b"\x00",
        car_header([]).replace(b"\x01", b"\x02"),
    ],
    ids=["empty", "zero", "noise", "wrong_length", "huge_section", "long_varint", "empty_section", "version_2"],
)
def test_other_forms_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read(data)


@given(st.integers(0, 300))
def test_batch_roots_come_back(count: int) -> None:
    listed = [cids.leaf_block(number.to_bytes(4, "big")).cid for number in range(count)]
    root = batch_root(listed)
    assert read_batch_root(root.data) == listed
    cids.check_block(root.cid, root.data)
    for wrong in (root.data + b"\0", b"\x80" + root.data, root.data[:-1], bytes([root.data[0] ^ 0x20]) + root.data[1:]):
        with pytest.raises(InvalidInput):
            read_batch_root(wrong)


def test_a_real_node_takes_the_archive(kubo_program: Path, tmp_path: Path) -> None:
    environment = os.environ | {"IPFS_PATH": str(tmp_path / "repo"), "IPFS_TELEMETRY": "off"}

    def ipfs(*arguments: str) -> bytes:
        return subprocess.run([kubo_program, *arguments], env=environment, capture_output=True, check=True).stdout

    file = cids.file_blocks(os.urandom((2 << 20) + 1))
    holder = batch_root([block.cid for block in (*BLOCKS, file[0])])
    (tmp_path / "batch.car").write_bytes(
        archive([holder.cid], [(block.cid, block.data) for block in (holder, *BLOCKS, *file)])
    )
    ipfs("init", "--empty-repo")
    ipfs("dag", "import", str(tmp_path / "batch.car"))
    assert str(cids.read_cid(holder.cid)).encode() in ipfs("pin", "ls", "--type=recursive")
    assert ipfs("cat", str(cids.read_cid(file[0].cid))) == b"".join(block.data for block in file[1:])
    exported = ipfs("dag", "export", str(cids.read_cid(holder.cid)))
    assert read(exported)[0] == (holder.cid,)
