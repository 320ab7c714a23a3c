"""A tender, recomputed from its events, its papers and its sealed files.

=========  ====================================================================================================
case       what an audit of one tender has at hand
facts      A3: the story against the contracts, the deadline's headers, witnesses
papers     A4: notice, documents, everything on record, objections and answers
holders    A5: the key holders' ceremony
bids       A6: signatures of bidders and custodians; inputs: where they lie
openings   A7: live sets, openings, published keys, key holders' messages
files      A8: sealed files, with and without k2; verdicts: a file beside the fault that the record names
records    A9: opening records
committee  A10: pool, draws, committees, names
evaluating A11: sheets, clarifications, reports, candidates
qualifying A12: certificates of bidders, guarantees
after      A13, lot by lot, in three parts:
cases      A13: objections and complaints with their clocks
awards     A13: awards, certificates on record
contracts  A13: contract and amendments; the tender that a re-tender repeats
opendata   A14: published packages of open contracting data
=========  ====================================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chain.audit.batches import Vouching
from chain.audit.report import Report
from chain.audit.tenders.after import audit_after, audit_previous
from chain.audit.tenders.bids import audit_bids
from chain.audit.tenders.case import Calls, TenderCase
from chain.audit.tenders.committee import audit_committee, audit_pool
from chain.audit.tenders.evaluating import audit_evaluation
from chain.audit.tenders.facts import audit_facts, tell_story
from chain.audit.tenders.files import audit_files, audit_grants
from chain.audit.tenders.holders import audit_holders
from chain.audit.tenders.opendata import audit_package
from chain.audit.tenders.openings import audit_opening, audit_releases
from chain.audit.tenders.papers import audit_papers
from chain.audit.tenders.qualifying import audit_qualification
from chain.audit.tenders.records import audit_record
from chain.kernel.ports import TrustSource
from chain.kernel.tender_ports import Board, TenderLedger
from chain.tenders.bidding import Evidence
from chain.tenders.opening.session import FileSource

__all__ = ["Calls", "Depth", "TenderCase", "audit_grants", "audit_package", "audit_tender"]


@dataclass(frozen=True, slots=True)
class Depth:
    """How deep an audit reached.

    Attributes:
        files: how many sealed files could be had.
        opened: how many of them were opened with granted keys.
        fitted: those of the granted keys (digests of identities) whose bids are live.
    """

    files: int = 0
    opened: int = 0
    fitted: frozenset[bytes] = frozenset()


def audit_tender(
    report: Report,
    ledger: TenderLedger,
    board: Board,
    tender: int,
    *,
    calls: Calls | None = None,
    witnesses: Vouching | None = None,
    custody: Sequence[FileSource] = (),
    granted: Mapping[bytes, bytes] | None = None,
    evidence: Evidence | None = None,
    anchors: TrustSource | None = None,
) -> Depth:
    """Look at everything of one tender; how deep that reached.

    Args:
        report: collects findings.
        ledger: what the contracts say, at one final block.
        board: where papers lie.
        tender: its number.
        calls: inputs of transactions; without it signatures of acts are not looked at again.
        witnesses: who vouch for blocks.
        custody: where sealed files lie; none: faults and granted keys stay unknown.
        granted: k2 by digest of the bid's identity, for the level of file keys.
        evidence: where licences and bindings are looked up, for organisations.
        anchors: the ledger of certificates, for award letters and performance records.
    """
    story = tell_story(report, ledger, tender)
    if story is None:
        return Depth()
    case = TenderCase(report, ledger, board, story, calls, witnesses, custody, granted or {}, evidence, anchors)
    audit_facts(case)
    audit_papers(case)
    audit_holders(case)
    audit_bids(case)
    pool = audit_pool(case)
    for lot in story.lots.values():
        audit_committee(case, lot.number, pool)
        for envelope in sorted(lot.closings):
            live, keys = audit_opening(case, lot.number, envelope)
            record = None
            if envelope in lot.openings:
                record = audit_record(case, live)
                if record is not None:
                    audit_releases(case, live, record)
            audit_files(case, live, keys, record)
        audit_evaluation(case, lot.number)
        audit_qualification(case, lot.number)
    audit_previous(case)
    audit_after(case)
    return Depth(case.files, case.opened, frozenset(case.fitted))
