"""Exact figures: compared with another implementation, and with what the words say."""

from __future__ import annotations

import statistics
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chain.contracting.insight.exact import days, month, quartiles, share, text
from chain.contracting.insight.period import Span, read_span
from chain.contracting.insight.withheld import FEWEST, withhold
from chain.kernel.errors import InvalidInput

counts = some.dictionaries(some.text("abcdef", min_size=1, max_size=3), some.integers(1, 40), max_size=8)


@given(some.fractions(-(10**12), 10**12, max_denominator=10**6), some.integers(0, 6))
def test_texts_round_half_away_from_zero(value: Fraction, places: int) -> None:
    with localcontext(prec=80):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        wanted = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert Decimal(text(value, places)) == wanted
    assert text(value, places).partition(".")[2] == str(abs(wanted)).partition(".")[2]


@given(some.lists(some.integers(0, 10**9), min_size=2, max_size=40))
def test_quartiles_are_those_of_the_standard_library(values: list[int]) -> None:
    wanted = statistics.quantiles([Fraction(one) for one in values], n=4, method="inclusive")
    found = quartiles(map(Fraction, values))
    assert (found.lower, found.median, found.upper) == tuple(text(Fraction(one), 4) for one in wanted)
    assert found.count == len(values)


def test_quartiles_of_nothing_and_of_one() -> None:
    assert quartiles([]).as_dict() == {"count": 0, "lowerQuartile": None, "median": None, "upperQuartile": None}
    assert days([43_200]).median == "0.5000"
    assert days([1]).median == "0.0000"


def test_a_share_of_nothing_is_none() -> None:
    assert share(1, 3) == "33.33"
    assert share(0, 0) is None


def test_months_and_days_are_those_of_china() -> None:
    assert month(1_798_732_800) == "2027-01"  # 2027-01-01 00:00 in China, still 2026 in UTC
    assert month(1_798_732_799) == "2026-12"
    span = read_span("2027-01-01", "2027-01-01")
    assert span == Span(1_798_732_800, 1_798_732_800 + 86_400)
    assert span.holds(1_798_732_800)
    assert not span.holds(1_798_732_800 + 86_400)


@pytest.mark.parametrize("since", ["2027-1-01", "2027-13-01", "yesterday", "9999-01-01", "20270101"])
def test_other_forms_of_a_day_are_refused(since: str) -> None:
    with pytest.raises(InvalidInput, match="since"):
        read_span(since, None)


def test_a_span_ends_after_it_begins() -> None:
    with pytest.raises(InvalidInput):
        read_span("2027-01-02", "2027-01-01")


@given(counts)
def test_small_counts_are_never_told_and_never_follow(cells: dict[str, int]) -> None:
    told, total = withhold(cells)
    assert set(told) == set(cells)
    assert all(count is None or count == cells[name] >= FEWEST for name, count in told.items())
    hidden = [name for name, count in told.items() if count is None]
    if total is None:
        assert len(hidden) == len(cells)  # nothing told: nothing to subtract from
        return
    assert total == sum(cells.values())
    if any(count < FEWEST for count in cells.values()):
        assert len(hidden) > 1
        assert total - sum(count for count in told.values() if count) >= FEWEST
    else:
        assert not hidden
