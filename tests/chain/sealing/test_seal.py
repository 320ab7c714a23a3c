"""A bid sealed and opened: what goes in comes out, in constant memory, and nothing is left behind on the way."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.containers import stanzas_of
from chain.kernel.errors import Conflict, InvalidInput
from chain.sealing import BidStanza, Recipients, Source, open_bid, open_box, padded_size, seal_bid
from tests.chain.sealing.samples import (
    RECIPIENTS,
    bid,
    committed,
    holders,
    keys_of,
    private,
    public,
    sealed_bid,
)

KEY = holders().key.key


class TestRoundTrip:
    @pytest.mark.parametrize("sizes", [(), (0,), (1,), (1000, 0, 70_000), (65_536 * 3,), (3_000_000, 5)])
    def test_documents_come_out_as_they_went_in(self, tmp_path: Path, sizes: tuple[int, ...]) -> None:
        sealed = sealed_bid(tmp_path, sizes)
        file = (tmp_path / "bid.age").read_bytes()
        manifest = open_bid(tmp_path / "bid.age", committed(sealed), keys_of(file), tmp_path / "out")
        assert manifest == sealed.manifest
        for number, document in enumerate(manifest.documents):
            out = (tmp_path / "out" / "documents" / document.name).read_bytes()
            assert out == (tmp_path / f"source-{number}").read_bytes()
        read = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
        assert read["format"] == "yinxin-bid-1"
        assert len(file) == sealed.size
        assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]

    def test_both_boxes_of_lock_two_hold_what_the_bidder_keeps(self, tmp_path: Path) -> None:
        sealed = sealed_bid(tmp_path)
        stanza = BidStanza.of(stanzas_of((tmp_path / "bid.age").read_bytes()))
        assert open_box(stanza, "officer", private("officer")) == sealed.k2
        assert open_box(stanza, "supervisor", private("supervisor")) == sealed.k2
        assert RECIPIENTS.boxes(sealed.k2, stanza.identity) == stanza.boxes
        assert sealed.k2.hex() not in repr(sealed)
        assert str(sealed.k2) not in repr(sealed)

    def test_no_two_sealings_look_alike(self, tmp_path: Path) -> None:
        sealed_bid(tmp_path, name="one")
        sealed_bid(tmp_path, name="two")
        one, two = (tmp_path / "one").read_bytes(), (tmp_path / "two").read_bytes()
        first, second = BidStanza.of(stanzas_of(one)), BidStanza.of(stanzas_of(two))
        assert first.identity == second.identity
        assert first.lock_one != second.lock_one
        assert not set(first.boxes.values()) & set(second.boxes.values())


class TestPadding:
    @given(st.integers(0, 2**41))
    def test_is_small_and_says_little(self, size: int) -> None:
        padded = padded_size(size)
        assert padded >= max(size, 65_536)
        assert size < 65_536 or (padded - size) / size < 0.0323
        assert padded_size(padded) == padded
        assert padded_size(size + 1) >= padded

    def test_steps_are_as_published(self) -> None:
        assert [padded_size(size) for size in (0, 65_536, 65_537, 100_000, 1_000_000, 2**30 + 1)] == [
            65_536, 65_536, 67_584, 100_352, 1_015_808, 2**30 + 2**25,
        ]  # fmt: skip

    def test_hides_a_small_form_completely(self, tmp_path: Path) -> None:
        sizes = set()
        for number, size in enumerate((0, 1, 10_000, 60_000)):
            (tmp_path / str(number)).mkdir()
            sizes.add(sealed_bid(tmp_path / str(number), (size,)).size)
        assert len(sizes) == 1


class TestRefused:
    def test_one_person_is_not_two(self) -> None:
        with pytest.raises(InvalidInput):
            Recipients(public("officer"), public("officer"))

    def test_an_existing_file_is_not_overwritten(self, tmp_path: Path) -> None:
        (tmp_path / "bid.age").write_bytes(b"mine")
        with pytest.raises(Conflict):
            sealed_bid(tmp_path)
        assert (tmp_path / "bid.age").read_bytes() == b"mine"

    def test_an_existing_folder_is_not_touched(self, tmp_path: Path) -> None:
        sealed = sealed_bid(tmp_path)
        keys = keys_of((tmp_path / "bid.age").read_bytes())
        (tmp_path / "out").mkdir()
        with pytest.raises(Conflict):
            open_bid(tmp_path / "bid.age", committed(sealed), keys, tmp_path / "out")

    def test_a_document_that_changes_while_it_is_sealed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from chain.sealing import seal

        made, look_at = bid(tmp_path), seal._look_at

        def look_and_change(source: Source) -> object:
            seen = look_at(source)
            source.path.write_bytes(source.path.read_bytes() + b"more")
            return seen

        monkeypatch.setattr(seal, "_look_at", look_and_change)
        with pytest.raises(Conflict) as caught:
            seal_bid(made, KEY, RECIPIENTS, tmp_path / "bid.age")
        assert caught.value.code == "bid.changed"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["source-0", "source-1", "source-2"]

    @pytest.mark.parametrize(
        "name",
        ["", ".", "..", "../up", "a/b", "a\\b", "C:x", ".hidden", "a\0b", "tab\t", "end.", " a", "a\u202egpj.exe",
         "e\u0301", "x" * 201],
    )  # fmt: skip
    def test_a_name_that_is_no_plain_file_name(self, tmp_path: Path, name: str) -> None:
        made = bid(tmp_path, (10,))
        with pytest.raises(InvalidInput):
            seal_bid(
                replace(made, documents=[replace(made.documents[0], name=name)]), KEY, RECIPIENTS, tmp_path / "bid.age"
            )
        assert not (tmp_path / "bid.age").exists()

    def test_two_names_that_are_one_on_some_systems(self, tmp_path: Path) -> None:
        made = bid(tmp_path, (10, 10))
        twins = [replace(one, name=name) for one, name in zip(made.documents, ("A.pdf", "a.PDF"), strict=True)]
        with pytest.raises(InvalidInput):
            seal_bid(replace(made, documents=twins), KEY, RECIPIENTS, tmp_path / "bid.age")

    def test_a_degenerate_opening_key(self, tmp_path: Path) -> None:
        for key in (b"\xc0" + bytes(95), bytes(96), KEY[:95]):
            with pytest.raises(InvalidInput):
                seal_bid(bid(tmp_path), key, RECIPIENTS, tmp_path / "bid.age")


MEMORY = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from chain.sealing import open_bid, seal_bid
from tests.chain.sealing.samples import RECIPIENTS, bid, committed, holders, keys_of
folder = Path(sys.argv[1])
made, key = bid(folder, (1000,)), holders().key.key
first = seal_bid(made, key, RECIPIENTS, folder / "small.age")
keys = keys_of((folder / "small.age").read_bytes())
open_bid(folder / "small.age", committed(first), keys, None)
with (folder / "source-0").open("wb") as stream:
    stream.truncate(200 << 20)
def kib(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
idle = kib("VmRSS:")
sealed = seal_bid(made, key, RECIPIENTS, folder / "bid.age")
with (folder / "bid.age").open("rb") as stream:
    keys = keys_of(stream.read(1 << 16))
open_bid(folder / "bid.age", committed(sealed), keys, folder / "out")
print(kib("VmHWM:") - idle)
"""


def test_two_hundred_mebibytes_take_a_few_of_memory(tmp_path: Path) -> None:
    root = str(Path(__file__).resolve().parents[3])
    run = subprocess.run(
        [sys.executable, "-c", MEMORY, str(tmp_path), root], capture_output=True, text=True, check=True, timeout=120
    )
    assert int(run.stdout) <= 32 * 1024, f"{run.stdout} KiB over idle"
