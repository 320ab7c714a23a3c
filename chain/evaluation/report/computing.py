"""The report, computed from its papers: who is out and why, points, ranking. No ledger, no board, no choice.

Majority: a bid that more than half of all members of the committee fail, formally or in qualification, is out at that
step; a clarification is accepted or not by more than half of them, and is undecided otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from chain.evaluation.committee import Committee
from chain.evaluation.qualifying import Answer, Qualification
from chain.evaluation.report.report import STEPS, DroppedBid, EvaluationReport, RankedBid
from chain.evaluation.report.screening import figures_of, screen
from chain.evaluation.scoring import Figures, Ranking, points_of, rank
from chain.evaluation.sheets import Clarification, ClarificationQuestion, ScoreSheet
from chain.kernel.errors import InvalidInput, Refused
from chain.tenders.notice import Criterion, Money, Notice
from chain.tenders.opening import LotPlace, OpeningRecord


@dataclass(frozen=True, slots=True)
class Asked:
    """A clarification that counts: SHA-256 of its paper, question and outcome, members of the committee then."""

    digest: bytes
    question: ClarificationQuestion
    clarification: Clarification
    members: int

    @property
    def accepted(self) -> bool | None:
        """What more than half of the members say; None: neither."""
        return self.clarification.decision(self.members)


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything a report follows from. Digests are SHA-256 of papers, 32 bytes.

    Attributes:
        notice: in force.
        lot_place: the lot; ``envelope``: 1 or 2.
        record: digest and opening record of this envelope.
        first: opening record of envelope 1, for envelope 2; else None.
        technical: digest and report on envelope 1, for envelope 2; else None.
        qualification: digest and paper, or None where the notice asks for none.
        committee: digest and committee in office, or None.
        commitments: digest, or None where nobody has to look.
        sheets: of every member, in the order of the seats.
        float_point: digest and point drawn, or None.
        ties: digest and order of each draw, in the order of the ledger.
        asked: clarifications of this envelope that count, in the order of the ledger.
        reason: why the report is made anew, or None; case: what caused that.
    """

    notice: Notice
    lot_place: LotPlace
    envelope: int
    record: tuple[bytes, OpeningRecord]
    first: OpeningRecord | None = None
    technical: tuple[bytes, EvaluationReport] | None = None
    qualification: tuple[bytes, Qualification] | None = None
    committee: tuple[bytes, Committee] | None = None
    commitments: bytes | None = None
    sheets: tuple[ScoreSheet, ...] = ()
    float_point: tuple[bytes, Decimal] | None = None
    ties: tuple[tuple[bytes, tuple[int, ...]], ...] = ()
    asked: tuple[Asked, ...] = ()
    reason: str | None = None
    case: int | None = None

    @property
    def last(self) -> bool:
        """True if this envelope has the prices."""
        return self.envelope == len(self.notice.envelopes)


@dataclass(frozen=True, slots=True)
class Computed:
    """A report, and what it waits for.

    Attributes:
        report: as it is so far.
        open_low: places whose abnormally low price is not yet accepted or refused.
        open_ties: groups of places that only a draw can part, as far as they concern candidates.
    """

    report: EvaluationReport
    open_low: tuple[int, ...] = ()
    open_ties: tuple[tuple[int, ...], ...] = ()

    @property
    def complete(self) -> bool:
        """True if it may stand."""
        return not self.open_low and not self.open_ties


def compute(basis: Basis) -> Computed:
    """The report that follows.

    Raises:
        Refused: sheets or the float point are missing.
        InvalidInput: a figure or a sheet is out of the rules' bounds.
    """
    dropped = _before_prices(basis)
    left = [bid.place for bid in basis.record[1].bids if bid.place not in dropped]
    if not basis.last:
        return Computed(_report(basis, dropped, _technical(basis, left)))
    ranking, open_low = _without_low(basis, dropped)
    if ranking is None:
        return Computed(_report(basis, dropped, ()))
    ties = _parting(ranking, basis.ties)
    if ties:
        ranking = _ranking(
            basis, [score.place for score in ranking.scores], [one for _, order in ties for one in order]
        )
    most = basis.notice.evaluation.candidates
    named = {score.place for score in ranking.scores[:most]}
    open_ties = tuple(group for group in ranking.undecided if named & set(group))
    report = _report(basis, dropped, _ranked(basis, ranking), ties, ranking)
    return Computed(report, open_low, open_ties)


def members_look_at(record: OpeningRecord, notice: Notice) -> tuple[int, ...]:
    """Places of the bids that the members have to judge: those that the record alone does not drop."""
    out = screen(record, notice)
    return tuple(bid.place for bid in record.bids if bid.place not in out)


# --------------------------------------------------------------------------- who is out


@dataclass
class _Out:
    """Collects who is out; a place keeps the first step at which it is."""

    found: dict[int, DroppedBid] = field(default_factory=dict)

    def at(self, step: str, reasons: Mapping[int, Iterable[str]]) -> None:
        for place, words in reasons.items():
            said = tuple(words)
            if said and place not in self.found:
                self.found[place] = DroppedBid(place, step, said)


def _before_prices(basis: Basis) -> dict[int, DroppedBid]:
    """Bids that are out before prices are compared, by place."""
    record, committee = basis.record[1], basis.committee
    out = _Out({} if basis.technical is None else {one.place: one for one in basis.technical[1].dropped})
    for place, screened in screen(record, basis.notice).items():
        out.found.setdefault(place, screened)
    places = [bid.place for bid in record.bids if bid.place not in out.found]
    if not places:
        return out.found
    if committee is None:
        raise Refused(
            "the lot has no committee on record", code="evaluation.committee", field="committee",
            fix="yinxin tender committee",
        )  # fmt: skip
    if basis.envelope == 1 and len(basis.sheets) != len(committee[1].members):
        raise Refused(
            "not every member has shown a sheet", code="evaluation.sheets", field="sheets", fix="yinxin expert reveal"
        )
    members = len(committee[1].members)
    out.at("formal", {place: _failed(basis, place, "formal", members) for place in places})
    qualified: dict[int, list[str]] = {place: [] for place in places}
    for one in () if basis.qualification is None else basis.qualification[1].bids:
        if one.place in qualified and one.result is Answer.FAIL:
            failed = [rule.rule for rule in one.rules if rule.required and rule.result is Answer.FAIL]
            if one.guarantee is not None and one.guarantee.result is Answer.FAIL:
                failed.append("guarantee 投标保函")
            words = ", ".join(failed)
            qualified[one.place].append(f"资格审查不合格：{words} / it does not qualify: {words}")
    for place in places:
        qualified[place] += _failed(basis, place, "qualification", members)
    out.at("qualification", qualified)
    return out.found


def _failed(basis: Basis, place: int, step: str, members: int) -> list[str]:
    """Reasons of the members if more than half of them fail it; and those of a clarification that is not accepted."""
    sheets = basis.sheets if basis.envelope == 1 else ()
    opinions = [getattr(one, step) for sheet in sheets for one in sheet.bids if one.place == place]
    reasons = [one.reason for one in opinions if not one.passed]
    found = reasons if 2 * len(reasons) > members else []
    return [*found, *_refused(basis, place, step)]


def _refused(basis: Basis, place: int, matter: str) -> list[str]:
    return [
        vote.reason
        for one in basis.asked
        if (one.question.bid, one.question.matter) == (place, matter) and one.accepted is False
        for vote in one.clarification.votes
        if not vote.accept
    ]


def _without_low(basis: Basis, dropped: dict[int, DroppedBid]) -> tuple[Ranking | None, tuple[int, ...]]:
    """The ranking once every low price that was not accepted is out, and low prices that wait for a decision."""
    while True:
        left = [bid.place for bid in basis.record[1].bids if bid.place not in dropped]
        if not left:
            return None, ()
        ranking = _ranking(basis, left, ())
        refused = {place: words for place in ranking.low if (words := _refused(basis, place, "low-price"))}
        if not refused:
            accepted = {
                one.question.bid for one in basis.asked if one.question.matter == "low-price" and one.accepted is True
            }
            return ranking, tuple(place for place in ranking.low if place not in accepted)
        for place, reasons in refused.items():
            dropped[place] = DroppedBid(place, "low-price", tuple(reasons))


# --------------------------------------------------------------------------- points


def _figures(basis: Basis, places: Iterable[int]) -> list[Figures]:
    wanted = set(places)
    first = {} if basis.first is None else {bid.place: figures_of(bid) for bid in basis.first.bids}
    return [
        Figures(bid.place, {**first.get(bid.place, {}), **figures_of(bid)})
        for bid in basis.record[1].bids
        if bid.place in wanted
    ]


def _marks(basis: Basis) -> dict[str, dict[int, list[Decimal]]]:
    """The members' points: criterion to place to one value a member who gave any."""
    found: dict[str, dict[int, list[Decimal]]] = {}
    for sheet in basis.sheets:
        for bid in sheet.bids:
            for name, value in bid.points.items():
                found.setdefault(name, {}).setdefault(bid.place, []).append(value)
    return found


def _ranking(basis: Basis, places: Iterable[int], drawn: Iterable[int]) -> Ranking:
    rules = basis.notice.evaluation
    lot = basis.notice.lot(basis.lot_place.lot)
    ceiling = None if lot is None or lot.ceiling is None else lot.ceiling.amount
    if rules.reference is not None and len(rules.reference.floats) > 1 and basis.float_point is None:
        raise Refused(
            "the float point is not drawn",
            code="evaluation.float",
            field="float",
            fix="yinxin tender drawn --kind float",
        )
    point = None if basis.float_point is None else basis.float_point[1]
    return rank(
        rules, _figures(basis, places), _marks(basis), ceiling=ceiling, float_point=point, drawn=tuple(drawn)
    )  # fmt: skip


def _technical(basis: Basis, places: Iterable[int]) -> tuple[RankedBid, ...]:
    rules = basis.notice.evaluation
    points = points_of(rules, technical_criteria(basis.notice), _figures(basis, places), _marks(basis))
    return tuple(
        RankedBid(place, mine, _total(basis.notice, mine), None, None) for place, mine in sorted(points.items())
    )


def technical_criteria(notice: Notice) -> tuple[Criterion, ...]:
    """Criteria that need nothing of the second envelope."""
    first = notice.envelopes[0]
    return tuple(
        one
        for one in notice.evaluation.criteria
        if one.source.kind == "expert" or first.field(one.source.field) is not None
    )


def _total(notice: Notice, points: Mapping[str, Decimal]) -> Decimal | None:
    return None if notice.evaluation.method == "lowest-price" else sum(points.values(), Decimal(0))


def _parting(
    ranking: Ranking, drawn: Iterable[tuple[bytes, tuple[int, ...]]]
) -> tuple[tuple[bytes, tuple[int, ...]], ...]:
    """Of each group of equals the first draw of exactly its places, if there is one."""
    known: dict[frozenset[int], tuple[bytes, tuple[int, ...]]] = {}
    for digest, order in drawn:
        known.setdefault(frozenset(order), (digest, order))
    return tuple(known[frozenset(group)] for group in ranking.undecided if frozenset(group) in known)


def _ranked(basis: Basis, ranking: Ranking) -> tuple[RankedBid, ...]:
    price = basis.notice.price_envelope.field(basis.notice.evaluation.price)
    if price is None:
        raise InvalidInput("the notice's price is no field of its form", code="evaluation.price", field="price")
    return tuple(
        RankedBid(score.place, score.points, _total(basis.notice, score.points), Money(score.price, price.unit), number)
        for number, score in zip(ranking.ranks, ranking.scores, strict=True)
    )


def _report(
    basis: Basis,
    dropped: Mapping[int, DroppedBid],
    bids: tuple[RankedBid, ...],
    ties: tuple[tuple[bytes, tuple[int, ...]], ...] = (),
    ranking: Ranking | None = None,
) -> EvaluationReport:
    assert all(one.step in STEPS for one in dropped.values())
    uses_float = basis.last and basis.notice.evaluation.reference is not None
    return EvaluationReport(
        basis.lot_place,
        basis.envelope,
        basis.notice.digest,
        basis.record[0],
        None if basis.technical is None else basis.technical[0],
        None if basis.qualification is None else basis.qualification[0],
        None if basis.committee is None else basis.committee[0],
        basis.commitments if basis.envelope == 1 else None,
        tuple((sheet.account, sheet.digest) for sheet in basis.sheets) if basis.envelope == 1 else (),
        basis.float_point if uses_float else None,
        ties,
        tuple(one.digest for one in basis.asked),
        None if ranking is None else ranking.reference,
        () if ranking is None else ranking.low,
        tuple(dropped[place] for place in sorted(dropped)),
        bids,
        basis.reason,
        basis.case,
    )
