"""Points and ranking, beside a second implementation that shares no line with the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.evaluation.draw import draw_order
from chain.evaluation.scoring import Figures, Ranking, rank, reference_price, rounded
from chain.kernel.errors import InvalidInput
from chain.tenders.notice.evaluation import Criterion, Evaluation, Reference, Source
from chain.tenders.notice.members import Words

_WORDS = Words("示例", "example")
_MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


def _criterion(name: str, weight: str, source: Source) -> Criterion:
    return Criterion(name, _WORDS, Decimal(weight), source)


REFERENCE = Reference(5, 1, 1, Decimal("40"), (Decimal("1"), Decimal("2.5"), Decimal("4")), 2)
RULES = Evaluation(
    method="reference-price",
    price="price",
    criteria=(
        _criterion("bid", "40", Source("reference", "price", above=Decimal("1.2"), below=Decimal("0.8"))),
        _criterion("days", "10", Source("lowest", "days")),
        _criterion("warranty", "10", Source("highest", "warranty")),
        _criterion("record", "10", Source("linear", "record", zero=Decimal(1), full=Decimal(7))),
        _criterion("grade", "10", Source("choice", "grade", points={"A": Decimal(10), "B": Decimal("6.5")})),
        _criterion("plan", "20", Source("expert", step=Decimal("0.5"), combine="trimmed-mean")),
    ),
    reference=REFERENCE,
    places=2,
    rounding="half-up",
    ties=("price", "plan", "draw"),
    low=Decimal("80"),
    candidates=3,
)
LOWEST = Evaluation("lowest-price", "price", (), None, 2, "half-up", ("draw",), None, 3)

_money = st.decimals("900000", "1300000", places=2)
_bid = st.fixed_dictionaries(
    {
        "price": _money.map(str),
        "days": st.integers(1, 400).map(str),
        "warranty": st.integers(0, 60).map(str),
        "record": st.decimals("0", "9", places=1).map(str),
        "grade": st.sampled_from("AB"),
    }
)
_points = st.integers(0, 40).map(lambda half: Decimal(half) / 2)


def _second(
    rules: Evaluation,
    bids: Sequence[Mapping[str, str]],
    plan: Sequence[Sequence[Decimal]],
    ceiling: Decimal,
    point: Decimal,
) -> list[tuple[int, Decimal]]:
    """The same by decimals of 400 digits and written out for :data:`RULES` alone: places, best first, with totals."""
    with localcontext() as context:
        context.prec = 400

        def cut(value: Decimal, places: int) -> Decimal:
            return value.quantize(Decimal(1).scaleb(-places), _MODES[rules.rounding])

        def cell(value: Decimal, weight: int) -> Decimal:
            return cut(max(Decimal(0), min(Decimal(weight), value)), rules.places)

        prices = [Decimal(bid["price"]) for bid in bids]
        kept = sorted(prices)[1:-1] if len(prices) >= 5 else prices
        average = sum(kept, Decimal(0)) / len(kept)
        base = cut((ceiling * 40 + average * 60) / 100 * (100 - point) / 100, 2)
        totals = []
        for place, bid in enumerate(bids):
            off = (Decimal(bid["price"]) - base) / base * 100
            marks = sorted(plan[place])
            marks = marks[1:-1] if len(marks) > 2 else marks
            most = max(int(one["warranty"]) for one in bids)
            mean = sum(marks, Decimal(0)) / len(marks)
            cells = [
                cell(40 - (off * Decimal("1.2") if off > 0 else -off * Decimal("0.8")), 40),
                cell(10 * Decimal(min(int(one["days"]) for one in bids)) / Decimal(bid["days"]), 10),
                cell(Decimal(10 * int(bid["warranty"])) / most if most else Decimal(0), 10),
                cell(10 * (Decimal(bid["record"]) - 1) / 6, 10),
                cell(Decimal(10) if bid["grade"] == "A" else Decimal("6.5"), 10),
                cell(mean, 20),
            ]
            totals.append((sum(cells, Decimal(0)), -Decimal(bid["price"]), cells[-1], place + 1))
        # Ties: the lower price, then the better plan; a draw is left to the caller.
        return [(row[3], row[0]) for row in sorted(totals, key=lambda row: row[:3], reverse=True)]


@settings(max_examples=150)
@given(data=st.data(), count=st.integers(1, 8), mode=st.sampled_from(sorted(_MODES)))
def test_two_implementations_agree_to_the_last_digit(data: st.DataObject, count: int, mode: str) -> None:
    bids = data.draw(st.lists(_bid, min_size=count, max_size=count))
    plan = data.draw(st.lists(st.lists(_points, min_size=1, max_size=7), min_size=count, max_size=count))
    point = data.draw(st.sampled_from(REFERENCE.floats))
    rules, ceiling = replace(RULES, rounding=mode), Decimal("1250000.00")
    figures = [Figures(place, bid) for place, bid in enumerate(bids, 1)]
    found = rank(rules, figures, {"plan": dict(enumerate(plan, 1))}, ceiling=ceiling, float_point=point)
    other = _second(rules, bids, plan, ceiling, point)
    assert sorted((score.place, score.total) for score in found.scores) == sorted(other)
    assert [score.total for score in found.scores] == [total for _, total in other]
    if not found.undecided:
        assert [score.place for score in found.scores] == [place for place, _ in other]


def _ranked(prices: Sequence[str], rules: Evaluation = LOWEST, **more: Any) -> Ranking:
    return rank(rules, [Figures(place, {"price": price}) for place, price in enumerate(prices, 1)], {}, **more)


def test_the_lowest_price_wins_and_only_a_draw_parts_equals() -> None:
    found = _ranked(["30", "10", "10.00", "20"])
    assert [score.place for score in found.scores] == [2, 3, 4, 1]
    assert found.ranks == (1, 1, 3, 4)
    assert found.undecided == ((2, 3),)
    order = draw_order([2, 3], bytes(range(32)))
    decided = _ranked(["30", "10", "10.00", "20"], drawn=order)
    assert decided.undecided == ()
    assert tuple(score.place for score in decided.scores[:2]) == order


def test_a_price_far_below_the_others_is_questioned() -> None:
    rules = replace(LOWEST, low=Decimal("80"))
    assert _ranked(["100", "100", "80", "74.66"], rules).low == (4,)
    assert _ranked(["100", "100", "80", "74.67"], rules).low == ()
    assert _ranked(["100"], rules).low == ()


def test_the_standard_example_of_a_reference_price() -> None:
    prices = [Decimal(text) for text in ("100", "110", "120", "130", "140")]
    assert reference_price(RULES, prices, ceiling=Decimal(150), float_point=Decimal("2.5")) == Decimal("128.70")
    assert reference_price(RULES, prices[:4], ceiling=Decimal(150), float_point=Decimal(1)) == Decimal("127.71")


@pytest.mark.parametrize(
    ("value", "mode", "expected"),
    [
        ("2.345", "half-up", "2.35"), ("2.345", "half-even", "2.34"), ("2.355", "half-even", "2.36"),
        ("2.349", "down", "2.34"), ("-2.345", "half-up", "-2.35"), ("-2.349", "down", "-2.34"), ("0", "down", "0.00"),
    ],
)  # fmt: skip
def test_rounding(value: str, mode: str, expected: str) -> None:
    assert str(rounded(Fraction(value), 2, mode)) == expected


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        ({"price": "0"}, "bids[1].price"),
        ({"price": "NaN"}, "bids[1].price"),
        ({"price": "1,000"}, "bids[1].price"),
        ({"grade": "C"}, "bids[1].grade"),
        ({"days": "0"}, "days"),
    ],
)
def test_a_figure_out_of_its_bounds_is_named(spoil: Mapping[str, str], field: str) -> None:
    good = {"price": "100", "days": "10", "warranty": "1", "record": "3", "grade": "A"}
    sheets = {"plan": {1: [Decimal(5)]}}
    options = {"ceiling": Decimal(150), "float_point": Decimal(1)}
    rank(RULES, [Figures(1, good)], sheets, **options)
    with pytest.raises(InvalidInput) as caught:
        rank(RULES, [Figures(1, good | spoil)], sheets, **options)
    assert caught.value.field == field


@pytest.mark.parametrize("points", [[], [Decimal("0.3")], [Decimal(21)], [Decimal(-1)]])
def test_a_sheet_that_breaks_the_rules_is_refused(points: list[Decimal]) -> None:
    good = Figures(1, {"price": "100", "days": "10", "warranty": "1", "record": "3", "grade": "A"})
    with pytest.raises(InvalidInput, match=r"points|steps|expert"):
        rank(RULES, [good], {"plan": {1: points}}, ceiling=Decimal(150), float_point=Decimal(1))


def test_no_float_point_but_a_drawn_one_of_the_notice() -> None:
    for point in (None, Decimal(3)):
        with pytest.raises(InvalidInput, match="float point"):
            reference_price(RULES, [Decimal(1)], ceiling=Decimal(2), float_point=point)
    with pytest.raises(InvalidInput, match="ceiling"):
        reference_price(RULES, [Decimal(1)], ceiling=None, float_point=Decimal(1))


def test_only_the_word_price_means_the_lower_price_in_ties() -> None:
    """Field ``offer`` is the price; criteria are named ``price`` and ``offer``, and both bids have the same total."""
    rules = replace(
        RULES, method="weighted-points", price="offer", reference=None, places=6, ties=("offer", "draw"), low=None,
        criteria=(
            _criterion("price", "50", Source("linear", "a", zero=Decimal(0), full=Decimal(100))),
            _criterion("offer", "50", Source("linear", "b", zero=Decimal(0), full=Decimal(100))),
        ),
    )  # fmt: skip
    bids = [
        Figures(1, {"offer": "900.00", "a": "60", "b": "40"}),
        Figures(2, {"offer": "1000.00", "a": "40", "b": "60"}),
        Figures(3, {"offer": "1100.00", "a": "70", "b": "30"}),
    ]
    by_points = rank(rules, bids, {})
    assert [score.place for score in by_points.scores] == [2, 1, 3]
    by_price = rank(replace(rules, ties=("price", "draw")), bids, {})
    assert [score.place for score in by_price.scores] == [1, 2, 3]
