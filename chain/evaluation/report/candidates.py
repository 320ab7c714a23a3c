"""Candidates 中标候选人 (``yinxin-candidates-1``), and a lot that fails for reasons (``yinxin-lot-failed-2``).

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
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace
from chain.tenders.opening.record import LONGEST_NAME

CANDIDATES, FAILED = "yinxin-candidates-1", "yinxin-lot-failed-2"
_LONGEST_CODE, _MOST_MEMBERS = 18, 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate.

    Attributes:
        rank: 1, 2, 3 …
        place: of the bid in its lot.
        code: unified social credit code of the company, or of a consortium's leader, as in the opening record.
        name: its name.
        members: code and name of each company, the leader first.
        price: as offered.
        total: points, or None where the lowest price decides.
    """

    rank: int
    place: int
    code: str
    name: str
    members: tuple[tuple[str, str], ...]
    price: Money
    total: Decimal | None

    def as_dict(self) -> dict[str, Any]:
        """As it stands in the paper."""
        return {
            "rank": self.rank,
            "place": self.place,
            "organisation": {
                "code": self.code,
                "name": self.name,
                "members": [{"code": code, "name": name} for code, name in self.members],
            },
            "price": _parts.money_dict(self.price),
            "total": None if self.total is None else f"{self.total:f}",
        }


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of a lot, as they were named.

    Attributes:
        lot_place: the lot.
        number: 1, 2, 3 …, as the ledger counts them.
        evaluation: SHA-256 of the report they follow from, 32 bytes.
        candidates: best first; at least one.
        reason: why they are named anew; None for number 1.
        case: number of the objection or complaint that caused that, or None.
    """

    lot_place: LotPlace
    number: int
    evaluation: bytes
    candidates: tuple[Candidate, ...]
    reason: str | None = None
    case: int | None = None

    def of_rank(self, rank: int) -> Candidate | None:
        """The candidate of that rank, or None."""
        return next((one for one in self.candidates if one.rank == rank), None)

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput: it would not be read."""
        data = canonical(
            {
                "format": CANDIDATES,
                **self.lot_place.as_dict(),
                "number": self.number,
                "evaluation": hex0x(self.evaluation),
                "candidates": [one.as_dict() for one in self.candidates],
                "reason": self.reason,
                "case": self.case,
            }
        )
        read_candidates(data)
        return data


def read_candidates(data: bytes) -> Candidates:
    """Inverse of :meth:`Candidates.to_bytes`; whether they follow from a report is not checked. Raises InvalidInput."""
    value = strict.paper(data, CANDIDATES, {*PLACE, "number", "evaluation", "candidates", "reason", "case"}, CODE)
    found = tuple(_candidate(one) for one in strict.items(value["candidates"], "candidates", CODE, 100))
    if not found or [one.rank for one in found] != list(range(1, len(found) + 1)):
        raise InvalidInput("candidates: at least one, ranks 1, 2, 3 …", code=CODE, field="candidates.rank")
    if len({one.place for one in found}) != len(found):
        raise InvalidInput("candidates: each place once", code=CODE, field="candidates.place")
    number = strict.number(value["number"], "number", CODE)
    why, case = _parts.reason(value["reason"], value["case"])
    if (why is None) is not (number == 1):
        raise InvalidInput("reason: of every naming but the first", code=CODE, field="reason")
    return Candidates(
        LotPlace.read(value), number, strict.hexed(value["evaluation"], 32, "evaluation"), found, why, case
    )


@dataclass(frozen=True, slots=True)
class LotFailedForReasons:
    """Why a lot fails after its opening: no valid bid is left, or all were rejected.

    Attributes:
        lot_place: the lot.
        evaluation: SHA-256 of the report, 32 bytes; None if it fails without one.
        valid: how many bids the report leaves in it; None without a report.
        reasons: in words, at least one.
        case: number of the objection or complaint that caused it, or None.
    """

    lot_place: LotPlace
    evaluation: bytes | None
    valid: int | None
    reasons: tuple[str, ...]
    case: int | None = None

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput: it would not be read."""
        data = canonical(
            {
                "format": FAILED,
                **self.lot_place.as_dict(),
                "evaluation": None if self.evaluation is None else hex0x(self.evaluation),
                "valid": self.valid,
                "reasons": list(self.reasons),
                "case": self.case,
            }
        )
        LotFailedForReasons.from_bytes(data)
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> LotFailedForReasons:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = strict.paper(data, FAILED, {*PLACE, "evaluation", "valid", "reasons", "case"}, CODE)
        reasons = tuple(
            strict.text(one, "reasons", CODE) for one in strict.items(value["reasons"], "reasons", CODE, 1_000)
        )
        if not reasons:
            raise InvalidInput("reasons: at least one", code=CODE, field="reasons")
        evaluation, valid = _parts.optional_digest(value["evaluation"], "evaluation"), value["valid"]
        if (evaluation is None) is not (valid is None):
            raise InvalidInput("valid: exactly with a report", code=CODE, field="valid")
        return cls(
            LotPlace.read(value),
            evaluation,
            None if valid is None else strict.number(valid, "valid", CODE, 0),
            reasons,
            None if value["case"] is None else strict.number(value["case"], "case", CODE),
        )


def _candidate(value: Mapping[str, Any]) -> Candidate:
    one = strict.members(value, {"rank", "place", "organisation", "price", "total"}, "candidates", CODE)
    who = strict.members(one["organisation"], {"code", "name", "members"}, "organisation", CODE)
    rows = [
        strict.members(row, {"code", "name"}, "members", CODE)
        for row in strict.items(who["members"], "members", CODE, _MOST_MEMBERS)
    ]
    return Candidate(
        strict.number(one["rank"], "rank", CODE),
        strict.number(one["place"], "place", CODE),
        *_company(who),
        tuple(_company(row) for row in rows),
        _parts.read_money(one["price"], "price"),
        None if one["total"] is None else _parts.decimal(one["total"], "total"),
    )


def _company(row: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _parts.optional_text(row["code"], "code", _LONGEST_CODE),
        _parts.optional_text(row["name"], "name", LONGEST_NAME),
    )
