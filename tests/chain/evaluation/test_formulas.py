"""Lowest price, weighted points, ties, low prices beside decimals of 400 digits; reference price: test_scoring.py.

The second implementation is written from the page of the notice's format and shares no line with the first, which
computes with fractions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.evaluation.draw import draw_order
from chain.evaluation.scoring import Figures, rank, rounded
from chain.tenders.notice.evaluation import Criterion, Evaluation, Source
from chain.tenders.notice.members import Words

MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
LOWEST = Evaluation("lowest-price", "price", (), None, 2, "half-up", ("draw",), Decimal("85.5"), 3)


def criterion(name: str, weight: int, source: Source) -> Criterion:
    return Criterion(name, Words("示例", "example"), Decimal(weight), source)


WEIGHTED = replace(
    LOWEST,
    method="weighted-points",
    criteria=(
        criterion("offer", 45, Source("lowest", "price")),
        criterion("power", 15, Source("highest", "power")),
        criterion("days", 20, Source("linear", "days", zero=Decimal(90), full=Decimal(30))),
        criterion("plan", 20, Source("expert", step=Decimal("0.25"), combine="mean")),
    ),
    ties=("plan", "price", "draw"),
)

# Few different values, so that equals are frequent and every word of a tie's order has something to decide.
_price = st.sampled_from(["0.01", "99.99", "100.00", "100.01", "117.00", "1000000.00"]) | st.decimals(
    "0.01", "1000", places=2
).map(str)
_bid = st.fixed_dictionaries(
    {
        "price": _price,
        "power": st.integers(0, 4).map(str),
        "days": st.sampled_from(["30", "45", "90", "120", "7"]),
    }
)
_marks = st.lists(st.integers(0, 80).map(lambda quarter: Decimal(quarter) / 4), min_size=1, max_size=5)


@dataclass
class Second:
    """The second implementation: rows in their order, best first, and places whose price is low."""

    rows: list[tuple[int, Decimal | None]]
    ranks: list[int]
    low: list[int]


def low_prices(bids: Sequence[Mapping[str, str]], percent: Decimal) -> list[int]:
    """Below that percent of the mean of all others; without a division, so that nothing is rounded."""
    prices = [Decimal(bid["price"]) for bid in bids]
    others = len(prices) - 1
    if not others:
        return []
    return [at for at, one in enumerate(prices, 1) if one * others * 100 < (sum(prices) - one) * percent]


def second(
    rules: Evaluation, bids: Sequence[Mapping[str, str]], plan: Sequence[Sequence[Decimal]], drawn: Sequence[int]
) -> Second:
    """Written out for :data:`LOWEST` and :data:`WEIGHTED` alone."""
    step = Decimal(1).scaleb(-rules.places)
    with localcontext() as context:
        context.prec = 400
        found = []
        for at, bid in enumerate(bids, 1):
            price, order = Decimal(bid["price"]), drawn.index(at) if at in drawn else 0
            if rules.method == "lowest-price":
                found.append((price, order, at, None))
                continue
            cheapest = min(Decimal(one["price"]) for one in bids)
            strongest = max(int(one["power"]) for one in bids)
            days = min(max(Decimal(20) * (90 - int(bid["days"])) / 60, Decimal(0)), Decimal(20))
            marks = plan[at - 1]
            cells = [
                45 * cheapest / price,
                Decimal(15) * int(bid["power"]) / strongest if strongest else Decimal(0),
                days,
                sum(marks, Decimal(0)) / len(marks),
            ]
            points = [cell.quantize(step, MODES[rules.rounding]) for cell in cells]
            total = sum(points, Decimal(0))
            found.append((-total, -points[3], price, order, at, total))  # type: ignore[arg-type]
        found.sort(key=lambda row: row[:-2])
        ranks = [1 + sum(other[:-2] < row[:-2] for other in found) for row in found]
        rows = [(row[-2], row[-1]) for row in found]
        return Second(rows, ranks, low_prices(bids, rules.low or Decimal(0)))  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(
    data=st.data(), count=st.integers(1, 7), mode=st.sampled_from(sorted(MODES)), places=st.integers(0, 6),
    method=st.sampled_from(["lowest-price", "weighted-points"]), is_drawn=st.booleans(),
)  # fmt: skip
def test_two_implementations_agree_on_points_order_ranks_and_low_prices(
    data: st.DataObject, count: int, mode: str, places: int, method: str, is_drawn: bool
) -> None:
    bids = data.draw(st.lists(_bid, min_size=count, max_size=count))
    plan = data.draw(st.lists(_marks, min_size=count, max_size=count))
    drawn = draw_order(range(1, count + 1), data.draw(st.binary(min_size=32, max_size=32))) if is_drawn else ()
    rules = replace(LOWEST if method == "lowest-price" else WEIGHTED, rounding=mode, places=places)
    figures = [Figures(at, bid) for at, bid in enumerate(bids, 1)]
    found = rank(rules, figures, {"plan": dict(enumerate(plan, 1))}, drawn=drawn)
    other = second(rules, bids, plan, drawn)
    if method == "weighted-points":
        assert [(one.place, one.total) for one in found.scores] == other.rows
    assert [one.place for one in found.scores] == [at for at, _ in other.rows]
    assert list(found.ranks) == other.ranks
    assert list(found.low) == other.low
    if is_drawn:
        assert found.undecided == (), "a draw of all leaves nothing equal"


@settings(max_examples=300)
@given(
    numerator=st.integers(-(10**30), 10**30), denominator=st.integers(1, 10**9), places=st.integers(0, 8),
    mode=st.sampled_from(sorted(MODES)),
)  # fmt: skip
def test_rounding_is_that_of_decimals(numerator: int, denominator: int, places: int, mode: str) -> None:
    with localcontext() as context:
        context.prec = 400  # a repeating decimal of 400 digits is on the same side of a half as the fraction
        expected = (Decimal(numerator) / denominator).quantize(Decimal(1).scaleb(-places), MODES[mode])
    assert rounded(Fraction(numerator, denominator), places, mode) == expected


@pytest.mark.parametrize("mode", sorted(MODES))
@given(whole=st.integers(-(10**12), 10**12))
def test_exact_halves_go_where_the_mode_says(mode: str, whole: int) -> None:
    value = Fraction(2 * whole + 1, 2)
    assert rounded(value, 0, mode) == Decimal(10 * whole + 5).scaleb(-1).quantize(Decimal(1), MODES[mode])
