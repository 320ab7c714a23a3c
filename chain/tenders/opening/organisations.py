"""Who stands behind an opened bid: its organisation statement, judged at the deadline's block and again now."""

from __future__ import annotations

from collections.abc import Callable

from chain.kernel.errors import Unavailable
from chain.kernel.ports import BlockRef
from chain.kernel.tender_ports import TenderLedger
from chain.sealing import Manifest
from chain.tenders.bidding import Evidence, Organisation, check_statement
from chain.tenders.headers import read_header
from chain.tenders.opening.live import LiveBid, LiveBids
from chain.tenders.opening.record import NamedOrganisation

Judge = Callable[[LiveBid, Manifest], NamedOrganisation]
"""From an opened bid to who stands behind it."""


def deadline_block(ledger: TenderLedger, deadline: int) -> BlockRef:
    """The last block whose time is not after the deadline. Raises Unavailable while the chain has not passed it."""
    headers = ledger.spanning_headers(deadline)
    if headers is None:
        raise Unavailable("the deadline is not over", code="opening.deadline", field="tender", fix="wait for it")
    return read_header(headers[0])[0]


def judge_with(evidence: Evidence, live: LiveBids, deadline: BlockRef, now: int, *, consortium: int | None) -> Judge:
    """Judges statements against that evidence.

    Args:
        evidence: where licences and bindings are looked up.
        live: the live set that is opened.
        deadline: the last block of the bidding.
        now: seconds since 1970 UTC.
        consortium: most members of a consortium by the notice, 0 for none; None: not looked at.
    """

    def judge(bid: LiveBid, manifest: Manifest) -> NamedOrganisation:
        documents = {one.digest for one in manifest.documents} if live.envelope == 1 else None
        found = check_statement(
            manifest.organisation, manifest.identity, recovery=bid.commitment.recovery, evidence=evidence,
            deadline=deadline, now=now, documents=documents, consortium=consortium,
        )  # fmt: skip
        return named(found)

    return judge


def named(found: Organisation) -> NamedOrganisation:
    """As it stands in the record."""
    members = tuple((member.code, member.name) for member in found.members)
    findings = tuple(finding.detail("zh") for finding in found.findings)
    return NamedOrganisation(found.result.value.lower(), found.code, found.name, members, findings)
