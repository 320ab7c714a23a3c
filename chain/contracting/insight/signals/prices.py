"""Signals in the prices of one lot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from chain.contracting.insight.facts import Bid, LotFact, TenderFact
from chain.contracting.insight.signals.model import Signal, Strength, Thresholds, Where, listed, percent, signal_of

_MOST = 40
"""The lowest prices of a lot among which patterns are looked for; among more they are found by chance alone."""
_CENT = Fraction(1, 100)
Step = Callable[[Fraction, Fraction], Fraction]
"""From a price and the next higher one to the step between them."""


def price_signals(tender: TenderFact, lot: LotFact, limits: Thresholds) -> Iterator[Signal]:
    """Everything that the prices of a lot show; nothing before they are open."""
    bids = sorted((bid for bid in lot.bids if bid.price is not None), key=lambda bid: (bid.price, bid.place))
    where = (Where(tender.number, lot.number),)
    yield from _same(bids, where)
    yield from _close(bids, where, limits)
    yield from _patterns(bids, where, limits)
    yield from _reference(bids, lot, where, limits)
    yield from _at_ceiling(bids, lot, where, limits)
    yield from _gap(bids, where, limits)


def _same(bids: Sequence[Bid], where: tuple[Where, ...]) -> Iterator[Signal]:
    for price, group in groupby(bids, key=lambda bid: bid.price):
        same = list(group)
        if len(same) > 1:
            yield signal_of("prices-same", Strength.MIDDLING, where, same, price=str(price), bids=str(len(same)))


def _close(bids: Sequence[Bid], where: tuple[Where, ...], limits: Thresholds) -> Iterator[Signal]:
    if len(bids) < limits.number("prices-close.bids"):
        return
    low, high = _exact(bids[0]), _exact(bids[-1])
    spread = (high - low) / low
    if 0 < spread <= limits.part("prices-close.spread"):
        yield signal_of(
            "prices-close", Strength.MIDDLING, where, bids, bids=str(len(bids)), spread=percent(spread),
            lowest=str(bids[0].price), highest=str(bids[-1].price),
        )  # fmt: skip


def _patterns(bids: Sequence[Bid], where: tuple[Where, ...], limits: Thresholds) -> Iterator[Signal]:
    """The longest run of prices with equal steps, or with equal ratios; of two equally long ones the first."""
    apart = [bid for place, bid in enumerate(bids) if not place or bid.price != bids[place - 1].price][:_MOST]
    least, tolerance = limits.number("prices-pattern.bids"), limits.part("prices-pattern.tolerance")
    for code, step in (("prices-arithmetic", _difference), ("prices-geometric", _ratio)):
        run = _longest(apart, step, tolerance)
        three = len(bids) == 3 and _three(apart, step)
        if three:
            run = apart
        if three or len(run) >= max(least, 4):
            first = step(_exact(run[0]), _exact(run[1]))
            told = percent(first) if step is _ratio else str(_price(run[1]) - _price(run[0]))
            yield signal_of(
                code, Strength.MIDDLING if three else Strength.STRONG, where, run, bids=str(len(run)), step=told,
                prices=listed(bid.price for bid in run),
            )  # fmt: skip
            return


def _three(bids: Sequence[Bid], step: Step) -> bool:
    """Three prices, the commonest number, say little: there the steps must be equal to the cent."""
    if len(bids) != 3:
        return False
    low, middle, high = (_exact(bid) for bid in bids)
    wanted = 2 * middle - low if step is _difference else middle * middle / low
    return abs(high - wanted) <= (0 if step is _difference else _CENT)


def _difference(low: Fraction, high: Fraction) -> Fraction:
    return high - low


def _ratio(low: Fraction, high: Fraction) -> Fraction:
    return high / low - 1


def _longest(bids: Sequence[Bid], step: Step, tolerance: Fraction) -> list[Bid]:
    """The longest run in which every step is the first one, but for that part of it."""
    exact = [_exact(bid) for bid in bids]
    best: list[int] = []
    for first in range(len(bids)):
        for second in range(first + 1, len(bids)):
            wanted = step(exact[first], exact[second])
            run = [first, second]
            for place in range(second + 1, len(bids)):
                apart = step(exact[run[-1]], exact[place]) - wanted
                if abs(apart) <= tolerance * wanted:
                    run.append(place)
                elif apart > 0:
                    break
            if len(run) > len(best):
                best = run
    return [bids[place] for place in best]


def _reference(bids: Sequence[Bid], lot: LotFact, where: tuple[Where, ...], limits: Thresholds) -> Iterator[Signal]:
    """One price that meets the reference price, which nobody can know when bidding."""
    if lot.reference is None or len(bids) < 3:
        return
    reference = Fraction(lot.reference)
    hits = [bid for bid in bids if abs(_exact(bid) - reference) / reference <= limits.part("reference-hit.distance")]
    if len(hits) == 1:
        distance = abs(_exact(hits[0]) - reference) / reference
        yield signal_of(
            "reference-hit", Strength.WEAK, where, hits, price=str(hits[0].price), reference=str(lot.reference),
            distance=percent(distance),
        )  # fmt: skip


def _at_ceiling(bids: Sequence[Bid], lot: LotFact, where: tuple[Where, ...], limits: Thresholds) -> Iterator[Signal]:
    """All but the lowest are as good as the ceiling: prices that were not meant to win."""
    if lot.ceiling is None or len(bids) - 1 < limits.number("losers-at-ceiling.losers") or len(bids) < 2:
        return
    ceiling, near = Fraction(lot.ceiling.amount), limits.part("losers-at-ceiling.distance")
    losers = bids[1:]
    if all((ceiling - _exact(bid)) / ceiling <= near for bid in losers) and (
        (ceiling - _exact(bids[0])) / ceiling > near
    ):
        yield signal_of(
            "losers-at-ceiling", Strength.MIDDLING, where, losers, losers=str(len(losers)),
            ceiling=str(lot.ceiling.amount), lowest=str(bids[0].price), prices=listed(bid.price for bid in losers),
        )  # fmt: skip


def _gap(bids: Sequence[Bid], where: tuple[Where, ...], limits: Thresholds) -> Iterator[Signal]:
    """The lowest far below, all others close together."""
    if len(bids) < 3:
        return
    lowest, second, last = (_exact(bids[place]) for place in (0, 1, -1))
    gap, spread = (second - lowest) / lowest, (last - second) / second
    if gap >= limits.part("gap-large.gap") and spread <= limits.part("gap-large.spread"):
        yield signal_of(
            "gap-large", Strength.WEAK, where, bids, lowest=str(bids[0].price), second=str(bids[1].price),
            gap=percent(gap), spread=percent(spread),
        )  # fmt: skip


def _price(bid: Bid) -> Decimal:
    return bid.price or Decimal(0)


def _exact(bid: Bid) -> Fraction:
    return Fraction(_price(bid))
