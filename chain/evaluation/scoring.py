"""Points and ranking, from the notice's rules and the disclosed figures alone; exact, whoever computes them.

All arithmetic is on fractions; only what the rules round is rounded, as the rules say (docs/formats/notice.md): the
points of each criterion, and the reference price. A total is the sum of the rounded points.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from itertools import groupby

from chain.kernel.errors import InvalidInput
from chain.tenders.notice.evaluation import Criterion, Evaluation, Reference

_DIGITS = 60
PRICE, DRAW = "price", "draw"
"""In ties these words mean the lower price and a draw, whatever fields and criteria are named."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A bid that is still in it: its place in the lot, and its disclosed figures by the name of their field."""

    place: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """What a bid is worth.

    Attributes:
        place: of the bid in its lot.
        price: as offered.
        points: rounded, by criterion; empty for the method ``lowest-price``.
        total: their sum.
    """

    place: int
    price: Decimal
    points: Mapping[str, Decimal]
    total: Decimal


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order of a lot's bids.

    Attributes:
        scores: best first.
        ranks: of each, 1 for the best; equal ones that only a draw can part share a rank.
        reference: reference price, or None where there is none.
        low: places whose price must be questioned as abnormally low.
    """

    scores: tuple[Score, ...]
    ranks: tuple[int, ...]
    reference: Decimal | None
    low: tuple[int, ...]

    @property
    def undecided(self) -> tuple[tuple[int, ...], ...]:
        """Places that share a rank, best first: what is left to draw."""
        groups = groupby(zip(self.ranks, self.scores, strict=True), key=lambda pair: pair[0])
        found = (tuple(score.place for _, score in group) for _, group in groups)
        return tuple(places for places in found if len(places) > 1)


Sheets = Mapping[str, Mapping[int, Sequence[Decimal]]]
"""Experts' points: criterion to place to one value an expert."""


def rank(
    rules: Evaluation,
    bids: Sequence[Figures],
    sheets: Sheets,
    *,
    ceiling: Decimal | None = None,
    float_point: Decimal | None = None,
    drawn: Sequence[int] = (),
) -> Ranking:
    """Rank the bids of one lot.

    Args:
        rules: of the notice.
        bids: those that are still in it.
        sheets: the experts' points for criteria that ask for them.
        ceiling: the lot's, where the reference price has a share of it.
        float_point: as drawn, percent; not needed where the rules leave nothing to draw.
        drawn: places in the order of a draw, which decides ties where the rules say ``draw``.

    Raises:
        InvalidInput: a figure, a sheet, the ceiling or the float point is missing or out of its bounds; named.
    """
    if len({bid.place for bid in bids}) != len(bids):
        raise InvalidInput("a place stands there twice", code="score.place", field="bids")
    prices = {bid.place: _figure(bid, rules.price) for bid in bids}
    for place, price in prices.items():
        if price <= 0:
            raise InvalidInput("a price above 0", code="score.price", field=f"bids[{place}].{rules.price}")
    reference = None
    if rules.reference is not None and bids:
        reference = reference_price(rules, list(prices.values()), ceiling=ceiling, float_point=float_point)
    points = points_of(rules, rules.criteria, bids, sheets, reference)
    scores = [
        Score(bid.place, prices[bid.place], points[bid.place], sum(points[bid.place].values(), Decimal(0)))
        for bid in bids
    ]
    keys = _keys(rules, drawn)
    scores.sort(key=lambda score: [key(score) for key in keys])
    ranks: list[int] = []
    for number, score in enumerate(scores, 1):
        same = number > 1 and all(key(score) == key(scores[number - 2]) for key in keys)
        ranks.append(ranks[-1] if same else number)
    return Ranking(tuple(scores), tuple(ranks), reference, abnormally_low(rules, prices))


def points_of(
    rules: Evaluation,
    criteria: Sequence[Criterion],
    bids: Sequence[Figures],
    sheets: Sheets,
    reference: Decimal | None = None,
) -> dict[int, dict[str, Decimal]]:
    """Points by place and criterion, of these criteria alone; raises as :func:`rank`."""
    columns = {one.name: _column(one, rules, bids, sheets, reference) for one in criteria}
    return {bid.place: {name: column[bid.place] for name, column in columns.items()} for bid in bids}


def reference_price(
    rules: Evaluation, prices: Sequence[Decimal], *, ceiling: Decimal | None, float_point: Decimal | None
) -> Decimal:
    """The reference price 评标基准价 of these prices, rounded as the rules say. Raises InvalidInput."""
    rule = rules.reference
    if rule is None:
        raise InvalidInput("these rules have no reference price", code="score.reference", field="reference")
    share, point = Fraction(rule.ceiling_share), _float_point(rule, float_point)
    if share and ceiling is None:
        raise InvalidInput("the lot's ceiling is missing", code="score.ceiling", field="ceiling")
    kept = sorted(Fraction(price) for price in prices)
    if len(kept) >= rule.from_:
        kept = kept[rule.lowest : len(kept) - rule.highest]
    average = sum(kept, Fraction(0)) / len(kept)
    blend = (Fraction(ceiling or 0) * share + average * (100 - share)) / 100
    return rounded(blend * (100 - point) / 100, rule.places, rules.rounding)


def abnormally_low(rules: Evaluation, prices: Mapping[int, Decimal]) -> tuple[int, ...]:
    """Places whose price lies below the rules' percent of the average of all others; ascending."""
    if rules.low is None or len(prices) < 2:
        return ()
    total, count = sum(map(Fraction, prices.values())), len(prices)
    bound = Fraction(rules.low) / 100
    return tuple(
        sorted(
            place
            for place, price in prices.items()
            if Fraction(price) < (total - Fraction(price)) / (count - 1) * bound
        )
    )


def rounded(value: Fraction, places: int, mode: str) -> Decimal:
    """An exact value at that many decimal places; ``half-up`` rounds away from zero at the half."""
    scaled = value * 10**places
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    if mode == "half-up":
        up = 2 * rest >= scaled.denominator
    elif mode == "half-even":
        up = 2 * rest > scaled.denominator or (2 * rest == scaled.denominator and whole % 2 == 1)
    elif mode == "down":
        up = False
    else:
        raise InvalidInput(f"rounding {mode!r}", code="score.rounding", field="rounding")
    number = (whole + up) * (-1 if scaled < 0 else 1)
    return Decimal(number).scaleb(-places, Context(prec=_DIGITS))


# --------------------------------------------------------------------------- inside


def _keys(rules: Evaluation, drawn: Sequence[int]) -> list[Callable[[Score], Decimal]]:
    """What orders scores, smallest first."""

    def by_draw(score: Score) -> Decimal:
        return Decimal(drawn.index(score.place)) if score.place in drawn else Decimal(0)

    def by_points(name: str) -> Callable[[Score], Decimal]:
        return lambda score: -score.points[name]

    keys: list[Callable[[Score], Decimal]] = []
    keys.append((lambda score: score.price) if rules.method == "lowest-price" else (lambda score: -score.total))
    for tie in rules.ties:
        if tie == DRAW:
            keys.append(by_draw)
        elif tie == PRICE:
            keys.append(lambda score: score.price)
        else:
            keys.append(by_points(tie))
    return keys


def _column(
    criterion: Criterion, rules: Evaluation, bids: Sequence[Figures], sheets: Sheets, reference: Decimal | None
) -> dict[int, Decimal]:
    """Points of one criterion, by place."""
    source, weight = criterion.source, Fraction(criterion.weight)
    if source.kind == "expert":
        exact = {bid.place: _expert(criterion, bid.place, sheets) for bid in bids}
    elif source.kind == "choice":
        exact = {bid.place: Fraction(_choice(criterion, bid)) for bid in bids}
    else:
        values = {bid.place: Fraction(_figure(bid, source.field)) for bid in bids}
        exact = {place: _from_value(criterion, value, values.values(), reference) for place, value in values.items()}
    return {
        place: rounded(min(max(value, Fraction(0)), weight), rules.places, rules.rounding)
        for place, value in exact.items()
    }


def _from_value(
    criterion: Criterion, value: Fraction, values: Collection[Fraction], reference: Decimal | None
) -> Fraction:
    source, weight = criterion.source, Fraction(criterion.weight)
    if source.kind == "lowest":
        if value <= 0:
            raise InvalidInput("a figure above 0", code="score.figure", field=source.field)
        return weight * min(values) / value
    if source.kind == "highest":
        return weight * value / max(values) if max(values) > 0 else Fraction(0)
    if source.kind == "linear":
        zero, full = Fraction(source.zero or 0), Fraction(source.full or 0)
        return weight * (value - zero) / (full - zero)
    if reference is None or reference <= 0:
        raise InvalidInput("the reference price is missing", code="score.reference", field=criterion.name)
    percent = (value - Fraction(reference)) / Fraction(reference) * 100
    return weight - (percent * Fraction(source.above or 0) if percent > 0 else -percent * Fraction(source.below or 0))


def _expert(criterion: Criterion, place: int, sheets: Sheets) -> Fraction:
    field = f"sheets.{criterion.name}[{place}]"
    given = list(sheets.get(criterion.name, {}).get(place, ()))
    if not given:
        raise InvalidInput("no expert has given points", code="score.sheet", field=field)
    step = criterion.source.step or Decimal(1)
    for points in given:
        if not 0 <= points <= criterion.weight or points % step:
            raise InvalidInput(
                f"{points}: 0 to {criterion.weight} in steps of {step}", code="score.sheet", field=field,
                fix="ask the expert for a right sheet",
            )  # fmt: skip
    if criterion.source.combine == "trimmed-mean" and len(given) > 2:
        given = sorted(given)[1:-1]
    return sum(map(Fraction, given), Fraction(0)) / len(given)


def _choice(criterion: Criterion, bid: Figures) -> Decimal:
    points, chosen = criterion.source.points or {}, bid.values.get(criterion.source.field)
    if chosen is None or chosen not in points:
        raise InvalidInput(
            f"{chosen!r}: none of the choices", code="score.figure", field=f"bids[{bid.place}].{criterion.source.field}"
        )
    return points[chosen]


def _figure(bid: Figures, name: str) -> Decimal:
    text, field = bid.values.get(name), f"bids[{bid.place}].{name}"
    if text is None:
        raise InvalidInput("the figure is missing", code="score.figure", field=field)
    try:
        value = Decimal(text)
    except ArithmeticError:
        value = Decimal("NaN")
    if not value.is_finite():
        raise InvalidInput(f"{text!r}: no number", code="score.figure", field=field)
    return value


def _float_point(rule: Reference, drawn: Decimal | None) -> Fraction:
    if len(rule.floats) == 1 and drawn is None:
        return Fraction(rule.floats[0])
    if drawn is None or drawn not in rule.floats:
        raise InvalidInput("the float point drawn is none of the rules'", code="score.float", field="floatPoint")
    return Fraction(drawn)
