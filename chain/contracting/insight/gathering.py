"""From the ledger's events and the papers on the board to facts. A paper that cannot be had is counted, never guessed.

What an opening record says is taken as it stands on the ledger; whether it is right, `yinxin audit` says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Protocol, TypeVar

from chain.contracting.insight import papers
from chain.contracting.insight.facts import Bid, CaseFact, Issued, LotFact, Presented, TenderFact
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Unavailable
from chain.kernel.ports import AnchorFacts
from chain.kernel.tender_facts import CaseKind, Phase
from chain.kernel.tender_ports import Board, TenderLedger
from chain.tenders.notice import Notice, read_notice
from chain.tenders.opening import OpeningRecord
from chain.tenders.opening.finishing import records_of, standing_record
from chain.tenders.opening.papers import LotPlace
from chain.tenders.story import Bid as ToldBid
from chain.tenders.story import Case, LotStory, Story, tell

Read = TypeVar("Read")
_UNREAD = (NotFound, Damaged, InvalidInput, Unavailable)


def stories(ledger: TenderLedger) -> list[Story]:
    """Every tender at the ledger's block, told by its events. Raises Damaged, Unavailable."""
    return [tell(ledger.tender_events(number), ledger.book) for number in range(1, ledger.tenders() + 1)]


class Anchors(Protocol):
    """The log of certificates, at one final block."""

    def lanes(self) -> Iterable[tuple[str, str]]:
        """Bureau and lane of each lane in use."""
        ...

    def anchors(self, uscc: str, lane: str) -> Iterable[AnchorFacts]:
        """Every anchor of a lane."""
        ...


def issued(log: Anchors, upto: int) -> list[Issued]:
    """Certificates anchored in blocks up to that one, batch by batch; lanes of services are none of certificates."""
    return [
        Issued(lane, one.size, one.block.time)
        for bureau, lane in log.lanes()
        if not lane.startswith("$")
        for one in log.anchors(bureau, lane)
        if one.block.number <= upto
    ]


class Gatherer:
    """Reads the papers of tenders; what was read whole is not read again while no event is added.

    Args:
        board: where the papers lie.
        genesis: of the ledger, 32 bytes.
    """

    def __init__(self, board: Board, genesis: bytes) -> None:
        self._board = board
        self._genesis = genesis
        self._known: dict[int, tuple[bytes, TenderFact]] = {}

    def facts(self, told: Iterable[Story]) -> list[TenderFact]:
        """The facts of these tenders, in their order."""
        return [self.fact(story) for story in told]

    def fact(self, story: Story) -> TenderFact:
        """The facts of one tender."""
        last = story.events[-1]
        mark = last.block.hash + last.transaction + last.index.to_bytes(4, "big")
        known = self._known.get(story.number)
        if known is not None and known[0] == mark:
            return known[1]
        found = _Reading(self._board, self._genesis, story).tender()
        if not found.unread:
            self._known[story.number] = (mark, found)
        return found


class _Reading:
    """One tender, as its papers are read."""

    def __init__(self, board: Board, genesis: bytes, story: Story) -> None:
        self._board = board
        self._genesis = genesis
        self._story = story
        self._unread = 0

    def tender(self) -> TenderFact:
        story, notice = self._story, self._paper(self._story.notice_digest, self._notice)
        price = None if notice is None else notice.price_envelope.field(notice.evaluation.price)
        lots = tuple(self._lot(lot, notice) for _, lot in sorted(story.lots.items()))
        return TenderFact(
            number=story.number,
            bureau=story.terms.bureau,
            published_at=story.notices[0].block.time,
            deadline=story.deadline,
            amendments=len(story.notices) - 1,
            minimum_bids=story.terms.minimum_bids,
            cancelled=story.cancelled is not None,
            category=notice.category if notice else "",
            demo=notice is not None and notice.profile == "demo",
            price=price.name if price else "",
            currency=price.unit if price else "",
            documents=frozenset(one.digest for one in notice.documents) if notice else frozenset(),
            lots=lots,
            unread=self._unread,
        )

    # ------------------------------------------------------------------ papers

    def _paper(self, digest: bytes, read: Callable[[bytes], Read]) -> Read | None:
        try:
            return read(self._board.get(digest))
        except _UNREAD:
            self._unread += 1
            return None

    def _notice(self, data: bytes) -> Notice:
        notice = read_notice(data)
        if (notice.genesis, notice.book, notice.tender) != (self._genesis, self._story.book, self._story.number):
            raise InvalidInput("the notice is another tender's", code="insight.notice", field="notice")
        return notice

    def _record(self, lot: LotStory, envelope: int) -> OpeningRecord | None:
        record = standing_record(self._board, self._story, lot.number, envelope)
        self._unread += record is None and bool(records_of(lot, envelope))
        return record

    def _newest(self, lot: LotStory, kind: str) -> bytes | None:
        return next((one.values["digest"] for one in reversed(lot.records) if one.values["kind"] == kind), None)

    # ------------------------------------------------------------------ a lot

    def _lot(self, lot: LotStory, notice: Notice | None) -> LotFact:
        place = LotPlace(self._genesis, self._story.book, self._story.number, lot.number)
        opening = lot.openings.get(1)
        named = notice.lot(lot.number) if notice else None
        award, ranking = (steps[-1] if steps else None for steps in (lot.awards, lot.rankings))
        fact = LotFact(
            number=lot.number,
            phase=self._story.phase(lot.number),
            ceiling=named.ceiling if named else None,
            failed=self._failure(lot, place),
            awarded_at=award.block.time if award else None,
            contracted_at=lot.contract.block.time if lot.contract else None,
            cases=tuple(self._case(one, place) for one in lot.cases),
        )
        if opening is None:
            return fact
        chosen = self._paper(award.values["digest"], lambda data: papers.award(data, place)) if award else None
        first = self._paper(ranking.values["digest"], lambda data: papers.first(data, place)) if ranking else None
        records = {envelope: self._record(lot, envelope) for envelope in sorted(lot.openings)}
        looked = [
            self._paper(event.values["digest"], lambda data: papers.qualification(data, place))
            for event in lot.records
            if event.values["kind"] == papers.QUALIFICATION
        ]
        checked: dict[int, papers.Qualified] = {}
        for one in looked:  # of several the first one counts
            if one is not None:
                checked.setdefault(one.envelope, one)
        return LotFact(
            number=fact.number, phase=fact.phase, ceiling=fact.ceiling, opened_at=opening.event.block.time,
            bids=tuple(self._bids(lot, notice, records, checked.values())),
            decoys=sum(bid.is_decoy for bid in lot.bids),
            withdrawn=sum(not bid.is_decoy for bid in lot.bids) - len(lot.closings[1].places),
            organisations=records[1].organisations if records.get(1) else None,  # type: ignore[union-attr]
            kinds=_kinds(notice), reference=self._reference(lot, place), failed=fact.failed, outcome=chosen,
            first=first, awarded_at=fact.awarded_at, contracted_at=fact.contracted_at, cases=fact.cases,
            presented=tuple(_presented(notice, checked.values())),
        )  # fmt: skip

    def _bids(
        self,
        lot: LotStory,
        notice: Notice | None,
        records: dict[int, OpeningRecord | None],
        checked: Collection[papers.Qualified],
    ) -> Iterable[Bid]:
        told = {bid.place: bid for bid in lot.bids}
        guarantees = {place: digest for one in checked for place, digest in one.guarantees.items()}
        for place in lot.closings[1].places:
            shown = frozenset[bytes]().union(*(one.shown.get(place, frozenset()) for one in checked))
            yield replace(_bid(told[place], notice, records), guarantee=guarantees.get(place, b""), certificates=shown)

    def _reference(self, lot: LotStory, place: LotPlace) -> Decimal | None:
        digest = self._newest(lot, papers.EVALUATION)
        return None if digest is None else self._paper(digest, lambda data: papers.reference(data, place))

    def _failure(self, lot: LotStory, place: LotPlace) -> str:
        if lot.phase is not Phase.FAILED or lot.failed is None:
            return ""
        if 1 not in lot.openings and len(lot.closings[1].places if 1 in lot.closings else ()) < (
            self._story.terms.minimum_bids
        ):
            return papers.TOO_FEW_BIDS
        digest = lot.failed.values["digest"]
        return (self._paper(digest, lambda data: papers.failure(data, place)) if any(digest) else None) or papers.OTHER

    def _case(self, case: Case, place: LotPlace) -> CaseFact:
        upheld = None
        if case.answer is not None:
            read = papers.upheld if case.kind is CaseKind.COMPLAINT else papers.answered
            upheld = self._paper(case.answer, lambda data: read(data, place, case.number))
        settled = case.settled.block.time if case.settled else None
        return CaseFact(case.kind, case.filed.block.time, settled, upheld)


def _bid(bid: ToldBid, notice: Notice | None, records: dict[int, OpeningRecord | None]) -> Bid:
    first = bid.history[0]
    figures: dict[str, str] = {}
    companies: dict[str, str] = {}
    outcome = ""
    for record in records.values():
        said = next((one for one in record.bids if one.place == bid.place), None) if record else None
        if said is None:
            continue
        outcome = said.outcome.value
        figures |= {one.figure.name: one.figure.value for one in said.figures}
        if said.organisation is not None and said.organisation.result == "valid":
            companies |= {said.organisation.code: said.organisation.name, **dict(said.organisation.members)}
    price = figures.get(notice.evaluation.price) if notice else None
    return Bid(
        bid.place, bid.bidder, first.values["custodian"], first.block.time, outcome, companies, _decimal(price),
        figures,
    )  # fmt: skip


def _decimal(text: str | None) -> Decimal | None:
    try:
        value = Decimal(text) if text is not None else None
    except ArithmeticError:
        return None
    return value if value is not None and value.is_finite() and value > 0 else None


def _kinds(notice: Notice | None) -> dict[str, str]:
    if notice is None:
        return {}
    return {field.name: field.kind for envelope in notice.envelopes for field in envelope.form}


def _presented(notice: Notice | None, checked: Iterable[papers.Qualified]) -> Iterable[Presented]:
    rules = {rule.name: rule for rule in notice.qualification} if notice else {}
    for paper in checked:
        for name, result, count in paper.answers:
            rule = rules.get(name)
            if rule is not None:
                yield Presented(rule.certificate_type, rule.holder == "person", result, count)
