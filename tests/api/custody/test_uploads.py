"""Files in parts, through the real server: what was acknowledged stays, and nothing counts before it is whole."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.tenders.custody import PartReceipt
from chain.tenders.custody.client import content_digest
from tests.api.custody.bidders import Bidder
from tests.api.custody.served import Custody, Stepping, serving, settings
from tests.support.tender_stage import TenderStage

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(240)]
MIB = 2**20


@pytest.fixture(scope="module")
def custody(tender_stage: TenderStage) -> Iterator[Custody]:
    settings(tender_stage, "custodian-1", decoys=0, file_limit=24 * MIB)
    with serving(tender_stage) as found:
        yield found


@pytest.fixture(scope="module")
def tender(tender_stage: TenderStage) -> int:
    return tender_stage.publish(deadline_in=600)


def put(custody: Custody, upload: str, part: int, data: bytes, *, digest: bytes | None = None) -> httpx.Response:
    headers = {"Content-Digest": content_digest(sha256(data) if digest is None else digest)}
    return httpx.put(f"{custody.url}/custody/uploads/{upload}/parts/{part}", content=data, headers=headers, timeout=30)


def begin(custody: Custody, tender: int, digest: bytes, size: int) -> httpx.Response:
    body = {"tender": tender, "digest": b64url(digest), "size": size}
    return httpx.post(f"{custody.url}/custody/uploads", json=body, timeout=30)


def test_a_file_arrives_whole_with_a_receipt_for_each_part(
    custody: Custody, tender: int, tender_stage: TenderStage, tmp_path: Path
) -> None:
    path = tmp_path / "bid.age"
    path.write_bytes(os.urandom(20 * MIB + 17))
    told: list[int] = []
    uploaded = custody.client().upload(tender, path, progress=lambda done, _all: told.append(done))
    assert sorted(uploaded.receipts) == [1, 2, 3, 4, 5, 6]
    assert told == sorted(told)
    assert told[-1] == uploaded.size
    again = custody.client().upload(tender, path)
    assert again.receipts == {}, "nothing is sent twice"
    kept = tender_stage.home("custodian-1") / "custody" / "files" / uploaded.digest.hex()[:2] / uploaded.digest.hex()
    assert sha256(kept.read_bytes()) == uploaded.digest


def test_what_was_acknowledged_outlives_a_kill_in_the_middle_of_a_part(
    tender: int, tender_stage: TenderStage, tmp_path: Path
) -> None:
    data = os.urandom(9 * MIB)
    digest = sha256(data)
    settings(tender_stage, "custodian-2", decoys=0)
    stepping = Stepping(kill_at=None)
    with serving(tender_stage, "custodian-2", stepping=stepping) as first:
        upload = begin(first, tender, digest, len(data)).json()
        assert put(first, upload["upload"], 2, data[4 * MIB : 8 * MIB]).status_code == 200
        place, number = urlsplit(first.url), upload["upload"]
        with socket.create_connection((place.hostname, place.port)) as half:
            head = f"PUT /custody/uploads/{number}/parts/1 HTTP/1.1\r\nHost: x\r\nContent-Length: {4 * MIB}\r\n"
            half.sendall(f"{head}Content-Digest: {content_digest(sha256(data[: 4 * MIB]))}\r\n\r\n".encode())
            half.sendall(data[: 2 * MIB])
            stepping.kill_at = "custody-part"  # the third part is on disk, and not yet noted
            with pytest.raises(httpx.TransportError):
                put(first, upload["upload"], 3, data[8 * MIB :])
        assert stepping.dead.wait(60)
    with serving(tender_stage, "custodian-2") as second:
        found = begin(second, tender, digest, len(data)).json()
        assert (found["upload"], found["received"], found["complete"]) == (upload["upload"], [2], False)
        path = tmp_path / "bid.age"
        path.write_bytes(data)
        assert sorted(second.client().upload(tender, path).receipts) == [1, 3]
        assert begin(second, tender, digest, len(data)).json()["complete"]


def test_a_file_that_became_whole_in_the_moment_of_a_kill_is_whole(
    tender: int, tender_stage: TenderStage, tmp_path: Path
) -> None:
    path = tmp_path / "bid.age"
    path.write_bytes(os.urandom(100_000))
    settings(tender_stage, "custodian-2", decoys=0)
    stepping = Stepping(kill_at="custody-file")
    with serving(tender_stage, "custodian-2", stepping=stepping) as first:
        client = first.client(patience=1.0)
        with pytest.raises(Exception, match="no answer"):
            client.upload(tender, path)
        assert stepping.dead.wait(60)
    with serving(tender_stage, "custodian-2") as second:
        assert second.client().upload(tender, path).receipts == {}


def test_a_receipt_is_the_custodian_s_signature(custody: Custody, tender: int, tender_stage: TenderStage) -> None:
    data = os.urandom(100_000)
    upload = begin(custody, tender, sha256(data), len(data)).json()["upload"]
    answer = put(custody, upload, 1, data).json()
    receipt = bytes.fromhex(answer["receipt"][2:])
    account = tender_stage.address("custodian-1")
    assert PartReceipt(account, tender, sha256(data), len(data), 1, sha256(data)).holds(receipt)
    assert not PartReceipt(account, tender, sha256(data), len(data), 2, sha256(data)).holds(receipt)


def test_a_client_that_lies_about_digests_gets_nothing_counted(custody: Custody, tender: int) -> None:
    data, claimed = os.urandom(50_000), sha256(b"another file")
    upload = begin(custody, tender, claimed, len(data)).json()["upload"]
    lie = put(custody, upload, 1, data, digest=sha256(b"other bytes"))
    assert (lie.status_code, lie.json()["code"]) == (422, "custody.part_digest")
    assert put(custody, upload, 1, data).status_code == 200
    state = httpx.get(f"{custody.url}/custody/uploads/{upload}", timeout=30).json()
    assert (state["complete"], state["received"]) == (False, []), "the whole has another digest: all is forgotten"


def test_acknowledged_bytes_are_not_replaced(custody: Custody, tender: int) -> None:
    data = os.urandom(5 * MIB)
    upload = begin(custody, tender, sha256(data), len(data)).json()["upload"]
    assert put(custody, upload, 2, data[4 * MIB :]).status_code == 200
    assert put(custody, upload, 2, data[4 * MIB :]).status_code == 200, "the same bytes again do no harm"
    other = put(custody, upload, 2, bytes(MIB))
    assert (other.status_code, other.json()["code"]) == (409, "custody.part_conflict")


@pytest.mark.parametrize(
    ("tender_number", "size", "code"),
    [(999, 1000, "custody.tender"), (None, 0, "custody.size"), (None, 25 * MIB, "custody.size")],
)
def test_what_is_out_of_bounds_is_refused_at_once(
    custody: Custody, tender: int, tender_number: int | None, size: int, code: str
) -> None:
    answer = begin(custody, tender_number or tender, sha256(b"x"), size)
    assert answer.status_code in (404, 409, 422)
    assert answer.json()["code"] == code
    assert answer.json()["fix"]


def test_a_part_of_another_length_is_refused_before_it_is_read(custody: Custody, tender: int) -> None:
    upload = begin(custody, tender, sha256(b"short"), 100_000).json()["upload"]
    for wrong in (bytes(99_999), bytes(100_001)):
        assert put(custody, upload, 1, wrong).json()["code"] == "request.length"
    huge = put(custody, upload, 1, bytes(4 * MIB + 1))
    assert (huge.status_code, huge.headers["connection"]) == (413, "close")
    assert put(custody, upload, 2, bytes(10)).status_code == 404
    assert put(custody, "0" * 32, 1, bytes(10)).status_code == 404


def test_one_address_has_only_so_many_unfinished_uploads(tender: int, tender_stage: TenderStage) -> None:
    settings(tender_stage, "custodian-2", decoys=0, open_uploads=3, address_limit=2**17)
    with serving(tender_stage, "custodian-2") as custody:
        codes = [begin(custody, tender, sha256(b"file %d" % number), 70_000).status_code for number in range(4)]
        assert codes == [200, 200, 200, 409]
        assert begin(custody, tender, sha256(b"file 1"), 70_000).status_code == 200, "one that is known goes on"
        uploads = [begin(custody, tender, sha256(b"file %d" % number), 70_000).json()["upload"] for number in range(2)]
        assert put(custody, uploads[0], 1, bytes(70_000)).status_code == 200
        assert put(custody, uploads[1], 1, bytes(70_000)).json()["code"] == "custody.address_bytes"


def test_who_sends_too_slowly_is_cut_off_and_others_are_not_held_up(custody: Custody, tender: int) -> None:
    upload = begin(custody, tender, sha256(b"slow"), 4 * MIB).json()["upload"]
    place = urlsplit(custody.url)
    slow = [socket.create_connection((place.hostname, place.port)) for _ in range(6)]
    began = time.monotonic()
    for one in slow:
        head = f"PUT /custody/uploads/{upload}/parts/1 HTTP/1.1\r\nHost: x\r\nContent-Length: {4 * MIB}\r\n"
        one.sendall(f"{head}Content-Digest: {content_digest(bytes(32))}\r\n\r\nx".encode())
    assert custody.client(patience=5).health()["status"] == "ready"
    assert time.monotonic() - began < 9, "others are answered while the slow ones still hold on"
    for one in slow:
        one.settimeout(60)
        answer = one.recv(4096)
        assert answer.startswith(b"HTTP/1.1 409")
        assert b"custody.slow" in answer or b"custody.slow" in one.recv(4096)
        one.close()
    assert time.monotonic() - began > 9


def test_many_parts_at_once_are_bounded_and_none_is_lost(custody: Custody, tender: int, tmp_path: Path) -> None:
    paths = []
    for number in range(4):
        path = tmp_path / f"{number}.age"
        path.write_bytes(os.urandom(5 * MIB))
        paths.append(path)
    done: list[bytes] = []
    threads = [
        threading.Thread(target=lambda p=path: done.append(custody.client().upload(tender, p).digest))  # type: ignore[misc]
        for path in paths
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(done) == {sha256(path.read_bytes()) for path in paths}


def test_nobody_reads_a_file_before_the_closing(custody: Custody, tender: int, tmp_path: Path) -> None:
    path = tmp_path / "bid.age"
    path.write_bytes(os.urandom(70_000))
    uploaded = custody.client().upload(tender, path)
    with pytest.raises(NotFound):
        custody.client().fetch(uploaded.digest, uploaded.size, tmp_path / "out.age")
    unknown = httpx.get(f"{custody.url}/custody/files/{b64url(bytes(32))}", timeout=30)
    known = httpx.get(f"{custody.url}/custody/files/{b64url(uploaded.digest)}", timeout=30)
    assert (known.status_code, known.json()["detail"]) == (unknown.status_code, unknown.json()["detail"])


def test_no_upload_is_begun_for_another_custodian_s_tender(custody: Custody, tender_stage: TenderStage) -> None:
    other = tender_stage.publish(deadline_in=600, custodians=["custodian-2"])
    path, _ = Bidder(tender_stage, 1).sealed()
    with pytest.raises(Refused) as refused:
        custody.client().upload(other, path)
    assert refused.value.code == "custody.not_named"


def test_an_empty_file_and_a_wrong_address_are_named(custody: Custody, tender: int, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(InvalidInput) as empty:
        custody.client().upload(tender, tmp_path / "empty")
    assert empty.value.code == "custody.size"


def test_logs_hold_no_address_and_no_key(custody: Custody, tender_stage: TenderStage) -> None:
    answer = httpx.get(f"{custody.url}/health", timeout=30)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert set(answer.json()) == {"status", "custodian", "chainId", "book", "block"}
    text = custody.log.read_text()
    key = bytes(tender_stage.account("custodian-1").key).hex()
    assert key not in text
    assert hex0x(tender_stage.address("custodian-1")) not in text
    assert not re.search(r"127\.0\.0\.1", text)
