from __future__ import annotations

from pathlib import Path

import pytest

from chain.catalogue import get_type
from chain.catalogue.lists import read_list
from chain.identifiers import uscc
from scripts.samples.lists import CHINESE, companies, csv_bytes, damaged, write_lists

LICENCE = get_type("business-licence")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lists")
    write_lists(path)
    return path


def test_the_sound_lists_hold_1200_rows_that_may_be_issued(folder: Path) -> None:
    reports = [read_list(path, LICENCE) for path in sorted(folder.glob("licences-*"))]
    assert all(report.ok and not report.warnings for report in reports)
    assert [report.encoding for report in reports] == ["utf-8-sig", "gb18030", "名单"]
    rows = [row for report in reports for row in report.rows]
    assert len(rows) == 1_200
    assert len({row.fields["certificateNumber"] for row in rows}) == 1_200
    assert len({row.serial for row in rows}) == 1_200
    assert all(uscc.organisation_agrees(row.fields["certificateHolderCode"]) for row in rows)


def test_they_hold_what_real_lists_hold(folder: Path) -> None:
    rows = [row.fields for path in sorted(folder.glob("licences-*")) for row in read_list(path, LICENCE).rows]
    assert any(ord(character) > 0xFFFF for row in rows for character in row["certificateHolderName"])
    assert any("·" in row["KZ_legalRepresentative"] for row in rows)
    assert any(row["KZ_legalRepresentative"].isascii() for row in rows)
    assert any(row["certificateExpiringDate"] == "长期" for row in rows)
    assert any(len(row["KZ_businessScope"]) > 1_000 for row in rows)
    assert {row["KZ_registeredCapital"][:3] for row in rows} >= {"CNY", "USD", "HKD"}


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for key, path in write_lists(tmp_path).items():
        assert path.read_bytes() == (folder / path.name).read_bytes(), key


@pytest.mark.parametrize("place", range(1, len(damaged())))
def test_each_damaged_row_breaks_its_rule(place: int) -> None:
    rule, cells = damaged()[place]
    report = read_list(csv_bytes([CHINESE, damaged()[0][1], cells], "utf-8"), LICENCE)
    assert [one.rule for one in report.findings] == [rule]
    assert report.findings[0].row == 3


def test_reading_costs_no_more_a_row_when_there_are_more() -> None:
    """Linear, told by counting what is remembered and kept, not by a clock."""
    report = read_list(csv_bytes([CHINESE, *(one.values for one in companies(3_000))], "utf-8"), LICENCE)
    assert report.ok
    assert len(report.rows) == report.row_count == 3_000
