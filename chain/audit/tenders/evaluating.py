"""A11: sheets and commitments to them, clarifications, reports, candidates; each computed again from its papers."""

from __future__ import annotations

from dataclasses import replace

from chain.audit.report import Broken, Result
from chain.audit.tenders.case import TenderCase, event_name
from chain.evaluation.committee.draws import before
from chain.evaluation.report import LotFailedForReasons, read_candidates, read_report
from chain.evaluation.report.acts import candidates_from
from chain.evaluation.report.candidates import FAILED
from chain.evaluation.report.computing import compute, members_look_at
from chain.evaluation.report.gathering import (
    RecordedReport,
    Scene,
    check_clarification,
    gather,
    newest_report,
    reports_of,
)
from chain.evaluation.sheets.checking import sheet_faults
from chain.evaluation.sheets.clarifying import KIND as CLARIFIED
from chain.evaluation.sheets.standing import RecordedCommitments, commitments_of, shown_sheet
from chain.kernel.encoding import hex0x
from chain.kernel.errors import YinxinError
from chain.kernel.tender_facts import Phase, TenderEvent
from chain.tenders.opening.finishing import standing_record


def audit_evaluation(case: TenderCase, lot: int) -> None:
    """Everything from the sheets of a lot to its candidates, or to its failure."""
    if case.notice is None or 1 not in case.story.lots[lot].openings:
        return
    scene = Scene(case.ledger, case.board, case.story, case.notice, lot)
    case.report.about(case.lot(lot))
    _commitments(case, scene)
    for event in (one for one in scene.line.records if one.values["kind"] == CLARIFIED):
        with case.report.looking("A1103", f"{case.lot(lot)}, clarification ({hex0x(event.values['digest'])})"):
            check_clarification(scene, event)
    found = False
    for envelope in sorted(scene.line.openings):
        with case.report.looking("A1104", case.lot(lot, envelope)):
            for number, one in enumerate(reports_of(scene, envelope), 1):
                found = True
                _report(case, scene, envelope, number, one)
    if scene.line.review is not None:
        _review(case, scene, scene.line.review)
    if not found and scene.line.rankings:
        case.report.unknown("A1104", case.lot(lot), "candidates are named, and no evaluation report is on record")
    for number, event in enumerate(scene.line.rankings, 1):
        _candidates(case, scene, number, event)
    if scene.line.failed is not None and any(scene.line.failed.values["digest"]):
        _failed(case, scene, scene.line.failed)


# --------------------------------------------------------------------------- sheets


def _commitments(case: TenderCase, scene: Scene) -> None:
    lot = scene.lot
    recorded: tuple[RecordedCommitments, ...] = ()
    with case.report.looking("A1101", case.lot(lot)):
        recorded = commitments_of(scene.ledger, scene.board, scene.story, scene.notice, lot, 1)
    for one in recorded:
        subject = f"{case.lot(lot)}, commitments to sheets ({hex0x(one.digest)})"
        case.report.holds("A1101", subject, not one.fault, f"they count for nothing: {one.fault}")
        if one.fault or one.paper is None or one.committee is None:
            continue
        if one.paper.reason is not None:
            case.report.note("A1101", subject, f"round {one.paper.round}: {one.paper.reason}{_case(one.paper.case)}")
        _shown(case, scene, one)


def _shown(case: TenderCase, scene: Scene, one: RecordedCommitments) -> None:
    """The sheets of a round; while nothing rests on them, one that is not shown is only noted."""
    assert one.paper is not None
    assert one.committee is not None
    record = standing_record(scene.board, scene.story, scene.lot, 1)
    if record is None:
        return
    places = members_look_at(record, scene.notice)
    later = any(event.values["kind"] == "evaluation" and before(one.event, event) for event in scene.line.records)
    missing = Result.UNKNOWN if later or scene.line.review is not None else Result.NOTE
    for member, commitment in zip(one.committee.members, one.paper.commitments, strict=True):
        at = f"{case.lot(scene.lot)}, round {one.paper.round}, seat {member.seat}, sheet ({hex0x(commitment.sheet)})"
        with case.report.looking("A1102", at, missing=missing):
            faults = sheet_faults(shown_sheet(scene.board, commitment).bids, scene.notice, places)
            if faults:
                raise Broken("; ".join(f"{fault.field}: {fault.message}" for fault in faults))


# --------------------------------------------------------------------------- reports


def _report(case: TenderCase, scene: Scene, envelope: int, number: int, one: RecordedReport) -> None:
    subject = f"{case.lot(scene.lot, envelope)}, evaluation report ({hex0x(one.digest)})"
    said = read_report(scene.board.get(one.digest))
    if number > 1:
        again = said.reason is not None
        case.report.holds("A1105", subject, again, "it is made anew and says no reason")
    if said.reason is not None:
        words = f"made anew: {said.reason}{_case(said.case)}"
        case.report.note("A1105", subject, words)
        known = said.case is None or said.case <= len(scene.line.cases)
        case.report.holds("A1105", subject, known, f"there is no case {said.case}")
    with case.report.looking("A1104", subject):
        found = compute(gather(scene, envelope, one.event, said.reason, said.case))
        if found.open_low or found.open_ties:
            waits = [*map(str, found.open_low), *(str(group) for group in found.open_ties)]
            raise Broken(f"it stands although something is open: {', '.join(waits)}")
        differ = [
            name
            for name in said.__dataclass_fields__
            if getattr(said, name) != getattr(found.report, name)
        ]  # fmt: skip
        if differ:
            raise Broken(f"computed again, it says otherwise: {', '.join(differ)}")


def _review(case: TenderCase, scene: Scene, event: TenderEvent) -> None:
    subject = f"{case.lot(scene.lot)}, {event_name(event)}"
    with case.report.looking("A1106", f"{subject} ({hex0x(event.values['digest'])})"):
        said = read_report(scene.board.get(event.values["digest"]))
        live = set(scene.line.closings[1].places)
        places = [one.place for one in said.dropped if one.place in live]
        if said.envelope != 1 or places != list(event.values["dropped"]):
            raise Broken(f"the ledger drops {list(event.values['dropped'])}, the technical result {places}")


# --------------------------------------------------------------------------- candidates


def _candidates(case: TenderCase, scene: Scene, number: int, event: TenderEvent) -> None:
    subject = f"{case.lot(scene.lot)}, candidates {number} ({hex0x(event.values['digest'])})"
    data = case.paper("A1107", subject, event.values["digest"])
    if data is None:
        return
    with case.report.looking("A1107", subject):
        said = read_candidates(data)
        newest = newest_report(scene, len(scene.notice.envelopes), event)
        if newest is None:
            raise Broken("no evaluation report is on record before them")
        if (said.lot_place, said.number, said.evaluation) != (scene.place, number, newest[0]):
            raise Broken("they are of another lot or number, or rest on another report than the newest one")
        right = candidates_from(scene, number, *newest)
        if replace(right, reason=said.reason, case=said.case) != said:
            raise Broken("the report names others, or names them otherwise")
        if said.reason is not None:
            case.report.note("A1107", subject, f"named anew: {said.reason}{_case(said.case)}")
        if said.case is not None and said.case > len(scene.line.cases):
            raise Broken(f"there is no case {said.case}")


def _failed(case: TenderCase, scene: Scene, event: TenderEvent) -> None:
    """The reasons of a lot that failed after its evaluation; those of the opening are A907's."""
    subject = f"{case.lot(scene.lot)}, reasons of the failure ({hex0x(event.values['digest'])})"
    try:
        data = scene.board.get(event.values["digest"])
    except YinxinError:  # a finding of A404
        return
    record = standing_record(scene.board, scene.story, scene.lot, max(scene.line.openings))
    if record is not None and record.failed:
        return
    if record is None and FAILED.encode("ascii") not in data:
        case.report.unknown("A1108", subject, "the opening record, which may give them, is not to be had")
        return
    with case.report.looking("A1108", subject):
        said = LotFailedForReasons.from_bytes(data)
        newest = newest_report(scene, len(scene.notice.envelopes), event) or newest_report(scene, 1, event)
        right = (None, None) if newest is None else (newest[0], len(newest[1].bids))
        if said.lot_place != scene.place or (said.evaluation, said.valid) != right:
            raise Broken("they name another report than the newest one, or another number of valid bids")
        if said.valid:
            words = f"it failed although {said.valid} valid bids were left: {'; '.join(said.reasons)}"
            case.report.note("A1108", subject, words)
        if said.evaluation is None and scene.story.phase(scene.lot) is Phase.FAILED:
            case.report.note("A1108", subject, f"it failed without an evaluation: {'; '.join(said.reasons)}")


def _case(number: int | None) -> str:
    return "" if number is None else f" (case {number})"
