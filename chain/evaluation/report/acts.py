"""What the officer puts on the ledger from the sheets to the candidates; each act again does nothing twice."""

from __future__ import annotations

from dataclasses import replace

from chain.evaluation.report.candidates import Candidate, Candidates, LotFailedForReasons, read_candidates
from chain.evaluation.report.computing import Computed, compute
from chain.evaluation.report.gathering import Scene, gather, newest_report, reports_of
from chain.evaluation.report.report import KIND, EvaluationReport, read_report
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.steps import reached
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import TenderActs
from chain.tenders.opening.finishing import standing_record


def evaluate(scene: Scene, envelope: int, reason: str | None = None, case: int | None = None) -> tuple[Computed, bool]:
    """The report on an envelope as it follows now, and whether the same one stands on the ledger already.

    Where nothing has changed since the newest report on record, that one is given, whatever its reason.

    Raises:
        Refused: something is missing; or another report is on record and no reason is given for a new one.
    """
    stands = [(one.digest, one.event) for one in reports_of(scene, envelope)]
    if not stands:
        return compute(gather(scene, envelope)), False
    digest, event = stands[-1]
    last = read_report(scene.board.get(digest))
    found = compute(gather(scene, envelope, None, last.reason, last.case))
    if found.complete and found.report.digest == digest:
        return found, True
    if reason is None:
        raise Refused(
            f"a report of block {event.block.number} is on record, and another one follows now",
            code="evaluation.again", field="reason",
            fix="say why: --reason, and --case if an objection or complaint caused it",
        )  # fmt: skip
    return compute(gather(scene, envelope, None, reason, case)), False


def record_report(acts: TenderActs, scene: Scene, found: Computed) -> bytes:
    """Put a complete report on the board and, unless it is the first technical result, on the ledger; its digest."""
    report = _complete(found)
    digest = scene.board.put(report.to_bytes())
    reached("evaluation-put")
    if not _is_first_technical(scene, report) and not _recorded(scene, digest):
        acts.record(scene.story.number, scene.lot, KIND, digest)
        reached("evaluation-recorded")
    return digest


def review(acts: TenderActs, scene: Scene, report: EvaluationReport) -> bytes:
    """Put the technical result of two envelopes on the ledger, with the places that it drops; its digest.

    Raises:
        Refused: the tender has one envelope, or the lot stands elsewhere.
        Conflict: another result is on the ledger.
    """
    if len(scene.notice.envelopes) == 1:
        raise Refused(
            "the tender has one envelope: there is no technical result of its own", code="evaluation.envelopes",
            field="lot", fix="go on with yinxin tender candidates",
        )  # fmt: skip
    digest = scene.board.put(report.to_bytes())
    reached("review-put")
    if scene.line.review is not None:
        if scene.line.review.values["digest"] != digest:
            raise Conflict(
                "another technical result is on the ledger", code="evaluation.reviewed", field="lot",
                fix="a new one follows with yinxin tender evaluate --envelope 1 --reason …",
            )  # fmt: skip
        return digest
    live = {bid.place for bid in scene.line.live()}
    acts.review(scene.story.number, scene.lot, digest, [one.place for one in report.dropped if one.place in live])
    reached("reviewed")
    return digest


def candidates_from(scene: Scene, number: int, digest: bytes, report: EvaluationReport) -> Candidates:
    """The candidates that follow from a report.

    Raises:
        Refused: no bid is left, or the report waits for a draw.
        NotFound: the opening record, which names them, is not to be had.
    """
    if not report.bids:
        raise Refused(
            "no valid bid is left", code="candidates.none", field="lot",
            fix=f"yinxin tender fail {scene.story.number} --lot {scene.lot}",
        )  # fmt: skip
    record = standing_record(scene.board, scene.story, scene.lot, report.envelope)
    if record is None:
        raise NotFound(
            f"lot {scene.lot}, envelope {report.envelope} has no opening record to be had", code="evaluation.record",
            field="envelope", fix="ask the procuring officer, or another board, for it",
        )  # fmt: skip
    named = {bid.place: bid.organisation for bid in record.bids}
    found = []
    for rank, bid in enumerate(report.bids[: scene.notice.evaluation.candidates], 1):
        who = named.get(bid.place)
        if bid.rank != rank or bid.price is None or who is None:
            raise Refused(
                "places that only a draw can part would be candidates", code="candidates.tie", field="lot",
                fix="yinxin tender tie, then yinxin tender drawn --kind tie",
            )  # fmt: skip
        found.append(Candidate(rank, bid.place, who.code, who.name, who.members, bid.price, bid.total))
    reason, case = (None, None) if number == 1 else (report.reason, report.case)
    return Candidates(scene.place, number, digest, tuple(found), reason, case)


def name_candidates(
    acts: TenderActs, scene: Scene, reason: str | None = None, case: int | None = None
) -> tuple[bytes, Candidates]:
    """Name the candidates that follow from the newest report; digest and paper. The same ones are not named twice.

    Raises:
        Refused: no report, no bid left, an open tie, or the lot stands elsewhere.
    """
    envelope = len(scene.notice.envelopes)
    newest = newest_report(scene, envelope)
    if newest is None:
        raise Refused(
            "no report is on record", code="candidates.report", field="lot",
            fix=f"yinxin tender evaluate {scene.story.number} --lot {scene.lot}",
        )  # fmt: skip
    earlier = scene.line.rankings
    if earlier:
        digest = earlier[-1].values["digest"]
        last = read_candidates(scene.board.get(digest))
        if last.evaluation == newest[0]:
            return digest, last
    number = len(earlier) + 1
    found = candidates_from(scene, number, *newest)
    if number > 1 and found.reason is None:
        if reason is None:
            raise Refused(
                "candidates were named before", code="candidates.again", field="reason",
                fix="say why they are named anew: --reason, and --case if an objection or complaint caused it",
            )  # fmt: skip
        found = replace(found, reason=reason, case=case)
    phase = scene.story.phase(scene.lot)
    due = Phase.OPENED if envelope == 1 else Phase.PRICE_OPENED
    if phase not in (due, Phase.CANDIDATES):
        raise Refused(
            f"the lot is {phase.name.lower()}", code="candidates.phase", field="lot",
            fix="candidates are named after the (price) opening and before the award",
        )  # fmt: skip
    digest = scene.board.put(found.to_bytes())
    reached("candidates-put")
    acts.name_candidates(scene.story.number, scene.lot, number, digest)
    reached("candidates-named")
    return digest, found


def fail_lot(
    acts: TenderActs, scene: Scene, reasons: tuple[str, ...], case: int | None = None, *, although_valid: bool = False
) -> tuple[bytes, LotFailedForReasons]:
    """Let the lot fail for reasons; digest and paper.

    Raises:
        Refused: the newest report leaves valid bids, and ``although_valid`` is not said.
        Conflict: it failed already, for other reasons.
    """
    newest = newest_report(scene, len(scene.notice.envelopes)) or newest_report(scene, 1)
    valid = None if newest is None else len(newest[1].bids)
    if (valid is None or valid) and not although_valid:
        raise Refused(
            "no report is on record" if valid is None else f"{valid} valid bids are left",
            code="fail.valid", field="lot",
            fix="say --although-valid if the lot has to fail all the same; the audit notes it",
        )  # fmt: skip
    paper = LotFailedForReasons(scene.place, None if newest is None else newest[0], valid, reasons, case)
    digest = scene.board.put(paper.to_bytes())
    reached("fail-put")
    failed = scene.line.failed
    if failed is not None and failed.values["digest"] != digest:
        raise Conflict("the lot failed before, for other reasons", code="fail.failed", field="lot")
    if failed is None:
        acts.fail(scene.story.number, scene.lot, digest)
        reached("failed")
    return digest, paper


def _complete(found: Computed) -> EvaluationReport:
    if found.open_low:
        places = ", ".join(map(str, found.open_low))
        raise Refused(
            f"abnormally low prices wait for a clarification: places {places}", code="evaluation.low", field="low",
            fix="yinxin tender clarify, then the members' votes",
        )  # fmt: skip
    if found.open_ties:
        groups = "; ".join(", ".join(map(str, group)) for group in found.open_ties)
        raise Refused(
            f"only a draw can part these places: {groups}", code="evaluation.tie", field="ties",
            fix="yinxin tender tie, then yinxin tender drawn --kind tie",
        )  # fmt: skip
    return found.report


def _is_first_technical(scene: Scene, report: EvaluationReport) -> bool:
    return report.envelope < len(scene.notice.envelopes) and scene.line.review is None


def _recorded(scene: Scene, digest: bytes) -> bool:
    return any(one.values["kind"] == KIND and one.values["digest"] == digest for one in scene.line.records)
