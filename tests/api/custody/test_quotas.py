"""How much one address may bring, and what the disk may hold."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from api.custody.quotas import Quotas, who
from api.custody.room import Room
from api.custody.uploads import Uploads
from chain.kernel.encoding import sha256
from chain.kernel.errors import Refused, Unavailable
from chain.kernel.home import CustodianSettings
from tests.api.custody.small import NOW, TENDER, SmallLedger, small_custodian

ADDRESS = "198.51.100.1"
_Usage = namedtuple("_Usage", "total used free")


def quotas(**settings: int) -> Quotas:
    return Quotas(CustodianSettings(**settings))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        (ADDRESS, ADDRESS), ("::ffff:198.51.100.1", ADDRESS), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"), ("2001:db8:1:3::1", "2001:db8:1:3::/64"), ("unknown", "unknown"),
    ],
)  # fmt: skip
def test_one_line_counts_as_one_address(address: str, counted: str) -> None:
    assert who(address) == counted


def test_a_network_s_addresses_share_their_day() -> None:
    some = quotas(address_limit=65_536)
    some.take_bytes("2001:db8::1", "files", 65_536, NOW)
    with pytest.raises(Refused):
        some.take_bytes("2001:db8::2", "files", 1, NOW)
    some.take_bytes("2001:db8:0:1::2", "files", 1, NOW)


def test_small_notes_count_as_what_they_take_on_the_disk() -> None:
    some = quotas(board_limit=65_536)
    for number in range(16):
        some.take_note(ADDRESS, f"topic-{number}", 1, NOW)
    with pytest.raises(Refused) as refused:
        some.take_note(ADDRESS, "topic", 1, NOW)
    assert refused.value.code == "custody.address_bytes"


def test_one_address_leaves_64_notes_a_day_under_a_topic() -> None:
    some = quotas()
    for _ in range(64):
        some.take_note(ADDRESS, "releases/1/1/1", 1, NOW)
    with pytest.raises(Refused) as refused:
        some.take_note(ADDRESS, "releases/1/1/1", 1, NOW)
    assert refused.value.code == "custody.notes"
    some.take_note(ADDRESS, "releases/1/1/2", 1, NOW)
    some.take_note("198.51.100.2", "releases/1/1/1", 1, NOW)
    some.take_note(ADDRESS, "releases/1/1/1", 1, NOW + 86_400)


def test_who_writes_large_papers_holds_up_nobody_who_reads() -> None:
    some = quotas()
    writers = [some.large(f"198.51.100.{number}", "write") for number in range(4)]
    for writer in writers:
        writer.__enter__()
    with pytest.raises(Unavailable) as busy, some.large("198.51.100.9", "write"):
        pass
    assert busy.value.code == "custody.busy"
    with some.large("198.51.100.9", "read"):
        with pytest.raises(Unavailable), some.large("198.51.100.9", "read"):
            pass
    for writer in writers:
        writer.__exit__(None, None, None)
    with some.large("198.51.100.9", "write"):
        pass


def test_parts_must_come_faster_while_more_than_half_of_their_places_are_taken() -> None:
    some, pace = quotas(), []
    for number in range(32):
        some.begin_part(f"198.51.100.{number}")
        pace.append(some.pressure())
    assert pace[:16] == [1] * 16
    assert pace == sorted(pace)
    assert pace[-1] == 8
    for number in range(32):
        some.end_part(f"198.51.100.{number}")
    assert some.pressure() == 1


def test_the_shelf_has_an_end_and_is_counted_with_what_lies_there(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "one").write_bytes(bytes(60))
    room = Room(tmp_path, limit=100)
    room.take(40)
    with pytest.raises(Unavailable) as full:
        room.take(1)
    assert full.value.code == "custody.disk"


def test_a_part_is_not_written_into_the_reserve_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    custodian = small_custodian(tmp_path, SmallLedger())
    uploads, data = Uploads(custodian), bytes(1000)
    upload = uploads.begin(TENDER, sha256(data), len(data), ADDRESS)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(2**40, 2**40, 256 * 2**20))
    with pytest.raises(Unavailable) as full:
        uploads.keep_part(upload.number, 1, data, sha256(data))
    with pytest.raises(Unavailable):
        Room(tmp_path).take(1)
    assert full.value.code == "custody.disk"
    monkeypatch.undo()
    assert uploads.keep_part(upload.number, 1, data, sha256(data))
    assert uploads.look(upload.number).complete
    custodian.store.close()
