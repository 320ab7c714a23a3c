"""Open contracting data over HTTP: packages, records, the feed page by page, everything in one file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.tenders.opendata import OpenData
from api.tenders.place import Tenders
from chain.contracting.ocds import package_faults
from chain.kernel.ports import BlockRef
from tests.api.tenders.office import TenderOffice
from tests.chain.contracting.ocds.process import TENDER, WEB, Process, to_the_closing

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]
AT = f"/v1/ocds/tenders/{TENDER}"


class Reader(Process):
    """The events of a process as a ledger that has nothing else."""

    @property
    def block(self) -> BlockRef:
        return self.events[-1].block

    def tenders(self) -> int:
        return TENDER


@pytest.fixture(scope="module")
def process(office: TenderOffice, tmp_path_factory: pytest.TempPathFactory) -> Process:
    """A tender that is closed; the service publishes it anew at every look."""
    process = to_the_closing(tmp_path_factory.mktemp("process"))
    process.__class__ = Reader

    @contextmanager
    def chain() -> Iterator[Any]:
        yield SimpleNamespace(ledger=process)

    place = cast(Tenders, SimpleNamespace(board=process.board, chain=chain))
    office.service.__dict__["opendata"] = OpenData(place, WEB, seconds=0)
    return process


def test_packages_are_what_ledger_and_board_give(office: TenderOffice, process: Process) -> None:
    package, record = office.get(f"{AT}/releases"), office.get(f"{AT}/record")
    assert [*package_faults(package), *package_faults(record)] == []
    assert package == process.publish().releases
    assert record == process.publish().record
    assert office.get("/v1/ocds/extension/release-schema.json")["definitions"]["Document"]
    assert office.call(None, "GET", "/v1/ocds/extension/other.json").status_code == 422


def test_a_tender_that_cannot_be_published_stops_no_other(office: TenderOffice, process: Process) -> None:
    assert office.call(None, "GET", "/v1/ocds/tenders/6/releases").status_code == 404
    process.say("Recorded", lot=1, kind="evaluation", digest=bytes(32))
    answer = office.call(None, "GET", f"{AT}/releases")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:yinxin:problem:ocds.unknown")
    process.events.pop()


def test_the_feed_has_every_release_once_and_then_what_is_new(office: TenderOffice, process: Process) -> None:
    due = process.publish().releases["releases"]
    found, cursor = [], ""
    while True:
        page = office.get(f"/v1/ocds/releases?limit=2{cursor}")
        cursor = f"&cursor={page['next']}"
        if not page["releases"]:
            break
        found += page["releases"]
    assert found == due
    process.open()
    (new,) = office.get(f"/v1/ocds/releases?limit=2{cursor}")["releases"]
    assert new["transition"] == "opened"


def test_everything_is_one_file_that_is_sent_once(office: TenderOffice, process: Process) -> None:
    at = "/v1/ocds/packages.jsonl.gz"
    answer = office.call(None, "GET", at)
    assert [json.loads(line) for line in gzip.decompress(answer.content).splitlines()] == [process.publish().releases]
    again = office.client.get(at, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_tenders_whose_notice_says_other_than_the_chain_are_not_published(office: TenderOffice, tmp_path: Path) -> None:
    number, _ = office.publish(tmp_path)
    real = OpenData(office.service.tenders, WEB)
    assert number not in real.published().packages
