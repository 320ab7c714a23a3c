"""A12: qualification by certificate and guarantees: what stands on the ledger, and with granted keys judged again."""

from __future__ import annotations

from collections.abc import Iterator

from chain.audit.report import Broken
from chain.audit.tenders.case import TenderCase, event_name
from chain.contracting.award import Award
from chain.evaluation.qualifying import (
    Answer,
    Bench,
    Fate,
    GuaranteeAnswer,
    Qualification,
    QualifiedBid,
    companies_behind,
    read_outcome,
    read_qualification,
)
from chain.evaluation.qualifying.outcome import KIND as OUTCOMES
from chain.evaluation.qualifying.paper import KIND
from chain.evaluation.qualifying.recording import recorded_under, standing_qualification
from chain.evaluation.report.gathering import asks_certificates
from chain.evaluation.report.report import KIND as EVALUATION
from chain.evaluation.report.report import read_report
from chain.kernel.errors import YinxinError
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.notice import Notice
from chain.tenders.opening import OpeningRecord, Outcome
from chain.tenders.opening.finishing import standing_record
from chain.tenders.opening.organisations import deadline_block


def audit_qualification(case: TenderCase, lot: int) -> None:
    """Every envelope's qualification, the reports that rest on them, and what became of guarantees."""
    line = case.story.lots[lot]
    papers: dict[int, tuple[bytes, Qualification]] = {}
    for event in recorded_under(line, KIND):
        _form(case, lot, event)
    for envelope in sorted(line.openings):
        try:
            found = standing_qualification(case.board, case.story, lot, envelope)
        except YinxinError:  # a finding of A1201
            continue
        if found is None:
            _missing(case, lot, envelope)
            continue
        papers[envelope] = found
        _paper(case, lot, envelope, found[1])
    _reports(case, lot, dict(papers.values()))
    _outcomes(case, lot, papers)


def _form(case: TenderCase, lot: int, event: TenderEvent) -> None:
    """One of its form for each envelope, and no other."""
    subject, digest = f"{case.lot(lot)}, qualification, {event_name(event)}", event.values["digest"]
    data = case.paper("A1201", subject, digest)
    if data is None:
        return
    with case.report.looking("A1201", subject):
        envelope = read_qualification(data).envelope
        found = standing_qualification(case.board, case.story, lot, envelope)
        if found is None:
            raise Broken("it is of another lot, or not about the opening record that stood before it")
        if found[0] != digest:
            raise Broken("another one of this envelope stood before it, and that one counts")


def _missing(case: TenderCase, lot: int, envelope: int) -> None:
    notice = case.notice
    if notice is None or envelope > 1 or not asks_certificates(notice):
        return
    record = standing_record(case.board, case.story, lot, envelope)
    if record is not None and all(bid.outcome is not Outcome.OPENED for bid in record.bids):
        return  # nothing to qualify
    evaluated = case.story.lots[lot].review is not None or bool(case.story.lots[lot].rankings)
    words = "the notice asks for certificates, and no qualification stands on the ledger"
    case.report.holds("A1202", case.lot(lot, envelope), not evaluated, words)


def _paper(case: TenderCase, lot: int, envelope: int, paper: Qualification) -> None:
    """In its time, of the bids that opened and the rules of the notice, as of the right blocks."""
    report, subject, line = case.report, f"{case.lot(lot, envelope)}, qualification", case.story.lots[lot]
    after = [one for one in (line.review if envelope == 1 else None, *line.rankings[:1]) if one is not None]
    events = recorded_under(line, KIND)
    mine = next(one for one in events if one.values["digest"] == _digest(case, lot, envelope))
    late = any(_place(mine) > _place(one) for one in after)
    report.holds("A1202", subject, not late, "it came after the evaluation")
    with report.looking("A1204", subject):
        opening = line.openings[envelope].event.block
        last = deadline_block(case.ledger, case.story.deadline)
        if (paper.deadline, paper.opening) != ((last.number, last.time), (opening.number, opening.time)):
            raise Broken("it is judged as of other blocks than the deadline's and the opening's")
    record = standing_record(case.board, case.story, lot, envelope)
    if record is not None:
        opened = [bid.place for bid in record.bids if bid.outcome is Outcome.OPENED]
        words = "it holds other bids than those that opened"
        report.holds("A1203", subject, [bid.place for bid in paper.bids] == opened, words)
    if case.notice is not None:
        rules = [(one.name, one.required) for one in case.notice.qualification]
        asked = case.notice.guarantee is not None
        for bid in paper.bids:
            same = [(one.rule, one.required) for one in bid.rules] == rules and (bid.guarantee is not None) is asked
            words = "other rules than the notice's were answered"
            report.holds("A1203", f"{subject}, place {bid.place}", same, words)
        if record is not None and envelope == 1:
            _again(case, case.notice, lot, paper, record)


def _digest(case: TenderCase, lot: int, envelope: int) -> bytes:
    found = standing_qualification(case.board, case.story, lot, envelope)
    return b"" if found is None else found[0]


# --------------------------------------------------------------------------- what rests on it


def _reports(case: TenderCase, lot: int, papers: dict[bytes, Qualification]) -> None:
    """Every evaluation drops the bids that failed, and by certificates no other."""
    line = case.story.lots[lot]
    events = [*([line.review] if line.review is not None else []), *recorded_under(line, EVALUATION)]
    for event in events:
        subject = f"{case.lot(lot)}, evaluation, {event_name(event)}"
        try:
            found = read_report(case.board.get(event.values["digest"]))
        except YinxinError:  # a finding of the rules about evaluations
            continue
        paper = papers.get(found.qualification) if found.qualification is not None else None
        if paper is None or paper.envelope != found.envelope:
            if found.qualification is not None:
                case.report.holds("A1205", subject, False, "it rests on a qualification that does not count")
            continue
        out = {one.place: one.step for one in found.dropped}
        kept = [place for place in paper.places(Answer.FAIL) if place not in out]
        words = f"bids that failed are still in it: {', '.join(map(str, kept))}"
        case.report.holds("A1205", subject, not kept, words)
        for place in (one for one, step in out.items() if step == "qualification"):
            bid = paper.bid(place)
            if bid is not None and bid.result is Answer.PASS:
                words = f"place {place} is out by the committee's judgement; its certificates passed"
                case.report.note("A1205", subject, words)


def _outcomes(case: TenderCase, lot: int, papers: dict[int, tuple[bytes, Qualification]]) -> None:
    """Guarantees are given back or claimed once each, of bids that had one, none too early."""
    line, done = case.story.lots[lot], dict[int, str]()
    for event in recorded_under(line, OUTCOMES):
        subject = f"{case.lot(lot)}, guarantees, {event_name(event)}"
        data = case.paper("A1206", subject, event.values["digest"])
        if data is None:
            continue
        with case.report.looking("A1206", subject):
            paper = read_outcome(data)
            place, known = paper.place, papers.get(1)
            if (place.book, place.tender, place.lot) != (case.story.book, case.story.number, lot):
                raise Broken("it is about another lot")
            if known is None or paper.qualification != known[0]:
                raise Broken("it names another qualification than the one that counts")
            held = {bid.place for bid in known[1].bids if bid.guarantee and bid.guarantee.certificate}
            for one in paper.outcomes:
                if one.place not in held:
                    raise Broken(f"place {one.place} has no guarantee")
                if done.setdefault(one.place, one.fate) != one.fate:
                    raise Broken(f"place {one.place} was {done[one.place]} before, and that counts")
            _check_release(case, lot, event, {one.place for one in paper.outcomes if one.fate is Fate.RELEASED})


def _check_release(case: TenderCase, lot: int, event: TenderEvent, released: set[int]) -> None:
    """Losers' after the award, the winner's once the contract is signed or nothing comes of the lot."""
    line = case.story.lots[lot]
    if any(
        one is not None and _place(one) < _place(event) for one in (line.contract, line.failed, case.story.cancelled)
    ):
        return
    awards = [one for one in line.awards if _place(one) < _place(event)]
    if released and not awards:
        raise Broken("guarantees were given back before the award")
    if released and Award.from_bytes(case.board.get(awards[-1].values["digest"])).place in released:
        raise Broken("the winner's guarantee was given back before the contract")


# --------------------------------------------------------------------------- with granted keys


def _again(case: TenderCase, notice: Notice, lot: int, paper: Qualification, record: OpeningRecord) -> None:
    """Judge again what bids show that the auditor could open."""
    opened = {bid.place: bid for bid in record.bids}
    if case.evidence is None:
        return
    for bid in paper.bids:
        manifest, recorded = case.manifests.get((lot, bid.place)), opened.get(bid.place)
        if manifest is None or recorded is None:
            continue
        subject = f"{case.lot(lot, 1)}, qualification, place {bid.place}"
        with case.report.looking("A1207", subject):
            last = deadline_block(case.ledger, case.story.deadline)
            opening = case.story.lots[lot].openings[1].event.block
            bench = Bench(notice, lot, case.evidence, last, opening, case.story.deadline)
            found = bench.judge(bid.place, manifest, companies_behind(recorded.organisation))
            _answers(case, subject, bid, found)
            same = [one.shown for one in bid.rules] == [one.shown for one in found.rules]
            case.report.holds("A1208", subject, same, "other certificates were looked at than the bid shows")
            if bid.guarantee is not None and found.guarantee is not None:
                told, mine = _guarantee(bid.guarantee), _guarantee(found.guarantee)
                if mine[3] is not None or told[3] is None:
                    case.report.holds("A1208", subject, told == mine, "the guarantee in the bid is another one")


def _answers(case: TenderCase, subject: str, told: QualifiedBid, found: QualifiedBid) -> None:
    """Each answer at each block; one that this audit cannot tell stays open."""
    for name, theirs, mine in _pairs(told, found):
        if mine is Answer.UNKNOWN and theirs is not Answer.UNKNOWN:
            case.report.unknown("A1207", subject, f"{name}: what it rests on is not all at hand")
        else:
            words = f"{name}: {theirs} on record, {mine} when judged again"
            case.report.holds("A1207", subject, theirs is mine, words)


def _pairs(told: QualifiedBid, found: QualifiedBid) -> Iterator[tuple[str, Answer, Answer]]:
    mine = {one.rule: one for one in found.rules}
    for one in told.rules:
        if one.rule in mine:
            yield f"rule {one.rule} at the deadline", one.deadline, mine[one.rule].deadline
            yield f"rule {one.rule} at the opening", one.opening, mine[one.rule].opening
    if told.guarantee is not None and found.guarantee is not None:
        yield "guarantee at the deadline", told.guarantee.deadline, found.guarantee.deadline
        yield "guarantee at the opening", told.guarantee.opening, found.guarantee.opening


def _guarantee(one: GuaranteeAnswer) -> tuple[object, ...]:
    return one.money, one.until, one.bank, one.certificate


def _place(event: TenderEvent) -> tuple[int, int]:
    return (event.block.number, event.index)
