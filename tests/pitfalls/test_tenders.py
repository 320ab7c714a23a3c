"""Faults of tenders that have no better room: two readers who would see two bids, and secrets in a form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.encoding import sha256
from chain.sealing import BidFault, BidKeys, Party, open_bid, padded_size
from tests.chain.sealing.forged import Bent, manifest, plaintext, write
from tests.chain.sealing.samples import RECIPIENTS, identity, signature

ROOT = Path(__file__).parents[2]
OFFICERS, SUPERVISORS = slice(128, 192), slice(192, 256)
"""The boxes in the body of a sealed bid's stanza."""
SECRET = {"k1", "k2", "privateKey", "secretKey", "fileKey", "openingSecret", "share", "shares", "seed", "passphrase"}


@pytest.mark.parametrize("box", [OFFICERS, SUPERVISORS])
def test_no_file_is_one_bid_for_the_officer_and_another_for_the_supervisor(box: slice, tmp_path: Path) -> None:
    """Two different k2 in the two boxes: the file key is committed to by the header, so at most one can be right."""
    other = sha256(b"another k2")[:16]
    name = "officer" if box == OFFICERS else "supervisor"

    def change(body: bytes) -> bytes:
        return body[: box.start] + RECIPIENTS.boxes(other, identity().digest())[name] + body[box.stop :]

    known, k2 = write(tmp_path / "bid", plaintext(manifest()), Bent(change))
    parties = []
    for shown in (k2, other):
        with pytest.raises(BidFault) as caught:
            open_bid(tmp_path / "bid", known, BidKeys(signature(identity()), shown), tmp_path / "out")
        parties.append(caught.value.party)
        assert not (tmp_path / "out").exists()
    assert parties[0] is Party.BIDDER, "with the right k2 the boxes are made again, and one is another"


def test_no_endpoint_of_tenders_takes_or_shows_what_opens_a_bid() -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    paths = {path: value for path, value in document["paths"].items() if "/tenders" in path}
    assert paths
    names = set(_names(paths, document, set()))
    assert not names & SECRET
    assert "deadline" in names, "the walk finds what is there"


def test_sizes_of_small_forms_are_one() -> None:
    assert len({padded_size(size) for size in range(1, 60_000, 97)}) == 1
    assert all(padded_size(size) <= size * 1.0625 for size in range(2**20, 2**24, 99_991))


def _names(value: Any, document: dict[str, Any], seen: set[str]) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("name"), str) and "in" in value:
            yield value["name"]
        yield from value.get("properties", {})
        for key, one in value.items():
            if key == "$ref" and one not in seen:
                seen.add(one)
                found: Any = document
                for part in one.removeprefix("#/").split("/"):
                    found = found[part]
                yield from _names(found, document, seen)
            else:
                yield from _names(one, document, seen)
    elif isinstance(value, list):
        for one in value:
            yield from _names(one, document, seen)
