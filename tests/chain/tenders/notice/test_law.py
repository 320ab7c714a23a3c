"""What the law asks is said with its article; only the limit of the guarantee keeps a notice back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chain.tenders.notice import Limits, Notice, committee_gaps, law_findings
from scripts.samples.tenders import Periods, desks
from tests.chain.tenders.notice.samples import NOW, PEOPLE, drafted, sample


def rules(notice: Notice, limits: Limits | None = None) -> set[str]:
    return {one.rule.removeprefix("notice.") for one in law_findings(notice, NOW, limits)}


def test_a_notice_with_the_periods_of_the_law_gives_no_finding(tmp_path: Path) -> None:
    assert rules(sample(tmp_path)) == set()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"deadline": "+13d"}, "bid_period"),
        ({"amendmentMargin": "1d"}, "amendment_margin"),
        ({"standstill": "2d"}, "standstill"),
        ({"complaintPeriod": "1d"}, "complaint_period"),
        ({"minimumBids": 2}, "minimum_bids"),
        ({"committee": {"members": 5, "experts": 3}}, "committee"),
        ({"committee": {"members": 6, "experts": 5}}, "committee"),
        ({"documents": []}, "no_documents"),
        ({"revealWindow": "2d"}, "reveal_window"),
        ({"title": {"zh": "", "en": "Desks"}}, "language"),
    ],
)
def test_a_warning_names_its_member(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    notice = sample(tmp_path, **change)
    assert rules(notice) == {rule}
    assert not law_findings(notice, NOW).errors


def test_where_tendering_is_not_mandatory_periods_are_free(tmp_path: Path) -> None:
    assert rules(sample(tmp_path, mandatory=False, deadline="+13d", minimumBids=1)) == set()


def test_a_demonstration_is_called_one_and_nothing_is_said_of_its_periods(tmp_path: Path) -> None:
    done = drafted(tmp_path, desks(PEOPLE, Periods()))
    assert done.notice is not None
    assert rules(done.notice) == {"demo"}


def test_one_custodian_could_refuse_bids(tmp_path: Path) -> None:
    draft = desks(replace(PEOPLE, custodians=PEOPLE.custodians[:1]), Periods(*_statutory()))
    done = drafted(tmp_path, draft)
    assert done.notice is not None
    assert rules(done.notice) == {"one_custodian"}


def _statutory() -> tuple[Any, ...]:
    return "statutory", "+12d", "+21d", "+22d", 600, 7200, 1800, "15d", "3d", "10d"


def test_a_guarantee_over_the_limit_is_an_error_and_the_limit_is_a_setting(tmp_path: Path) -> None:
    notice = sample(tmp_path, guarantee={"percent": "2.01", "days": 30})
    (found,) = law_findings(notice, NOW).errors
    assert (found.field, found.rule) == ("guarantee.percent", "notice.guarantee_limit")
    assert rules(notice, Limits(Decimal(3))) == set()
    fixed = sample(tmp_path, guarantee={"amount": "72000.01元", "days": 30})
    assert [one.field for one in law_findings(fixed, NOW).errors] == ["guarantee.amount"]
    assert rules(sample(tmp_path, guarantee={"amount": "72000.00元", "days": 30})) == set()


def test_the_law_of_committees() -> None:
    assert not committee_gaps(5, 5)
    assert not committee_gaps(5, 4)
    assert not committee_gaps(9, 6)
    assert len(committee_gaps(5, 3)) == 1
    assert len(committee_gaps(4, 4)) == 1
    assert len(committee_gaps(4, 2)) == 2
