"""Records that lie, contradict each other or leave out; custodians that answer oddly; keys that open nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chain.audit import Report, Result
from chain.audit.tenders import audit_grants, audit_tender
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import Conflict, Damaged, InvalidInput, Refused, YinxinError
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import TenderEvent
from chain.sealing import FaultKind
from chain.sealing.papers import PROOF
from chain.tenders.opening import OpeningRecord, Outcome, RecordedFault
from chain.tenders.opening.granting import write_granted
from tests.chain.audit.whole import Whole
from tests.chain.sealing.samples import identity

pytestmark = pytest.mark.loopback
K2 = b"k" * 16


def rules(report: Report, result: Result = Result.BROKEN) -> set[str]:
    return {one.rule for one in report.findings if one.result is result}


def blaming(record: OpeningRecord, place: int, fault: RecordedFault) -> OpeningRecord:
    """The record with that fault in the place of a bid that opened."""
    bids = [
        replace(bid, outcome=Outcome.of(fault.kind.party), organisation=None, figures=(), fault=fault)
        if bid.place == place
        else bid
        for bid in record.bids
    ]
    return replace(record, bids=tuple(bids), witness=None, alone="not in this test")


@pytest.mark.parametrize("kind", FaultKind)
def test_a_made_up_fault_of_a_good_bid_is_never_clean(whole: Whole, kind: FaultKind) -> None:
    lie = whole.lying(blaming(whole.record[1], 1, RecordedFault(kind, "made up", {"found": {}})))
    told, unseen = whole.audit(lie, granted={}, evidence=None), whole.audit(lie, granted={}, evidence=None, custody=[])
    hidden = kind.party == "undecided" or kind in (FaultKind.WRONG_FORM, FaultKind.BAD_DOCUMENT, FaultKind.BAD_PADDING)
    assert (told.exit_code, unseen.exit_code) == ((2, 2) if hidden else (1, unseen.exit_code))
    assert unseen.exit_code != 0
    assert "--custody" in next(one.detail for one in unseen.findings if one.rule == "A802")
    assert whole.audit(lie).exit_code == 1


def test_k2_under_a_fault_that_must_not_have_it_is_broken_at_every_level(whole: Whole) -> None:
    for kind, k2 in ((FaultKind.BAD_PADDING, K2), (FaultKind.MISSING_FILE, K2), (FaultKind.BAD_MANIFEST, None)):
        lie = whole.lying(blaming(whole.record[1], 1, RecordedFault(kind, "made up", {}, k2)))
        assert "A901" in rules(whole.audit(lie, granted={}, custody=[])), kind


def test_a_bid_whose_figures_are_left_out_is_found_with_its_key(whole: Whole) -> None:
    true = whole.record[1]
    first = true.bids[0]
    lie = whole.lying(replace(true, bids=(replace(first, figures=()), *true.bids[1:])))
    assert rules(whole.audit(lie)) >= {"A804"}
    public = whole.audit(lie, granted={}, evidence=None)
    (note,) = [one.detail for one in public.findings if one.rule == "A905"]
    assert note.startswith("required, and not read out: ")


class Ledger:
    """The stage's, with events of its own behind the others."""

    def __init__(self, inner: object, *more: TenderEvent) -> None:
        self._inner, self._more = inner, more

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def tender_events(self, tender: int) -> list[TenderEvent]:
        return [*self._inner.tender_events(tender), *self._more]  # type: ignore[attr-defined]


def again(whole: Whole, **values: object) -> Ledger:
    """A record recorded once more, with other values, in a block behind all others."""
    ledger = whole.case.stage.ledger
    last = ledger.tender_events(whole.case.tender)[-1].block
    event = next(one for one in whole.case.story.lots[1].records if one.values["digest"] == whole.record[0])
    block = BlockRef(last.number + 1, bytes(32), last.time + 1)
    return Ledger(ledger, replace(event, values={**event.values, **values}, block=block))


def test_two_records_that_contradict_each_other_are_broken_and_the_first_is_judged(whole: Whole) -> None:
    second = whole.case.stage.board.put(replace(whole.record[1], organisations=9).to_bytes())

    def audited(ledger: Ledger) -> Report:
        report = Report()
        audit_tender(report, ledger, whole.case.stage.board, whole.case.tender, custody=whole.case.sources)  # type: ignore[arg-type]
        return report

    two = audited(again(whole, digest=second))
    assert rules(two) == {"A901"}
    assert second.hex() in next(one.detail for one in two.findings if one.rule == "A901")
    assert rules(audited(again(whole))) == set(), "the same record twice contradicts nothing"


def test_key_holders_of_the_record_are_enough_and_rightly_blamed(whole: Whole) -> None:
    true = whole.record[1]
    cases: list[tuple[OpeningRecord, Result]] = [
        (replace(true, signed=true.signed[:2]), Result.BROKEN),
        (replace(true, signed=(*true.signed, 9)), Result.BROKEN),
        (replace(true, refused=((9, (1,)),)), Result.BROKEN),
        (replace(true, refused=((2, (1,)),)), Result.UNKNOWN),
    ]
    for lie, result in cases:
        found = whole.audit(whole.lying(lie))
        assert [one.result for one in found.findings if one.rule == "A705"] == [result], lie


@pytest.mark.parametrize("error", [InvalidInput("odd"), Conflict("odd"), Refused("odd"), Damaged("other bytes")])
def test_one_custodian_s_odd_answer_ends_no_audit(whole: Whole, error: YinxinError) -> None:
    class Odd:
        def fetch(self, digest: bytes, size: int, target: Path) -> None:
            raise error

    assert whole.audit(custody=[Odd(), *whole.case.sources]).findings == []
    alone = whole.audit(custody=[Odd()])
    result = Result.BROKEN if isinstance(error, Damaged) else Result.UNKNOWN
    assert {(one.rule, one.result) for one in alone.findings} == {("A801", result)}


def test_granted_keys_without_files_or_of_no_live_bid_are_told(whole: Whole) -> None:
    unseen = whole.audit(custody=[])
    assert rules(unseen, Result.UNKNOWN) == {"A802", "A803"}
    report = Report()
    depth = audit_tender(
        report, whole.case.stage.ledger, whole.case.stage.board, whole.case.tender, custody=whole.case.sources,
        granted=whole.granted | {identity().digest(): K2},
    )  # fmt: skip
    assert (depth.files, depth.opened, depth.fitted) == (3, 2, frozenset(whole.granted))
    audit_grants(report, depth.fitted | {identity().digest()}, depth.fitted)
    assert [(one.rule, one.result) for one in report.findings] == [("A803", Result.UNKNOWN)]


def test_the_command_reports_the_level_that_was_reached(whole: Whole, tmp_path: Path) -> None:
    stage, tender, files = whole.case.stage, str(whole.case.tender), ["--custody", str(whole.case.custody)]

    def audit(*arguments: str) -> tuple[str, set[tuple[str, str]]]:
        data = stage.run("holder-1", "audit", "--tender", tender, *arguments).data
        return data["level"], {(one["rule"], one["result"]) for one in data["findings"]}

    live = whole.case.live()
    granted, foreign = tmp_path / "granted", tmp_path / "foreign"
    by_digest = {live.identity(bid).digest(): live.identity(bid) for bid in live.bids}
    granted.write_bytes(write_granted({by_digest[digest]: k2 for digest, k2 in whole.granted.items()}))
    foreign.write_bytes(canonical({"format": PROOF, "identity": identity().as_dict(), "k2": b64url(K2)}))
    assert audit() == ("public", {("A802", "unknown")})
    assert audit(*files) == ("files", set())
    assert audit(*files, "--keys", str(foreign)) == ("files", {("A803", "unknown")})
    level, found = audit(*files, "--keys", str(granted))
    assert level == "keys"
    assert "A803" not in {rule for rule, _ in found}
    assert audit("--keys", str(granted)) == (level, found), "the notice's custodians are asked"
    silent = audit("--custody", "notice", "--board", str(tmp_path / "empty"))
    assert ("A801", "unknown") in silent[1]
    assert stage.run("holder-1", "audit", "--batch", "1", "--keys", str(granted)).code == 64
