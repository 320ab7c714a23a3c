"""Show a request to the byte, take a signed decision to the desk, tell what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.engine import Row

from api.certificates.batches import batch
from api.certificates.care_tables import retention_runs
from api.certificates.laying import draft_of_row, release_request, rows_of
from api.certificates.office import Office
from api.certificates.retention import retention_request
from api.certificates.statuses import status_request
from api.certificates.tables import acts, status_lists
from api.claims.running import unbind_request
from api.claims.tables import claims
from api.types.service import type_request
from api.types.tables import type_acts
from chain.desk.approvers import kind_of, makers_of, size_of
from chain.desk.decisions import SignedDecision, check_signed, request_digest
from chain.desk.messages import Request
from chain.desk.summary import Summary, summary_of
from chain.issuing.contents import Draft
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.steps import reached
from chain.ledger.typed import Domain

_REFERENCE = re.compile(r"(batch|act|type|claim|retention)-([1-9][0-9]{0,17})\Z")


@dataclass(frozen=True, slots=True)
class Content:
    """A request as a person decides on it.

    Attributes:
        reference: as :class:`api.approvals.waiting.Waiting` has it.
        name: of the request on the desk.
        digest: what a decision names, 32 bytes: SHA-256 of ``data``.
        data: the request's canonical bytes; personal data.
        kind: what the rights of people are written for: issue, revoke, …
        size: certificates it speaks of.
        summary: the same in a few lines.
        bureau: USCC a decision must name.
        domain: for which a decision must be signed.
    """

    reference: str
    name: str
    digest: bytes
    data: bytes
    kind: str
    size: int
    summary: Summary
    bureau: str
    domain: Domain


@dataclass(frozen=True, slots=True)
class Given:
    """A decision of one person, and what became of it.

    Attributes:
        name: of the decision.
        address: of the person, 0x hexadecimal.
        state: ``sent`` while the signer has not looked, else as in :class:`chain.desk.decisions.Ruling`.
        at: when the signer ruled, seconds; None while it has not.
        code: why it was rejected or failed; empty otherwise.
        message: the same for people.
        have: how many people agree so far.
        needed: how many must; 0 where the signer did not say.
    """

    name: str
    address: str
    state: str
    at: int | None = None
    code: str = ""
    message: str = ""
    have: int = 0
    needed: int = 0


def content(office: Office, request_name: str) -> Content:
    """What will be hashed and signed, and what it says.

    Args:
        office: of the bureau; no lock is needed.
        request_name: the reference of :func:`api.approvals.waiting`, such as ``batch-12``.

    Raises:
        NotFound: nothing of that name is in the register.
        Conflict: it waits for nobody (any more), or the list under it has moved and the request is being made anew.
    """
    request = _request(office, request_name)
    data = request.to_bytes()
    return Content(
        request_name,
        request.id,
        request_digest(data),
        data,
        kind_of(request),
        size_of(request),
        summary_of(request.id, request, office.catalogue),
        request.bureau,
        office.ledger.domain,
    )


@dataclass(frozen=True, slots=True)
class DraftPage:
    """Some rows of a list that waits for its release.

    Attributes:
        size: how many the whole list has.
        rows_digest: what the request names, 32 bytes: :func:`chain.issuing.contents.rows_digest` over all of them.
        first: place of the first of ``drafts`` in the list, from 0.
        drafts: one more than asked for, where there are more.
    """

    size: int
    rows_digest: bytes
    first: int
    drafts: list[Draft]


def drafts_page(office: Office, request_name: str, *, first: int, limit: int) -> DraftPage:
    """Rows of a list as its release names them. A request of a long list holds only the first few itself.

    Args:
        office: of the bureau; no lock is needed.
        request_name: ``batch-12``.
        first: place in the list to begin at, from 0.
        limit: how many; one more is given if there are more.

    Raises:
        NotFound: no such batch, or another kind of request, which holds all it speaks of itself.
        Conflict: it waits for nobody (any more).
    """
    match = _REFERENCE.match(request_name)
    if match is None or match[1] != "batch":
        raise NotFound(
            f"{request_name} is no list", code="approval.no_list", field="request", fix="fetch its content instead"
        )
    row = _waiting_batch(office, request_name, int(match[2]))
    drafts = [draft_of_row(one) for one in rows_of(office, row.id, first, limit + 1)]
    return DraftPage(row.size, bytes(row.rows_digest), first, drafts)


def submit_decision(office: Office, request_name: str, signed: SignedDecision) -> Given:
    """Check a decision as far as the register can, and lay it on the desk. The signer alone says whether it counts.

    Raises:
        InvalidInput, Refused: its form, signature, bureau or time (see :func:`chain.desk.decisions.check_signed`); or
            the person made the request herself.
        Conflict: it decides on something else than what waits under that name now.
        NotFound, Unavailable: no such request; no signer has opened the desk.
    """
    request = _request(office, request_name)
    check_signed(signed, bureau=request.bureau, domain=office.ledger.domain, now=office.clock())
    if request_digest(request.to_bytes()) != signed.decision.request:
        raise Conflict(
            "what was decided on is not what waits now",
            code="decision.request",
            field="request",
            fix="fetch the request again, look at it, and decide anew",
        )
    if hex0x(signed.address) in makers_of(request)[1]:
        raise Refused(
            "nobody decides on a request of her own",
            code="decision.maker",
            field="address",
            fix="let another approver decide",
        )
    office.desk.submit(request)
    name = office.desk.decisions.put(signed)
    reached("decision")
    return Given(name, hex0x(signed.address), "sent")


def decisions_of(office: Office, digest: bytes) -> list[Given]:
    """Every decision on one request, by its digest (32 bytes): those ruled on, and those the signer has yet to see."""
    folder = office.desk.decisions
    found = {
        ruling.name: Given(
            ruling.name,
            ruling.name.partition(".")[2],
            ruling.state,
            ruling.at,
            ruling.code,
            ruling.message,
            ruling.have,
            ruling.needed,
        )
        for ruling in folder.rulings_on(digest)
    }
    for signed in folder.on(digest):
        found[signed.name] = Given(signed.name, hex0x(signed.address), "sent")
    return [found[name] for name in sorted(found)]


def _request(office: Office, reference: str) -> Request:
    match = _REFERENCE.match(reference)
    if match is None:
        raise NotFound(
            f"no request {reference}",
            code="approval.unknown",
            field="request",
            fix="write batch-, act-, type-, claim- or retention-NUMBER",
        )
    number = int(match[2])
    if match[1] == "batch":
        return release_request(office, _waiting_batch(office, reference, number))
    if match[1] == "type":
        return _type(office, reference, number)
    if match[1] == "claim":
        return _unbind(office, reference, number)
    if match[1] == "retention":
        return _retention(office, reference, number)
    with office.engine.connect() as connection:
        act = connection.execute(select(acts).where(acts.c.id == number)).one_or_none()
        if act is None:
            raise NotFound(f"no act {number}", code="act.unknown", field="act")
        if act.state != "sealed":
            raise _over(reference, act.state)
        found = connection.execute(
            select(status_lists.c.token, status_lists.c.head).where(status_lists.c.name == act.status_list)
        ).one()
    if found.head != act.previous_head:
        raise Conflict(
            f"{reference} is being made anew, because its list has changed",
            code="approval.moved",
            field="request",
            fix="look again in a moment",
        )
    return status_request(office, act, bytes(found.token))


def _waiting_batch(office: Office, reference: str, number: int) -> Row[Any]:
    row = batch(office, number)
    if row.state != "waiting":
        raise _over(reference, row.state)
    return row


def _row(office: Office, table: Table, number: int, what: str, code: str) -> Row[Any]:
    with office.engine.connect() as connection:
        row = connection.execute(select(table).where(table.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"no {what} {number}", code=code, field="request")
    return row


def _type(office: Office, reference: str, number: int) -> Request:
    row = _row(office, type_acts, number, "type act", "act.unknown")
    if row.state != "waiting" or row.sequence is None:
        raise _over(reference, row.state)
    return type_request(office, row, row.sequence)


def _unbind(office: Office, reference: str, number: int) -> Request:
    row = _row(office, claims, number, "claim", "claim.unknown")
    if row.kind != "end" or row.body is not None or row.state != "waiting" or row.sequence is None:
        raise _over(reference, row.state)
    return unbind_request(office, row)


def _retention(office: Office, reference: str, number: int) -> Request:
    row = _row(office, retention_runs, number, "retention run", "retention.unknown")
    if row.state != "waiting" or row.request is None:
        raise _over(reference, row.state)
    return retention_request(office, row)


def _over(reference: str, state: str) -> Conflict:
    return Conflict(
        f"{reference} is {state} and waits for nobody",
        code="approval.over",
        field="request",
        fix="look at what waits now",
    )
