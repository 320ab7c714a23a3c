"""Who stands behind an opened bid: its organisation statement, judged at the deadline's block and again now."""

from __future__ import annotations

from collections.abc import Callable

from chain.credentials.verification import Result
from chain.kernel.errors import Unavailable
from chain.kernel.excerpts import excerpt
from chain.kernel.ports import BlockRef
from chain.kernel.tender_ports import TenderLedger
from chain.sealing import Manifest
from chain.tenders.bidding import Evidence, Organisation, check_statement
from chain.tenders.headers import read_header
from chain.tenders.opening.live import LiveBid, LiveBids
from chain.tenders.opening.record import LONGEST_FINDING, LONGEST_NAME, MOST_FINDINGS, NamedOrganisation

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
    """As it stands in the record: in bounds, whatever the bidder wrote.

    Names are read out of a statement that holds, and of no other: nobody is named because another claims his name.
    Of too many findings, those that decide stay.
    """

    def name(text: str) -> str:
        return excerpt(text, LONGEST_NAME) if found.result is Result.VALID else ""

    members = tuple((member.code, name(member.name)) for member in found.members)
    return NamedOrganisation(found.result.value.lower(), found.code, name(found.name), members, _findings(found))


def _findings(found: Organisation) -> tuple[str, ...]:
    order = (Result.INVALID, Result.ERROR)
    ranked = [one for result in order for one in found.findings if one.result is result]
    ranked += [one for one in found.findings if one.result not in order]
    if len(ranked) <= MOST_FINDINGS:
        return tuple(excerpt(one.detail("zh"), LONGEST_FINDING) for one in found.findings)
    told = [excerpt(one.detail("zh"), LONGEST_FINDING) for one in ranked[: MOST_FINDINGS - 1]]
    return (*told, f"另有 {len(ranked) - len(told)} 项从略。")
