"""Rings that were planted are found; honest markets seldom speak, and how seldom is printed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chain.contracting.insight import Bid, LotFact, TenderFact
from chain.contracting.insight.signals import Shown, Signal, Strength, lot_signals, tender_signals, thresholds
from chain.contracting.insight.signals.model import WORDS
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import Phase
from tests.chain.contracting.insight.makers import DAY, START, bid, cny, company, honest_lot, lot, tender, winner

LIMITS = thresholds()
SEED = 20_261_126
PAPER = frozenset({b"p" * 32})


def codes(one: LotFact, shown: dict[int, Shown] | None = None, **of_tender: object) -> set[str]:
    """Codes of a lot's signals."""
    return {signal.code for signal in lot_signals(tender(one, **of_tender), one, LIMITS, shown)}


def prices(*values: str) -> list[Bid]:
    """Bids with these prices."""
    return [bid(place, value) for place, value in enumerate(values, 1)]


@pytest.mark.parametrize(
    ("code", "one"),
    [
        ("prices-same", lot(prices("1000.00", "1200.00", "1000.00"))),
        ("prices-close", lot(prices("1000.00", "1003.10", "1001.70"))),
        ("prices-arithmetic", lot(prices("980000.00", "1000000.00", "1040000.00", "1020000.00", "1234567.89"))),
        ("prices-arithmetic", lot(prices("980000.00", "1000000.00", "1020000.00"))),
        ("prices-geometric", lot(prices("1000000.00", "1050000.00", "1102500.00", "1157625.00"))),
        ("prices-geometric", lot(prices("1000000.00", "1050000.00", "1102500.00"))),
        ("reference-hit", lot(prices("900.00", "1000.10", "1100.00"), reference=Decimal("1000.00"))),
        ("losers-at-ceiling", lot(prices("900.00", "998.00", "999.50"), ceiling=cny("1000.00"))),
        ("gap-large", lot(prices("800.00", "998.00", "1003.00"))),
        ("company-shared", lot([bid(1, "900.00", by=7), bid(2, "1000.00", by=7), bid(3, "1200.00")])),
        ("guarantee-shared", lot([bid(1, "900.00", guarantee=b"g" * 32), bid(2, "990.00", guarantee=b"g" * 32)])),
        (
            "certificate-shared",
            lot([bid(1, "900.00", certificates=PAPER), bid(2, "990.00", certificates=PAPER), bid(3, "1250.00")]),
        ),
        ("few-left", lot(prices("900.00", "1000.00", "1200.00"), withdrawn=2)),
        (
            "first-stepped-back",
            lot(prices("900.00", "1000.00"), first=winner(bid(1, "900.00")), outcome=winner(bid(2, "1000.00"), 2)),
        ),
    ],
)  # fmt: skip
def test_what_was_planted_in_one_lot_is_found(code: str, one: LotFact) -> None:
    assert code in codes(one)


def test_nothing_is_said_of_a_lot_that_is_not_open_or_of_prices_that_are_not() -> None:
    ring = prices("1000.00", "1000.00", "1000.00")
    assert codes(lot(ring)) != set()
    assert codes(lot(ring, opened_at=None)) == set()
    assert codes(lot([replace(one, price=None, figures={}) for one in ring])) == set()


def test_what_lock_two_hides_speaks_only_to_who_has_a_key() -> None:
    one = lot(prices("900.00", "1000.00", "1250.00"))
    notice, shared = b"n" * 32, b"s" * 32
    seen = {
        1: Shown(frozenset({b"k" * 33}), {notice: "form.pdf", shared: "plan.pdf"}),
        2: Shown(frozenset({b"k" * 33}), {notice: "form.pdf"}),
        3: Shown(frozenset({b"m" * 33}), {shared: "plan.pdf"}),
    }
    assert codes(one) == set()
    found = {signal.code: signal for signal in lot_signals(tender(one), one, LIMITS, seen)}
    assert found["signer-shared"].places == (1, 2)
    everything = codes(one, seen, documents=frozenset({notice}))
    assert everything == {"signer-shared", "documents-same"}


def test_figures_that_bidders_fill_in_freely_speak_and_choices_do_not() -> None:
    free = {"days": "30", "crew": "12", "power": "550", "warranty": "3y"}
    ring = [bid(place, f"{place**2 * 37 + 900}.00") for place in (1, 2, 3)]
    alike = [replace(one, figures={"price": str(one.price), **free}) for one in ring[:2]]
    assert codes(lot([*alike, ring[2]])) == {"figures-same"}
    only_choices = [replace(one, figures={"price": str(one.price), "warranty": "3y"}) for one in ring]
    assert codes(lot(only_choices)) == set()


def test_bids_at_once_speak_weakly_and_not_in_the_last_minutes() -> None:
    ring = [bid(place, f"{place**2 * 37 + 900}.00", committed_at=START + DAY + place) for place in (1, 2, 3)]
    (said,) = lot_signals(tender(lot(ring)), lot(ring), LIMITS)
    assert (said.code, said.strength, said.places) == ("sent-together", Strength.WEAK, (1, 2, 3))
    late = [replace(one, committed_at=START + 20 * DAY - 60 + one.place) for one in ring]
    assert codes(lot(late)) == set()
    apart = [replace(one, custodian=bytes([one.place]) * 20) for one in ring]
    assert codes(lot(apart)) == set()


def market(turns: list[int], companies: tuple[int, ...], more: tuple[int, ...] = ()) -> list[TenderFact]:
    """Tenders in which these companies meet; ``turns`` says who of them wins."""
    found = []
    for number, wins in enumerate(turns, 1):
        many = (*companies, *more)
        bids = [bid(place, f"{1000 + 91 * place + 7 * number}.00", by=by) for place, by in enumerate(many, 1)]
        chosen = next(one for one in bids if company(wins) in one.companies)
        one = lot(bids, phase=Phase.CONTRACTED, outcome=winner(chosen), opened_at=START + number * DAY)
        found.append(tender(one, number=number))
    return found


def test_a_ring_that_takes_turns_is_found_with_the_chance_of_it() -> None:
    (said,) = tender_signals(market([1, 2, 3, 1, 2, 3], (1, 2, 3)), LIMITS)
    assert said.code == "rotation"
    assert said.companies == tuple(company(number) for number in (1, 2, 3))
    chance = Fraction(3 * 2 * 1 * 1 * 1 * 1, 3**6)
    assert said.seen["chance"] == f"{float(chance * 100):.4f}"
    assert [one.tender for one in said.lots] == [1, 2, 3, 4, 5, 6]


def test_the_same_companies_without_turns_are_no_ring() -> None:
    assert tender_signals(market([1, 1, 2, 3, 3, 2], (1, 2, 3)), LIMITS) == []
    assert tender_signals(market([1, 2, 3, 1], (1, 2, 3)), LIMITS) == []  # too few lots to say so


def test_a_company_that_only_ever_stands_beside_the_winner_is_found() -> None:
    found = tender_signals(market([1] * 7, (1, 2), (3, 4)), LIMITS)
    assert {signal.companies for signal in found if signal.code == "companion"} >= {(company(2), company(1))}


def test_the_chance_of_so_many_wins_is_that_of_counting_them_all() -> None:
    found = tender_signals(market([1] * 6, (1, 2), (3,)), LIMITS)
    said = next(one for one in found if one.companies == (company(2), company(1)))
    assert said.seen["chance"] == f"{float(Fraction(100, 3**6)):.4f}"


def test_honest_markets_seldom_speak(capsys: pytest.CaptureFixture[str]) -> None:
    """False positives in 3,000 honest lots, printed; what the law takes for collusion hardly ever shows."""
    draw, found, lots = random.Random(SEED), Counter[str](), 3_000
    strong = spoken = 0
    for number in range(1, lots + 1):
        one = honest_lot(draw, number)
        said = lot_signals(tender(one), one, LIMITS)
        found.update({signal.code for signal in said})
        strong += any(signal.strength is Strength.STRONG for signal in said)
        spoken += bool(said)
    with capsys.disabled():
        rates = ", ".join(f"{code} {count / lots:.2%}" for code, count in sorted(found.items()))
        print(f"\n{lots} honest lots: any {spoken / lots:.2%}, strong {strong / lots:.2%}; {rates}")
    assert strong / lots < 0.01
    assert spoken / lots < 0.2


def test_honest_companies_that_meet_often_are_seldom_called_a_ring(capsys: pytest.CaptureFixture[str]) -> None:
    """40 towns of a small market each: 6 companies, 12 lots, whoever is cheapest wins."""
    draw, found, towns = random.Random(SEED), Counter[str](), 40
    for town in range(towns):
        usual = range(10 * town, 10 * town + 6)
        tenders = [
            tender(honest_lot(draw, 1, draw.sample(usual, draw.randint(3, 6))), number=number)
            for number in range(1, 13)
        ]
        found.update({signal.code for signal in tender_signals(tenders, LIMITS)})
    with capsys.disabled():
        rates = ", ".join(f"{code} {count / towns:.1%}" for code, count in sorted(found.items())) or "none"
        print(f"\n{towns} honest towns: {rates}")
    assert all(count <= towns // 8 for count in found.values())


@given(some.permutations(prices("980.00", "1000.00", "1000.00", "1020.00", "1040.00", "1777.00")))
def test_signals_do_not_depend_on_the_order_of_the_bids(shuffled: list[Bid]) -> None:
    one = lot(shuffled)
    wanted = lot(sorted(shuffled, key=lambda entry: entry.place))
    assert lot_signals(tender(one), one, LIMITS) == lot_signals(tender(wanted), wanted, LIMITS)


@given(some.lists(some.integers(1, 10**9), min_size=1, max_size=8), some.integers(2, 1000))
def test_signals_do_not_depend_on_the_currency(values: list[int], factor: int) -> None:
    """Prices as multiples: patterns, closeness and gaps are ratios. (The cent's tolerance for three may differ.)"""

    def said(times: int) -> set[str]:
        many = [bid(place, str(Decimal(value * times))) for place, value in enumerate(values, 1)]
        one = lot(many)
        return {signal.code for signal in lot_signals(tender(one), one, LIMITS)} - {"prices-geometric"}

    assert said(1) == said(factor)


def test_every_signal_has_figures_reasons_and_innocent_explanations_in_both_languages() -> None:
    found: list[Signal] = []
    one = lot([bid(1, "900.00", by=7), bid(2, "900.00", by=7), bid(3, "900.50")], withdrawn=2)
    found += lot_signals(tender(one), one, LIMITS)
    found += tender_signals(market([1, 2, 3, 1, 2, 3], (1, 2, 3)), LIMITS)
    assert len(found) > 3
    for signal in found:
        data = signal.as_dict()
        assert data["seen"]
        for lang in ("zh", "en"):
            for part in ("said", "why", "innocent"):
                assert data[part][lang]
                assert "{" not in data[part][lang]
    plain = {key for key in WORDS if key.count(".") == 1}
    assert plain
    assert {".".join(key.split(".")[:2]) for key in WORDS} == plain
    assert all({f"{key}.why", f"{key}.innocent"} <= set(WORDS) for key in plain)


def test_thresholds_are_data_and_strict() -> None:
    wide = thresholds({"prices-close.spread": "30"})
    one = lot(prices("900.00", "1000.00", "1111.00"))
    assert {signal.code for signal in lot_signals(tender(one), one, wide)} == {"prices-close"}
    assert wide.as_dict()["prices-close.spread"] == "30"
    wrong: list[object] = [
        {"prices-close.spread": 30}, {"prices-close.spread": "-1"}, {"what": "1"}, {"few-left.withdrawn": "1.5"},
        {"prices-close.spread": "1e9"}, {"prices-close.spread": ""}, [],
    ]  # fmt: skip
    for one_wrong in wrong:
        with pytest.raises(InvalidInput):
            thresholds(one_wrong)
