"""A member's score sheet (``yinxin-score-sheet-1``): formal check, qualification, points, bid by bid.

Secret until all members have committed to theirs. Its SHA-256 is what the member signs; the salt keeps anybody from
finding the points by trying. Format: docs/formats/evaluation.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.tenders.notice.members import read_decimal
from chain.tenders.opening import LotPlace

FORMAT = "yinxin-score-sheet-1"
PASS, FAIL = "pass", "fail"
_PLACE = {"genesis", "book", "tender", "lot"}
_CODE = "sheet.form"
_LONGEST = 2_000
_MOST_CRITERIA = 100


@dataclass(frozen=True, slots=True)
class Opinion:
    """One verdict of a member: passed, or failed for a reason."""

    passed: bool
    reason: str = ""

    def as_dict(self) -> dict[str, str]:
        """As it stands in a sheet."""
        return {"result": PASS if self.passed else FAIL, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class BidSheet:
    """What a member says of one bid.

    Attributes:
        place: of the bid in its lot.
        formal: 形式评审: does it answer the notice in its form.
        qualification: 资格评审: is the bidder qualified, by what the bid's documents show.
        points: by criterion; of every criterion that experts score if both are passed, otherwise none.
        remark: in words, or empty.
    """

    place: int
    formal: Opinion
    qualification: Opinion
    points: Mapping[str, Decimal]
    remark: str = ""

    @property
    def passed(self) -> bool:
        """True if the member passes the bid."""
        return self.formal.passed and self.qualification.passed


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """A member's sheet.

    Attributes:
        lot_place: the lot.
        envelope: 1.
        round: 1, 2, 3 …: which evaluation of this lot.
        committee: SHA-256 of the committee's paper, 32 bytes.
        account: whose it is, 20 bytes.
        salt: 32 random bytes.
        bids: by ascending place.
    """

    lot_place: LotPlace
    envelope: int
    round: int
    committee: bytes
    account: bytes
    salt: bytes
    bids: tuple[BidSheet, ...]

    @property
    def digest(self) -> bytes:
        """SHA-256 of the paper, 32 bytes."""
        return sha256(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput: it would not be read."""
        data = canonical(
            {
                "format": FORMAT,
                **self.lot_place.as_dict(),
                "envelope": self.envelope,
                "round": self.round,
                "committee": hex0x(self.committee),
                "account": hex0x(self.account),
                "salt": b64url(self.salt),
                "bids": [
                    {
                        "place": one.place,
                        "formal": one.formal.as_dict(),
                        "qualification": one.qualification.as_dict(),
                        "points": {name: f"{value:f}" for name, value in one.points.items()},
                        "remark": one.remark,
                    }
                    for one in self.bids
                ],
            }
        )
        read_sheet(data)
        return data


def read_sheet(data: bytes) -> ScoreSheet:
    """Inverse of :meth:`ScoreSheet.to_bytes`; whether it keeps to the notice is not checked. Raises InvalidInput."""
    names = {*_PLACE, "envelope", "round", "committee", "account", "salt", "bids"}
    value = strict.paper(data, FORMAT, names, _CODE)
    bids = tuple(_bid(one) for one in strict.items(value["bids"], "bids", _CODE))
    places = [one.place for one in bids]
    if places != sorted(set(places)):
        raise InvalidInput("bids: places ascend, each once", code=_CODE, field="bids.place")
    return ScoreSheet(
        LotPlace.read(value),
        strict.number(value["envelope"], "envelope", _CODE),
        strict.number(value["round"], "round", _CODE),
        strict.hexed(value["committee"], 32, "committee"),
        strict.hexed(value["account"], 20, "account"),
        strict.raw(value["salt"], 32, "salt", _CODE),
        bids,
    )


def _bid(value: Any) -> BidSheet:
    one = strict.members(value, {"place", "formal", "qualification", "points", "remark"}, "bids", _CODE)
    points = one["points"]
    if not isinstance(points, dict) or len(points) > _MOST_CRITERIA:
        raise InvalidInput("points: an object, criterion to points", code=_CODE, field="points")
    found = {name: read_decimal(text) for name, text in points.items()}
    if None in found.values():
        raise InvalidInput("points: exact decimals as text, such as 12.5", code=_CODE, field="points")
    remark = one["remark"] if one["remark"] == "" else strict.text(one["remark"], "remark", _CODE, _LONGEST)
    return BidSheet(
        strict.number(one["place"], "place", _CODE),
        _opinion(one["formal"], "formal"),
        _opinion(one["qualification"], "qualification"),
        {name: value for name, value in found.items() if value is not None},
        remark,
    )


def _opinion(value: Any, field: str) -> Opinion:
    one = strict.members(value, {"result", "reason"}, field, _CODE)
    if one["result"] not in (PASS, FAIL):
        raise InvalidInput(f"{field}.result: {PASS} or {FAIL}", code=_CODE, field=f"{field}.result")
    if one["result"] == FAIL or one["reason"] != "":
        strict.text(one["reason"], f"{field}.reason", _CODE, _LONGEST)
    return Opinion(one["result"] == PASS, one["reason"])
