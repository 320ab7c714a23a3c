from __future__ import annotations

import pytest

from api.certificates.pages.charts import columns, shares


def test_the_highest_column_reaches_the_top_and_nothing_has_none() -> None:
    none, half, full = columns([0, 5, 10], width=300)
    assert (none.height, half.height, full.height) == (0, 50, 100)
    assert (full.y, half.y) == (0, 50)
    assert [one.x for one in (none, half, full)] == [0, 100, 200]


def test_a_chart_of_nothing_is_flat() -> None:
    assert columns([]) == []
    assert all(one.height == 0 for one in columns([0, 0]))
    assert shares([0, 0]) == []


@pytest.mark.parametrize("values", [[1], [1, 1], [10_000, 1, 1], [0, 3, 0, 4]])
def test_shares_fill_the_drawing_and_what_is_little_is_seen(values: list[int]) -> None:
    found = shares(values)
    assert sum(one.width for one in found) == pytest.approx(600, abs=0.1)
    for value, one in zip(values, found, strict=True):
        assert (one.width > 2) == (value > 0)
