"""A published package of open contracting data: whatever is changed, the audit names release and member."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from chain.audit import Report, Result
from chain.audit.tenders import audit_package
from chain.contracting.ocds import Packages, Publication, read_package, to_bytes
from chain.kernel.errors import Damaged
from chain.kernel.tender_ports import TenderLedger
from tests.chain.contracting.ocds.process import TENDER, WEB, Process, whole

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Process:
    return whole(tmp_path_factory.mktemp("process"))


@pytest.fixture(scope="module")
def published(process: Process) -> Packages:
    return process.publish()


def audit(process: Process, package: dict[str, Any]) -> Report:
    report = Report()
    audit_package(report, cast(TenderLedger, process), process.board, TENDER, package)
    return report


@pytest.mark.parametrize("publication", [WEB, Publication()])
def test_what_was_published_is_clean(process: Process, publication: Publication) -> None:
    found = process.publish(publication)
    for package in (found.releases, found.record):
        report = audit(process, read_package(to_bytes(package)))
        assert [one.as_dict() for one in report.findings] == []
    assert {"A1401", "A1402", "A1403", "A1404", "A1405"} <= set(report.looked)


CHANGES: list[tuple[str, str, Change]] = [
    ("A1401", "status", lambda p: p["releases"][0]["tender"].update(status="opened")),
    ("A1401", "numberOfTenderers", lambda p: p["releases"][0]["tender"].update(numberOfTenderers=3)),
    ("A1402", "publisher.name", lambda p: p["publisher"].update(name="另一单位")),
    ("A1402", "publishedDate", lambda p: p.update(publishedDate="2026-01-01T00:00:00Z")),
    ("A1402", "extensions", lambda p: p["extensions"].pop()),
    ("A1403", "tender.title", lambda p: p["releases"][0]["tender"].update(title="课桌椅")),
    ("A1403", "date", lambda p: p["releases"][4].update(date="2026-01-01T00:00:00Z")),
    ("A1403", "ledger.blockHash", lambda p: p["releases"][2]["ledger"].update(blockHash="0x" + "0" * 64)),
    ("A1403", "value.exact", lambda p: p["releases"][7]["bids"]["details"][0]["value"].update(exact="3100000.01")),
    ("A1403", "awards[1-2].rank", lambda p: p["releases"][9]["awards"][1].update(rank=3)),
    ("A1403", "contracts[contract-1].title", lambda p: p["releases"][14]["contracts"][0].update(title="另一合同")),
    ("A1403", "no such release", lambda p: p["releases"][16].update(id="ocds-other")),
    ("A1404", "lacks", lambda p: p["releases"].pop(7)),
    ("A1404", "in order", lambda p: p["releases"].reverse()),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "named", "change"), CHANGES, ids=[f"{one[0]}-{one[1]}" for one in CHANGES])
def test_each_change_of_a_package_is_named(
    process: Process, published: Packages, rule: str, named: str, change: Change
) -> None:
    package = copy.deepcopy(published.releases)
    change(package)
    report = audit(process, package)
    assert report.exit_code == 1
    found = [one for one in report.findings if one.rule == rule and one.result is Result.BROKEN]
    assert any(named in one.detail for one in found), [one.as_dict() for one in report.findings]


def test_a_record_whose_compiled_release_is_another_is_named(process: Process, published: Packages) -> None:
    package = copy.deepcopy(published.record)
    package["records"][0]["compiledRelease"]["contracts"][0]["value"]["exact"] = "1.00"
    report = audit(process, package)
    assert [(one.rule, one.detail) for one in report.findings] == [
        ("A1405", "differs in compiledRelease.contracts[contract-1].value.exact")
    ]
    for empty in ([], [{"ocid": "x"}], "records"):
        assert audit(process, {**published.record, "records": empty}).exit_code == 1


def test_an_older_package_is_right_as_far_as_it_goes(process: Process, published: Packages) -> None:
    package = copy.deepcopy(published.releases)
    del package["releases"][10:]
    package["publishedDate"] = package["releases"][-1]["date"]
    report = audit(process, package)
    assert [(one.rule, one.result) for one in report.findings] == [("A1404", Result.NOTE)]
    assert report.exit_code == 0


def test_without_the_papers_it_cannot_be_told(process: Process, published: Packages, tmp_path: Path) -> None:
    other = Process(tmp_path)
    other.events, other.notice = process.events, process.notice
    report = audit(other, published.releases)
    assert (report.exit_code, {one.result for one in report.findings}) == (2, {Result.UNKNOWN})


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff"])
def test_a_file_that_is_no_package_is_refused(data: bytes) -> None:
    with pytest.raises(Damaged):
        read_package(data)
