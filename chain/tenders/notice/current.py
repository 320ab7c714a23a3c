"""The notice of a tender as ledger and board give it: every version, each compared with what the chain says.

Whoever seals a bid or releases a signature rests on the notice. So the paper is taken by its digest in the event, and
every member that the chain keeps too must be the same there.
"""

from __future__ import annotations

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged, NotFound, Refused
from chain.kernel.tender_facts import NoticeTerms, TenderEvent
from chain.kernel.tender_ports import Board, TenderLedger
from chain.tenders.notice.changes import amendment_findings
from chain.tenders.notice.model import Notice
from chain.tenders.notice.reading import LARGEST, read_notice

_TERMS = (
    ("bureau", "bureau.uscc"), ("lots", "lots"), ("envelopes", "envelopes"), ("minimum_bids", "minimumBids"),
    ("ceremony", "ceremony"), ("supervisor", "supervisor.account"), ("gap", "gap"), ("grace", "grace"),
    ("reveal_window", "revealWindow"), ("amendment_margin", "amendmentMargin"), ("standstill", "standstill"),
    ("complaint_period", "complaintPeriod"),
)  # fmt: skip


def notices(ledger: TenderLedger, board: Board, tender: int) -> tuple[Notice, ...]:
    """Every version of the notice, oldest first.

    Raises:
        NotFound: no such tender on the ledger, or a version lies on no board.
        Damaged: the board has other bytes.
        InvalidInput: what was published is no notice.
        Refused: the notice says other than the chain; names the member.
        Unavailable: ledger or board does not answer.
    """
    events = [event for event in ledger.tender_events(tender) if event.name in ("Published", "Amended")]
    if not events:
        raise NotFound(
            f"there is no tender {tender} on this ledger",
            code="tender.unknown",
            field="tender",
            fix="yinxin tender list",
        )
    published = events[0].values
    found: list[Notice] = []
    for event in events:
        digest = event.values["digest"] if event.name == "Amended" else event.values["notice"].digest
        notice = read_notice(_paper(board, digest, tender))
        _check_place(notice, ledger, tender)
        _check_terms(notice, published["notice"], tuple(published["custodians"]))
        _check_version(notice, event, found)
        found.append(notice)
    _check_key(found[-1], ledger)
    return tuple(found)


def current_notice(ledger: TenderLedger, board: Board, tender: int) -> Notice:
    """The newest version of the notice; raises as :func:`notices`."""
    return notices(ledger, board, tender)[-1]


def _paper(board: Board, digest: bytes, tender: int) -> bytes:
    try:
        return board.get(digest, limit=LARGEST)
    except (NotFound, Damaged) as error:
        raise type(error)(
            f"the notice of tender {tender}: {error.message}", code=error.code, field="notice",
            fix="ask another board ([tenders] boards), or the procuring officer",
        ) from error  # fmt: skip


def _check_place(notice: Notice, ledger: TenderLedger, tender: int) -> None:
    for name, said, holds in (
        ("genesis", hex0x(notice.genesis), hex0x(ledger.genesis)),
        ("chainId", notice.chain_id, ledger.chain_id),
        ("book", hex0x(notice.book), hex0x(ledger.book)),
        ("tender", notice.tender, tender),
    ):
        if said != holds:
            raise _differs(name, said, holds)


def _check_terms(notice: Notice, terms: NoticeTerms, custodians: tuple[bytes, ...]) -> None:
    for attribute, name in _TERMS:
        said, holds = getattr(notice.terms, attribute), getattr(terms, attribute)
        if said != holds:
            raise _differs(name, said, holds)
    named = tuple(one.account for one in notice.custodians)
    if named != custodians:
        raise _differs("custodians", [hex0x(one) for one in named], [hex0x(one) for one in custodians])


def _check_version(notice: Notice, event: TenderEvent, before: list[Notice]) -> None:
    values = event.values
    if event.name == "Amended":
        number, deadline, open_at = values["number"], values["deadline"], values["openAt"]
    else:
        number, deadline, open_at = 0, values["notice"].deadline, values["notice"].open_at
    for name, said, holds in (
        ("number", notice.number, number), ("deadline", notice.deadline, deadline), ("openAt", notice.open_at, open_at),
    ):  # fmt: skip
        if said != holds:
            raise _differs(name, said, holds)
    if before:
        for finding in amendment_findings(before[-1], notice).errors:
            raise Refused(
                f"amendment {number} of tender {notice.tender}: {finding.field}: {finding.message}",
                code="notice.amendment", field=finding.field, fix="do not bid on it; tell the supervisor",
            )  # fmt: skip


def _check_key(notice: Notice, ledger: TenderLedger) -> None:
    ceremony = ledger.ceremony(notice.ceremony)
    if ceremony is None or ceremony.key != notice.opening_key:
        raise _differs("openingKey", hex0x(notice.opening_key), hex0x(ceremony.key) if ceremony else "no such ceremony")


def _differs(name: str, said: object, holds: object) -> Refused:
    said, holds = (hex0x(one) if isinstance(one, bytes) else one for one in (said, holds))
    return Refused(
        f"{name}: the notice says {said}, the ledger {holds}", code="notice.differs", field=name,
        fix="rely on neither: do not bid, do not release; tell the supervisor",
    )  # fmt: skip
