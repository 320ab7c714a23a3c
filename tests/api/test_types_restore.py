"""Types come back from public documents; what does not fit its leaf, or comes second, does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.db import open_database
from api.types.known import catalogue_of
from api.types.restore import restore_types
from chain.catalogue import Retirement, all_types, read_definition
from chain.credentials.leaf import type_leaf
from chain.documents.cids import cid_of_sha256
from chain.documents.manifest import ManifestLeaf
from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged, InvalidInput
from chain.kernel.ports import AnchorFacts, BlockRef
from tests.support.guarantee import CODE, SLUG, as_json, definition, second
from tests.support.world import USCC


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty register."""
    engine = open_database(tmp_path / "register.sqlite")
    yield engine
    engine.dispose()


def document(**changes: object) -> bytes:
    return read_definition(as_json(definition(**changes))).document


def restore(engine: Engine, documents: list[bytes], fetch: Callable[[str], bytes] | None = None) -> int:
    """Anchored one after the other, each in a tree of its own."""
    blobs = {cid_of_sha256(sha256(data)): data for data in documents}
    anchors = [
        AnchorFacts(
            USCC, "$types", number, type_leaf(sha256(data)), 1, bytes(32), bytes(32), bytes(20),
            BlockRef(number, bytes(32), 1_767_225_600 + number), bytes(32),
        )
        for number, data in enumerate(documents, 1)
    ]  # fmt: skip

    def leaves(facts: AnchorFacts) -> list[ManifestLeaf]:
        digest = sha256(documents[facts.sequence - 1])
        return [ManifestLeaf(0, digest, cid_of_sha256(digest), None, digest)]

    with engine.begin() as connection:
        return restore_types(connection, anchors, leaves, fetch or blobs.__getitem__)


def test_every_version_and_every_end_comes_back(engine: Engine) -> None:
    end = Retirement(CODE, 1, "停办").document
    assert restore(engine, [document(), read_definition(as_json(second())).document, end]) == 3
    catalogue = catalogue_of(engine)
    assert [kind.version for kind in catalogue.versions(SLUG)] == [1, 2]
    assert not catalogue.is_active(catalogue.find(SLUG, 1))


def test_a_second_definition_of_a_version_does_not_replace_the_first(engine: Engine) -> None:
    assert restore(engine, [document(), document(en="what a stolen key anchored")]) == 1
    assert catalogue_of(engine).find(SLUG).en == "tender guarantee"


def test_a_document_that_is_not_the_leafs_stops_the_rebuild(engine: Engine) -> None:
    other = document(en="other")
    with pytest.raises(Damaged):
        restore(engine, [document()], lambda _cid: other)
    with pytest.raises(InvalidInput):
        restore(engine, [b'{"format":"yinxin-type-retirement-9"}'])
    assert sorted(one.slug for one in catalogue_of(engine).every()) == sorted(one.slug for one in all_types())
