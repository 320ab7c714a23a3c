"""What a release rests on besides the ledger: a term that ends with a day, an outage on the last day, and titles."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chain.kernel.clock import parse_end, parse_time
from chain.kernel.errors import Refused
from chain.tenders.holding import releasing
from chain.tenders.notice import Words

PLAN: Any = SimpleNamespace(usable_until=1000)


def tender(open_at: int, *, grace_used: bool) -> Any:
    return SimpleNamespace(open_at=open_at, grace_used=grace_used)


def test_an_opening_that_an_outage_moved_past_the_term_is_signed() -> None:
    releasing._check_term(tender(1600, grace_used=True), PLAN)
    releasing._check_term(tender(1000, grace_used=False), PLAN)


def test_an_opening_past_the_term_without_an_outage_is_not_signed() -> None:
    with pytest.raises(Refused) as caught:
        releasing._check_term(tender(1001, grace_used=False), PLAN)
    assert caught.value.code == "release.term"


def test_a_last_day_is_part_of_the_term() -> None:
    assert parse_end("2027-01-01") == parse_time("2027-01-01T23:59:59+08:00")
    for text in ("2027-01-01T09:00:00+08:00", "1800000000"):
        assert parse_end(text) == parse_time(text)


def test_a_title_is_one_line_whatever_is_in_it() -> None:
    title = releasing.title_of(Words("课桌椅\n  bids 有效投标    9\u2028x", "desks\x1b[2J\u202e and\rchairs"))
    assert (title.zh, title.en) == ("课桌椅 bids 有效投标 9 x", "desks [2J and chairs")
    assert releasing.title_of(Words("课桌椅", "")).en == "课桌椅", "a title in one language stands for both"
