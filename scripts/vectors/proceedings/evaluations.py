"""Evaluations under audit (A11), one thing changed each time, for tests/vectors/proceedings.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from chain.audit.tenders import TenderCase
from chain.audit.tenders.evaluating import audit_evaluation
from chain.evaluation import Pool, draw_order, draw_point, seed_of, tie_paper
from chain.evaluation.committee import FloatPointDrawn, TieDrawn
from chain.evaluation.committee.standing import float_message
from chain.evaluation.report import LotFailedForReasons, read_report
from chain.evaluation.report.acts import evaluate, fail_lot, name_candidates, record_report
from chain.evaluation.report.clarifying import answer, ask, record_outcome, vote
from chain.evaluation.sheets import BidSheet, Opinion, read_clarification, read_commitments
from chain.evaluation.sheets.acts import record_commitments
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import Commitment, TenderEvent
from chain.keys.signatures import address_of
from chain.tenders.notice import Notice
from chain.tenders.opening import LotFailed, OpeningRecord
from scripts.vectors.proceedings.committees import told
from scripts.vectors.proceedings.told import Raw, Told, written
from tests.chain.audit.test_evaluating import CHANGED, instead
from tests.chain.tenders.events import TERMS, Teller
from tests.chain.tenders.notice.samples import sample
from tests.support.draw_case import LOT, signature
from tests.support.evaluation_case import FIGURES, EvaluationCase

Figures = Mapping[int, Mapping[str, str]]


def audit(case: TenderCase) -> None:
    """What Python looks at."""
    audit_evaluation(case, 1)


FAILS = [BidSheet(place, Opinion(False, "未签章"), Opinion(True), {}) for place in (1, 2, 3)]
OWN_KEYS = {number: sha256(b"own key %d" % number) for number in (1, 2, 3)}
LOW = {**FIGURES, 1: {"price": "500000.00", "delivery.days": "30", "warranty": "3y"}}
POOR = {
    1: {"price": "9900000.00", "delivery.days": "30", "warranty": "3y"},
    2: {"price": "1100000.00", "delivery.days": "100", "warranty": "5y"},
    3: {"price": "1200000.00", "warranty": "9y"},
}
EQUAL = {**FIGURES, 3: FIGURES[2]}
WORKS = {
    1: {"price": "8000000.00", "period.days": "200", "crew": "80"},
    2: {"price": "8200000.00", "period.days": "180", "crew": "90"},
    3: {"price": "8500000.00", "period.days": "240", "crew": "70"},
}


class Signing(Teller):
    """Bidders whose keys are known."""

    def commitment(self, bidder: int, version: int = 1, *, decoy: bytes | None = None) -> Commitment:
        """The same, of an address that can sign."""
        return replace(super().commitment(bidder, version, decoy=decoy), bidder=address_of(OWN_KEYS[bidder]))


class Lot(EvaluationCase):
    """A lot whose bidders can sign."""

    envelopes = 1

    def __init__(self, folder: Path, notice: Notice, pool: Pool) -> None:
        super().__init__(folder, notice, pool, Signing(replace(TERMS, minimum_bids=2, envelopes=self.envelopes)))

    def end(self) -> Lot:
        """Evaluated, and its candidates named."""
        envelope = self.envelopes
        record_report(self.acts, self.scene, evaluate(self.scene, envelope)[0])
        name_candidates(self.acts, self.scene)
        return self

    def clarify(self, place: int, matter: str, votes: Mapping[int, bool], answered: bool = True) -> None:
        """A question, its answer, and the votes by seat, on record."""
        ask(self.acts, self.scene, place, matter, "请说明。", 5 if not answered else 60)
        if answered:
            answer(self.scene, place, "自有工厂。", OWN_KEYS[place])
        else:
            self.teller.time += 10
            self.record("minutes", b"{}")
        accounts = [one.account for one in self.round().committee.members]
        for seat, accepts in votes.items():
            vote(self.scene, place, accepts, "可信" if accepts else "不可信", accounts[seat - 1], self.key(seat))
        record_outcome(lambda: self.acts, self.scene, place)


class Cheap(Lot):
    """Members give no points."""

    def bids(self, seat: int, places: Sequence[int] = (1, 2, 3)) -> list[BidSheet]:
        """Verdicts alone."""
        return [replace(one, points={}) for one in super().bids(seat, places)]


class Works(Lot):
    """Two envelopes, a reference price, a float point."""

    envelopes = 2
    figures = WORKS

    def opening_record(self, live: bytes) -> OpeningRecord:
        """Without prices."""
        said = super().opening_record(live)
        bids = tuple(
            replace(bid, figures=tuple(one for one in bid.figures if one.figure.name != "price")) for bid in said.bids
        )
        return replace(said, bids=bids)

    def bids(self, seat: int, places: Sequence[int] = (1, 2, 3)) -> list[BidSheet]:
        """Points for the plan."""
        return [replace(one, points={"plan": one.points["quality"]}) for one in super().bids(seat, places)]

    def review(self, dropped: tuple[int, ...] | None = None) -> None:
        """The technical result, then the second envelope's closing, opening and record."""
        report = evaluate(self.scene, 1)[0].report
        out = tuple(one.place for one in report.dropped)
        digest = self.board.put(report.to_bytes())
        self.teller.say("Reviewed", lot=1, digest=digest, dropped=out if dropped is None else dropped)
        left = [at for at in (1, 2, 3) if at not in out]
        closing = self.teller.close(*(self.teller.commitment(at) for at in left), envelope=2, at=self.teller.time + 1)
        self.teller.say("EnvelopeOpened", lot=1, envelope=2, signature=bytes(48), keysDigest=sha256(b"keys 2"))
        first = EvaluationCase.opening_record(self, closing.values["digest"])
        bids = tuple(
            replace(bid, figures=tuple(one for one in bid.figures if one.figure.name == "price"))
            for bid in first.bids
            if bid.place in left
        )
        record = replace(first, envelope=2, bids=bids, opened_at=self.teller.time, minimum=1, organisations=len(left))
        self.record("opening", record.to_bytes())

    def float_point(self) -> None:
        """The float point, drawn."""
        signed = signature(float_message(self.notice, 1))
        reference = self.notice.evaluation.reference
        assert reference is not None
        point = draw_point(reference.floats, seed_of(signed))
        self.record("float", FloatPointDrawn(LOT, self.notice.digest, 1, signed, point).to_bytes())


def evaluations(folder: Path) -> Iterator[tuple[str, Told]]:
    yield from _desks(folder / "desks")
    yield from _clarified(folder / "clarified")
    yield from _works(folder / "works")


def _lot(folder: Path, kind: type[Lot], figures: Figures | None = None, **changes: Any) -> Lot:
    """A lot whose committee sits."""
    draft = "roads" if kind is Works else "desks"
    notice = written(folder / "notice", draft, qualification=[], guarantee=None, **changes)
    given = {name: one for name, one in notice.items() if name not in ("qualification", "guarantee")}
    chosen: Any = type("Chosen", (kind,), {} if figures is None else {"figures": figures})
    return cast(Lot, chosen.seated(folder, **given))


def _desks(folder: Path) -> Iterator[tuple[str, Told]]:
    case = _lot(folder, Lot)
    case.sheets()
    yield "sheets, and no report yet", told(case)
    shown = read_commitments(case.board.get(_kind(case, "sheets-committed").values["digest"]))
    first = shown.commitments[0].sheet
    yield "a sheet that is not shown yet", told(case, missing=(first,))
    case.end()
    yield "nothing", told(case)
    yield from _papers(case)
    for at, (kind, change, _) in enumerate(CHANGED):
        yield f"another paper: {kind} {at}", told(case, events=instead(case, kind, change))
    yield "no report", told(case, events=[one for one in case.teller.events if one.values.get("kind") != "evaluation"])
    event, last = _kind(case, "evaluation"), case.teller.events[-1]
    behind = replace(last.block, number=last.block.number + 1)
    yield "a report twice", told(case, events=[*case.teller.events, replace(event, block=behind)])
    opened = _kind(case, "opening").values["digest"]
    for name, data in _failures(case, event.values["digest"]):
        values = {"tender": 3, "lot": 1, "digest": case.board.put(data)}
        events = [*case.teller.events, replace(last, name="LotFailed", values=values, block=behind)]
        yield f"failed: {name}", told(case, events=events)
        yield f"failed: {name}, without the opening record", told(case, events=events, missing=(opened,))
    case.sheets(2, "异议1成立", 1)
    record_report(case.acts, case.scene, evaluate(case.scene, 1, "异议1成立,重新评审", 1)[0])
    name_candidates(case.acts, case.scene)
    yield "evaluated anew", told(case)
    failing = _lot(folder / "failing", Lot)
    for seat in range(1, 6):
        failing.commit_sheet(seat, FAILS if seat < 4 else None)
    record_commitments(failing.acts, failing.board, failing.scene.place, failing.round())
    for seat in range(1, 6):
        failing.reveal(seat)
    record_report(failing.acts, failing.scene, evaluate(failing.scene, 1)[0])
    fail_lot(failing.acts, failing.scene, ("所有投标均未签章",))
    yield "every bid failed by the members", told(failing)
    poor = _lot(folder / "poor", Lot, POOR)
    record_report(poor.acts, poor.scene, evaluate(poor.scene, 1)[0])
    yield "every bid out by the record", told(poor)
    equal = _lot(folder / "equal", Cheap, EQUAL, **_lowest(folder))
    equal.sheets()
    equal.record("tie", tie_paper([2, 3]))
    turn = next(one for one in equal.draws.turns if one.kind == "tie")
    signed = signature(turn.message(LOT))
    order = draw_order(turn.places, seed_of(signed))
    equal.record("tie-drawn", TieDrawn(LOT, turn.digest, turn.counter, signed, order).to_bytes())
    equal.end()
    yield "the lowest price, and a tie that was drawn", told(equal)
    kinds = ("tie-drawn",)
    kept = [one for one in equal.teller.events if one.values.get("kind") not in kinds]
    yield "the lowest price, and a tie that nobody drew", told(equal, events=kept)


def _clarified(folder: Path) -> Iterator[tuple[str, Told]]:
    for name, votes, answered in (
        ("accepted", {1: True, 2: True, 3: False, 5: True}, True), ("refused", {1: False, 2: False, 3: False}, True),
        ("not answered", {1: False, 2: False, 4: False}, False),
    ):  # fmt: skip
        case = _lot(folder / name.replace(" ", "-"), Lot, LOW)
        case.sheets()
        case.clarify(1, "low-price", votes, answered)
        case.end()
        yield f"a low price, {name}", told(case)
        for kind in ("clarification", "clarification-asked"):
            lost = _kind(case, kind).values["digest"]
            yield f"a low price, {name}, whose {kind} nobody has", told(case, missing=(lost,))
        kept = [one for one in case.teller.events if one.values.get("kind") != "clarification"]
        yield f"a low price, {name}, whose outcome is withheld", told(case, events=kept)
        paper = read_clarification(case.board.get(_kind(case, "clarification").values["digest"]))
        lies = {
            "of another bid": replace(paper, bid=2), "a vote turned": replace(
                paper, votes=(replace(paper.votes[0], accept=not paper.votes[0].accept), *paper.votes[1:]),
            ),
            "of another committee": replace(paper, committee=sha256(b"x")),
            "no question": replace(paper, question=sha256(b"x")),
        }  # fmt: skip
        if paper.answer is not None:
            lies["another answer"] = replace(paper, answer=replace(paper.answer, text="另一答复。"))
            lies["no answer"] = replace(paper, answer=None)
        for what, lie in lies.items():
            data = lie.to_bytes()
            events = instead(case, "clarification", lambda _, data=data: data)  # type: ignore[misc]
            yield f"a low price, {name}: {what}", told(case, events=events)
    formal = _lot(folder / "formal", Lot)
    formal.sheets()
    formal.clarify(2, "formal", {1: False, 2: False, 3: False})
    formal.end()
    yield "a question of form, refused", told(formal)


def _works(folder: Path) -> Iterator[tuple[str, Told]]:
    case = cast(Works, _lot(folder, Works))
    case.sheets()
    case.review()
    yield "a technical result", told(case)
    case.float_point()
    case.end()
    yield "two envelopes", told(case)
    yield from _papers(case)
    events = instead(case, "Reviewed", lambda data: replace(read_report(data), low=(1,)).to_bytes())
    yield "another technical result", told(case, events=events)
    kept = [one for one in case.teller.events if one.values.get("kind") != "float"]
    yield "no float point", told(case, events=kept)
    fewer = cast(Works, _lot(folder / "fewer", Works))
    fewer.sheets()
    fewer.review()
    at = next(number for number, one in enumerate(fewer.teller.events) if one.name == "Reviewed")
    shown = fewer.teller.events[: at + 1]
    shown[at] = replace(shown[at], values={**shown[at].values, "dropped": (2,)})
    yield "a bid dropped that the result keeps", told(fewer, events=shown)


def _papers(case: Lot) -> Iterator[tuple[str, Told]]:
    for path in sorted((case.folder / "board" / "papers").rglob("*")):
        if path.is_file():
            digest = bytes.fromhex(path.name)
            what = f"{path.read_bytes()[:40].decode('utf-8', 'replace')} {path.name[:6]}"
            yield f"a paper that nobody has: {what}", told(case, missing=(digest,))
            yield f"a paper changed by one bit: {what}", told(case, altered=(digest,))


def _failures(case: Lot, report: bytes) -> Iterator[tuple[str, bytes]]:
    right = LotFailedForReasons(case.scene.place, report, 3, ("采购任务取消",))
    yield "although bids were left", right.to_bytes()
    yield "another number", replace(right, valid=0).to_bytes()
    yield "another report", replace(right, evaluation=sha256(b"x")).to_bytes()
    yield "of another lot", replace(right, lot_place=replace(right.lot_place, lot=2)).to_bytes()
    opened = _kind(case, "opening").values["digest"]
    yield "as if there were too few, which the record does not say", LotFailed(LOT, 1, 2, opened).to_bytes()
    yield "for reasons in no form of ours", b"{}"


def _lowest(folder: Path) -> Raw:
    """The lowest price decides, and nothing else is scored."""
    said: Raw = json.loads(sample(folder / "plain").data)
    evaluation = {**said["evaluation"], "method": "lowest-price", "criteria": [], "abnormallyLow": None}
    forms = [
        {**one, "form": [{**field, "scored": field["name"] == "price"} for field in one["form"]]}
        for one in said["envelopes"]
    ]
    return {"evaluation": evaluation, "envelopes": forms}


def _kind(case: Lot, kind: str) -> TenderEvent:
    return next(one for one in case.teller.events if one.values.get("kind") == kind)
