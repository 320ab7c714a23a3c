"""The audit of one tender, run here within a bound: what the command computes, and links to what a finding is about.

That a server says so is no proof; whoever wants one runs ``yinxin audit``.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from api.service.context import Service
from api.tenders.place import Tenders
from chain.audit import Finding, Report, Result
from chain.audit.tenders import audit_tender
from chain.kernel.errors import Conflict, Unavailable
from chain.kernel.ports import BlockRef
from chain.ledger.tenders.inputs import TransactionInputs

SECONDS = 120
"""Longest time for one audit; a tender with thousands of bids is audited by the command."""
ORDER = (Result.BROKEN, Result.UNKNOWN, Result.NOTE)
_LOT = re.compile(r"\blot ([0-9]{1,3})\b")
_DIGEST = re.compile(r"\b(?:0x)?([0-9a-f]{64})\b")


@dataclass(frozen=True, slots=True)
class Told:
    """One finding for people: result, rule, the rule's sentence by language, subject, detail, and where to look.

    Attributes:
        finding: as the audit made it.
        link: place on the tender's pages that it concerns; paper: digest of a paper that it names, 0x, or empty.
    """

    finding: Finding
    link: str
    paper: str

    def sentence(self, language: str) -> str:
        """The rule's sentence."""
        return self.finding.as_dict()[language]


@dataclass(frozen=True, slots=True)
class Audited:
    """What came of it: as of which block, how many looks at how many rules, findings with the worst ones first."""

    block: BlockRef
    rules: int
    looks: int
    seconds: float
    verdict: str
    findings: tuple[Told, ...]


@dataclass
class Auditor:
    """Runs one audit at a time in a process.

    Attributes:
        clock: monotonic seconds.
    """

    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def run(self, service: Service, tender: int) -> Audited:
        """Audit a tender from ledger and board, to the level ``public``.

        Raises:
            Conflict: another audit runs in this process.
            Unavailable: the ledger does not answer, or it takes longer than :data:`SECONDS`.
        """
        if not self._lock.acquire(blocking=False):
            raise Conflict("another audit is running", code="audit.busy", field="tender", fix="try again in a minute")
        try:
            return self._run(service, tender)
        finally:
            self._lock.release()

    def _run(self, service: Service, tender: int) -> Audited:
        began = self.clock()
        report = Report()

        def said(_subject: str) -> None:
            if self.clock() - began > SECONDS:
                raise Unavailable(
                    f"the audit takes longer than {SECONDS} seconds here", code="audit.long", field="tender",
                    fix=f"run it yourself: yinxin audit --tender {tender}",
                )  # fmt: skip

        report.said = said
        own = Tenders(service.home)  # a connection of its own: nobody waits for an audit to read the ledger
        try:
            with own.chain() as chain:
                ledger, connection = chain.ledger, chain.connection
                reader, calls = connection.refresh(), TransactionInputs(connection.rpc)
                audit_tender(report, ledger, own.board, tender, calls=calls, anchors=reader)
                block = ledger.block
        finally:
            own.close()
        return told(report, tender, block, self.clock() - began)


def told(report: Report, tender: int, block: BlockRef, seconds: float) -> Audited:
    """A report for people."""
    found = sorted(report.findings, key=lambda one: ORDER.index(one.result))
    return Audited(
        block, len(report.looked), sum(report.looked.values()), seconds,
        ("clean", "broken", "unknown")[report.exit_code], tuple(_told(one, tender) for one in found),
    )  # fmt: skip


def _told(finding: Finding, tender: int) -> Told:
    lot = _LOT.search(finding.subject)
    digest = _DIGEST.search(finding.subject) or _DIGEST.search(finding.detail)
    opening = finding.rule[:2] in ("A7", "A8", "A9")
    place = f"/tenders/{tender}" + ("/opening" if opening else "")
    if lot is not None:
        link = f"{place}#lot-{lot[1]}"
    else:
        link = f"/tenders/{tender}#{'documents' if finding.rule.startswith('A4') else 'facts'}"
    return Told(finding, link, "" if digest is None else f"0x{digest[1]}")


__all__ = ["SECONDS", "Audited", "Auditor", "Told", "told"]
