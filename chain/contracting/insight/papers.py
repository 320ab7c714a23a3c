"""What statistics take from the papers of evaluation and award: a few members, of papers of this lot alone.

The papers are read by their own rooms' readers where a whole one is needed; here only what is counted is looked at, so
that one more member in a paper loses no figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chain.contracting.insight.facts import Outcome
from chain.kernel.canonical import read_canonical
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.notice.members import Money
from chain.tenders.opening import LotPlace

QUALIFICATION, EVALUATION = "qualification", "evaluation"
"""Kinds under which these papers stand on the ledger."""

_LARGEST = 16 * 2**20
_RESULTS = ("pass", "fail", "unknown")


@dataclass(frozen=True, slots=True)
class Qualified:
    """A qualification paper: its envelope, (rule, result) of each certificate looked at, guarantees by place."""

    envelope: int
    results: tuple[tuple[str, str], ...]
    guarantees: Mapping[int, bytes]


def award(data: bytes, place: LotPlace) -> Outcome:
    """Who is awarded (``yinxin-award-1``). Raises InvalidInput."""
    return _outcome(_paper(data, "yinxin-award-1", place), "award")


def first(data: bytes, place: LotPlace) -> Outcome | None:
    """The candidate of rank 1 (``yinxin-candidates-1``), or None if several share it. Raises InvalidInput."""
    listed = _paper(data, "yinxin-candidates-1", place).get("candidates")
    if not isinstance(listed, list):
        raise _bad("candidates")
    found = [one for one in (_outcome(item, "candidates") for item in listed) if one.rank == 1]
    return found[0] if len(found) == 1 else None


def reference(data: bytes, place: LotPlace) -> Decimal | None:
    """The reference price of an evaluation (``yinxin-evaluation-1``), or None. Raises InvalidInput."""
    value = _paper(data, "yinxin-evaluation-1", place).get("reference")
    return None if value is None else _decimal(value, "reference")


def failure(data: bytes, place: LotPlace) -> str:
    """Why a lot failed, in one word. Raises InvalidInput."""
    value = _paper(data, "", place)
    if value.get("format") == "yinxin-lot-failed-1":
        return "too-few-organisations"
    reason = value.get("reason")
    if not isinstance(reason, str) or not 0 < len(reason) <= 40 or not reason.replace("-", "").isalnum():
        raise _bad("reason")
    return reason


def upheld(data: bytes, place: LotPlace, number: int) -> bool:
    """Whether a complaint was upheld (``yinxin-decision-on-complaint-1``). Raises InvalidInput."""
    value = _paper(data, "yinxin-decision-on-complaint-1", place)
    if value.get("number") != number or value.get("decision") not in ("upheld", "rejected"):
        raise _bad("decision")
    return bool(value["decision"] == "upheld")


def qualification(data: bytes, place: LotPlace) -> Qualified:
    """What was looked at in each bid (``yinxin-qualification-1``). Raises InvalidInput."""
    value = _paper(data, "yinxin-qualification-1", place)
    results: list[tuple[str, str]] = []
    guarantees: dict[int, bytes] = {}
    try:
        for bid in value["bids"]:
            results += [(str(one["rule"]), str(one["result"])) for one in bid["rules"]]
            if bid["guarantee"] is not None and bid["guarantee"]["certificate"] is not None:
                guarantees[int(bid["place"])] = unhex0x(bid["guarantee"]["certificate"], size=32, field="guarantee")
        envelope = int(value["envelope"])
    except (KeyError, TypeError, ValueError) as error:
        raise _bad("bids") from error
    if any(result not in _RESULTS for _, result in results):
        raise _bad("bids.rules.result")
    return Qualified(envelope, tuple(results), guarantees)


# --------------------------------------------------------------------------- inside


def _paper(data: bytes, form: str, place: LotPlace) -> dict[str, Any]:
    value = read_canonical(data, what=form or "paper", limit=_LARGEST)
    if not isinstance(value, dict) or (form and value.get("format") != form):
        raise _bad("format")
    if any(value.get(name) != said for name, said in place.as_dict().items()):
        raise _bad("lot")
    return value


def _outcome(value: Any, field: str) -> Outcome:
    try:
        money, organisation = value["price"], value["organisation"]
        companies = {organisation["code"], *(member["code"] for member in organisation["members"])}
        currency, rank, place = money["currency"], value["rank"], value["place"]
        amount = _decimal(money["amount"], field)
    except (KeyError, TypeError) as error:
        raise _bad(field) from error
    if not isinstance(currency, str) or type(rank) is not int or type(place) is not int:
        raise _bad(field)
    return Outcome(place, Money(amount, currency), frozenset(map(str, companies)), rank)


def _decimal(value: Any, field: str) -> Decimal:
    try:
        found = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except ArithmeticError:
        found = Decimal("NaN")
    if not found.is_finite() or found <= 0:
        raise _bad(field)
    return found


def _bad(field: str) -> InvalidInput:
    return InvalidInput(f"{field}: not as its format says", code="insight.paper", field=field)
