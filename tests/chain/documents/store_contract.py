"""What every blob store promises (chain.kernel.ports.BlobStore). Each store's tests inherit these."""

from __future__ import annotations

import os

import pytest

from chain.documents.cids import cid_of
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.ports import BlobStore

MIB = 1 << 20
SIZES = [0, 1, 3000, MIB - 1, MIB, MIB + 1, 3 * MIB]


class StoreContract:
    """Tests over the fixture ``store``, an empty store."""

    @pytest.mark.parametrize("size", SIZES)
    def test_gives_back_what_was_put(self, store: BlobStore, size: int) -> None:
        data = os.urandom(size)
        cid = store.put(data)
        assert cid == cid_of(data)
        assert store.has(cid)
        assert store.get(cid) == data

    def test_puts_many_in_order_of_any_size(self, store: BlobStore) -> None:
        blobs = [os.urandom(size) for size in (10, 3 * MIB, 0, 2000, MIB + 1)]
        assert store.put_many(iter(blobs)) == [cid_of(blob) for blob in blobs]
        assert [store.get(cid_of(blob)) for blob in blobs] == blobs

    def test_puts_nothing(self, store: BlobStore) -> None:
        assert store.put_many([]) == []

    def test_putting_again_changes_nothing(self, store: BlobStore) -> None:
        blobs = [b"one", b"two", b"one"]
        first = store.put_many(blobs)
        assert store.put_many(blobs) == first
        assert store.put(b"one") == first[0] == first[2]
        assert store.get(first[0]) == b"one"
        store.delete(first[0])
        assert not store.has(first[0])
        assert store.get(first[1]) == b"two"

    def test_does_not_know_what_was_never_put(self, store: BlobStore) -> None:
        cid = cid_of(os.urandom(20))
        assert not store.has(cid)
        with pytest.raises(NotFound) as caught:
            store.get(cid)
        assert caught.value.code == "blob.unknown"
        store.delete(cid)

    @pytest.mark.parametrize("size", [3000, 2 * MIB + 7])
    def test_forgets_what_is_deleted_and_only_that(self, store: BlobStore, size: int) -> None:
        blobs = [os.urandom(size) for _ in range(3)]
        one, two, three = store.put_many(blobs)
        store.delete(two)
        assert not store.has(two)
        with pytest.raises(NotFound):
            store.get(two)
        assert [store.get(one), store.get(three)] == [blobs[0], blobs[2]]
        store.delete(one)
        store.delete(three)
        assert not store.has(one)
        assert not store.has(three)
        assert store.put(blobs[1]) == two
        assert store.get(two) == blobs[1]

    def test_refuses_to_read_more_than_allowed(self, store: BlobStore) -> None:
        for size in (100, 2 * MIB):
            cid = store.put(os.urandom(size))
            assert len(store.get(cid, limit=size)) == size
            with pytest.raises(InvalidInput) as caught:
                store.get(cid, limit=size - 1)
            assert caught.value.code == "blob.limit"

    @pytest.mark.parametrize("text", ["", "Qm", "bafkrei", "../../etc/passwd"])
    def test_refuses_what_is_no_cid(self, store: BlobStore, text: str) -> None:
        for call in (store.get, store.has, store.delete):
            with pytest.raises(InvalidInput) as caught:
                call(text)
            assert caught.value.code == "cid.form"

    def test_has_a_name_for_people(self, store: BlobStore) -> None:
        assert len(store.name) > 3
