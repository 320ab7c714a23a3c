"""Facts of tenders of nobody's: honest markets, and rings planted in them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from chain.contracting.insight import Bid, LotFact, Outcome, TenderFact
from chain.kernel.tender_facts import Phase
from chain.tenders.notice import Money

START = 1_800_000_000
DAY = 86_400
CUSTODIANS = (b"\xc1" * 20, b"\xc2" * 20)
KINDS = {"price": "money", "days": "days", "power": "number", "crew": "integer", "warranty": "choice"}


def cny(amount: str | Decimal) -> Money:
    """A sum in yuan."""
    return Money(Decimal(amount), "CNY")


def company(number: int) -> str:
    """A code of nobody's."""
    return f"TEST{number:014d}"


def bid(
    place: int, price: str | Decimal | None, *, by: int | None = None, at: int = START + DAY, **more: object
) -> Bid:
    """An opened bid."""
    code = company(place if by is None else by)
    value = None if price is None else Decimal(price)
    made = Bid(
        place, place.to_bytes(20, "big"), CUSTODIANS[0], at + 1_000 * place, "opened", {code: f"示例公司{place}"},
        value, {} if value is None else {"price": str(value)},
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def lot(bids: Sequence[Bid], number: int = 1, *, phase: Phase = Phase.OPENED, **more: object) -> LotFact:
    """An opened lot with these bids."""
    made = LotFact(number, phase, opened_at=START + 20 * DAY, bids=tuple(bids), kinds=KINDS)
    return replace(made, **more)  # type: ignore[arg-type]


def tender(*lots: LotFact, number: int = 1, **more: object) -> TenderFact:
    """A tender with these lots."""
    made = TenderFact(
        number, "11440100000000001F", START, START + 20 * DAY, 0, 3, False, "goods", price="price", currency="CNY",
        lots=lots,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def winner(one: Bid, rank: int = 1) -> Outcome:
    """The outcome in which that bid is chosen."""
    assert one.price is not None
    return Outcome(one.place, Money(one.price, "CNY"), frozenset(one.companies), rank)


def honest_lot(draw: random.Random, number: int = 1, companies: Sequence[int] | None = None) -> LotFact:
    """Bidders with costs and margins of their own; round prices, as people like them; the cheapest wins."""
    chosen = list(companies) if companies else draw.sample(range(1, 41), draw.randint(3, 9))
    worth = draw.lognormvariate(14, 1)
    step = Decimal(draw.choice(("0.01", "1", "100", "1000")))
    ceiling = Decimal(int(worth * 1.25)) * 1
    bids = []
    for place, by in enumerate(chosen, 1):
        exact = min(Decimal(worth * draw.gauss(1, 0.07) * (1 + draw.uniform(0.02, 0.15))), ceiling)
        price = max((exact / step).quantize(Decimal(1)) * step, Decimal(1))
        price = min(price, ceiling).quantize(Decimal("0.01"))
        figures = {
            "price": str(price), "days": str(draw.choice((20, 25, 30, 40, 45, 60))), "crew": str(draw.randint(5, 60)),
            "power": str(draw.randint(100, 900)), "warranty": draw.choice(("1y", "3y", "5y")),
        }  # fmt: skip
        at = START + draw.randint(10 * DAY, 20 * DAY)
        bids.append(
            replace(
                bid(place, price, by=by), figures=figures, committed_at=at, custodian=draw.choice(CUSTODIANS),
            )
        )  # fmt: skip
    best = min(bids, key=lambda one: (one.price, one.place))
    return lot(
        bids, number, phase=Phase.CONTRACTED, ceiling=cny(ceiling), outcome=winner(best), first=winner(best),
        withdrawn=int(draw.random() < 0.1), opened_at=START + 20 * DAY + number,
    )  # fmt: skip
