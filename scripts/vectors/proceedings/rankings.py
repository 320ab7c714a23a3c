"""Rankings by every formula and rounding, for tests/vectors/proceedings.json."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from chain.evaluation.draw import draw_order
from chain.evaluation.scoring import Figures, rank
from chain.kernel.encoding import sha256
from chain.tenders.notice.evaluation import Criterion, Evaluation
from scripts.vectors.proceedings.told import Raw
from tests.chain.evaluation.test_scoring import LOWEST, RULES

CEILING = Decimal("1250000.00")
RULES_OF_ALL = (RULES, replace(LOWEST, low=Decimal("85.5"), ties=("price", "draw")))
HOW_MANY = 60


def rankings() -> Iterator[Raw]:
    """The same ones each time."""
    chance = Random(7)
    for number in range(HOW_MANY):
        mode = ("half-up", "half-even", "down")[number % 3]
        rules = replace(RULES_OF_ALL[number % 5 == 0], rounding=mode, places=chance.choice((0, 2, 6)))
        bids = [_bid(chance) for _ in range(chance.randint(1, 8))]
        marks = [[Decimal(chance.randint(0, 40)) / 2 for _ in range(chance.randint(1, 7))] for _ in bids]
        point = None if rules.reference is None else chance.choice(rules.reference.floats)
        drawn = draw_order(range(1, len(bids) + 1), sha256(b"%d" % number)) if number % 2 else ()
        found = rank(
            rules, [Figures(at, bid) for at, bid in enumerate(bids, 1)], {"plan": dict(enumerate(marks, 1))},
            ceiling=CEILING, float_point=point, drawn=drawn,
        )  # fmt: skip
        yield {
            "evaluation": _evaluation(rules), "bids": bids, "marks": [[str(one) for one in each] for each in marks],
            "ceiling": str(CEILING), "float": None if point is None else str(point), "drawn": list(drawn),
            "places": [one.place for one in found.scores], "ranks": list(found.ranks),
            "totals": [f"{one.total:f}" for one in found.scores] if rules.criteria else None,
            "reference": None if found.reference is None else f"{found.reference:f}", "low": list(found.low),
            "undecided": [list(group) for group in found.undecided],
        }  # fmt: skip


def _bid(chance: Random) -> dict[str, str]:
    prices = (
        "900000.00",
        "900000.01",
        "1100000.00",
        f"{chance.randint(90_000_000, 130_000_000) / 100:.2f}",
        "500000.00",
    )
    return {
        "price": chance.choice(prices), "days": str(chance.choice((30, 45, 90, 400))),
        "warranty": str(chance.choice((0, 12, 36))), "record": chance.choice(("0", "1.5", "7", "9")),
        "grade": chance.choice("AB"),
    }  # fmt: skip


def _evaluation(rules: Evaluation) -> Raw:
    """As a notice writes it."""
    said = rules.reference
    return {
        "method": rules.method, "price": rules.price, "criteria": [_criterion(one) for one in rules.criteria],
        "reference": None if said is None else {
            "leaveOut": {"from": said.from_, "highest": said.highest, "lowest": said.lowest},
            "ceilingShare": str(said.ceiling_share), "floats": [str(one) for one in said.floats],
            "places": said.places,
        },
        "rounding": {"places": rules.places, "mode": rules.rounding}, "ties": list(rules.ties),
        "abnormallyLow": None if rules.low is None else {"percent": str(rules.low)}, "candidates": rules.candidates,
    }  # fmt: skip


def _criterion(one: Criterion) -> Raw:
    source, kept = one.source, ("kind", "field", "step", "combine", "zero", "full", "above", "below")
    said: dict[str, Any] = {
        name: str(getattr(source, name)) for name in kept if getattr(source, name) not in (None, "")
    }
    if source.points is not None:
        said["points"] = {name: str(value) for name, value in source.points.items()}
    return {"name": one.name, "label": {"zh": "示例", "en": "example"}, "weight": str(one.weight), "source": said}
