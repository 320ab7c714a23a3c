"""The table of an opening says of every bid whose it is, or why nobody can tell."""

from __future__ import annotations

import pytest

from chain.cli.tender.opening import _who
from chain.kernel.clock import parse_moment, parse_time
from chain.kernel.errors import InvalidInput
from chain.sealing import FaultKind
from chain.tenders.opening import Outcome, RecordedBid
from chain.tenders.opening.record import NamedOrganisation, RecordedFault

CODE = "91440100000000001X"


@pytest.mark.parametrize(
    ("organisation", "fault", "shown"),
    [
        (NamedOrganisation("valid", CODE, "示例公司"), None, "示例公司"),
        (NamedOrganisation("valid", CODE, "示例公司"), RecordedFault(FaultKind.BAD_HEADER, "", {}), "示例公司"),
        (NamedOrganisation("invalid", CODE, ""), None, "(invalid)"),
        (NamedOrganisation("error", "", ""), None, "(error)"),
        (None, RecordedFault(FaultKind.MISSING_FILE, "", {}), f"({FaultKind.MISSING_FILE.value})"),
        (None, None, "(withdrawn)"),
    ],
)
def test_a_bid_has_a_name_or_the_word_for_why_it_has_none(
    organisation: NamedOrganisation | None, fault: RecordedFault | None, shown: str
) -> None:
    bid = RecordedBid(1, bytes(32), bytes(20), 1, Outcome("withdrawn"), organisation, (), fault)
    assert _who(bid) == shown


def test_a_day_alone_is_no_moment() -> None:
    for text in ("2026-01-31T09:00:00+08:00", "1800000000"):
        assert parse_moment(text) == parse_time(text)
    for text, code in (("2026-01-31", "time.day"), ("2026-01-31T09:00:00", "time.form")):
        with pytest.raises(InvalidInput) as caught:
            parse_moment(text, field="--deadline")
        assert (caught.value.code, caught.value.field) == (code, "--deadline")
