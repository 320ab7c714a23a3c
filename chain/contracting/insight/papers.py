"""What statistics and signals take from the papers of evaluation and award, each read by its own room's reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from chain.contracting.award import Award, ComplaintDecision
from chain.contracting.insight.facts import Outcome
from chain.evaluation.qualifying import read_qualification
from chain.evaluation.report import LotFailedForReasons, read_candidates, read_report
from chain.kernel.errors import InvalidInput
from chain.kernel.strict import is_form
from chain.tenders.opening import LotPlace
from chain.tenders.opening.papers import LOT_FAILED, LotFailed, ObjectionAnswer

QUALIFICATION, EVALUATION = "qualification", "evaluation"
"""Kinds under which these papers stand on the ledger."""

TOO_FEW_BIDS, TOO_FEW_ORGANISATIONS = "too-few-bids", "too-few-organisations"
NO_VALID_BID, REJECTED, AFTER_A_CASE, OTHER = "no-valid-bid", "all-rejected", "after-a-case", "other"
"""Why a lot failed, in one word."""


@dataclass(frozen=True, slots=True)
class Qualified:
    """A qualification paper, as far as it is counted.

    Attributes:
        envelope: after whose opening it was looked.
        answers: for each bid's rule its name, its result, and how many certificates were shown for it.
        shown: by place, SHA-256 of each presentation.
        guarantees: by place, SHA-256 of the guarantee's certificate.
    """

    envelope: int
    answers: tuple[tuple[str, str, int], ...]
    shown: Mapping[int, frozenset[bytes]]
    guarantees: Mapping[int, bytes]


def award(data: bytes, place: LotPlace) -> Outcome:
    """Who is awarded. Raises InvalidInput: no award of this lot."""
    found = Award.from_bytes(data)
    _same(found.lot_place, place)
    party = found.organisation
    codes = frozenset({party.code, *(code for code, _ in party.members)})
    return Outcome(found.place, found.price, codes, found.rank)


def first(data: bytes, place: LotPlace) -> Outcome | None:
    """The first candidate. Raises InvalidInput: no candidates of this lot."""
    named = read_candidates(data)
    _same(named.lot_place, place)
    found = named.of_rank(1)
    if found is None:
        return None
    return Outcome(found.place, found.price, frozenset({found.code, *(code for code, _ in found.members)}), 1)


def reference(data: bytes, place: LotPlace) -> Decimal | None:
    """The reference price of an evaluation, or None. Raises InvalidInput: no report on this lot."""
    report = read_report(data)
    _same(report.lot_place, place)
    return report.reference


def failure(data: bytes, place: LotPlace) -> str:
    """Why a lot failed, in one word. Raises InvalidInput: no paper that says so of this lot."""
    if is_form(data, LOT_FAILED):
        _same(LotFailed.from_bytes(data).place, place)
        return TOO_FEW_ORGANISATIONS
    found = LotFailedForReasons.from_bytes(data)
    _same(found.lot_place, place)
    if found.case is not None:
        return AFTER_A_CASE
    return OTHER if found.valid is None else REJECTED if found.valid else NO_VALID_BID


def upheld(data: bytes, place: LotPlace, number: int) -> bool:
    """Whether a complaint was upheld. Raises InvalidInput: no decision on it."""
    found = ComplaintDecision.from_bytes(data)
    _same(found.place, place)
    if found.number != number:
        raise InvalidInput("a decision on another complaint", code="insight.paper", field="number")
    return found.outcome.upheld


def answered(data: bytes, place: LotPlace, number: int) -> bool | None:
    """Whether an objection was upheld; None if its answer decides nothing. Raises InvalidInput: no answer to it."""
    found = ObjectionAnswer.from_bytes(data)
    _same(found.place, place)
    if found.number != number:
        raise InvalidInput("an answer to another objection", code="insight.paper", field="number")
    return None if found.outcome is None else found.outcome.upheld


def qualification(data: bytes, place: LotPlace) -> Qualified:
    """What was looked at in each bid. Raises InvalidInput: no qualification of this lot."""
    found = read_qualification(data)
    _same(found.place, place)
    return Qualified(
        found.envelope,
        tuple((rule.rule, rule.result.value, len(rule.shown)) for bid in found.bids for rule in bid.rules),
        {bid.place: frozenset(digest for rule in bid.rules for digest in rule.shown) for bid in found.bids},
        {bid.place: bid.guarantee.certificate for bid in found.bids if bid.guarantee and bid.guarantee.certificate},
    )


def _same(found: LotPlace, place: LotPlace) -> None:
    if found != place:
        raise InvalidInput("a paper of another lot", code="insight.paper", field="lot")
