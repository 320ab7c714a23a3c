"""The evaluation report 评标报告 (``yinxin-evaluation-1``): from which papers, who is out and why, points, ranking.

Whoever has the papers that it names computes it again, byte by byte (:mod:`chain.evaluation.report.computing`).
Format: docs/formats/evaluation.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chain.evaluation.report import _parts
from chain.evaluation.report._parts import CODE, PLACE
from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace

FORMAT = "yinxin-evaluation-1"
KIND = "evaluation"
"""Under which a report stands on the ledger, unless it is the first technical result of two envelopes (``review``)."""

STEPS = ("opening", "formal", "qualification", "low-price")
"""At which step a bid is dropped, in this order."""

_MEMBERS = {
    *PLACE, "envelope", "notice", "record", "technical", "qualification", "committee", "commitments", "sheets", "float",
    "ties", "clarifications", "reference", "low", "dropped", "bids", "reason", "case",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DroppedBid:
    """A bid that is out: place, step (one of :data:`STEPS`) and every reason of that step, in words."""

    place: int
    step: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankedBid:
    """A bid that is still in it.

    Attributes:
        place: in its lot.
        points: rounded, by criterion; in the technical result only those that need nothing of the second envelope.
        total: their sum; None where there are no criteria to score.
        price: as offered; None in the technical result of two envelopes.
        rank: 1 for the best; None in the technical result of two envelopes.
    """

    place: int
    points: Mapping[str, Decimal]
    total: Decimal | None
    price: Money | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The report on one envelope of one lot.

    Attributes:
        lot_place: the lot; ``envelope``: 1, or 2 for the price.
        notice: SHA-256 of the notice in force; all digests are 32 bytes.
        record: of this envelope's opening record.
        technical: of the report on envelope 1, in that on envelope 2; else None.
        qualification: of the qualification paper, or None where the notice asks for no certificate.
        committee: of the committee's paper; None only if no bid was left for it to look at.
        commitments: of the members' commitments to their sheets; None where there are no sheets.
        sheets: account (20 bytes) and SHA-256 of each sheet, in the order of the seats.
        float_point: SHA-256 of the paper and the point drawn, or None.
        ties: of each draw that counted, SHA-256 of its paper and the order.
        clarifications: SHA-256 of every clarification that counted, in the order of the ledger.
        reference: reference price, or None.
        low: places whose price is abnormally low and was accepted.
        dropped: bids that are out, by ascending place.
        bids: those still in it, best first; by ascending place in a technical result.
        reason: why it is made anew; None for the first one.
        case: number of the objection or complaint that caused that, or None.
    """

    lot_place: LotPlace
    envelope: int
    notice: bytes
    record: bytes
    technical: bytes | None
    qualification: bytes | None
    committee: bytes | None
    commitments: bytes | None
    sheets: tuple[tuple[bytes, bytes], ...]
    float_point: tuple[bytes, Decimal] | None
    ties: tuple[tuple[bytes, tuple[int, ...]], ...]
    clarifications: tuple[bytes, ...]
    reference: Decimal | None
    low: tuple[int, ...]
    dropped: tuple[DroppedBid, ...]
    bids: tuple[RankedBid, ...]
    reason: str | None = None
    case: int | None = None

    @property
    def digest(self) -> bytes:
        """SHA-256 of the paper, 32 bytes."""
        return sha256(self.to_bytes())

    @property
    def undecided(self) -> tuple[tuple[int, ...], ...]:
        """Places that share a rank, best first."""
        ranks = sorted({one.rank for one in self.bids if one.rank is not None})
        groups = [tuple(sorted(one.place for one in self.bids if one.rank == rank)) for rank in ranks]
        return tuple(group for group in groups if len(group) > 1)

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput: it would not be read."""
        data = canonical(
            {
                "format": FORMAT,
                **self.lot_place.as_dict(),
                "envelope": self.envelope,
                "notice": hex0x(self.notice),
                "record": hex0x(self.record),
                **{
                    name: None if value is None else hex0x(value)
                    for name, value in (
                        ("technical", self.technical), ("qualification", self.qualification),
                        ("committee", self.committee), ("commitments", self.commitments),
                    )
                },
                "sheets": [{"account": hex0x(account), "sheet": hex0x(sheet)} for account, sheet in self.sheets],
                "float": None
                if self.float_point is None
                else {"paper": hex0x(self.float_point[0]), "point": f"{self.float_point[1]:f}"},
                "ties": [{"paper": hex0x(paper), "order": list(order)} for paper, order in self.ties],
                "clarifications": [hex0x(one) for one in self.clarifications],
                "reference": None if self.reference is None else f"{self.reference:f}",
                "low": list(self.low),
                "dropped": [
                    {"place": one.place, "step": one.step, "reasons": list(one.reasons)} for one in self.dropped
                ],
                "bids": [
                    {
                        "place": one.place,
                        "points": {name: f"{value:f}" for name, value in one.points.items()},
                        "total": None if one.total is None else f"{one.total:f}",
                        "price": None if one.price is None else _parts.money_dict(one.price),
                        "rank": one.rank,
                    }
                    for one in self.bids
                ],
                "reason": self.reason,
                "case": self.case,
            }
        )  # fmt: skip
        read_report(data)
        return data


def read_report(data: bytes) -> EvaluationReport:
    """Inverse of :meth:`EvaluationReport.to_bytes`; nothing is computed again. Raises InvalidInput."""
    value = strict.paper(data, FORMAT, _MEMBERS, CODE)
    dropped = tuple(_dropped(one) for one in strict.items(value["dropped"], "dropped", CODE))
    bids = tuple(_ranked(one) for one in strict.items(value["bids"], "bids", CODE))
    out, left = [one.place for one in dropped], [one.place for one in bids]
    if out != sorted(out) or len({*out, *left}) != len(out) + len(left):
        raise InvalidInput("bids and dropped: each place once, dropped ones ascending", code=CODE, field="bids")
    drawn = value["float"]
    if drawn is not None:
        strict.members(drawn, {"paper", "point"}, "float", CODE)
    why, case = _parts.reason(value["reason"], value["case"])
    return EvaluationReport(
        LotPlace.read(value),
        strict.number(value["envelope"], "envelope", CODE),
        strict.hexed(value["notice"], 32, "notice"),
        strict.hexed(value["record"], 32, "record"),
        _parts.optional_digest(value["technical"], "technical"),
        _parts.optional_digest(value["qualification"], "qualification"),
        _parts.optional_digest(value["committee"], "committee"),
        _parts.optional_digest(value["commitments"], "commitments"),
        tuple(_sheet(one) for one in strict.items(value["sheets"], "sheets", CODE, 200)),
        None
        if drawn is None
        else (strict.hexed(drawn["paper"], 32, "float.paper"), _parts.decimal(drawn["point"], "float.point")),
        tuple(_tie(one) for one in strict.items(value["ties"], "ties", CODE)),
        tuple(
            strict.hexed(one, 32, "clarifications")
            for one in strict.items(value["clarifications"], "clarifications", CODE)
        ),
        None if value["reference"] is None else _parts.decimal(value["reference"], "reference"),
        _places(value["low"], "low"),
        dropped,
        bids,
        why,
        case,
    )


def _places(value: Any, field: str) -> tuple[int, ...]:
    return tuple(strict.number(one, field, CODE) for one in strict.items(value, field, CODE))


def _sheet(value: Any) -> tuple[bytes, bytes]:
    one = strict.members(value, {"account", "sheet"}, "sheets", CODE)
    return strict.hexed(one["account"], 20, "sheets.account"), strict.hexed(one["sheet"], 32, "sheets.sheet")


def _tie(value: Any) -> tuple[bytes, tuple[int, ...]]:
    one = strict.members(value, {"paper", "order"}, "ties", CODE)
    return strict.hexed(one["paper"], 32, "ties.paper"), _places(one["order"], "ties.order")


def _dropped(value: Any) -> DroppedBid:
    one = strict.members(value, {"place", "step", "reasons"}, "dropped", CODE)
    if one["step"] not in STEPS:
        raise InvalidInput("dropped.step: " + ", ".join(STEPS), code=CODE, field="dropped.step")
    reasons = tuple(
        strict.text(text, "dropped.reasons", CODE)
        for text in strict.items(one["reasons"], "dropped.reasons", CODE, 1_000)
    )
    if not reasons:
        raise InvalidInput("dropped.reasons: at least one", code=CODE, field="dropped.reasons")
    return DroppedBid(strict.number(one["place"], "dropped.place", CODE), one["step"], reasons)


def _ranked(value: Any) -> RankedBid:
    one = strict.members(value, {"place", "points", "total", "price", "rank"}, "bids", CODE)
    points = one["points"]
    if not isinstance(points, dict) or len(points) > 100:
        raise InvalidInput("bids.points: an object, criterion to points", code=CODE, field="bids.points")
    return RankedBid(
        strict.number(one["place"], "bids.place", CODE),
        {name: _parts.decimal(text, f"bids.points.{name}") for name, text in points.items()},
        None if one["total"] is None else _parts.decimal(one["total"], "bids.total"),
        None if one["price"] is None else _parts.read_money(one["price"], "bids.price"),
        None if one["rank"] is None else strict.number(one["rank"], "bids.rank", CODE),
    )
