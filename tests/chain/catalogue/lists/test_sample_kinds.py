"""Sample lists of every type: the sound ones may be issued whole, each damaged row breaks its rule and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.catalogue import all_types, get_type
from chain.catalogue.lists import read_list
from scripts.samples.kinds import SAMPLE_KINDS, citizen_number
from scripts.samples.lists import csv_bytes, write_lists

KINDS = sorted(SAMPLE_KINDS)


def test_every_type_has_sample_lists() -> None:
    assert {"business-licence", *KINDS} == {kind.slug for kind in all_types()}


@pytest.mark.parametrize("slug", KINDS)
def test_the_sound_lists_may_be_issued(slug: str, tmp_path: Path) -> None:
    written = write_lists(tmp_path, rows=300, kind=slug)
    reports = [read_list(written[key], get_type(slug)) for key in ("utf8", "gb18030", "xlsx")]
    assert all(report.ok and not report.warnings for report in reports), [
        one for report in reports for one in report.findings[:3]
    ]
    rows = [row for report in reports for row in report.rows]
    assert len(rows) == 300
    assert len({row.serial for row in rows}) == 300


@pytest.mark.parametrize("slug", KINDS)
def test_the_same_seed_gives_the_same_bytes(slug: str, tmp_path: Path) -> None:
    first = write_lists(tmp_path / "a", rows=30, kind=slug)
    again = write_lists(tmp_path / "b", rows=30, kind=slug)
    assert [path.read_bytes() for path in first.values()] == [path.read_bytes() for path in again.values()]


@pytest.mark.parametrize(
    ("slug", "place"), [(slug, place) for slug in KINDS for place in range(len(SAMPLE_KINDS[slug].faults))]
)
def test_each_damaged_row_breaks_its_rule(slug: str, place: int) -> None:
    kind = SAMPLE_KINDS[slug]
    rule, cells = kind.damaged()[place + 1]
    report = read_list(csv_bytes([kind.chinese, kind.damaged()[0][1], cells], "utf-8"), get_type(slug))
    assert {one.rule for one in report.findings if one.level == "error"} == {rule}
    assert report.findings[0].row == 3
    assert report.findings[0].column == kind.chinese[kind.faults[place][1]]


def test_constructors_are_named_by_several_documents(tmp_path: Path) -> None:
    kind = get_type("constructor-practising-certificate")
    rows = read_list(write_lists(tmp_path, rows=300, kind=kind.slug)["utf8"], kind).rows
    assert {row.fields["certificateHolderCodeType"] for row in rows} >= {"111", "414", "511", "516", "L01"}


def test_no_invented_citizen_number_is_of_anybody_alive() -> None:
    numbers = {citizen_number(number) for number in range(5_000)}
    assert len(numbers) == 5_000
    assert {number[:10] for number in numbers} == {"4401001900"}
