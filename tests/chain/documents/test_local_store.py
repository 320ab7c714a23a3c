"""The local store: the contract, and what a disk, a crash and another process can do to it."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.documents.car import read_car
from chain.documents.cids import cid_of, parse_cid
from chain.documents.stores.local import LocalStore
from chain.kernel.errors import Damaged, NotFound, Unavailable
from tests.chain.documents.store_contract import MIB, StoreContract


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    made = LocalStore(tmp_path / "blobs")
    yield made
    made.close()


def segments(store: LocalStore) -> list[Path]:
    return sorted(store.path.glob("segments/*/*"))


class TestLocalStore(StoreContract):
    """The contract."""


class TestDisk:
    def test_blobs_outlive_the_process(self, store: LocalStore) -> None:
        cids = store.put_many([b"one", os.urandom(2 * MIB)])
        store.close()
        again = LocalStore(store.path)
        assert all(again.has(cid) for cid in cids)
        again.close()

    def test_every_changed_byte_of_a_blob_is_seen(self, store: LocalStore) -> None:
        data = os.urandom(300)
        cid = store.put(data)
        (path,) = segments(store)
        whole = path.read_bytes()
        start = whole.index(data)
        for place in range(start, start + len(data), 7):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(Damaged):
                store.get(cid)
        path.write_bytes(whole)
        assert store.get(cid) == data

    def test_a_damaged_leaf_of_a_large_blob_is_seen(self, store: LocalStore) -> None:
        data = os.urandom(3 * MIB)
        cid = store.put(data)
        (path,) = segments(store)
        whole = bytearray(path.read_bytes())
        whole[2 * MIB] ^= 1
        path.write_bytes(whole)
        with pytest.raises(Damaged):
            store.get(cid)
        assert [(where, fault is None) for where, fault in store.check()] == [(cid, False)]

    def test_putting_again_heals_a_damaged_blob(self, store: LocalStore) -> None:
        data = os.urandom(500)
        cid = store.put(data)
        (path,) = segments(store)
        path.write_bytes(path.read_bytes()[:-1] + b"\0")
        assert store.put(data) == cid
        assert store.get(cid) == data

    def test_a_segment_cut_off_or_gone_is_told_apart(self, store: LocalStore) -> None:
        cid = store.put(os.urandom(500))
        (path,) = segments(store)
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(Damaged):
            store.get(cid)
        path.unlink()
        with pytest.raises(NotFound):
            store.get(cid)

    def test_check_names_the_broken_blob_only(self, store: LocalStore) -> None:
        blobs = [os.urandom(200) for _ in range(20)]
        cids = store.put_many(blobs)
        (path,) = segments(store)
        whole = bytearray(path.read_bytes())
        whole[whole.index(blobs[7])] ^= 1
        path.write_bytes(whole)
        assert [cid for cid, fault in store.check() if fault] == [cids[7]]
        assert sum(fault is None for _, fault in store.check()) == 19

    def test_a_folder_that_cannot_be_made_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(Unavailable) as caught:
            LocalStore(tmp_path / "file" / "blobs")
        assert caught.value.fix


class TestDeleting:
    def test_the_bytes_are_gone_from_the_disk(self, store: LocalStore) -> None:
        blobs = [os.urandom(400) for _ in range(10)]
        cids = store.put_many(blobs)
        store.put(blobs[3][:399])
        store.delete(cids[3])
        for path in store.path.rglob("*"):
            if path.is_file():
                assert blobs[3][:64] not in path.read_bytes() or blobs[3][:399] in path.read_bytes()
        assert blobs[3] not in b"".join(path.read_bytes() for path in segments(store))

    def test_a_segment_with_blanks_is_still_an_archive(self, store: LocalStore) -> None:
        blobs = [os.urandom(400), os.urandom(2 * MIB), os.urandom(200)]
        cids = store.put_many(blobs)
        store.delete(cids[1])
        (path,) = segments(store)
        roots, blocks = read_car(io.BytesIO(path.read_bytes()))
        held = dict(blocks)
        assert roots == ()
        assert held[parse_cid(cids[0]).raw] == blobs[0]
        assert parse_cid(cids[1]).raw not in held

    def test_an_empty_segment_is_removed(self, store: LocalStore) -> None:
        cids = store.put_many([b"one", b"two"])
        for cid in cids:
            store.delete(cid)
        assert segments(store) == []
        assert store.stat().blobs == 0
        assert store.get(store.put(b"three")) == b"three"

    def test_every_copy_of_a_blob_is_removed(self, store: LocalStore) -> None:
        data = os.urandom(500)
        cid = store.put(data)
        (path,) = segments(store)
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        store.put(data)  # heals, so there are two places now
        path.write_bytes(whole)
        store.delete(cid)
        assert not store.has(cid)
        assert all(data not in path.read_bytes() for path in segments(store))


class TestCrash:
    def test_a_lost_index_is_made_again(self, store: LocalStore) -> None:
        blobs = [os.urandom(300), os.urandom(2 * MIB + 1), bytes(50), os.urandom(100)]
        cids = store.put_many(blobs)
        store.delete(cids[3])
        store.close()
        for path in store.path.glob("index.sqlite*"):
            path.unlink()
        again = LocalStore(store.path)
        assert [again.get(cid) for cid in cids[:3]] == blobs[:3]
        assert not again.has(cids[3])
        again.close()

    def test_a_segment_that_never_reached_the_index_is_taken_up(self, store: LocalStore) -> None:
        cid = store.put(b"one")
        store.close()
        with sqlite3.connect(store.path / "index.sqlite") as index:
            index.execute("DELETE FROM blobs")
            index.execute("DELETE FROM segments")
        index.close()
        again = LocalStore(store.path)
        assert again.get(cid) == b"one"
        again.close()

    def test_an_unfinished_segment_is_thrown_away(self, store: LocalStore) -> None:
        store.put(b"one")
        (path,) = segments(store)
        path.with_name("0000009.part").write_bytes(b"half")
        store.close()
        again = LocalStore(store.path)
        assert segments(again) == [path]
        again.close()

    def test_a_broken_segment_does_not_take_the_others_with_it(self, store: LocalStore) -> None:
        one, two = store.put(b"one"), store.put(b"two")
        store.close()
        for path in store.path.glob("index.sqlite*"):
            path.unlink()
        segments(store)[0].write_bytes(b"noise")
        again = LocalStore(store.path)
        assert again.get(two) == b"two"
        assert not again.has(one)
        assert [fault.where for _, fault in again.check() if fault] == ["0000001.car"]
        again.close()

    def test_a_fault_half_way_leaves_nothing(self, store: LocalStore) -> None:
        def blobs() -> Iterator[bytes]:
            for number in range(700):
                yield number.to_bytes(4, "big")
            raise OSError("the source broke")

        with pytest.raises(Unavailable):
            store.put_many(blobs())
        assert segments(store) == []
        assert not store.has(cid_of(bytes(4)))


_WRITER = """
import sys
from pathlib import Path
from chain.documents.stores.local import LocalStore
store = LocalStore(Path(sys.argv[1]))
for number in range(20):
    store.put_many([f"{sys.argv[2]}-{number}-{part}".encode() for part in range(10)])
"""


class TestSeveralProcesses:
    def test_writers_do_not_hinder_each_other(self, store: LocalStore) -> None:
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", _WRITER, str(store.path), name], env=os.environ | {"PYTHONPATH": "."}
            )
            for name in "abc"
        ]
        assert [writer.wait(60) for writer in writers] == [0, 0, 0]
        for name in "abc":
            for number in range(20):
                for part in range(10):
                    blob = f"{name}-{number}-{part}".encode()
                    assert store.get(cid_of(blob)) == blob
        assert store.stat().blobs == 600
        assert len(list(store.cids())) == 600

    def test_a_writer_killed_at_any_moment_leaves_a_sound_store(self, store: LocalStore) -> None:
        for round_ in range(5):
            writer = subprocess.Popen(
                [sys.executable, "-c", _WRITER, str(store.path), f"k{round_}"], env=os.environ | {"PYTHONPATH": "."}
            )
            before = store.stat().segments
            while writer.poll() is None and store.stat().segments < before + 3:
                pass
            writer.kill()
            writer.wait()
            again = LocalStore(store.path)
            assert [fault for _, fault in again.check() if fault] == []
            assert again.get(again.put(b"after")) == b"after"
            again.close()


def test_groups_cover_every_blob_once_in_order(store: LocalStore) -> None:
    blobs = [os.urandom(100) for _ in range(95)]
    for start in range(0, 95, 5):
        store.put_many(blobs[start : start + 5])
    groups = list(store.groups(blobs=20))
    assert {cid for group in groups for cid in group} == {parse_cid(cid_of(blob)).raw for blob in blobs}
    assert sum(map(len, groups)) == 95
    assert [len(group) for group in groups] == [20, 20, 20, 20, 15]
    assert groups == list(store.groups(blobs=20))


def test_a_large_batch_is_spread_over_segments(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chain.documents.stores._writer.SEGMENT_SIZE", 5_000)
    blobs = [os.urandom(900) for _ in range(50)]
    cids = store.put_many(blobs)
    assert len(segments(store)) == 9
    assert [store.get(cid) for cid in cids] == blobs
    assert list(store.cids()) == cids
