"""Uploads, without a server: what refusals leave behind, and two who find a file lost at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.custody.place import Custodian
from api.custody.uploads import Upload, Uploads
from chain.kernel.encoding import sha256
from chain.kernel.errors import Refused
from tests.api.custody.small import TENDER, SmallLedger, signed_by, small_custodian, stored

ADDRESS = "198.51.100.1"


@pytest.fixture
def ledger() -> SmallLedger:
    return SmallLedger()


@pytest.fixture
def custodian(tmp_path: Path, ledger: SmallLedger) -> Iterator[Custodian]:
    made = small_custodian(tmp_path, ledger, open_uploads=1, day_limit=65_536)
    yield made
    made.store.close()


def test_an_upload_that_was_refused_is_not_counted_as_unfinished(custodian: Custodian) -> None:
    uploads = Uploads(custodian)
    with custodian.store.writing() as database:
        database.execute("INSERT INTO days VALUES (?, ?, ?)", (TENDER, custodian.clock() // 86_400, 65_536))
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            uploads.begin(TENDER, bytes([1]) * 32, 1000, ADDRESS)
        assert refused.value.code == "custody.day_bytes"
    with custodian.store.writing() as database:
        database.execute("DELETE FROM days")
    assert uploads.begin(TENDER, bytes([1]) * 32, 1000, ADDRESS)


def test_parts_that_came_while_another_found_the_file_lost_are_kept(
    custodian: Custodian, ledger: SmallLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytes(60_000)
    file = stored(custodian, data)
    ledger.close(1, signed_by(custodian, b"bidder", file)[0])
    custodian.store.file_path(file.digest).unlink()
    uploads = Uploads(custodian)
    is_whole, looks = uploads._is_whole, 0

    def slow(upload: Upload, restoring: bool) -> bool:
        nonlocal looks
        looks += 1
        answer = is_whole(upload, restoring)
        if looks == 1:  # before this one goes on, another begins anew and brings everything
            other = uploads.begin_restoring(TENDER, file.digest, file.size, ADDRESS)
            uploads.keep_part(other.number, 1, data, sha256(data))
            assert uploads.look(other.number).complete
        return answer

    monkeypatch.setattr(uploads, "_is_whole", slow)
    assert uploads.begin_restoring(TENDER, file.digest, file.size, ADDRESS).complete
