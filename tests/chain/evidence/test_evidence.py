"""Finding evidence with nothing but the ledger and a store of blobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chain.credentials.leaf import certificate_leaf
from chain.documents.manifest import Manifest, build_manifest
from chain.documents.stores.local import LocalStore
from chain.evidence import FirstOf, ManifestIndex
from chain.kernel.encoding import sha256
from chain.kernel.errors import Unavailable
from chain.kernel.ports import AnchorFacts, BlockRef, LeafParts, LeafPlace
from chain.merkle import Tree, verify_inclusion
from tests.support.memory_ledger import MemoryIndex
from tests.support.world import LICENCE, OTHER_USCC, USCC

PLACE = LeafPlace(USCC, LICENCE, 1, LeafParts(bytes(32), bytes(32), bytes(32)), 0, 1, ())


class TestFirstOf:
    def test_the_first_that_knows_answers(self) -> None:
        empty, known = MemoryIndex(), MemoryIndex(stamps={b"s": PLACE}, jwts={b"j": PLACE}, lists={b"l": b"list"})
        known.bundles["x"] = b"bundle"
        found = FirstOf(empty, known)
        assert (found.by_stamp(b"s"), found.by_jwt(b"j")) == (PLACE, PLACE)
        assert (found.status_list(b"l"), found.bundle("x")) == (b"list", b"bundle")

    def test_nobody_knows_is_none(self) -> None:
        assert FirstOf(MemoryIndex(), MemoryIndex()).by_stamp(b"s") is None
        assert FirstOf().bundle("x") is None

    @pytest.mark.parametrize("name", ["by_stamp", "by_jwt", "status_list", "bundle"])
    def test_one_that_could_not_be_asked_makes_it_unknown_not_no(self, name: str) -> None:
        silent = MemoryIndex(unavailable=frozenset({name}))
        question: Any = "x" if name == "bundle" else b"x"
        with pytest.raises(Unavailable):
            getattr(FirstOf(silent, MemoryIndex()), name)(question)

    def test_but_another_that_knows_is_enough(self) -> None:
        silent = MemoryIndex(unavailable=frozenset({"by_stamp"}))
        assert FirstOf(silent, MemoryIndex(stamps={b"s": PLACE})).by_stamp(b"s") == PLACE


class Lanes:
    """Anchors of a few batches, newest last."""

    def __init__(self) -> None:
        self.facts: list[AnchorFacts] = []

    def add(self, manifest: Manifest, root: bytes, size: int, *, bureau: str = USCC, lane: str = LICENCE) -> None:
        sequence = 1 + sum((facts.bureau, facts.lane) == (bureau, lane) for facts in self.facts)
        number = 10 + len(self.facts)
        block = BlockRef(number, bytes([number]) * 32, number)
        self.facts.append(
            AnchorFacts(bureau, lane, sequence, root, size, manifest.digest, bytes(32), bytes(20), block, bytes(32))
        )

    def lanes(self) -> list[tuple[str, str]]:
        return sorted({(facts.bureau, facts.lane) for facts in self.facts})

    def anchors(self, uscc: str, lane: str) -> list[AnchorFacts]:
        return [facts for facts in self.facts if (facts.bureau, facts.lane) == (uscc, lane)]


def parts_of(batch: int, count: int) -> list[LeafParts]:
    def digest(kind: str, number: int) -> bytes:
        return sha256(f"{kind}/{batch}/{number}".encode())

    return [LeafParts(digest("jwt", n), digest("stamp", n), digest("record", n)) for n in range(count)]


class TestManifestIndex:
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalStore:
        return LocalStore(tmp_path / "blobs")

    def publish(self, store: LocalStore, lanes: Lanes, batch: int, count: int, **where: str) -> list[LeafParts]:
        parts = parts_of(batch, count)
        root = Tree([certificate_leaf(part) for part in parts]).root
        manifest = build_manifest(
            bureau=where.get("bureau", USCC), lane=where.get("lane", LICENCE), root=root, leaves=parts
        )
        store.put_many(manifest.blobs)
        lanes.add(manifest, root, count, **where)
        return parts

    def test_every_leaf_is_found_by_stamp_and_by_jwt_with_a_path_that_verifies(self, store: LocalStore) -> None:
        lanes = Lanes()
        batches = [self.publish(store, lanes, 1, 5), self.publish(store, lanes, 2, 3)]
        self.publish(store, lanes, 3, 2, bureau=OTHER_USCC)
        index = ManifestIndex(lanes, store)
        for sequence, parts in enumerate(batches, 1):
            root = lanes.facts[sequence - 1].root
            for number, part in enumerate(parts):
                place = index.by_stamp(part.stamp)
                assert place is not None
                assert place == index.by_jwt(part.jwt)
                assert (place.bureau, place.sequence, place.index, place.parts) == (USCC, sequence, number, part)
                assert verify_inclusion(certificate_leaf(part), place.index, place.size, place.path, root)

    def test_what_is_not_there_is_none_and_no_identifier_is_known(self, store: LocalStore) -> None:
        lanes = Lanes()
        self.publish(store, lanes, 1, 3)
        index = ManifestIndex(lanes, store)
        assert index.by_stamp(bytes(32)) is None
        assert index.bundle("1.2.156.3005.2.x") is None
        assert index.status_list(bytes(32)) is None

    def test_a_status_list_comes_by_its_digest(self, store: LocalStore) -> None:
        store.put(b"a token")
        assert ManifestIndex(Lanes(), store).status_list(sha256(b"a token")) == b"a token"

    def test_a_batch_whose_manifest_is_lost_hides_no_other(self, store: LocalStore) -> None:
        lanes = Lanes()
        parts = self.publish(store, lanes, 1, 3)
        lanes.add(build_manifest(bureau=USCC, lane=LICENCE, root=bytes(32), leaves=parts_of(9, 2)), bytes(32), 2)
        index = ManifestIndex(lanes, store)
        assert index.by_stamp(parts[1].stamp) is not None
        assert index.by_stamp(parts_of(9, 2)[0].stamp) is None

    def test_a_stamp_that_another_bureau_repeats_stays_where_it_was_first(self, store: LocalStore) -> None:
        """Else any accredited bureau could make others' certificates uncheckable, by listing their digests anew."""
        lanes = Lanes()
        parts = self.publish(store, lanes, 1, 3, bureau=OTHER_USCC)
        self.publish(store, lanes, 1, 3)
        place = ManifestIndex(lanes, store).by_stamp(parts[1].stamp)
        assert place is not None
        assert place.bureau == OTHER_USCC

    def test_a_store_that_does_not_answer_is_not_a_no(self, store: LocalStore) -> None:
        lanes = Lanes()
        self.publish(store, lanes, 1, 2)

        class Silent:
            def get(self, cid: str, *, limit: int = 0) -> bytes:
                raise Unavailable(f"{cid}: nobody answers")

        index = ManifestIndex(lanes, Silent())  # type: ignore[arg-type]
        with pytest.raises(Unavailable):
            index.by_stamp(bytes(32))
        with pytest.raises(Unavailable):
            index.status_list(bytes(32))
